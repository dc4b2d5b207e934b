"""What a reporter's browser carries from page to page: sealed, dated, and enough to make the same code again.

Rules:
- AES-256-GCM under the public desk's own key; nothing in it is kept on the server
- the draft's id, its step ids and its receipt code all come from one random seed: a repeated page is the same page,
  and nobody who sees the drops learns the seed
- a page that is older than a day, or was changed, is refused
- the work that a page asks for is bound to the draft and its beginning; it is verified without anything being kept, and
  counts for this one report: what is sent on from a finished one is another draft, without work
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import timedelta
from types import MappingProxyType
from typing import Any, Self

from tutela.errors import Invalid, VerificationFailed
from tutela.sealing import canonical, new_code, open_bytes, parse_canonical, seal_bytes
from tutela_node.intake.floods import worked
from tutela_node.intake.rules import Form, Voice

CONTEXT = b"tutela-draft-v1"
DAY_MS = int(timedelta(days=1).total_seconds() * 1000)
SKEW_MS = 60_000
FAST_MS = 1000
MAX_TEXT = 200_000


Way = Form


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """`at` is the number of the question from 0; `answers` are as typed; times are milliseconds of the Unix epoch.

    `issued` is when the page in hand was made, `since` when the draft began, `turn` how many pages were sent, `bits`
    the work that is asked for, `proof` the work that was shown.
    """

    seed: str = field(repr=False)
    way: Way
    voice: Voice
    issued: int
    since: int
    at: int = 0
    turn: int = 0
    slow: bool = False
    bits: int = 0
    proof: int = 0
    answers: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}), repr=False)

    @classmethod
    def begin(cls, *, seed: bytes, way: Way, voice: Voice, now: int, bits: int = 0) -> Self:
        return cls(seed=seed.hex(), way=way, voice=voice, issued=now, since=now, bits=bits)

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

    def challenge(self) -> str:
        """What the work is done on; empty where none is asked for, or it was shown."""
        return self._derive(b"work" + str(self.since).encode()).hex()[:32] if self.bits > self.proof else ""

    def shown(self, nonce: str) -> Self:
        """The draft with its work, when this nonce is the work that was asked for."""
        challenge = self.challenge()
        return replace(self, proof=self.bits) if challenge and worked(challenge, nonce, bits=self.bits) else self

    def pace(self, now: int) -> int:
        """Seconds since the draft began."""
        return max(0, now - self.since) // 1000

    def renewed(self, now: int) -> Self:
        """The same answers as a new report with its own code; a repeated page renews to the same one."""
        return replace(self, seed=self._derive(b"again" + self.step().encode()).hex(), since=now, proof=0)

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
