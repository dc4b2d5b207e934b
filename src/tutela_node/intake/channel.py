"""What a question and a reply look like before they are sealed. Plain values in and out; no framework.

Rules:
- a sealed question has one length, whatever it asks; so has a sealed reply
- a reply is text of at most `rules.MAX_WORDS` characters
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from tutela.errors import Invalid
from tutela.sealing import canonical, parse_canonical
from tutela_node.intake.errors import BadDrop
from tutela_node.intake.rules import HEX32, HEX64, MAX_QUESTION, MAX_WORDS, QUESTION_BYTES

REPLY_BYTES = 6 * MAX_WORDS + 256


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Asked:
    """A question and when it was asked."""

    text: str
    at: datetime


def check_question(text: str) -> str:
    """The question without the space around it. Raises Invalid unless it has 1 to 1000 characters."""
    asked = text.replace("\r\n", "\n").strip()
    if not 0 < len(asked) <= MAX_QUESTION:
        raise Invalid("a question has 1 to 1000 characters", place="text")
    return asked


def write_question(text: str, at: datetime) -> bytes:
    plain = canonical({"text": text, "at": at.astimezone(UTC).isoformat(timespec="seconds")})
    return plain.ljust(QUESTION_BYTES)


def read_question(plain: bytes) -> Asked:
    """Raises Invalid when these bytes are no question of ours."""
    values: Any = parse_canonical(plain.rstrip(b" "), max_bytes=QUESTION_BYTES)
    try:
        return Asked(text=str(values["text"]), at=datetime.fromisoformat(values["at"]))
    except (KeyError, TypeError, ValueError):
        raise Invalid("is no question that we write", place="question") from None


def write_reply(words: str) -> bytes:
    return canonical({"words": words}).ljust(REPLY_BYTES)


def read_reply(plain: bytes) -> str:
    """Raises Invalid when these bytes are no reply: they come from the least trusted role."""
    values = parse_canonical(plain.rstrip(b" "), max_bytes=REPLY_BYTES)
    words = values.get("words") if isinstance(values, dict) else None
    if not isinstance(words, str) or not 0 < len(words) <= MAX_WORDS:
        raise Invalid(f"must be a text of 1 to {MAX_WORDS} characters", place="words")
    return words


def check_reply(*, step: str, locator: str, sealed: bytes) -> None:
    """Raises BadDrop, naming the field."""
    if not HEX32.fullmatch(step):
        raise BadDrop("must be 32 hex characters", place="step")
    if not HEX64.fullmatch(locator):
        raise BadDrop("must be 64 hex characters", place="locator")
    if not 0 < len(sealed) <= 2 * REPLY_BYTES:
        raise BadDrop(f"must have 1 to {2 * REPLY_BYTES} bytes, not {len(sealed)}", place="sealed")
