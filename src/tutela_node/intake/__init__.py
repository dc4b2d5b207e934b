"""Reports: what somebody sent us, from the first sealed answer to the last word we gave back.

Job: keep drops (ciphertext from the public desk), open them into reports, take providers' reports, and seal one of six
sentences to the mailbox of each reporter.
Words: Drop, draft, Report, Document, Facts, Filing, voice, locator, mailbox, Sentence.
Verbs: drop, open_draft, receive_document, open a filing, finish it, forget it, attach, answer.
Does not know: what a reported address holds, how it is matched, judged, traced or removed.
"""
