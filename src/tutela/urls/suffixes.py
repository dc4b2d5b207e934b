"""Which part of a name somebody can register, by the Public Suffix List (both of its sections).

Rules:
- an ending that the list does not know counts as a suffix of one label
- the list is the one its library ships; it is dated with the library
"""

from functools import lru_cache

from publicsuffixlist import PublicSuffixList


def registrable_domain(name: str) -> str | None:
    """The public suffix and one label before it; None when the canonical `name` is itself a public suffix.

    Source: publicsuffix.org, "Format".
    """
    found: str | None = _list().privatesuffix(name)
    return found


@lru_cache(maxsize=1)
def _list() -> PublicSuffixList:
    return PublicSuffixList()
