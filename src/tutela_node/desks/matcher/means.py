"""What the handlers of this desk work with: who asks, fingerprints of bytes, fingerprints of an address.

Rules:
- bytes are decoded in a child process that may be lost; they are never written down and nothing of them is kept
- files and addresses never take all threads: who asks by hash is answered beside them
- an address is fetched by the worker, and only for organisations whose agreement names its host
"""

import re
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, BinaryIO, Literal, Protocol, cast

from tutela.matching import MIN_QUALITY, Needle
from tutela.media import Fingerprints
from tutela_node.desks.matcher.asking import Asking
from tutela_node.desks.matcher.forms import is_form, only_file, read_form
from tutela_node.desks.matcher.web import MOST_MEDIA, NoToken, Request, Response, token_of
from tutela_node.foundation.errors import Forbidden, Invalid, Unavailable
from tutela_node.hashlists.replica import Grant

LOOK_UP = "hashlists.look_up"  # the permission's name; the permission itself needs a framework
SLOW_AT_ONCE = 2  # of the threads that serve
SLOW_PATIENCE = 0.25  # seconds for a place
EXACT = ("sha256", "sha1", "md5")
DIGITS = {"sha256": 64, "sha1": 40, "md5": 32, "pdq": 64}
FORMS = "forms"  # PDQ hashes of the other forms of a picture and of frames, for questions alone
MOST_FRAMES, MOST_LOOKED_AT = 200, 1_000  # of one file: asked for, and compared with each other
HEX = re.compile(r"[0-9a-fA-F]+", re.ASCII)

Door = Literal["public", "hashlists.look_up"]


class Decoder(Protocol):
    """Fingerprints of hostile bytes; see `tutela.media.isolated`."""

    def fingerprint(self, data: bytes) -> Fingerprints: ...
    def fingerprint_stream(self, stream: BinaryIO) -> Fingerprints: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """`fetch`: the fingerprints of what an address holds, by the token that asks and the address.

    `refused`: why nothing may be answered from where the lists lie; empty when all is well. `tls_only`: a token that
    crossed the network in the clear is refused; the proxy that ends TLS says so.
    """

    asking: Asking
    decoder: Decoder
    fetch: Callable[[str, str], Mapping[str, Any]]
    refused: str = ""
    tls_only: bool = False
    slow: threading.BoundedSemaphore = field(default_factory=lambda: threading.BoundedSemaphore(SLOW_AT_ONCE))

    def grant(self, environ: Mapping[str, Any]) -> Grant:
        """Who asks. Raises NoToken, Forbidden for one that may not ask now, Unavailable while nothing is known."""
        if self.tls_only and environ.get("HTTP_X_FORWARDED_PROTO") != "https":
            raise Forbidden("tokens are taken over HTTPS alone")
        raw = token_of(environ)
        if self.refused:
            raise Unavailable(self.refused, place="volume")
        self.asking.ready()
        grant = self.asking.lists.grant(raw)
        if grant is None:
            raise NoToken("this token is not valid, or its agreement has ended")
        if LOOK_UP not in grant.scopes:
            raise Forbidden(f"this token lacks the scope {LOOK_UP}", place="token")
        if grant.is_suspended:
            raise Forbidden("this token is suspended for what it asked: write to the operator", place="token")
        return grant

    def sent(self, request: Request) -> Mapping[str, Any]:
        """The fingerprints of the file in the body: the one of a form, or the whole body."""
        if is_form(request.content_type):
            return self.of_form(request)[0]
        with self._slowly():
            found = self.decoder.fingerprint_stream(cast(BinaryIO, request.stream(MOST_MEDIA)))
        if found.size == 0:
            raise Invalid("holds no file", place="body")
        return told(found)

    def of_form(self, request: Request) -> tuple[Mapping[str, Any], str]:
        """The fingerprints of the one file of a form, and the name of its field."""
        with self._slowly():
            part = only_file(read_form(request.content_type, request.body(MOST_MEDIA)))
            found = self.decoder.fingerprint(part.content)
        if found.size == 0:
            raise Invalid("holds no file", place="body")
        return told(found), part.name

    def at(self, grant: Grant, url: object) -> Mapping[str, Any]:
        """The fingerprints of what an address holds, fetched by the worker. Raises what the worker raises."""
        if not isinstance(url, str) or not url:
            raise Invalid("must be an address", place="url")
        if not grant.hosts:
            raise Forbidden("your agreement names no host from which a question may fetch", place="url")
        with self._slowly():
            return self.fetch(grant.token, url)

    @contextmanager
    def _slowly(self) -> Iterator[None]:
        """Files and addresses take a few places only, so that hashes are answered whatever they do."""
        if not self.slow.acquire(timeout=SLOW_PATIENCE):
            raise Unavailable("other files are being looked at: ask again in a second", place="body")
        try:
            yield
        finally:
            self.slow.release()


Handler = Callable[[Means, Request, Grant], Response]


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One address. `path` ends in `/*` for all below it. `who` may come in; `takes` names what the body may be."""

    method: str
    path: str
    who: Door
    handler: Handler
    summary: str
    takes: str = ""
    gives: str = ""


def told(found: Fingerprints) -> dict[str, Any]:
    """Fingerprints as a desk hands them on."""
    return {
        "sha256": found.sha256,
        "sha1": found.sha1,
        "md5": found.md5,
        "size": found.size,
        "kind": str(found.kind),
        "pdq": found.pdq,
        "pdq_quality": found.pdq_quality,
        "problem": found.problem,
        FORMS: [each.pdq for each in found.variants if each.quality >= MIN_QUALITY] + _frames(found),
    }


def _frames(found: Fingerprints) -> list[str]:
    """PDQ hashes of frames of what moves, spread over it; those that match one before them are left out.

    A film in which little moves would else ask the same again and again, as who feels around a hash does.
    """
    usable = [each.pdq for each in found.frames if each.quality >= MIN_QUALITY]
    kept: list[str] = []
    for each in usable[:: 1 + len(usable) // MOST_LOOKED_AT]:
        if len(kept) < MOST_FRAMES and not any(is_close(each, other) for other in kept):
            kept.append(each)
    return kept


def needles_of(found: Mapping[str, Any]) -> tuple[Needle, ...]:
    """The questions that fingerprints of a file make: the file as it is, then other forms of it and its frames."""
    hashes = {name: str(found[name]) for name in EXACT}
    if found.get("pdq"):
        hashes["pdq"] = str(found["pdq"])
    return (Needle(hashes=hashes, quality=found.get("pdq_quality")), *forms_of(found))


def forms_of(found: Mapping[str, Any]) -> tuple[Needle, ...]:
    """A question for each other form of the picture, and for each frame."""
    return tuple(Needle(hashes={"pdq": str(each)}) for each in found.get(FORMS, ()))


def hexadecimal(algorithm: str, value: object) -> str:
    """The value in lower case. Raises Invalid unless it has the digits of its algorithm."""
    digits = DIGITS[algorithm]
    if not isinstance(value, str) or len(value) != digits or not HEX.fullmatch(value):
        raise Invalid(f"must be {digits} hexadecimal digits", place=algorithm)
    return value.lower()


def is_close(one: str, other: str) -> bool:
    """Whether two PDQ hashes match at the distance that its authors advise."""
    return (int(one, 16) ^ int(other, 16)).bit_count() <= 31
