"""One page of NCMEC's list as it can be read, whatever came.

Rules:
- a page that is not whole is asked for once more, and the better of the two is taken
- a page that the service fails to give counts as unreadable if the service answers another question; else it is down
- a link that the service no longer knows is stale: its window starts again
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import BytesIO

from tutela.errors import Invalid, Limited, Missing, TutelaError, Unavailable
from tutela.exchanges.ncmec_client import NcmecClient, time_of
from tutela.hashlists import ListEntry, Page, Problem

MARGIN = timedelta(
    milliseconds=1
)  # windows are asked for from a little earlier: it may be that their ends do not count


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """A page. `link` is empty when it is the last of its window, or when the way to the next is lost."""

    entries: tuple[ListEntry, ...] = ()
    problems: tuple[Problem, ...] = ()
    link: str = ""
    is_whole: bool = True
    is_stale: bool = False
    is_failure: bool = False


def moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


class Pages:
    """Reads pages; the second before `until` is what is asked for to see whether the service is there."""

    def __init__(self, client: NcmecClient, until: int) -> None:
        self._client = client
        self._until = moment(until)

    def read(self, start: datetime, end: datetime, link: str) -> Leaf:
        """The page of a window that `link` leads to, its first without one. Raises as the client, for the service."""
        place = f"entries from {time_of(start)} to {time_of(end)}"
        try:
            leaf = self._parsed(self._asked(start, end, link), place, link)
            if not leaf.is_whole:
                again = self._parsed(self._asked(start, end, link), place, link)
                leaf = max(leaf, again, key=lambda each: (each.is_whole, bool(each.link), len(each.entries)))
            return leaf
        except (Invalid, Missing):
            if not link:
                raise
            return Leaf(is_stale=True, is_whole=False)
        except (Unavailable, Limited) as error:
            if not self._answers():
                raise
            problem = Problem(place=place, message=f"{error.message}; this part is asked for again later")
            return Leaf(problems=(problem,), is_whole=False, is_failure=True)

    def _asked(self, start: datetime, end: datetime, link: str) -> bytes:
        return self._client.more(link) if link else self._client.entries(start - MARGIN, end)

    def _parsed(self, body: bytes, place: str, link: str) -> Leaf:
        page = Page(BytesIO(body))
        entries: list[ListEntry] = []
        problems = list(_read(page, entries, place))
        following = page.next or ""
        if following:
            try:
                self._client.check_link(following)
            except Invalid as error:
                problems.append(Problem(place=f"{place}, next", message=error.message))
                return Leaf(entries=tuple(entries), problems=tuple(problems), is_whole=False)
        if following and following == link:
            problems.append(Problem(place=f"{place}, next", message="the page names itself as the next"))
            return Leaf(entries=tuple(entries), problems=tuple(problems), is_whole=False)
        return Leaf(entries=tuple(entries), problems=tuple(problems), link=following, is_whole=page.is_whole)

    def _answers(self) -> bool:
        try:
            self._client.entries(self._until - timedelta(seconds=1), self._until)
        except TutelaError:
            return False
        return True


def _read(page: Page, entries: list[ListEntry], place: str) -> Iterator[Problem]:
    """Fill `entries`; the problems with the place of their page before their own."""
    try:
        for each in page:
            if isinstance(each, Problem):
                yield Problem(place=f"{place}: {each.place}", message=each.message)
            else:
                entries.append(each)
    except (Invalid, Limited) as error:
        yield Problem(place=f"{place}: {error.place}", message=error.message)
