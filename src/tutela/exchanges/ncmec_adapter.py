"""NCMEC hash sharing in our words: its pages are batches, its feedback are opinions.

Rules:
- the checkpoint is the progress of `windows`; it belongs to one address and one selection of members
- an opinion goes to the entry's member and id, for one type of fingerprint; a negative one needs a reason, which is
  taken for granted only where the service knows a single one
- one refused opinion stops none of the others; when the service does not answer, the rest is to be sent again
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime

from tutela.errors import Forbidden, Invalid, Missing, TutelaError, Unavailable
from tutela.exchanges import checkpoints
from tutela.exchanges.exchange import Batch, Opinion, Reason, Sent, Standing, Verdict
from tutela.exchanges.kinds import NCMEC_ENVIRONMENTS
from tutela.exchanges.ncmec_client import TYPES, FeedbackReason, Member, NcmecClient
from tutela.exchanges.ncmec_pages import Pages, moment
from tutela.exchanges.ncmec_reading import Run, Step
from tutela.exchanges.transport import Transport
from tutela.exchanges.windows import Progress, Window
from tutela.hashlists import Source

NAME = "ncmec"
SETTLING = 5  # seconds before now that a pass stops at, so that entries are not caught while they are being filed


class NcmecExchange:
    """An exchange with one of NCMEC's databases, or with a server that speaks its protocol."""

    name = NAME

    def __init__(self, client: NcmecClient, transport: Transport, *, members: frozenset[str] = frozenset()) -> None:
        self._client = client
        self._transport = transport
        self._members = members
        self._mark = checkpoints.mark(NAME, client.base, *sorted(members))
        self._reasons: dict[str, tuple[FeedbackReason, ...]] = {}

    def fetch(self, checkpoint: str, *, now: datetime) -> Iterator[Batch]:
        """As `Exchange.fetch`."""
        if now.tzinfo is None:
            raise Invalid("the time has no zone; give it one", place="now")
        seconds = int(now.timestamp())
        until = max(0, seconds - SETTLING)
        progress = _progress(checkpoints.read(checkpoint, NAME, self._mark))
        run = Run(Pages(self._client, until), progress, until=until, now=seconds)
        return (self._batch(step) for step in run.steps())

    def _batch(self, step: Step) -> Batch:
        kept = (each for each in step.leaf.entries if not self._members or _member(each.source) in self._members)
        return Batch(
            entries=tuple(kept),
            problems=step.leaf.problems,
            checkpoint=checkpoints.write(NAME, self._mark, _values(step.progress)),
            is_caught_up=step.is_caught_up,
            fetched_until=moment(step.read_until) if step.read_until else None,
        )

    def send(self, feedback: Sequence[Opinion]) -> tuple[Sent, ...]:
        """As `Exchange.send`."""
        sent: list[Sent] = []
        for opinion in feedback:
            down = next((each for each in sent if each.may_try_again), None)
            sent.append(_later(opinion, down.reason) if down else self._sent(opinion))
        return tuple(sent)

    def _sent(self, opinion: Opinion) -> Sent:
        member, _, entry = opinion.key
        type_ = opinion.algorithm.upper().replace("-", "_")
        try:
            if type_ not in TYPES or not member or not entry:
                raise Invalid("NCMEC takes opinions on its own entries and types of fingerprint only", place="opinion")
            guids = None if opinion.verdict is Verdict.AFFIRMATIVE else self._guids(type_, opinion.reasons)
            self._client.give_feedback(member, entry, type_, guids=guids)
        except Unavailable as error:
            return _later(opinion, error.message)
        except TutelaError as error:
            return Sent(opinion=opinion, accepted=False, reason=error.message)
        return Sent(opinion=opinion, accepted=True)

    def _guids(self, type_: str, reasons: Sequence[str]) -> tuple[str, ...]:
        known = self._known(type_)
        guids = {each.guid for each in known}
        if not reasons and len(known) == 1:
            return (known[0].guid,)
        if not reasons or not set(reasons) <= guids:
            names = ", ".join(f"{each.guid} ({each.name})" for each in known)
            raise Invalid(f"a negative opinion needs a reason of the service: {names or 'it names none'}")
        return tuple(reasons)

    def _known(self, type_: str) -> tuple[FeedbackReason, ...]:
        if type_ not in self._reasons:
            self._reasons[type_] = self._client.reasons(type_)
        return self._reasons[type_]

    def check(self) -> Standing:
        """As `Exchange.check`. A service without a list of members or of reasons has none."""
        status = self._client.status()
        try:
            members = self._client.members()
        except (Missing, Forbidden, Invalid):
            members = ()
        return Standing(
            member=_source(status),
            members=tuple(source for each in members if (source := _source(each))),
            reasons=tuple(self._all_reasons()),
        )

    def _all_reasons(self) -> Iterator[Reason]:
        for type_ in TYPES:
            try:
                known = self._known(type_)
            except (Missing, Forbidden, Invalid):
                continue
            algorithm = type_.lower()
            yield from (Reason(code=each.guid, name=each.name, algorithms=(algorithm,)) for each in known)

    def close(self) -> None:
        """As `Exchange.close`."""
        self._transport.close()


def open_with(settings: Mapping[str, str], credentials: Mapping[str, str], transport: Transport) -> NcmecExchange:
    """An exchange for fields as `KINDS` names them. Raises Invalid."""
    environment, address = settings["environment"], settings["address"]
    if bool(environment) == bool(address):
        raise Invalid("give either an environment or an address", place="settings")
    members = frozenset(each.strip() for each in settings["members"].split(",") if each.strip())
    if not all(each.isascii() and each.isdecimal() for each in members):
        raise Invalid("expected member numbers with commas between", place="settings, members")
    client = NcmecClient(
        address or NCMEC_ENVIRONMENTS[environment],
        username=credentials["username"],
        password=credentials["password"],
        transport=transport,
    )
    return NcmecExchange(client, transport, members=members)


def _later(opinion: Opinion, reason: str) -> Sent:
    return Sent(opinion=opinion, accepted=False, reason=reason, may_try_again=True)


def _source(member: Member) -> Source | None:
    return Source(id=member.id, name=member.name) if member.id else None


def _member(source: Source | None) -> str:
    return source.id if source else ""


def _values(progress: Progress) -> dict[str, object]:
    return asdict(progress) | {"gaps": [[each.start, each.end] for each in progress.gaps]}


def _progress(values: checkpoints.Values) -> Progress:
    return Progress(
        position=values.number("position"),
        goal=values.number("goal"),
        width=values.number("width"),
        end=values.number("end"),
        link=values.text("link"),
        linked=values.number("linked"),
        pages=values.number("pages"),
        is_broken=values.flag("is_broken"),
        gaps=tuple(Window(start=start, end=end) for start, end in values.pairs("gaps")),
    )
