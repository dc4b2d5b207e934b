"""One text for every way of writing the same web address, so that equal addresses have equal hashes.

Rules (Safe Browsing v4, "Canonicalization", judged by its published vectors):
- the parts are separated first and unescaped afterwards, so that an escaped slash or @ never moves the host;
  in what follows the host an escaped `?` starts the query, as in the reference clients
- path: `/./` and `/../` resolved, then repeated slashes made one; query left as it is
- the port is left out where it is the scheme's own (RFC 3986 6.2.3)
- the input is bounded before anything else looks at it
"""

from collections.abc import Collection
from dataclasses import dataclass

from tutela.errors import Limited
from tutela.urls.escapes import escape, unescape
from tutela.urls.hosts import Host, canonical_host
from tutela.urls.parts import take_apart
from tutela.urls.problems import BadAddress, Problem
from tutela.urls.suffixes import registrable_domain

DEFAULT_LIMIT = 8 * 1024
WEB_SCHEMES = frozenset({"http", "https"})
OWN_PORT = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Canonical:
    """A canonical address.

    `host` is ASCII, without brackets for IPv6; `port` is None where it is the scheme's own; `path` starts with `/`;
    `query` is None without a question mark. `registrable_domain` is None for addresses and public suffixes.
    """

    text: str
    scheme: str
    host: str
    port: int | None
    path: str
    query: str | None
    registrable_domain: str | None
    is_ip: bool
    is_onion: bool
    is_public_suffix: bool

    def __repr__(self) -> str:
        """Addresses must not reach logs or tracebacks."""
        return f"Canonical(scheme={self.scheme!r}, ...)"


def canonicalise(
    text: str | bytes, *, schemes: Collection[str] | None = WEB_SCHEMES, limit: int = DEFAULT_LIMIT
) -> Canonical:
    """The canonical form of an address; a missing scheme is read as http.

    `schemes` are those accepted; None takes any scheme that is followed by `//` and a host (lists of others name ftp).
    `limit` bounds the input in bytes. Raises Limited beyond it, BadAddress (an Invalid) otherwise.
    Source: Safe Browsing v4, "URLs and Hashing".
    """
    parts = take_apart(_bounded(text, limit))
    if schemes is not None and parts.scheme not in schemes:
        raise BadAddress(Problem.SCHEME)
    host = canonical_host(parts.host)
    path, mark, query = unescape(parts.rest).partition(b"?")
    return _assemble(
        scheme=parts.scheme,
        host=host,
        port=None if parts.port == OWN_PORT.get(parts.scheme) else parts.port,
        path=escape(resolve_path(path)),
        query=escape(query) if mark else None,
    )


def _bounded(text: str | bytes, limit: int) -> bytes:
    if len(text) > limit:
        raise Limited(f"the address is longer than {limit} bytes")
    try:
        raw = text.encode("utf-8", "surrogateescape") if isinstance(text, str) else text
    except UnicodeEncodeError:
        raise BadAddress(Problem.CONTROL) from None
    if len(raw) > limit:
        raise Limited(f"the address is longer than {limit} bytes")
    return raw


def resolve_path(path: bytes) -> bytes:
    """An absolute path without `.`, `..` and empty segments; a trailing slash stays."""
    kept: list[bytes] = []
    segments = path.replace(b"\\", b"/").removeprefix(b"/").split(b"/")
    for segment in segments:
        if segment == b"..":
            del kept[-1:]
        elif segment != b".":
            kept.append(segment)
    named = [segment for segment in kept if segment]
    slash = b"/" if named and segments[-1] in (b"", b".", b"..") else b""
    return b"/" + b"/".join(named) + slash


def _assemble(*, scheme: str, host: Host, port: int | None, path: str, query: str | None) -> Canonical:
    authority = f"[{host.name}]" if ":" in host.name else host.name
    where = authority if port is None else f"{authority}:{port}"
    tail = path if query is None else f"{path}?{query}"
    registrable = None if host.is_ip else registrable_domain(host.name)
    return Canonical(
        text=f"{scheme}://{where}{tail}",
        scheme=scheme,
        host=host.name,
        port=port,
        path=path,
        query=query,
        registrable_domain=registrable,
        is_ip=host.is_ip,
        is_onion=host.name.endswith(".onion"),
        is_public_suffix=registrable is None and not host.is_ip,
    )
