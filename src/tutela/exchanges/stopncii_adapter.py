"""StopNCII.org in our words: its pages are batches, its feedback are opinions.

Rules:
- a set of pages starts at a time; records come in no order of time, so the time moves on only at the end of the set,
  and never past some minutes before the set was begun, whatever the service names as the next
- records that were withdrawn or deleted are deleted entries
- an affirmative opinion is `Blocked`, a negative one `NotBlocked`; reasons are the service's free tags
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime

from tutela.errors import Invalid, TutelaError, Unavailable
from tutela.exchanges import checkpoints, cursors
from tutela.exchanges.cursors import Cursor, Leaf, Progress
from tutela.exchanges.exchange import Batch, Opinion, Sent, Standing, Verdict
from tutela.exchanges.outline import outline, whole
from tutela.exchanges.reading import read_page
from tutela.exchanges.stopncii_client import BASE, FIRST, PAGE, HashFeedback, StopNciiClient
from tutela.exchanges.transport import Transport

NAME = "stopncii"
OVERLAP = 900
AT_ONCE = 500
QUARTER = 4
FEEDBACK = {Verdict.AFFIRMATIVE: "Blocked", Verdict.NEGATIVE: "NotBlocked"}


class StopNciiPages:
    """Pages of the list as of the second `now`."""

    most = PAGE

    def __init__(self, client: StopNciiClient, now: int) -> None:
        self._client = client
        self._now = now

    def read(self, cursor: Cursor, size: int) -> Leaf:
        """As `cursors.Pages.read`."""
        body = self._client.fetch(_seconds(cursor.mark), token=cursor.token, size=size)
        told = outline(body)
        entries, problems = read_page(NAME, body)
        token, has_more = told.text("nextPageToken"), told.flag("hasMoreRecords")
        newest = told.number("nextSetTimestamp")
        is_end = has_more is False
        is_stuck = has_more is True and (not token or token == cursor.token)
        return Leaf(
            entries=entries,
            problems=problems,
            following=None if is_end or not token or is_stuck else Cursor(mark=cursor.mark, token=token),
            newest=str(newest) if newest and newest > 0 else "",
            is_whole=told.is_whole and has_more is not None and not is_stuck,
            is_lost=not is_end and (is_stuck or not token),
        )

    def beyond(self, cursor: Cursor) -> Cursor | None:
        """As `cursors.Pages.beyond`: a set that starts three quarters nearer to now. What lies between waits."""
        left = (self._now - _seconds(cursor.mark)) // QUARTER
        return Cursor(mark=str(self._now - left)) if left > 0 else None

    def answers(self) -> bool:
        """As `cursors.Pages.answers`."""
        try:
            whole(self._client.fetch(self._now, size=1), "a page")
        except TutelaError:
            return False
        return True

    def again(self, progress: Progress) -> str:
        """As `cursors.Pages.again`."""
        named = _seconds(progress.newest) if progress.newest else _seconds(progress.start)
        return str(max(_seconds(progress.start), min(named, progress.began - OVERLAP)))


class StopNciiExchange:
    """An exchange with StopNCII.org, or with a server that speaks its protocol."""

    name = NAME

    def __init__(self, client: StopNciiClient, transport: Transport) -> None:
        self._client = client
        self._transport = transport
        self._mark = checkpoints.mark(NAME, client.base)

    def fetch(self, checkpoint: str, *, now: datetime) -> Iterator[Batch]:
        """As `Exchange.fetch`."""
        if now.tzinfo is None:
            raise Invalid("the time has no zone; give it one", place="now")
        seconds = int(now.timestamp())
        progress = cursors.progress_of(checkpoints.read(checkpoint, NAME, self._mark))
        run = cursors.Run(StopNciiPages(self._client, seconds), progress, seconds)
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
        """As `Exchange.send`: some hundreds at once, which the service takes or refuses together."""
        sent: list[Sent] = []
        for start in range(0, len(feedback), AT_ONCE):
            sent += self._sent(feedback[start : start + AT_ONCE])
        return tuple(sent)

    def _sent(self, opinions: Sequence[Opinion]) -> list[Sent]:
        known = [_feedback(each) for each in opinions if each.value]
        try:
            if known:
                self._client.submit_feedback(known)
        except TutelaError as error:
            later = isinstance(error, Unavailable)
            return [Sent(opinion=each, accepted=False, reason=error.message, may_try_again=later) for each in opinions]
        nameless = "StopNCII knows entries by their value only"
        return [
            Sent(opinion=each, accepted=bool(each.value), reason="" if each.value else nameless) for each in opinions
        ]

    def check(self) -> Standing:
        """As `Exchange.check`. The service does not say who we are: that it gives a page is all there is to see."""
        whole(self._client.fetch(FIRST, size=1), "a page of hashes")
        return Standing()

    def close(self) -> None:
        """As `Exchange.close`."""
        self._transport.close()


def open_with(settings: Mapping[str, str], credentials: Mapping[str, str], transport: Transport) -> StopNciiExchange:
    """An exchange for fields as `KINDS` names them. Raises Invalid."""
    keys = {
        "FetchHashes": credentials["fetch_key"],
        "SubmitFeedback": credentials["feedback_key"],
        "SubmitHashes": credentials["submit_key"],
    }
    address = settings["address"] or BASE
    client = StopNciiClient(address, subscription=credentials["subscription_key"], keys=keys, transport=transport)
    return StopNciiExchange(client, transport)


def _feedback(opinion: Opinion) -> HashFeedback:
    return HashFeedback(value=opinion.value, feedback=FEEDBACK[opinion.verdict], tags=opinion.reasons)


def _seconds(mark: str) -> int:
    if mark and not (mark.isascii() and mark.isdecimal() and len(mark) < 16):
        raise Invalid("this is no checkpoint of ours; start again without one", place="checkpoint")
    return max(FIRST, int(mark or FIRST))
