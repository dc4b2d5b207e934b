"""What a drop may look like, what an answer sheet says, and the six sentences a reporter can read.

Rules:
- every drop carries the whole answer sheet as it stood, so the newest one of a draft is the report, finished or not
- a sheet is canonical JSON with a random salt; what is unknown or too long in it is refused with its field
- the six sentences depend on what we decided and did, never on a match, a hold or a trace. So that nobody learns by
  the time they appear what we knew before, “checking” and every outcome can be read at fixed times after the report,
  not before; what the programs of a sender are told follows from the same sentences at the same times
- a sealed sentence has one length, and so has a sealed question: their size says nothing
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from tutela.errors import Invalid
from tutela.sealing import canonical, parse_canonical
from tutela_node.intake.errors import BadDrop
from tutela_node.intake.prints import Print, line_of, read_lines

ANSWER_INFO = b"tutela-answer-v1"
DROP_INFO = b"tutela-drop-v1"
QUESTION_INFO = b"tutela-question-v1"
REPLY_INFO = b"tutela-reply-v1"
MAIL_INFO = b"tutela-mail-v1"
MAX_SEALED = 256 * 1024
MAX_URLS = 20
MAX_TYPED = 20_000
MAX_WORDS = 5000
SENTENCE_BYTES = 128
MAX_QUESTION = 1000
QUESTION_BYTES = 6 * MAX_QUESTION + 256  # JSON writes a control character as six
MAX_PACE = 24 * 3600
HEX32 = re.compile(r"[0-9a-f]{32}", re.ASCII)
HEX64 = re.compile(r"[0-9a-f]{64}", re.ASCII)


class Channel(StrEnum):
    """How a report came: by the public pages, by a machine interface, by mail, or told to an operator."""

    PUBLIC = "public"
    PROVIDER = "provider"  # our own JSON interface
    CYBERTIP = "cybertip"
    XARF = "xarf"
    CSV = "csv"
    ARF = "arf"
    MAIL = "mail"
    PHONE = "phone"
    PAPER = "paper"
    PERSON = "person"  # said face to face


PRIVATE = frozenset({Channel.PUBLIC, Channel.MAIL, Channel.PHONE, Channel.PAPER, Channel.PERSON})  # people's own words
SPOKEN = frozenset({Channel.PHONE, Channel.PAPER, Channel.PERSON})  # an operator wrote down what somebody told
ENTERED = (Channel.PHONE, Channel.MAIL, Channel.PAPER, Channel.PERSON)  # what an operator can write down


class Form(StrEnum):
    """What was asked: about an address, about somebody, about oneself; or for codes of own pictures."""

    ADDRESS = "address"
    SOMEONE = "someone"
    OWN = "own"
    PICTURE = "picture"


class Happening(StrEnum):
    """What happens to somebody, where no address is asked for; empty when not said. The profile names the same."""

    GROOMING = "grooming"
    EXTORTION = "extortion"
    THREAT = "threat"
    ABUSE = "abuse"
    OTHER = "other"


class DropKind(StrEnum):
    ANSWER = "answer"
    FINISH = "finish"


class Voice(StrEnum):
    """How we talk to a reporter; asked, never checked."""

    ADULT = "adult"
    TEEN = "13-17"
    CHILD = "8-12"


class Thing(StrEnum):
    """What was seen, in the reporter's words; empty when not said."""

    PAGE = "page"
    PICTURE = "picture"
    VIDEO = "video"
    ACCOUNT = "account"
    CHAT = "chat"
    OTHER = "other"


class Place(StrEnum):
    """Where it was seen or noticed."""

    SITE = "site"
    NETWORK = "network"
    MESSAGES = "messages"
    GAME = "game"
    SEARCH = "search"
    HOME = "home"
    SCHOOL = "school"
    CLUB = "club"
    ONLINE = "online"
    OTHER = "other"


class ReportState(StrEnum):
    RECEIVED = "received"
    OPEN = "open"
    WORKING = "working"
    CLOSED = "closed"


class ReferralState(StrEnum):
    """Where a report stands that went to the police."""

    NEW = "new"
    TAKEN = "taken"
    ANSWERED = "answered"


class Sentence(StrEnum):
    """What a reporter can be told; the public desk words each one."""

    RECEIVED = "received"
    CHECKING = "checking"
    ACTED = "acted"
    CLOSED_NO_ACTION = "closed_no_action"
    CLOSED_GONE = "closed_gone"
    CLOSED_CANNOT = "closed_cannot"
    OWN_KEPT = "own_kept"  # these three are for who sent codes of their own pictures
    OWN_PLAIN = "own_plain"
    OWN_WITHDRAWN = "own_withdrawn"


OWN = frozenset({Sentence.OWN_KEPT, Sentence.OWN_PLAIN, Sentence.OWN_WITHDRAWN})
STATE_AFTER = {
    Sentence.RECEIVED: ReportState.RECEIVED,
    Sentence.CHECKING: ReportState.OPEN,
    Sentence.ACTED: ReportState.WORKING,
    Sentence.CLOSED_NO_ACTION: ReportState.CLOSED,
    Sentence.CLOSED_GONE: ReportState.CLOSED,
    Sentence.CLOSED_CANNOT: ReportState.CLOSED,
    Sentence.OWN_KEPT: ReportState.WORKING,
    Sentence.OWN_PLAIN: ReportState.CLOSED,
    Sentence.OWN_WITHDRAWN: ReportState.CLOSED,
}


WAITING = frozenset({ReportState.RECEIVED, ReportState.OPEN})  # nobody has decided on all that it names
OUTCOMES = (Sentence.ACTED, Sentence.CLOSED_NO_ACTION, Sentence.CLOSED_CANNOT)  # what may be said of a referral


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Sheet:
    """One answer sheet. `urls` are canonical, `typed` is what was written; `turn` counts the pages sent; `slow` marks
    what was sent faster than a person reads; `pace` are the seconds since the first page was asked for. `own`: codes of
    the sender's own pictures.
    """

    urls: tuple[str, ...] = ()
    typed: str = ""
    words: str = ""
    thing: str = ""
    place: str = ""
    language: str = "en"
    voice: Voice = Voice.ADULT
    turn: int = 0
    slow: bool = False
    form: Form = Form.ADDRESS
    happening: str = ""
    pace: int = 0
    own: tuple[Print, ...] = ()

    @property
    def says_something(self) -> bool:
        """Whether there is anything to act on; a sheet with choices alone is counted and makes no report."""
        return bool(self.urls or self.words or self.own)

    def __repr__(self) -> str:
        """A sheet must not reach logs or tracebacks."""
        return f"Sheet(turn={self.turn}, ...)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A sentence and when it was written."""

    sentence: Sentence
    at: datetime


def write_sheet(sheet: Sheet, salt: bytes) -> bytes:
    """The bytes that the public desk seals to the node. `salt` makes equal sheets differ."""
    return canonical(sheet_values(sheet) | {"salt": salt.hex()})


def sheet_values(sheet: Sheet) -> dict[str, object]:
    return {
        "urls": list(sheet.urls),
        "typed": sheet.typed,
        "words": sheet.words,
        "thing": sheet.thing,
        "place": sheet.place,
        "language": sheet.language,
        "voice": str(sheet.voice),
        "turn": sheet.turn,
        "slow": sheet.slow,
        "form": str(sheet.form),
        "happening": sheet.happening,
        "pace": sheet.pace,
        **({"own": [line_of(code) for code in sheet.own]} if sheet.own else {}),
    }


def read_sheet(plain: bytes) -> Sheet:
    """Raises Invalid with the field that breaks the form: these bytes come from the least trusted role."""
    values = parse_canonical(plain, max_bytes=MAX_SEALED)
    if not isinstance(values, dict):
        raise Invalid("an answer sheet is a JSON object")
    urls, own = values.get("urls"), values.get("own", [])
    if not isinstance(urls, list) or len(urls) > MAX_URLS or not all(isinstance(url, str) for url in urls):
        raise Invalid(f"must be a list of at most {MAX_URLS} texts", place="urls")
    if not isinstance(own, list):
        raise Invalid("must be a list of lines", place="own")
    return Sheet(
        urls=tuple(urls),
        typed=_text(values, "typed", MAX_TYPED),
        words=_text(values, "words", MAX_WORDS),
        thing=_choice(values, "thing", Thing),
        place=_choice(values, "place", Place),
        language=_text(values, "language", 10),
        voice=Voice(_choice(values, "voice", Voice) or Voice.ADULT),
        turn=_number(values, "turn"),
        slow=values.get("slow") is True,
        form=Form(_choice(values, "form", Form) or Form.ADDRESS),
        happening=_choice(values, "happening", Happening),
        pace=min(_number(values, "pace"), MAX_PACE),
        own=read_lines(own),
    )


def newest(sheets: Iterable[tuple[DropKind, Sheet]]) -> Sheet:
    """The sheet that stands for its draft: a finished one before others, then the latest page, then the last kept."""
    ranked = [(kind is DropKind.FINISH, sheet.turn, order, sheet) for order, (kind, sheet) in enumerate(sheets)]
    return max(ranked, key=lambda each: each[:3])[3]


def check_drop(*, step: str, draft: str, sealed: bytes, locator: str, is_finish: bool) -> None:
    """Raises BadDrop, naming the field."""
    for name, value in (("step", step), ("draft", draft)):
        if not HEX32.fullmatch(value):
            raise BadDrop("must be 32 hex characters", place=name)
    if not 0 < len(sealed) <= MAX_SEALED:
        raise BadDrop(f"must have 1 to {MAX_SEALED} bytes, not {len(sealed)}", place="sealed")
    if is_finish and not HEX64.fullmatch(locator):
        raise BadDrop("a finished report needs a locator of 64 hex characters", place="locator")


def write_told(told: Told) -> bytes:
    """A sentence as it is sealed to a mailbox: always the same length."""
    plain = canonical({"sentence": str(told.sentence), "at": told.at.astimezone(UTC).isoformat(timespec="seconds")})
    return plain.ljust(SENTENCE_BYTES)


def read_told(plain: bytes) -> Told:
    """Raises Invalid when these bytes are no sentence of ours."""
    values = parse_canonical(plain.rstrip(b" "), max_bytes=SENTENCE_BYTES)
    if not isinstance(values, dict):
        raise Invalid("a sentence is a JSON object")
    try:
        return Told(sentence=Sentence(values["sentence"]), at=datetime.fromisoformat(values["at"]))
    except (KeyError, TypeError, ValueError):
        raise Invalid("is no sentence that we write", place="sentence") from None


def readable_from(
    sentence: Sentence, *, received: datetime, now: datetime, checking: timedelta, outcome: timedelta
) -> datetime:
    """From when a reporter can read a sentence that is told `now`: what we knew before must not show by its hour.

    What is told of own pictures depends on their codes alone, and shows at once.
    """
    if sentence in OWN:
        return now
    match sentence:
        case Sentence.RECEIVED:
            return now
        case Sentence.CHECKING:
            return max(now, received + checking)
    return max(now, received + outcome)


def state_after(sentence: Sentence, before: ReportState) -> ReportState:
    """Where a report stands once a sentence was told: never further back than it stood."""
    order, after = list(ReportState), STATE_AFTER[sentence]
    return max(before, after, key=order.index)


def in_order(told: Iterable[Told]) -> tuple[Told, ...]:
    """Oldest first by the second, as they are written; each sentence once, when it was first told."""
    usual = list(Sentence)
    first: dict[Sentence, Told] = {}
    for each in sorted(told, key=lambda each: (each.at.replace(microsecond=0), usual.index(each.sentence))):
        first.setdefault(each.sentence, each)
    return tuple(first.values())


def _text(values: dict[str, Any], name: str, most: int) -> str:
    value = values.get(name, "")
    if not isinstance(value, str) or len(value) > most:
        raise Invalid(f"must be a text of at most {most} characters", place=name)
    return value


def _choice(values: dict[str, Any], name: str, known: type[StrEnum]) -> str:
    value = _text(values, name, 20)
    if value and value not in list(known):
        raise Invalid(f"must be one of {', '.join(known)}", place=name)
    return value


def _number(values: dict[str, Any], name: str) -> int:
    value = values.get(name, 0)
    if type(value) is not int or value < 0:
        raise Invalid("must be a whole number from 0", place=name)
    return value
