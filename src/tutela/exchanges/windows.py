"""How a list is read that can only be asked for by time, by a service whose answers are not in time order.

Rules:
- a pass has a goal fixed at its start, and reads window after window up to it; a window counts as read only when its
  last page was. Within a window the link to the next page is kept for half a day, so a kill resumes there
- a window of too many pages is cut where an eighth of what was seen of it ends, else to a quarter; one of few pages
  lets the next be twice as wide
- a window of which a page cannot be read is a gap: it is passed over, then read again in quarters, down to a second.
  What stays unreadable is asked for again with each later pass, so it holds up nothing and is not forgotten
- the next pass starts some time before the goal of the last: what a service files late under an older time is seen

Seconds are those of the Unix epoch; a window is from its start up to, but not including, its end.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

QUARTER = 4
MOST_PAGES = 400
MOST_PAGES_OF_A_SECOND = 10_000
MOST_GAPS = 64
OVERLAP = 900
LINK_SECONDS = 12 * 3600
WIDEST = 1 << 36


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Window:
    """From `start` up to `end`."""

    start: int
    end: int

    @property
    def seconds(self) -> int:
        return self.end - self.start

    def quarters(self) -> tuple["Window", ...]:
        """The window in up to four parts of whole seconds."""
        step = max(1, -(-self.seconds // QUARTER))
        starts = range(self.start, self.end, step)
        return tuple(Window(start=each, end=min(each + step, self.end)) for each in starts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a list was read.

    All before `position` is read, gaps aside. `goal` is where the pass ends, 0 between passes; `width` the seconds of
    the next window. While a window is paged, `end` is its end, `link` its next page, given at `linked`; `pages` were
    read, and `is_broken` says that one of them could not be read whole.
    """

    position: int = 0
    goal: int = 0
    width: int = 0
    end: int = 0
    link: str = ""
    linked: int = 0
    pages: int = 0
    is_broken: bool = False
    gaps: tuple[Window, ...] = ()

    @property
    def has_wide_gaps(self) -> bool:
        """Whether a gap is left that can be read in parts."""
        return any(each.seconds > 1 for each in self.gaps)

    @property
    def read_until(self) -> int:
        """All before this moment was read, single seconds aside that stay unreadable."""
        return min((each.start for each in self.gaps if each.seconds > 1), default=self.position)


def aimed(progress: Progress, until: int) -> Progress:
    """In a pass: the one that was under way, or a new one whose goal is `until`."""
    if progress.goal:
        return progress
    return replace(progress, goal=max(until, progress.position), width=progress.width or max(until, 1))


def resumed(progress: Progress, now: int) -> Progress:
    """Without a link that has grown old."""
    return restarted(progress) if progress.link and not 0 <= now - progress.linked <= LINK_SECONDS else progress


def restarted(progress: Progress) -> Progress:
    """At the first page of the window again."""
    return replace(progress, end=0, link="", linked=0, pages=0, is_broken=False)


def current(progress: Progress) -> Window:
    """The window to ask for, never past the goal."""
    end = progress.end or min(progress.position + progress.width, progress.goal)
    return Window(start=progress.position, end=end)


def after_page(progress: Progress, link: str, *, is_whole: bool, now: int, cut: int = 0) -> Progress:
    """A page of the current window was read; `link` leads to the next, empty when there is none or it is lost.

    `cut` is the moment at which to cut a window of too many pages, if it lies within.
    """
    window = current(progress)
    pages, broken = progress.pages + 1, progress.is_broken or not is_whole
    if not link or pages >= MOST_PAGES_OF_A_SECOND:
        return _passed(progress, window, pages, is_broken=broken or bool(link))
    if pages >= MOST_PAGES and window.seconds > 1:
        cut = cut if window.start < cut < window.end else window.start + max(1, window.seconds // QUARTER)
        return replace(restarted(progress), width=cut - window.start)
    return replace(progress, end=window.end, link=link, linked=now, pages=pages, is_broken=broken)


def _passed(progress: Progress, window: Window, pages: int, *, is_broken: bool) -> Progress:
    width = max(1, window.seconds) if window.end < progress.goal else progress.width
    gaps = of_gaps((*progress.gaps, window)) if is_broken else progress.gaps
    grown = min(width * 2, WIDEST) if pages <= MOST_PAGES // QUARTER else width
    return replace(restarted(progress), position=window.end, width=grown, gaps=gaps)


def finished(progress: Progress) -> Progress:
    """The pass is over: the next begins some time before its goal."""
    return replace(restarted(progress), position=max(0, progress.goal - OVERLAP), goal=0)


def of_gaps(gaps: Iterable[Window]) -> tuple[Window, ...]:
    """`gaps` in order, each once; when there are too many, the nearest are joined."""
    joined = sorted(set(gaps))
    while len(joined) > MOST_GAPS:
        nearest = min(range(len(joined) - 1), key=lambda place: joined[place + 1].start - joined[place].end)
        left, right = joined[nearest : nearest + 2]
        joined[nearest : nearest + 2] = [Window(start=left.start, end=max(left.end, right.end))]
    return tuple(joined)
