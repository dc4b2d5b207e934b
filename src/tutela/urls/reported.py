"""The check for an address that a person typed or pasted: forgiving in writing, clear in what is wrong.

Rules:
- one address at a time, http or https, with a host that could exist in the DNS, or an IP address
- written-out forms in use among investigators are read: hxxp for http, [.] for a dot
- every refusal is a BadAddress with a problem code, or Limited
"""

import re

from tutela.errors import Limited
from tutela.urls.canonical import DEFAULT_LIMIT, Canonical, canonicalise
from tutela.urls.hosts import is_dns_name
from tutela.urls.problems import BadAddress, Problem

HXXP = re.compile(r"hxxp(s?):", re.IGNORECASE)
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2060\ufeff]")
EDGES = " \t\r\n\u00a0\u200b\u200e\u200f\u2060\ufeff<>\"'“”„«»"
STARTS = re.compile(r"https?:", re.IGNORECASE)


def check_reported(text: str, *, limit: int = DEFAULT_LIMIT) -> Canonical:
    """The canonical form of a reported address. `limit` is in bytes.

    Raises BadAddress with the problem a person can put right, Limited for what is too long.
    """
    if len(text) > limit:
        raise Limited(f"the address is longer than {limit} bytes")
    text = text.strip(EDGES)
    _check_writing(text)
    canonical = canonicalise(HXXP.sub(r"http\1:", text, count=1).replace("[.]", "."), limit=limit)
    _check_host(canonical)
    return canonical


def _check_writing(text: str) -> None:
    if not text:
        raise BadAddress(Problem.EMPTY)
    words = text.split()
    if len(words) > 1:
        several = sum(1 for word in words if STARTS.match(word)) > 1
        raise BadAddress(Problem.SEVERAL if several else Problem.SPACES)
    if CONTROL.search(text):
        raise BadAddress(Problem.CONTROL)


def _check_host(canonical: Canonical) -> None:
    if canonical.is_ip:
        return
    if not is_dns_name(canonical.host):
        raise BadAddress(Problem.HOST)
    if "." not in canonical.host:
        raise BadAddress(Problem.WORD)
    if canonical.is_public_suffix:
        raise BadAddress(Problem.PUBLIC_SUFFIX)
