"""Hash lists: read, write, sign, convert and compare them; one file for each outside format.

Words: list, entry (fingerprints with what the list says about them), source (the member who gave it), problem (a row
that could not be read, with its place), header (name and number of a list of ours), map (columns to fields),
canary (an entry that no file has), marking (the secret from which the canaries of a list follow), delta.
Verbs: read, write, sniff, diff, apply, sign, verify, make_canaries, who_leaked.
Does not know: how lists are fetched, who may have one, where keys are kept, how fingerprints are made or compared,
what a classification means.
"""

from tutela.hashlists.canaries import USUAL, Canary, Marking, Watch, is_canary, who_leaked
from tutela.hashlists.csvmap import CsvMap, from_json
from tutela.hashlists.deltas import Delta, apply_delta, make_delta, verify_delta
from tutela.hashlists.diff import Diff, apply, current, diff, has_expired
from tutela.hashlists.disguise import kept_canaries, make_canaries, sampled
from tutela.hashlists.entry import (
    HEX_DIGITS,
    Admission,
    Classification,
    Feedback,
    ListEntry,
    MediaKind,
    Problem,
    Purpose,
    Read,
    Source,
)
from tutela.hashlists.formats import FORMATS, HEAD, Format, sniff
from tutela.hashlists.keyedlines import Change, Ordered, compared, in_order, verified_lines
from tutela.hashlists.native import Header, NativeList
from tutela.hashlists.ncmec import Page
from tutela.hashlists.signed import Signed, SignedList, check_chain, verified_entries, verify
from tutela.hashlists.signed_header import SignedHeader, checked_recipient
from tutela.hashlists.signing import sign, sign_lines

__all__ = [
    "FORMATS",
    "HEAD",
    "HEX_DIGITS",
    "USUAL",
    "Admission",
    "Canary",
    "Change",
    "Classification",
    "CsvMap",
    "Delta",
    "Diff",
    "Feedback",
    "Format",
    "Header",
    "ListEntry",
    "Marking",
    "MediaKind",
    "NativeList",
    "Ordered",
    "Page",
    "Problem",
    "Purpose",
    "Read",
    "Signed",
    "SignedHeader",
    "SignedList",
    "Source",
    "Watch",
    "apply",
    "apply_delta",
    "check_chain",
    "checked_recipient",
    "compared",
    "current",
    "diff",
    "from_json",
    "has_expired",
    "in_order",
    "is_canary",
    "kept_canaries",
    "make_canaries",
    "make_delta",
    "sampled",
    "sign",
    "sign_lines",
    "sniff",
    "verified_entries",
    "verified_lines",
    "verify",
    "verify_delta",
    "who_leaked",
]
