"""Matching: a fingerprint and the entries of lists -> hits.

Words: needle (what is looked for), haystack (hashes compared with), hit, distance (bits that differ), threshold,
band (bits that make a bucket), radius (bits by which a bucket may differ), segment (immutable, indexed), part (a
segment with its ids, in memory or mapped from a file), tail (added since, compared one by one), group (the number of
the list an entry belongs to), via (which form of the picture hit), generation (an index folder in the place of
the one before).
Verbs: match, search, add, remove, rebuild, write, open, settle, merge, verify.
Does not know: how fingerprints are made, where lists come from, who asks, what may be answered.
"""

from tutela.matching.bands import EXACT_UP_TO
from tutela.matching.exact import DIGEST_OCTETS, ExactTable
from tutela.matching.files import write_segment
from tutela.matching.frames import VPDQ, Frame, FrameHit, FrameRule, VideoHit, match_frames, unique
from tutela.matching.generations import Generations, newest
from tutela.matching.hits import MIN_QUALITY, PDQ, PLAIN, THRESHOLD, Hit, HitClass, Needle
from tutela.matching.index import Index, Near
from tutela.matching.linear import Found, search, search_many, search_plain
from tutela.matching.marks import Id
from tutela.matching.matcher import ALGORITHMS, Matcher
from tutela.matching.merging import Merging
from tutela.matching.pile import Written
from tutela.matching.segment import Segment, build
from tutela.matching.sounds import SoundHit, Sounds, share_of, tells_enough
from tutela.matching.soundtext import items_of_text
from tutela.matching.words import pack, pack_one, unpack

__all__ = [
    "ALGORITHMS",
    "DIGEST_OCTETS",
    "EXACT_UP_TO",
    "MIN_QUALITY",
    "PDQ",
    "PLAIN",
    "THRESHOLD",
    "VPDQ",
    "ExactTable",
    "Found",
    "Frame",
    "FrameHit",
    "FrameRule",
    "Generations",
    "Hit",
    "HitClass",
    "Id",
    "Index",
    "Matcher",
    "Merging",
    "Near",
    "Needle",
    "Segment",
    "SoundHit",
    "Sounds",
    "VideoHit",
    "Written",
    "build",
    "items_of_text",
    "match_frames",
    "newest",
    "pack",
    "pack_one",
    "search",
    "search_many",
    "search_plain",
    "share_of",
    "tells_enough",
    "unique",
    "unpack",
    "write_segment",
]
