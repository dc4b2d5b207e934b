"""Frames of a video against the frames of entries: how much of the one is in the other.

A video entry stands in the index with many frames under one id. After vPDQ (ThreatExchange, vpdq/README): frames of
quality below 50 are not compared, equal frames count once, a frame matches within 31 bits; a video matches when at
least 80 % of its own frames match frames of the entry (query), and at least 0 % of the entry's frames are matched by
it (index).

Rules:
- what one frame hits is told too, so that a photo in the index that equals one frame is not lost
- who adds an entry leaves out its frames below that quality and its equal ones
- the share of an entry's frames is told only when it is known how many different ones the entry has
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from tutela.errors import Invalid
from tutela.matching.hits import MIN_QUALITY, THRESHOLD, Scope
from tutela.matching.index import Index, Near
from tutela.matching.marks import Id
from tutela.matching.words import pack

QUERY_PERCENT = 80.0
INDEX_PERCENT = 0.0
WHOLE = 100.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """A frame of the video that is looked for: PDQ hash in hexadecimal, quality 0 to 100, seconds from the start."""

    pdq: str
    quality: int
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameHit:
    """The nearest frame of an entry to one frame of the video."""

    seconds: float
    distance: int


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoHit:
    """What the video shares with one entry.

    `query_percent` of the video's different frames match the entry; `index_percent` of the entry's frames are matched,
    None when their number is not known. `matches` when both reach what was asked. `frames` are in order of time.
    """

    entry: Id
    group: int
    query_percent: float
    index_percent: float | None
    matches: bool
    frames: tuple[FrameHit, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameRule:
    """From when a frame is compared, and from when a video matches: bits, quality, percent of 100."""

    threshold: int = THRESHOLD
    min_quality: int = MIN_QUALITY
    query_percent: float = QUERY_PERCENT
    index_percent: float = INDEX_PERCENT


VPDQ = FrameRule()


def unique(frames: Sequence[Frame], *, min_quality: int = MIN_QUALITY) -> tuple[Frame, ...]:
    """The frames that are compared: of sufficient quality, and of equal ones the first."""
    kept: dict[str, Frame] = {}
    for frame in frames:
        if frame.quality >= min_quality:
            kept.setdefault(frame.pdq.lower(), frame)
    return tuple(kept.values())


def match_frames(
    frames: Sequence[Frame],
    index: Index,
    *,
    frame_counts: Mapping[Id, int] | None = None,
    rule: FrameRule = VPDQ,
    thresholds: Mapping[int, int] | None = None,
    groups: Collection[int] | None = None,
) -> tuple[VideoHit, ...]:
    """Every entry that shares a frame with the video, those with the largest share first.

    `frame_counts`: how many different frames an entry has; `thresholds` and `groups` as for `Matcher.match`. A photo is
    an entry with one frame. Raises Invalid for a bad hash, threshold or percentage.
    """
    for percent in (rule.query_percent, rule.index_percent):
        if not 0 <= percent <= WHOLE:
            raise Invalid(f"{percent} is no percentage; use 0 to 100", place="percent")
    scope = Scope.of(rule.threshold, thresholds, groups)
    asked = unique(frames, min_quality=rule.min_quality)
    needles = pack([frame.pdq for frame in asked], place="frame")
    answers = index.search_many(needles, threshold=scope.threshold, limits=scope.limits)
    shared: dict[tuple[Id, int], _Shared] = {}
    for frame, nears in zip(asked, answers, strict=True):
        for near in nears:
            shared.setdefault((near.id, near.group), _Shared()).take(frame, near)
    known = frame_counts or {}
    found = (_hit(key, each, len(asked), known.get(key[0]), rule) for key, each in shared.items())
    return tuple(sorted(found, key=lambda hit: (-hit.query_percent, str(hit.entry), hit.group)))


@dataclass(slots=True)
class _Shared:
    """What the video and one entry have in common: the nearest row by second, and the entry's rows."""

    nearest: dict[float, int] = field(default_factory=dict)
    hashes: set[str] = field(default_factory=set)
    rows: set[int] = field(default_factory=set)

    def take(self, frame: Frame, near: Near) -> None:
        self.nearest[frame.seconds] = min(near.distance, self.nearest.get(frame.seconds, near.distance))
        self.hashes.add(frame.pdq.lower())
        self.rows.add(near.row)


def _hit(key: tuple[Id, int], shared: _Shared, asked: int, count: int | None, rule: FrameRule) -> VideoHit:
    query = WHOLE * len(shared.hashes) / asked
    index = None if not count else min(WHOLE, WHOLE * len(shared.rows) / count)
    frames = tuple(FrameHit(seconds=at, distance=distance) for at, distance in sorted(shared.nearest.items()))
    enough = query >= rule.query_percent and (index is None or index >= rule.index_percent)
    entry, group = key
    return VideoHit(entry=entry, group=group, query_percent=query, index_percent=index, matches=enough, frames=frames)
