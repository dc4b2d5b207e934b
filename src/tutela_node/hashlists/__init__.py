"""Our hash lists: what came from outside, what our own verdicts admitted, and the index that is asked.

Job: import lists, admit the fingerprints of verdicts to the national list, keep every process's index fresh, record
which item matched which entry, answer outsiders with a class and nothing else, hand the national list out.
Words: HashList, Entry (a fingerprint on a list), ListImport, Match (item x entry; of sounds a hint), index, tail,
ListCopy (a list for one recipient), Canary (an entry that no file has), alarm (a canary that came back).
Verbs: import, admit, withdraw, match, look up, propose, approve and fetch a copy.
Does not know: where an item was seen, who assessed it, what is done about it.
"""
