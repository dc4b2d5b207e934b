"""One run over the list of NCMEC: window after window up to now, then what could not be read before.

Rules:
- the windows follow `windows`; every step carries the progress after it, which is what a checkpoint holds
- nothing is told before some page could be read: a service that is down, or answers nonsense, moves us nowhere
- the questions of one run about gaps are bounded; what is left of them waits for the next run
"""

from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass, replace

from tutela.errors import Unavailable
from tutela.exchanges import windows
from tutela.exchanges.ncmec_client import time_of
from tutela.exchanges.ncmec_pages import MARGIN, Leaf, Pages, moment
from tutela.exchanges.windows import Progress, Window
from tutela.hashlists import Problem

MOST_PARTS = 256
MOST_PARTS_UNREAD = 16  # when none could be read, the service is at fault
MOST_FAILURES = 3
MOST_RESTARTS = 3
PARTS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A page, the progress after it, and the moment (in seconds) up to which everything was read that can be."""

    leaf: Leaf
    progress: Progress
    read_until: int
    is_caught_up: bool = False


class Run:
    """Reads from `progress` up to the second `until`; links are kept as of `now`. Iterate `steps` once."""

    def __init__(self, pages: Pages, progress: Progress, *, until: int, now: int) -> None:
        self._pages = pages
        self._progress = windows.resumed(progress, now)
        self._until = until
        self._now = now
        self._held: tuple[Problem, ...] = ()
        self._has_read = False
        self._has_passed_over = False
        self._restarts = 0
        self._failures = 0
        self._crowd = _Crowd()

    def steps(self) -> Iterator[Step]:
        """Every page, and a last step without entries. Raises as the client, when the service is at fault."""
        until = self._progress.position
        while self._progress.goal or self._progress.position < self._until:
            self._progress = windows.aimed(self._progress, self._until)
            until = self._progress.goal
            while self._progress.position < until:
                yield from self._frontier()
            yield from self._gaps()
            if self._has_passed_over and not self._has_read:
                raise Unavailable("no page that the service gives can be read", place="service")
            self._progress = windows.finished(self._progress)
            if until >= self._until:
                break
        until = min(until, self._progress.read_until) if self._progress.has_wide_gaps else until
        is_caught_up = not self._progress.has_wide_gaps
        leaf = Leaf(problems=self._held)
        yield Step(leaf=leaf, progress=self._progress, read_until=until, is_caught_up=is_caught_up)

    def _frontier(self) -> Iterator[Step]:
        """One page of the current window, and the progress after it."""
        window = windows.current(self._progress)
        leaf = self._pages.read(moment(window.start), moment(window.end), self._progress.link)
        if leaf.is_stale and self._restarts < MOST_RESTARTS:
            self._restarts += 1
            self._progress = windows.restarted(self._progress)
            return
        self._crowd.see(window, leaf)
        cut = self._crowd.cut() if self._progress.pages + 1 >= windows.MOST_PAGES else 0
        self._progress = windows.after_page(self._progress, leaf.link, is_whole=leaf.is_whole, now=self._now, cut=cut)
        self._has_passed_over = self._has_passed_over or not leaf.is_whole
        yield from self._told(leaf)

    def _gaps(self) -> Iterator[Step]:
        """Read the gaps again, in ever smaller parts; what is left of them stays in the progress."""
        waiting, left = list(self._progress.gaps), list[Window]()
        for parts in range(MOST_PARTS):
            if not waiting or self._failures >= MOST_FAILURES or (parts >= MOST_PARTS_UNREAD and not self._has_read):
                break
            part = waiting.pop(0)
            self._keep((*left, part, *waiting))
            if (yield from self._part(part)):
                continue
            if part.seconds > 1:
                waiting[:0] = part.quarters()
                continue
            left.append(part)
            place = f"entries from {time_of(moment(part.start))} to {time_of(moment(part.end))}"
            self._held += (Problem(place=place, message="some cannot be read; they are asked for again next time"),)
        self._keep((*left, *waiting))

    def _keep(self, gaps: Iterable[Window]) -> None:
        self._progress = replace(self._progress, gaps=windows.of_gaps(gaps))

    def _part(self, part: Window) -> Generator[Step, None, bool]:
        """Read all pages of a part of a gap; whether all were whole.

        What breaks a second may lie at its very end and belong to the next: then the rest of it is read without it.
        """
        is_whole = yield from self._window(part, narrow=False)
        if not is_whole and part.seconds == 1:
            yield from self._window(part, narrow=True)
        return is_whole

    def _window(self, part: Window, *, narrow: bool) -> Generator[Step, None, bool]:
        end = moment(part.end) - (MARGIN if narrow else MARGIN * 0)
        link, is_whole = "", True
        for _ in range(windows.MOST_PAGES_OF_A_SECOND):
            leaf = self._pages.read(moment(part.start), end, link)
            self._failures += leaf.is_failure
            is_whole = is_whole and leaf.is_whole
            link = leaf.link
            yield from self._told(leaf)
            if not link:
                return is_whole
        return False

    def _told(self, leaf: Leaf) -> Iterator[Step]:
        self._has_read = self._has_read or leaf.is_whole or bool(leaf.entries)
        self._held += leaf.problems
        if self._has_read:
            told, self._held = replace(leaf, problems=self._held), ()
            yield Step(leaf=told, progress=self._progress, read_until=self._progress.read_until)


class _Crowd:
    """The times of what was seen of a window, to cut it where they lie: a burst is found at once.

    A window that starts where the last one did was cut already and still had too many pages: its times do not help.
    """

    def __init__(self) -> None:
        self._window = Window(start=0, end=0)
        self._times: list[float] = []
        self._helps = True

    def see(self, window: Window, leaf: Leaf) -> None:
        if window != self._window:
            self._helps = window.start != self._window.start or not self._times
            self._window, self._times = window, []
        self._times += [each.timestamp.timestamp() for each in leaf.entries if each.timestamp]

    def cut(self) -> int:
        """The moment at which an eighth of what was seen ends, 0 when that is not known or did not help before."""
        return int(sorted(self._times)[len(self._times) // PARTS]) if self._times and self._helps else 0
