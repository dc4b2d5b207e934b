"""What goes into a package, as plain values.

Rules:
- digests and sizes of an exhibit are those recorded when it was acquired; the writer checks the bytes against them
- releasing takes two different people, given by pseudonymous role, and a legal basis
- texts are one line of at most 500 characters
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from tutela.custody import Proof
from tutela.errors import Invalid

MAX_TEXT = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Exhibit:
    """One object: `content` is a file or pieces of bytes, read once; digests are lower-case hex; `size` is in bytes."""

    number: str
    item: str
    content: Path | Iterable[bytes] = field(repr=False)
    size: int
    sha256: str
    sha1: str
    md5: str
    media_type: str
    acquired_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Disclosed:
    """One custody event that is shown: its leaf, the 32-byte key and the details it commits to, its proof."""

    leaf: bytes
    event_key: bytes = field(repr=False)
    details: Mapping[str, object]
    proof: Proof


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFacts:
    """Why and by whom the package leaves. `released_by` are roles; `verdict_code` is a code of the scheme."""

    reference: str
    organisation: str
    legal_basis: str
    released_by: tuple[str, str]
    recipient: str
    verdict_scheme: str
    verdict_code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageInput:
    """Everything in a package. `id` is 32 random hex characters, `checkpoint` the signed note that all proofs hold."""

    id: str
    created_at: datetime
    facts: CaseFacts
    exhibits: tuple[Exhibit, ...]
    events: tuple[Disclosed, ...]
    checkpoint: bytes


def check_text(text: object, place: str) -> str:
    """Raises Invalid unless `text` is one line of 1 to 500 characters without spaces at its ends."""
    if not isinstance(text, str) or not 1 <= len(text) <= MAX_TEXT:
        raise Invalid(f"a text of 1 to {MAX_TEXT} characters was expected", place=place)
    if text != text.strip() or not text.isprintable():
        raise Invalid("a text is one line without control characters or spaces at its ends", place=place)
    return text
