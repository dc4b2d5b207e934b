"""Room: look through folders, archives, web captures and disk images for what is on hash lists.

Job: walk a root, fingerprint and match every file in it with a pool of processes or a cluster, write one line a file.
Words: root, member (a file inside a file), batch, journal (what is done), known-good.
Verbs: scan, walk, resume.
Does not know: what a match means, who is told, how fingerprints are made.
"""
