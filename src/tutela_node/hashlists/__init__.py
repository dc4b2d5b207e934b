"""Our hash lists: what came from outside, what our own verdicts admitted, and the index that is asked.

Job: import lists, admit the fingerprints of verdicts to the national list, keep every process's index fresh, record
which item matched which entry, answer outsiders with a class and nothing else.
Words: HashList, Entry (a fingerprint on a list), ListImport, Match (item x entry), index, tail.
Verbs: import, admit, withdraw, match, look up.
Does not know: where an item was seen, who assessed it, what is done about it.
"""
