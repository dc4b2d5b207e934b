"""What is asked, in which order, and what counts as an answer.

Rules:
- the address comes first; choices may be left open; words may, unless there is no address to go by
- where no address is asked for, it is asked what happens; then the page says who will read it, before a word is written
- what was typed is always kept; a problem says what to put right, never repeats what was written
- several addresses stand one on a line; each is checked by the kit
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from tutela.errors import Limited
from tutela.urls import BadAddress, check_reported
from tutela_node.desks.public.intake.draft import Draft, Way
from tutela_node.intake.rules import MAX_TYPED, MAX_URLS, MAX_WORDS, Happening, Place, Sheet, Thing


class Question(StrEnum):
    ADDRESS = "address"
    THING = "thing"
    PLACE = "place"
    WORDS = "words"
    HAPPENING = "happening"
    READERS = "readers"  # says who reads it and asks nothing


TOLD_IN_WORDS = (Question.HAPPENING, Question.READERS, Question.PLACE, Question.WORDS)
ASKED = {
    Way.ADDRESS: (Question.ADDRESS, Question.THING, Question.PLACE, Question.WORDS),
    Way.SOMEONE: TOLD_IN_WORDS,
    Way.OWN: TOLD_IN_WORDS,
}
ONLINE = (Place.SITE, Place.NETWORK, Place.MESSAGES, Place.GAME, Place.SEARCH, Place.OTHER)
NO_ADDRESS = "none"
AROUND = (Place.HOME, Place.SCHOOL, Place.CLUB, Place.ONLINE, Place.OTHER)


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing to put right. `code` chooses the words; `line` counts from 1, 0 where lines do not matter."""

    code: str
    line: int = 0


def question_of(draft: Draft) -> Question:
    return ASKED[draft.way][draft.at]


def number_of(draft: Draft) -> tuple[int, int]:
    """The number of the question at hand and how many there are; a page that asks nothing has the number before it."""
    asked = [each for each in ASKED[draft.way] if each is not Question.READERS]
    before = [each for each in ASKED[draft.way][: draft.at + 1] if each is not Question.READERS]
    return len(before), len(asked)


def choices(draft: Draft) -> tuple[StrEnum, ...]:
    """What can be chosen at this question; empty where one writes."""
    match question_of(draft):
        case Question.THING:
            return tuple(Thing)
        case Question.PLACE:
            return ONLINE if draft.way is Way.ADDRESS else AROUND
        case Question.HAPPENING:
            return tuple(Happening)
    return ()


def needs_words(answers: Mapping[str, str]) -> bool:
    return NO_ADDRESS in answers or not answers.get(Question.ADDRESS, "").strip()


def check(draft: Draft, text: str) -> Problem | None:
    """What is wrong with an answer to the question at hand; None when it can be kept."""
    match question_of(draft):
        case Question.ADDRESS:
            return _check_addresses(text)
        case Question.WORDS:
            return _check_words(draft, text)
        case Question.READERS:
            return None
    known = [str(choice) for choice in choices(draft)]
    return None if not text or text in known else Problem(code="choice")


def sheet_of(draft: Draft, *, language: str, now: int = 0) -> Sheet:
    """What the draft says so far; `now` in milliseconds."""
    said = draft.answers
    typed = said.get(Question.ADDRESS, "")
    lines = [] if NO_ADDRESS in said else _lines(typed)
    return Sheet(
        urls=tuple(check_reported(line).text for line in lines),
        typed=typed,
        words=said.get(Question.WORDS, "").strip(),
        thing=said.get(Question.THING, ""),
        place=said.get(Question.PLACE, ""),
        language=language,
        voice=draft.voice,
        turn=draft.turn,
        slow=draft.slow,
        form=draft.way,
        happening=said.get(Question.HAPPENING, ""),
        pace=draft.pace(now),
    )


def _lines(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.strip()]


def _check_addresses(text: str) -> Problem | None:
    if len(text) > MAX_TYPED:
        return Problem(code="long")
    lines = _lines(text)
    if len(lines) > MAX_URLS:
        return Problem(code="many")
    if not lines:
        return Problem(code="empty")
    for number, line in enumerate(lines, 1):
        if problem := _check_address(line):
            return Problem(code=problem, line=number if len(lines) > 1 else 0)
    return None


def _check_address(line: str) -> str:
    try:
        check_reported(line)
    except BadAddress as error:
        return str(error.problem)
    except Limited:
        return "long"
    return ""


def _check_words(draft: Draft, text: str) -> Problem | None:
    if len(text) > MAX_WORDS:
        return Problem(code="wordy")
    if not text.strip() and needs_words(draft.answers):
        return Problem(code="wordless")
    return None
