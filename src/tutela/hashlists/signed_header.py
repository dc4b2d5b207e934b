"""The first and the last two lines of a signed list (format 2): what it is, how much it holds, who signed it.

Rules:
- what a line does not have is absent, so that there is one spelling; anything else in it refuses the list
- `expires` is the first day on which the list must not be used any more
- a mark of content is `sha256:` or `hmac-sha256:` and 64 digits; it is the same in every recipient's copy of a version
- `docs/spec/hashlist-v2.md` is the text; `docs/adr/0012-signed-lists.md` says why
"""

import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from tutela.custody import VerifierKey
from tutela.custody.note import decode_base64
from tutela.errors import Invalid, VerificationFailed
from tutela.hashlists.canonlines import canonical, dumped
from tutela.hashlists.entry import Purpose, checked_day, checked_id, checked_time, time_text
from tutela.sealing import key_id, verify_ed25519

FORMAT = "tutela-hashlist-2"
DELTA = "tutela-hashlist-delta-2"
MOST_NUMBER = 2**53 - 1  # what JSON numbers hold exactly
_MARK = re.compile(r"(hmac-)?sha256:[0-9a-f]{64}")
_KEY = re.compile(r"[0-9a-f]{32}")
_RECIPIENT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{0,199}")
_NEEDED: Mapping[str, type] = {
    "format": str,
    "name": str,
    "number": int,
    "created": str,
    "purpose": str,
    "publisher": str,
    "key": str,
}
_SHAPE: Mapping[str, type] = {**_NEEDED, **dict.fromkeys(("scheme", "recipient", "previous", "expires"), str)}


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedHeader:
    """Which list this is, by whom, for whom.

    `number` is its version and grows; `publisher` and `key` are the name and the id of the key that signs;
    `recipient` is whom this copy is for; `previous` is the mark of content of the version before it.
    """

    name: str
    number: int
    created: datetime
    publisher: str
    key: str
    purpose: Purpose = Purpose.KNOWN
    scheme: str = ""
    recipient: str = ""
    previous: str = ""
    expires: date | None = None

    def __post_init__(self) -> None:
        for place in ("name", "publisher"):
            if checked_id(getattr(self, place)) != getattr(self, place):
                raise Invalid("has no white space around it", place=place)
        if not 1 <= self.number <= MOST_NUMBER:
            raise Invalid("a list's number is 1 or more", place="number")
        if self.created.tzinfo is None:
            raise Invalid("the time has no zone; give it one", place="created")
        if not _KEY.fullmatch(self.key):
            raise Invalid("a key id has 32 lower-case hexadecimal digits", place="key")
        if self.recipient:
            checked_recipient(self.recipient)
        if self.previous:
            checked_mark(self.previous, "previous")
        if len(self.scheme) > 512 or not self.scheme.isprintable():
            raise Invalid("a scheme's name has at most 512 printable characters", place="scheme")

    def as_json(self) -> dict[str, Any]:
        """The object of the first line."""
        made = {name: getattr(self, name) for name in _SHAPE if name != "format" and getattr(self, name)}
        made |= {"format": FORMAT, "created": time_text(self.created), "purpose": self.purpose.value}
        return made | ({"expires": self.expires.isoformat()} if self.expires else {})

    def content_line(self) -> bytes:
        """The first line of the content, the same for every recipient and key."""
        return dumped({name: value for name, value in self.as_json().items() if name not in ("key", "recipient")})


@dataclass(frozen=True, slots=True, kw_only=True)
class Footer:
    """How many entries, the SHA-256 of all lines before this one (hex), and the mark of the content."""

    entries: int
    sha256: str
    content: str

    def line(self) -> bytes:
        return dumped({"content": self.content, "entries": self.entries, "sha256": self.sha256})


def checked_recipient(name: str) -> str:
    """Raises Invalid unless `name` is 1 to 200 letters, digits and `._@-`, the first a letter or a digit."""
    if not _RECIPIENT.fullmatch(name):
        raise Invalid(
            "a recipient has 1 to 200 letters, digits and . _ @ -, a letter or digit first", place="recipient"
        )
    return name


def checked_mark(mark: str, place: str) -> str:
    """Raises Invalid unless `mark` is one of content."""
    if not _MARK.fullmatch(mark):
        raise Invalid("a mark is sha256: or hmac-sha256: and 64 lower-case hexadecimal digits", place=place)
    return mark


def header_of(given: Mapping[str, Any], place: str, *, form: str = FORMAT) -> SignedHeader:
    """The header that an object stands for. Raises Invalid unless its `as_json` gives the same object."""
    if given.get("format") != form or not set(_NEEDED) <= set(given) <= set(_SHAPE):
        raise Invalid(f"expected a header of format {form} with {', '.join(_NEEDED)}", place=place)
    if any(type(value) is not _SHAPE[name] for name, value in given.items()):
        raise Invalid("the header's number is a whole number, the rest is text", place=place)
    try:
        header = _header(given)
    except Invalid as error:
        raise Invalid(error.message, place=f"{place}, {error.place}") from None
    if header.as_json() != given:
        raise Invalid("a value of the header is empty or not in its kept form", place=place)
    return header


def _header(given: Mapping[str, Any]) -> SignedHeader:
    if given["purpose"] not in set(Purpose):
        raise Invalid(f"expected one of {', '.join(Purpose)}", place="purpose")
    texts = {name: given.get(name, "") for name in ("name", "publisher", "key", "scheme", "recipient", "previous")}
    return SignedHeader(
        **texts,
        number=given["number"],
        created=checked_time(given["created"]),
        purpose=Purpose(given["purpose"]),
        expires=checked_day(given["expires"]) if "expires" in given else None,
    )


def footer_of(given: Mapping[str, Any], place: str) -> Footer:
    """The footer that an object stands for. Raises Invalid."""
    if set(given) != {"content", "entries", "sha256"} or type(given["entries"]) is not int:
        raise Invalid("the line before the last holds content, entries and sha256", place=place)
    digest = given["sha256"]
    if not isinstance(digest, str) or not isinstance(given["content"], str) or not _MARK.fullmatch(f"sha256:{digest}"):
        raise Invalid("content is a mark, sha256 has 64 lower-case hexadecimal digits", place=place)
    return Footer(entries=given["entries"], sha256=digest, content=checked_mark(given["content"], place))


def message(form: str, digest: bytes) -> bytes:
    """What is signed: the format's name and the SHA-256 of all lines but the last, each ended by a line feed."""
    return f"{form}\n{digest.hex()}\n".encode()


def signature_line(signature: bytes) -> bytes:
    """The last line, for 64 bytes of Ed25519."""
    return dumped({"ed25519": base64.b64encode(signature).decode()})


def signature_of(line: bytes, place: str) -> bytes:
    """The 64 bytes on the last line. Raises Invalid."""
    given = canonical(line, place)
    if set(given) != {"ed25519"} or not isinstance(given["ed25519"], str):
        raise Invalid("the last line holds ed25519, the signature in base64", place=place)
    raw = decode_base64(given["ed25519"], place)
    if len(raw) != 64:
        raise Invalid("an Ed25519 signature has 64 bytes", place=place)
    return raw


def check_signature(
    signature: bytes, digest: bytes, *, form: str, signed_by: tuple[str, str], keys: tuple[VerifierKey, ...]
) -> None:
    """Raises VerificationFailed unless the key `signed_by` (name and key id) is one of `keys` and made `signature`."""
    known = [key for key in keys if (key.name, key_id(key.public)) == signed_by]
    if not known:
        raise VerificationFailed(f"signed by another key than those given: {signed_by[1]}", place="line 1, key")
    try:
        verify_ed25519(known[0].public, message(form, digest), signature)
    except VerificationFailed as error:
        raise VerificationFailed(error.message, place="signature") from None
