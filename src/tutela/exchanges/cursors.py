"""How a list is read that hands out, with each page, where the next one starts.

Rules:
- a set of pages is read to its end; then the next set starts some time before this one was begun
- a page that cannot be read whole is asked for again in smaller pages, down to a single record; what is then still
  unreadable is passed over: by the way to the next page where it is told, else in growing steps
- where something was passed over is kept; from there all is read again some hours later, until it can be
- nothing is told before some page could be read: a service that is down, or answers nonsense, moves us nowhere
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Protocol

from tutela.errors import Invalid, Limited, Missing, Unavailable
from tutela.exchanges.checkpoints import Values
from tutela.hashlists import ListEntry, Problem

QUARTER = 4
MOST_RESTARTS = 3
MOST_PAGES = 1_000_000
BEHIND_SECONDS = 6 * 3600
TOKEN_SECONDS = 12 * 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class Cursor:
    """Where a page starts: the service's own mark, its token for a page within a set, how many records to leave out."""

    mark: str = ""
    token: str = field(default="", repr=False)
    skip: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a list was read.

    `cursor` is the next page, `start` where its set began, at the second `began` (0 between sets), `newest` the latest
    mark that the service named since. From `behind` on something was passed over, as last seen at `tried`.
    """

    cursor: Cursor = Cursor()
    start: str = ""
    began: int = 0
    newest: str = ""
    size: int = 0
    behind: Cursor | None = None
    tried: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """A page. `following` is the next one, None at the end of the set; `is_lost` says that nobody knows."""

    entries: tuple[ListEntry, ...] = ()
    problems: tuple[Problem, ...] = ()
    following: Cursor | None = None
    newest: str = ""
    is_whole: bool = True
    is_lost: bool = False


LOST = Leaf(is_whole=False, is_lost=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A page and the progress after it."""

    leaf: Leaf
    progress: Progress
    is_caught_up: bool = False


class Pages(Protocol):
    """What a service must be able to do. `most` is its largest page."""

    most: int

    def read(self, cursor: Cursor, size: int) -> Leaf:
        """One page. Raises as the client."""
        ...

    def beyond(self, cursor: Cursor) -> Cursor | None:
        """A place past one that cannot be read, further each time; None when none is left."""
        ...

    def answers(self) -> bool:
        """Whether the service gives any page at all."""
        ...

    def again(self, progress: Progress) -> str:
        """The mark at which the set after this one starts."""
        ...


class Run:
    """Reads one set, or the rest of one, and what was passed over before. Iterate `steps` once."""

    def __init__(self, pages: Pages, progress: Progress, now: int) -> None:
        self._pages = pages
        self._progress = progress
        self._now = now
        self._has_read = False
        self._held: tuple[Problem, ...] = ()

    def steps(self) -> Iterator[Step]:
        """Every page, and a last step without entries. Raises as the client, when the service is at fault."""
        self._begin()
        yield from self._set()
        after = self._pages.again(self._progress)
        self._progress = replace(
            self._progress, cursor=Cursor(mark=after), start=after, began=0, newest="", size=self._pages.most
        )
        yield from self._behind()
        yield Step(leaf=Leaf(problems=self._held), progress=self._progress, is_caught_up=True)

    def _begin(self) -> None:
        progress = self._progress
        size = progress.size if 0 < progress.size <= self._pages.most else self._pages.most
        if not progress.began:
            cursor = Cursor(mark=progress.start)
            progress = replace(progress, cursor=cursor, began=self._now)
        elif progress.cursor.token and not 0 <= self._now - progress.began <= TOKEN_SECONDS:
            progress = replace(progress, cursor=Cursor(mark=progress.start))
        self._progress = replace(progress, size=size)

    def _set(self) -> Iterator[Step]:
        """Page after page to the end of the set."""
        restarts = 0
        for _ in range(MOST_PAGES):
            leaf = self._leaf(self._progress.cursor, self._progress.size)
            if leaf is None and restarts < MOST_RESTARTS:
                restarts += 1
                self._progress = replace(self._progress, cursor=Cursor(mark=self._progress.start))
                continue
            leaf = leaf or LOST
            if not leaf.is_whole and self._progress.size > 1:
                self._progress = replace(self._progress, size=max(1, self._progress.size // QUARTER))
                yield from self._told(replace(leaf, problems=()))
                continue
            following = self._after(leaf)
            if following is not None:
                self._progress = replace(self._progress, cursor=following)
            yield from self._told(leaf)
            if following is None:
                break
        if not self._has_read:
            raise Unavailable("no page that the service gives can be read", place="service")

    def _after(self, leaf: Leaf) -> Cursor | None:
        """Where to go from a page; and what it tells about the whole list is kept."""
        if not leaf.is_whole:
            self._pass_over()
        newest = max(self._progress.newest, leaf.newest, key=_as_number)
        size = min(self._pages.most, self._progress.size * 2) if leaf.is_whole else self._progress.size
        self._progress = replace(self._progress, newest=newest, size=size)
        return self._pages.beyond(self._progress.cursor) if leaf.is_lost else leaf.following

    def _pass_over(self) -> None:
        if self._progress.behind is None:
            at = self._progress.cursor
            behind = Cursor(mark=self._progress.start) if at.token else at
            self._progress = replace(self._progress, behind=behind, tried=self._now)

    def _behind(self) -> Iterator[Step]:
        """Read again from where something was passed over, when the time has come; to the next fault, or the end."""
        cursor = self._progress.behind
        if cursor is None or self._now - self._progress.tried < BEHIND_SECONDS:
            return
        self._progress = replace(self._progress, tried=self._now)
        for _ in range(MOST_PAGES):
            leaf = self._leaf(cursor, self._pages.most) or LOST
            following = leaf.following
            if leaf.is_whole and following is None:
                self._progress = replace(self._progress, behind=None, tried=0)
            yield from self._told(leaf)
            if following is None or not leaf.is_whole:
                return
            cursor = following

    def _leaf(self, cursor: Cursor, size: int) -> Leaf | None:
        """The page, asked for once more when it is not whole; None for a token that is no longer known."""
        try:
            leaf = self._pages.read(cursor, size)
            if not leaf.is_whole:
                again = self._pages.read(cursor, size)
                leaf = max(leaf, again, key=lambda each: (each.is_whole, not each.is_lost, len(each.entries)))
            return leaf
        except (Invalid, Missing):
            if not cursor.token:
                raise
            return None
        except (Unavailable, Limited) as error:
            if not self._pages.answers():
                raise
            problem = Problem(place="page", message=f"{error.message}; it is asked for again later")
            return Leaf(problems=(problem,), is_whole=False, is_lost=True)

    def _told(self, leaf: Leaf) -> Iterator[Step]:
        self._has_read = self._has_read or leaf.is_whole or bool(leaf.entries)
        self._held += leaf.problems
        if self._has_read:
            told, self._held = replace(leaf, problems=self._held), ()
            yield Step(leaf=told, progress=self._progress)


def values_of(progress: Progress) -> dict[str, object]:
    """What a checkpoint holds of it."""
    cursor, behind = progress.cursor, progress.behind
    passed = {"behind": behind.mark, "behind_skip": behind.skip} if behind else {}
    return {
        "mark": cursor.mark,
        "token": cursor.token,
        "skip": cursor.skip,
        "start": progress.start,
        "began": progress.began,
        "newest": progress.newest,
        "size": progress.size,
        "tried": progress.tried,
        **passed,
    }


def progress_of(values: Values) -> Progress:
    """The inverse. Raises Invalid for values of another shape."""
    passed = Cursor(mark=values.text("behind"), skip=values.number("behind_skip"))
    return Progress(
        cursor=Cursor(mark=values.text("mark"), token=values.text("token"), skip=values.number("skip")),
        start=values.text("start"),
        began=values.number("began"),
        newest=values.text("newest"),
        size=values.number("size"),
        behind=passed if "behind" in values.values else None,
        tried=values.number("tried"),
    )


def _as_number(mark: str) -> float:
    try:
        return float(mark.partition(",")[0] or 0)
    except ValueError:
        return 0.0
