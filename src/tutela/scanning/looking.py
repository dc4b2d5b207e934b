"""One file to its lines: digests, known or not, what it shows, what it matches, and the same for what is inside.

Rules:
- digests come first: a file that a known-good list has is not decoded and not looked into, unless another list has it
- the file's own line comes before those of its members; the order of members is that of the file
- a line that may not be decoded any more (its decoding ended a process) still has its digests and exact matches
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import BinaryIO

import numpy as np

from tutela.matching import Frame, Hit, HitClass, Needle, VideoHit, match_frames, share_of
from tutela.matching.frames import FrameRule
from tutela.media import Digests, Kind, digest, kind_of
from tutela.media.kinds import SIGNATURE_BYTES
from tutela.media.perceived import Frame as PerceivedFrame
from tutela.media.perceived import Perceived, Variant
from tutela.media.perception import STREAMED, perceive, perceive_stream
from tutela.scanning.inside import holds_members, parts
from tutela.scanning.lines import Match, Seen
from tutela.scanning.listing import Lists
from tutela.scanning.options import Ask, Options
from tutela.scanning.parts import Part, Pulse
from tutela.scanning.reading import CHANGED, Opened
from tutela.scanning.sounds import CHROMAPRINT, distance_of

FRAMES = "frames"
_NOWHERE = "0" * 64
TOO_MANY = "more members than are looked at; the rest was left out"


class Eye:
    """Looks at files with one set of lists and options."""

    def __init__(self, lists: Lists, options: Options, pulse: Pulse) -> None:
        self._lists, self._options, self._pulse = lists, options, pulse
        self._thresholds = lists.thresholds
        self.is_holder = False  # whether the members of the line that was told last follow

    def warm(self) -> None:
        """Runs every loop that comparing uses once, so that none is compiled and kept when no file may be written."""
        frame = PerceivedFrame(number=0, seconds=0.0, pdq=_NOWHERE, quality=100)
        forms = tuple(Variant(via=str(number), pdq=_NOWHERE, quality=100) for number in range(9))
        for variants in ((), forms):
            shown = Perceived(
                kind=Kind.IMAGE, pdq=_NOWHERE, pdq_quality=100, frames=(frame,) * len(variants), variants=variants
            )
            self._near(shown)
            self._videos(shown)
        needle = Needle(hashes={"sha256": _NOWHERE, "sha1": _NOWHERE[:40], "md5": _NOWHERE[:32]})
        for lists in (self._lists.sought, self._lists.good):
            lists.match(needle)
        share_of(np.zeros(1, np.uint32), np.zeros(1, np.uint32))

    def look(self, ask: Ask) -> Iterator[Seen]:
        """The lines of one file from line `ask.skip` on. Never raises for what a file holds."""
        try:
            with Opened(ask.path, most=self._options.max_bytes) as opened:
                yield from self._lines(opened, ask)
        except OSError as error:
            yield Seen(problem=error.strerror or "could not be read")

    def _lines(self, opened: Opened, ask: Ask) -> Iterator[Seen]:
        holder = self._options.inside and holds_members(opened)
        self.is_holder = False
        if ask.skip == 0:
            seen = self._whole(opened, ask.verdict if ask.blind == 0 else "")
            yield replace(seen, problem=CHANGED) if opened.changed() else seen
            holder = holder and (not seen.known_good or bool(seen.matches))
        if holder:
            yield from self._members(opened, ask)

    def _members(self, opened: Opened, ask: Ask) -> Iterator[Seen]:
        number, holder = 0, 0

        def is_wanted(data: bytes) -> bool:
            nonlocal holder
            wanted = number + 1 not in ask.closed and self._is_wanted(data)
            holder = number + 1 if wanted else holder
            return wanted

        for number, part in enumerate(parts(ask.path, opened, self._options, self._pulse, is_wanted), 1):
            self.is_holder = holder == number
            if number > self._options.most_members:
                yield Seen(problem=TOO_MANY)
                return
            if number < ask.skip:
                self._pulse()
            else:
                yield self._member(part, ask.verdict if ask.blind == number else "")

    def _whole(self, opened: Opened, verdict: str) -> Seen:
        digests, kind = opened.digests(self._pulse), kind_of(opened.head[:SIGNATURE_BYTES])
        if opened.data is None:
            problem = f"the file has more than the {self._options.max_bytes:,} bytes that are decoded"
            unseen = problem if kind is Kind.IMAGE else "" if kind in STREAMED else " "
            return self._seen(opened.stream, digests, verdict or unseen, kind)
        return self._seen(opened.data, digests, verdict, kind)

    def _is_wanted(self, data: bytes) -> bool:
        """Whether to look into a member: not when only known-good lists have it."""
        if not self._lists.has_good:
            return True
        digests = digest(data)
        needle = Needle(hashes={"sha256": digests.sha256, "sha1": digests.sha1, "md5": digests.md5})
        return not self._lists.good.match(needle) or bool(self._lists.sought.match(needle))

    def _member(self, part: Part, verdict: str) -> Seen:
        if part.data is None:
            return Seen(member=part.name, size=part.size, problem=part.problem)
        kind = kind_of(part.data[:SIGNATURE_BYTES])
        seen = self._seen(part.data, digest(part.data), verdict, kind)
        return replace(seen, member=part.name, problem=seen.problem or part.problem)

    def _seen(self, data: bytes | BinaryIO, digests: Digests, verdict: str, kind: Kind) -> Seen:
        """`verdict`: why it is not decoded; a blank when there is nothing to say about that."""
        needle = Needle(hashes={"sha256": digests.sha256, "sha1": digests.sha1, "md5": digests.md5})
        known = self._lists.known(self._lists.good.match(needle)) if self._lists.has_good else ()
        exact = self._lists.sought.match(needle)
        seen = Seen(
            kind=kind.value,
            size=digests.size,
            sha256=digests.sha256,
            sha1=digests.sha1,
            md5=digests.md5,
            known_good=known,
        )
        if verdict or (known and not exact):
            return replace(seen, matches=self._matches(exact), problem=verdict.strip())
        return self._shown(seen, self._perceived(data), exact)

    def _perceived(self, data: bytes | BinaryIO) -> Perceived:
        options, patience = self._options, self._options.seconds / 2
        if not isinstance(data, bytes):
            return perceive_stream(data, patience=patience, keyframes=options.keyframes)
        forms = frozenset(options.variants)
        return perceive(data, options.limits, forms, patience=patience, keyframes=options.keyframes)

    def _shown(self, seen: Seen, perceived: Perceived, exact: tuple[Hit, ...]) -> Seen:
        hits, videos = exact, self._videos(perceived)
        if perceived.pdq is not None:
            hits = (*exact, *self._near(perceived))
        silent = perceived.kind not in (Kind.IMAGE, Kind.VIDEO, Kind.AUDIO)
        return replace(
            seen,
            pdq=perceived.pdq,
            pdq_quality=perceived.pdq_quality,
            width=perceived.width,
            height=perceived.height,
            truncated=perceived.truncated,
            seconds=perceived.seconds,
            frames=len(perceived.frames) or None,
            matches=(*self._matches(hits), *self._video_matches(videos, hits), *self._sounds(perceived)),
            problem="" if silent else perceived.problem,
        )

    def _near(self, perceived: Perceived) -> tuple[Hit, ...]:
        needle = Needle(
            hashes={"pdq": perceived.pdq or ""},
            quality=perceived.pdq_quality,
            variants={each.via: each.pdq for each in perceived.variants if each.quality >= self._options.min_quality},
        )
        return self._lists.sought.match(
            needle,
            threshold=self._options.threshold,
            thresholds=self._thresholds,
            min_quality=self._options.min_quality,
        )

    def _videos(self, perceived: Perceived) -> tuple[VideoHit, ...]:
        frames = [Frame(pdq=each.pdq, quality=each.quality, seconds=each.seconds) for each in perceived.frames]
        if not frames:
            return ()
        rule = FrameRule(threshold=self._options.threshold, min_quality=self._options.min_quality)
        return match_frames(frames, self._lists.sought.pdq, rule=rule, thresholds=self._thresholds)

    def _sounds(self, perceived: Perceived) -> Iterator[Match]:
        """Entries with the same sound; `percent` of their bits are equal, and `distance` is what is left of 100."""
        for found in self._lists.sounds.match(perceived.audio):
            away, near = distance_of(found), HitClass.NEAR
            hit = Hit(entry=found.entry, algorithm=CHROMAPRINT, distance=away, hit_class=near, group=found.group)
            yield replace(self._match(hit), percent=round(100 * found.share, 1))

    def _matches(self, hits: Iterable[Hit]) -> tuple[Match, ...]:
        return tuple(sorted((self._match(hit) for hit in hits), key=_order))

    def _match(self, hit: Hit) -> Match:
        origin = self._lists.origin(hit.entry, hit.group)
        return Match(
            list=origin.list,
            entry=origin.entry,
            category=origin.category,
            algorithm=hit.algorithm,
            distance=hit.distance,
            match_class=hit.hit_class.value,
            via=hit.via,
        )

    def _video_matches(self, videos: Iterable[VideoHit], hits: Iterable[Hit]) -> Iterator[Match]:
        """Entries that share frames: `via` is `frames`; one that a hit names already is not told twice."""
        told = {(hit.entry, hit.group) for hit in hits}
        for video in videos:
            if (video.entry, video.group) not in told:
                nearest = min(frame.distance for frame in video.frames)
                near = HitClass.NEAR
                hit = Hit(entry=video.entry, algorithm="pdq", distance=nearest, hit_class=near, group=video.group)
                yield replace(self._match(hit), via=FRAMES, percent=video.query_percent)


def _order(match: Match) -> tuple[str, int, str, str]:
    return match.match_class, match.distance, match.list, match.entry
