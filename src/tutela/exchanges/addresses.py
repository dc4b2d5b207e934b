"""Where a service is: a base address, and what may be asked below it.

Rules:
- credentials go over TLS only; plain HTTP is for loopback, where a local server stands in for a service
- a link that a service gives is followed only below the base address: not to another host, scheme, port or path
- no error repeats an address: links can hold tokens
"""

from ipaddress import ip_address
from urllib.parse import SplitResult, unquote, urlsplit

from tutela.errors import Invalid

LONGEST = 4096
PORTS = {"http": 80, "https": 443}


def base_address(text: str) -> str:
    """`text` as a base address without a slash at its end. Raises Invalid for what is none, or not safe."""
    parts = _split(text.strip())
    if parts is None or parts.scheme not in PORTS or not parts.hostname:
        raise Invalid("expected an address such as https://service.example/path", place="address")
    if parts.username is not None or parts.password is not None or parts.query or parts.fragment:
        raise Invalid("a base address holds no user, no question mark and no fragment", place="address")
    if parts.scheme == "http" and not _is_loopback(parts.hostname):
        raise Invalid("credentials need TLS: use https (plain http is for this machine only)", place="address")
    return f"{parts.scheme}://{parts.netloc}{parts.path}".rstrip("/")


def below(base: str, link: str) -> str:
    """The absolute address of `link`, which is absolute or starts with a slash, at `base`.

    A link that starts with a slash continues the base address, or repeats its path. Raises Invalid when it leads
    anywhere else.
    """
    root = urlsplit(base)
    parts = _split(link)
    if parts is None or not link.isascii() or "\\" in link:
        raise Invalid("the link is no address", place="next")
    if (parts.scheme or parts.netloc) and origin(parts) != origin(root):
        raise Invalid("the link leads to another host; it is not followed", place="next")
    path = parts.path if parts.path.startswith(root.path + "/") else root.path + parts.path
    if not parts.path.startswith("/") or ".." in unquote(path).split("/"):
        raise Invalid("the link leads outside the service; it is not followed", place="next")
    if parts.netloc and path != parts.path:
        raise Invalid("the link leads outside the service; it is not followed", place="next")
    return f"{root.scheme}://{root.netloc}{path}" + (f"?{parts.query}" if parts.query else "")


def origin(parts: SplitResult) -> tuple[str, str, int | None]:
    """Scheme, host and port."""
    return parts.scheme, parts.hostname or "", parts.port or PORTS.get(parts.scheme)


def _split(text: str) -> SplitResult | None:
    if len(text) > LONGEST or not text.isprintable() or " " in text:
        return None
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError:
        return None
    return parts


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
