"""Reads an address into what a request needs, in the same way for the first address and for each redirect.

Rules:
- http and https only; no user name or password; no control characters; at most 8 KiB
- the host is canonical (`tutela.urls`): 0x7f.1 and ①②⑦.0.0.1 are 127.0.0.1 before anything is checked
- path and query are sent as written, with only what HTTP forbids percent-encoded
"""

from dataclasses import dataclass
from urllib.parse import quote, urljoin, urlsplit

from tutela.urls import canonical_host
from tutela_node.foundation.errors import Forbidden, Invalid, Limited

LONGEST = 8 * 1024
PORTS = {"http": 80, "https": 443}
SENT_AS_IS = "%/:?#[]@!$&'()*+,;=-._~|^`{}\"<>\\"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Target:
    """One address to ask. `host` is canonical, without brackets; `path` starts with / and holds the query."""

    url: str
    scheme: str
    host: str
    port: int
    path: str

    @property
    def authority(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS[self.scheme] else f"{host}:{self.port}"


def read(url: str) -> Target:
    """Raises Invalid, Limited or Forbidden; no message repeats the address."""
    if len(url) > LONGEST:
        raise Limited(f"the address is longer than {LONGEST} bytes", place="address")
    if any(ord(each) < 0x20 or ord(each) == 0x7F for each in url):
        raise Invalid("the address holds a control character", place="address")
    try:
        parts = urlsplit(url.strip())
        host, port = parts.hostname, parts.port
    except ValueError:
        raise Invalid("the address cannot be read", place="address") from None
    scheme = parts.scheme.lower()
    if scheme not in PORTS:
        raise Forbidden("only http and https are fetched", place="scheme")
    if parts.username is not None or parts.password is not None:
        raise Forbidden("an address with a user name is not fetched", place="address")
    name = canonical_host(f"[{host}]" if host and ":" in host else host or "").name
    path = quote(parts.path or "/", safe=SENT_AS_IS) + (
        f"?{quote(parts.query, safe=SENT_AS_IS)}" if parts.query else ""
    )
    return Target(url=url, scheme=scheme, host=name, port=port or PORTS[scheme], path=path)


def after_redirect(target: Target, location: str) -> Target:
    """Where a redirect leads, checked like a first address."""
    if len(location) > LONGEST:
        raise Limited("the redirect is longer than we accept", place="redirect")
    try:
        return read(urljoin(target.url, location))
    except ValueError:
        raise Invalid("the redirect cannot be read", place="redirect") from None
