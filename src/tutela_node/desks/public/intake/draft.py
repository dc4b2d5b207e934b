"""What a reporter's browser carries from page to page: sealed, dated, and enough to make the same code again.

Rules:
- AES-256-GCM under the public desk's own key; nothing in it is kept on the server
- the draft's id, its step ids and its receipt code all come from one random seed: a repeated page is the same page,
  and nobody who sees the drops learns the seed
- a page that is older than a day, or was changed, is refused
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Self

from tutela.errors import Invalid, VerificationFailed
from tutela.sealing import canonical, new_code, open_bytes, parse_canonical, seal_bytes
from tutela_node.intake.rules import Voice

CONTEXT = b"tutela-draft-v1"
DAY_MS = int(timedelta(days=1).total_seconds() * 1000)
SKEW_MS = 60_000
FAST_MS = 1000
MAX_TEXT = 200_000


class Way(StrEnum):
    """Which questions are asked: about an address, about somebody, about oneself."""

    ADDRESS = "address"
    SOMEONE = "someone"
    OWN = "own"


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """`at` is the number of the question from 0; `answers` are as typed; times are milliseconds of the Unix epoch.

    `issued` is when the page in hand was made, `since` when the draft began, `turn` how many pages were sent.
    """

    seed: str = field(repr=False)
    way: Way
    voice: Voice
    issued: int
    since: int
    at: int = 0
    turn: int = 0
    slow: bool = False
    answers: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}), repr=False)

    @classmethod
    def begin(cls, *, seed: bytes, way: Way, voice: Voice, now: int) -> Self:
        return cls(seed=seed.hex(), way=way, voice=voice, issued=now, since=now)

    @property
    def id(self) -> str:
        return self._derive(b"id").hex()[:32]

    def code(self) -> str:
        """The receipt code, always the same for a draft."""
        return new_code(lambda count: hashlib.shake_256(self._derive(b"code")).digest(count))

    def step(self) -> str:
        """The one-time id of what this draft says now."""
        said = canonical({"turn": self.turn, "answers": dict(self.answers)})
        return self._derive(b"step" + said).hex()[:32]

    def renewed(self, now: int) -> Self:
        """The same answers as a new report with its own code; a repeated page renews to the same one."""
        return replace(self, seed=self._derive(b"again" + self.step().encode()).hex(), since=now)

    def was_fast(self, now: int) -> bool:
        return now - self.issued < FAST_MS

    def _derive(self, purpose: bytes) -> bytes:
        return hmac.new(bytes.fromhex(self.seed), purpose, hashlib.sha256).digest()


def write_draft(draft: Draft, *, key: bytes, nonce: bytes, now: int) -> str:
    """The hidden field of a page made `now`."""
    values = asdict(replace(draft, issued=now, answers=dict(draft.answers)))
    sealed = seal_bytes(key, canonical(values), context=CONTEXT, nonce12=nonce)
    return base64.urlsafe_b64encode(sealed).decode("ascii")


def read_draft(text: str, *, key: bytes, now: int) -> Draft:
    """Raises Invalid when the field is no draft, was changed, or its page is older than a day."""
    if not text or len(text) > MAX_TEXT:
        raise Invalid("is missing or too long", place="draft")
    try:
        sealed = base64.b64decode(text.encode("ascii"), altchars=b"-_", validate=True)
    except (binascii.Error, UnicodeEncodeError):
        raise VerificationFailed("is no sealed draft", place="draft") from None
    values: Any = parse_canonical(open_bytes(key, sealed, context=CONTEXT))
    draft = Draft(**{**values, "way": Way(values["way"]), "voice": Voice(values["voice"])})
    if not -SKEW_MS <= now - draft.issued <= DAY_MS:
        raise Invalid("this page is older than a day", place="draft")
    return draft
