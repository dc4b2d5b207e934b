"""Reports: what somebody sent us, from the first sealed answer to the last word we gave back.

Job: keep drops (ciphertext from the public desk), open them into reports, take providers' reports, seal one of six
sentences and our questions to the mailbox of each reporter, hold what floods bring, hand to the police what is theirs.
Words: Drop, draft, Report, Document, Facts, Filing, voice, locator, mailbox, Sentence, Question, Reply, Referral, lane,
credit, quarantine, entry.
Verbs: drop, open_draft, receive_document, open a filing, finish it, forget it, attach, answer, ask, reply, refer, take,
release, discard, enter.
Does not know: what a reported address holds, how it is matched, judged, traced or removed.
"""
