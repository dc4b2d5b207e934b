"""Hash lists: read, write, sign, convert and compare them; one file for each outside format.

Words: list, entry (fingerprints with what the list says about them), source (the member who gave it), problem (a row
that could not be read, with its place), header (name and number of a list of ours), map (columns to fields).
Verbs: read, write, sniff, diff, apply, sign, verify.
Does not know: how lists are fetched, who may have one, where keys are kept, how fingerprints are made or compared,
what a classification means.
"""

from tutela.hashlists.csvmap import CsvMap, from_json
from tutela.hashlists.deltas import Delta, apply_delta, make_delta, verify_delta
from tutela.hashlists.diff import Diff, apply, current, diff
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
    "Admission",
    "Change",
    "Classification",
    "CsvMap",
    "Delta",
    "Diff",
    "Feedback",
    "Format",
    "Header",
    "ListEntry",
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
    "apply",
    "apply_delta",
    "check_chain",
    "checked_recipient",
    "compared",
    "current",
    "diff",
    "from_json",
    "in_order",
    "make_delta",
    "sign",
    "sign_lines",
    "sniff",
    "verified_entries",
    "verified_lines",
    "verify",
    "verify_delta",
]
