"""The host and path expressions under which a list may name an address.

Rules (Safe Browsing v4, "Suffix/Prefix Expressions"):
- hosts: the exact one, then up to four made of its last five labels by dropping the first; never a single last label;
  an IP address stands alone
- paths: with query, without, then up to four that start at the root and grow by a folder
- scheme, user, password and port play no part
"""

from itertools import accumulate

from tutela.urls.canonical import Canonical

HOST_LABELS = 5
FOLDERS = 4


def expressions(canonical: Canonical) -> tuple[str, ...]:
    """At most 30 expressions, no two equal; the first is the address itself (host, path and query)."""
    return tuple(host + path for host in _hosts(canonical) for path in _paths(canonical))


def _hosts(canonical: Canonical) -> list[str]:
    if canonical.is_ip:
        return [f"[{canonical.host}]" if ":" in canonical.host else canonical.host]
    labels = canonical.host.split(".")
    first = max(1, len(labels) - HOST_LABELS)
    return [canonical.host, *(".".join(labels[start:]) for start in range(first, len(labels) - 1))]


def _paths(canonical: Canonical) -> list[str]:
    full = canonical.path if canonical.query is None else f"{canonical.path}?{canonical.query}"
    folders = [f"{folder}/" for folder in canonical.path.split("/")[:-1]][:FOLDERS]
    return list(dict.fromkeys([full, canonical.path, *accumulate(folders)]))
