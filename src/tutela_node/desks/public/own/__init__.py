"""A child's own picture: the browser makes codes of it, and the codes alone are sent.

Job: show what happens, take the codes as lines of digits, seal them like any answer, take them back with the receipt.
Words: own picture, code, line.
Verbs: send, take back.
Does not know: the picture, which stays on the device; whether a code is on any list.
"""
