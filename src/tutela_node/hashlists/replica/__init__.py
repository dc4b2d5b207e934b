"""What a matcher holds: a mapped snapshot of the lists, the signed changes since, and who may ask.

Job: write snapshots and changes (the worker), read them and answer from them (matchers, which have no database), write
down what was asked so that the worker can collect it.
Words: snapshot (an immutable index with its tables, numbered), tail (signed, numbered changes since), beat (a signed
sign of life), grant (what one token may ask), spool (look-ups on their way to the audit records).
Does not know: the database, Django, HTTP, what an answer looks like outside.
"""

from tutela_node.hashlists.replica.replica import Replica
from tutela_node.hashlists.replica.spool import Collected, Spool, collect
from tutela_node.hashlists.replica.values import Grant, ListTerms, Standing
from tutela_node.hashlists.replica.writer import Change, Writer

__all__ = ["Change", "Collected", "Grant", "ListTerms", "Replica", "Spool", "Standing", "Writer", "collect"]
