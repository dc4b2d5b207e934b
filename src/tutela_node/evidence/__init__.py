"""The vault and the custody log.

Job: keep bytes sealed from the moment they arrive, make exhibits of them, write every event into one tamper-evident
log, let a person open a view, and release packages that an outsider can verify.
Words: object (sealed bytes), exhibit, view, leaf, checkpoint, package, recipient.
Verbs: receive, admit, make an exhibit, open a view, sequence, propose, approve, build, fetch, erase, fsck.
Does not know: reports, verdicts, lists, notices. Who may look how often is told to it.
"""
