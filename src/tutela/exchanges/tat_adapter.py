"""The hash list of Tech Against Terrorism in our words: its pages are batches.

Rules:
- the place of the next page is the service's checkpoint of the last (time and number of its last record), never a
  count of records: what is changed while we read moves nothing that is still to come
- the next set starts some minutes before the last record: what is filed late is seen
- what the service's interface for feedback takes is not known to us, so opinions are refused
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime

from tutela.errors import Invalid, TutelaError
from tutela.exchanges import checkpoints, cursors
from tutela.exchanges.cursors import Cursor, Leaf, Progress
from tutela.exchanges.exchange import Batch, Opinion, Sent, Standing
from tutela.exchanges.outline import outline, whole
from tutela.exchanges.reading import read_page
from tutela.exchanges.tat_client import BASE, PAGE, TatClient
from tutela.exchanges.transport import Transport
from tutela.hashlists import Problem

NAME = "tat"
OVERLAP = 900
LONGEST_MARK = 256
FARTHEST = 1 << 20
_TIMED = re.compile(r"(\d{1,12})(\.\d{1,9})?,\d{1,18}", re.ASCII)


class TatPages:
    """Pages of one part of the list as of the second `now`."""

    most = PAGE

    def __init__(self, client: TatClient, ideology: str, now: int) -> None:
        self._client = client
        self._ideology = ideology
        self._now = now

    def read(self, cursor: Cursor, size: int) -> Leaf:
        """As `cursors.Pages.read`."""
        body = self._client.hashes(self._ideology, after=cursor.mark, size=size, skip=cursor.skip)
        told = outline(body)
        entries, problems = read_page(NAME, body)
        mark, is_end = told.text("checkpoint"), told.has("next") and not told.text("next")
        if len(mark) > LONGEST_MARK or not mark.isprintable():
            mark = ""
        is_stuck = not is_end and mark == cursor.mark and told.has("next")
        if is_stuck:
            problems += (Problem(place="page, checkpoint", message="the page names itself as the next"),)
        return Leaf(
            entries=entries,
            problems=problems,
            following=None if is_end or is_stuck or not mark else Cursor(mark=mark),
            newest=mark,
            is_whole=told.is_whole and told.has("next") and not is_stuck,
            is_lost=not is_end and (is_stuck or not mark),
        )

    def beyond(self, cursor: Cursor) -> Cursor | None:
        """As `cursors.Pages.beyond`: so many records are left out."""
        skip = cursor.skip * 2 + 1
        return Cursor(mark=cursor.mark, skip=skip) if skip <= FARTHEST else None

    def answers(self) -> bool:
        """As `cursors.Pages.answers`."""
        try:
            whole(self._client.hashes(self._ideology, after=f"{self._now},0", size=1), "a page")
        except TutelaError:
            return False
        return True

    def again(self, progress: Progress) -> str:
        """As `cursors.Pages.again`."""
        last = progress.newest or progress.start
        timed = _TIMED.fullmatch(last)
        return f"{max(0, int(timed[1]) - OVERLAP)}{timed[2] or ''},0" if timed else last


class TatExchange:
    """An exchange with Tech Against Terrorism, or with a server that speaks its protocol."""

    name = NAME

    def __init__(self, client: TatClient, transport: Transport, *, ideology: str) -> None:
        self._client = client
        self._transport = transport
        self._ideology = ideology
        self._mark = checkpoints.mark(NAME, client.base, ideology)

    def fetch(self, checkpoint: str, *, now: datetime) -> Iterator[Batch]:
        """As `Exchange.fetch`."""
        if now.tzinfo is None:
            raise Invalid("the time has no zone; give it one", place="now")
        seconds = int(now.timestamp())
        progress = cursors.progress_of(checkpoints.read(checkpoint, NAME, self._mark))
        run = cursors.Run(TatPages(self._client, self._ideology, seconds), progress, seconds)
        return (self._batch(step, now) for step in run.steps())

    def _batch(self, step: cursors.Step, now: datetime) -> Batch:
        return Batch(
            entries=step.leaf.entries,
            problems=step.leaf.problems,
            checkpoint=checkpoints.write(NAME, self._mark, cursors.values_of(step.progress)),
            is_caught_up=step.is_caught_up,
            fetched_until=now.astimezone(UTC) if step.is_caught_up else None,
        )

    def send(self, feedback: Sequence[Opinion]) -> tuple[Sent, ...]:
        """As `Exchange.send`: every opinion is refused."""
        reason = "Tech Against Terrorism takes no opinions by this interface"
        return tuple(Sent(opinion=each, accepted=False, reason=reason) for each in feedback)

    def check(self) -> Standing:
        """As `Exchange.check`. The service does not say who we are: that it takes our name is all there is to see."""
        self._client.sign_in()
        whole(self._client.hashes(self._ideology, size=1), "a page of hashes")
        return Standing()

    def close(self) -> None:
        """As `Exchange.close`."""
        self._transport.close()


def open_with(settings: Mapping[str, str], credentials: Mapping[str, str], transport: Transport) -> TatExchange:
    """An exchange for fields as `KINDS` names them. Raises Invalid."""
    name, word = credentials["username"], credentials["password"]
    client = TatClient(settings["address"] or BASE, username=name, password=word, transport=transport)
    return TatExchange(client, transport, ideology=settings["ideology"])
