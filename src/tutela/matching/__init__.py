"""Matching: a fingerprint and the entries of lists -> hits.

Words: needle (what is looked for), haystack (hashes compared with), hit, distance (bits that differ), threshold,
segment (immutable, indexed), tail (added since, compared one by one), via (which form of the picture hit).
Verbs: match, search, add, remove, rebuild.
Does not know: how fingerprints are made, where lists come from, who asks, what may be answered.
"""

from tutela.matching.exact import DIGEST_OCTETS, ExactTable
from tutela.matching.index import Index, Near
from tutela.matching.linear import Found, search, search_many, search_plain
from tutela.matching.matcher import ALGORITHMS, MIN_QUALITY, THRESHOLD, Hit, HitClass, Matcher, Needle
from tutela.matching.multiindex import EXACT_UP_TO, Segment, build
from tutela.matching.roster import Id
from tutela.matching.words import pack, pack_one, unpack

__all__ = [
    "ALGORITHMS",
    "DIGEST_OCTETS",
    "EXACT_UP_TO",
    "MIN_QUALITY",
    "THRESHOLD",
    "ExactTable",
    "Found",
    "Hit",
    "HitClass",
    "Id",
    "Index",
    "Matcher",
    "Near",
    "Needle",
    "Segment",
    "build",
    "pack",
    "pack_one",
    "search",
    "search_many",
    "search_plain",
    "unpack",
]
