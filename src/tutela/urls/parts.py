"""Takes an address apart into scheme, authority and the rest, the way browsers read what people paste.

Rules:
- tab, CR and LF are removed wherever they stand; blanks and control characters at both ends too; the fragment goes
- a backslash before the query is a slash; http: and https: may be followed by any number of slashes
- no scheme means http; `name:digits` is a host and a port, not a scheme
- user names and passwords go: they say nothing about where the content is (what stands before the last @)
"""

import re
from dataclasses import dataclass

from tutela.urls.problems import BadAddress, Problem

SCHEME = re.compile(rb"([A-Za-z][A-Za-z0-9+.-]*):")
WEB = re.compile(rb"(https?):[/\\]*", re.IGNORECASE)
HOST_AND_PORT = re.compile(rb"[0-9]+(?![^/\\?])")
BLANKS = bytes(range(33))
NO_ADDRESS = frozenset(
    {
        "about",
        "blob",
        "chrome",
        "data",
        "file",
        "geo",
        "intent",
        "javascript",
        "magnet",
        "mailto",
        "sms",
        "tel",
        "urn",
        "view-source",
        "vbscript",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """`host` may still be escaped; `rest` is the path and query as given, still escaped."""

    scheme: str
    host: bytes
    port: int | None
    rest: bytes


def take_apart(raw: bytes) -> Parts:
    """Raises BadAddress when no host can be found, the port is no port, or the scheme has no host by its nature."""
    raw = raw.translate(None, b"\t\r\n").strip(BLANKS).partition(b"#")[0]
    if not raw:
        raise BadAddress(Problem.EMPTY)
    scheme, raw = _split_scheme(raw)
    end = next((i for i, byte in enumerate(raw) if byte in b"/\\?"), len(raw))
    host, port = _split_port(raw[:end].rpartition(b"@")[2])
    if not host:
        raise BadAddress(Problem.NO_HOST)
    return Parts(scheme=scheme, host=host, port=port, rest=raw[end:])


def _split_scheme(raw: bytes) -> tuple[str, bytes]:
    web = WEB.match(raw)
    if web:
        return web[1].decode("ascii").lower(), raw[web.end() :]
    slashed = raw[:2].replace(b"\\", b"/")
    if slashed == b"//":
        return "http", raw[2:]
    match = SCHEME.match(raw)
    if match is None:
        return "http", raw
    name, after = match[1].decode("ascii").lower(), raw[match.end() :]
    if after[:2].replace(b"\\", b"/") == b"//" and name not in NO_ADDRESS:
        return name, after[2:]
    if HOST_AND_PORT.match(after) or "." in name:
        return "http", raw
    raise BadAddress(Problem.SCHEME)


def _split_port(authority: bytes) -> tuple[bytes, int | None]:
    host, colon, port = authority.rpartition(b":")
    if not colon or port.endswith(b"]"):
        return authority, None
    if b":" in host and not host.startswith(b"["):
        raise BadAddress(Problem.HOST, "an IPv6 address belongs in square brackets, as in http://[2001:db8::1]/")
    if not port:
        return host, None
    digits = port.lstrip(b"0") or b"0"
    if not port.isdigit() or len(digits) > 5 or int(digits) > 65535:
        raise BadAddress(Problem.PORT)
    return host, int(digits)
