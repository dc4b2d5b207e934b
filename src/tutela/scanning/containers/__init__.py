"""Containers: what lies inside archives, documents and mail, and inside what those hold.

Job: give the members of a file one after the other, as octets, within bounds, for bytes that nobody vouches for.
Words: container (a file that holds members), reader (of one sort of container), bounds (what one outermost container
may cost), scraps (what can be read of an archive whose directory is lost), rest (what was left out, told as `$rest`).
Verbs: ready, reader_of, members, entered.
Does not know: lists, matches, digests, or where a file lies.
"""

from tutela.scanning.containers.opening import entered, members
from tutela.scanning.containers.rars import ready
from tutela.scanning.containers.recognition import reader_of

__all__ = ["entered", "members", "reader_of", "ready"]
