"""A domain on a blocking list: checked before it may stand in a zone.

Rules:
- a bare domain name, written in ASCII (IDNA); no address, no wildcard, no scheme, path or port
- never a public suffix: it would block the sites of many
- a name and the zone's origin together fit the DNS (RFC 1035: labels 63, names 255 octets)
- what a listed parent covers is left out of a zone: in the DNS a deeper name makes the names between it and the
  wildcard exist, and the wildcard no longer answers for them (RFC 4592 2.2.2), which would unblock them
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from tutela.errors import Invalid
from tutela.urls import canonical_host, is_dns_name, registrable_domain

WIRE_LIMIT = 255
WILDCARD_OCTETS = 2
NOT_IN_A_NAME = frozenset("/\\:@?#%[]()\"'<>;,$ \t\r\n")


@dataclass(frozen=True, slots=True)
class Entry:
    """One listed domain, with all names below it unless said otherwise."""

    domain: str
    include_subdomains: bool = field(default=True, kw_only=True)


def admit(entry: Entry, *, origin: str) -> Entry:
    """The entry with its domain in canonical form, if it may stand in the zone `origin` (ASCII, without last dot).

    Raises Invalid with what is wrong and what would be right; the domain is not repeated.
    """
    name = bare_name(entry.domain)
    if registrable_domain(name) is None:
        raise Invalid("this is a public suffix, under which many have their sites; list the registered name below it")
    octets = len(name) + 1 + len(origin) + 2 + (WILDCARD_OCTETS if entry.include_subdomains else 0)
    if octets > WIRE_LIMIT:
        raise Invalid(f"name and origin together have {octets} octets; the DNS allows {WIRE_LIMIT}: shorten the origin")
    return Entry(name, include_subdomains=entry.include_subdomains)


def bare_name(text: str) -> str:
    """A domain name in canonical ASCII form without last dot. Raises Invalid for anything else."""
    if "*" in text:
        raise Invalid("a wildcard is no domain name; give the name and include its subdomains")
    if not NOT_IN_A_NAME.isdisjoint(text):
        raise Invalid("a bare domain name is needed, without scheme, path, port or spaces, as in site.example")
    name = text.removesuffix(".")
    if not all(name.split(".")):
        raise Invalid("the name is empty or has two dots in a row; a name looks like site.example")
    host = canonical_host(name)
    if host.is_ip:
        raise Invalid("this is an IP address; a response-policy zone of names takes domain names only")
    if not is_dns_name(host.name):
        raise Invalid("a label of a name has 1 to 63 letters, digits or inner hyphens, and a name at most 253 in all")
    return host.name


def minimal(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """Sorted by labels from the last, without what a listed parent covers. Raises Invalid for a repeated name."""
    kept: dict[str, Entry] = {}
    seen: set[str] = set()
    for entry in sorted(entries, key=lambda entry: entry.domain.split(".")[::-1]):
        if entry.domain in seen:
            raise Invalid("a domain is listed twice; list it once")
        seen.add(entry.domain)
        if not any(_covers(kept.get(parent)) for parent in _parents(entry.domain)):
            kept[entry.domain] = entry
    return tuple(kept.values())


def _covers(entry: Entry | None) -> bool:
    return entry is not None and entry.include_subdomains


def _parents(domain: str) -> list[str]:
    labels = domain.split(".")
    return [".".join(labels[start:]) for start in range(1, len(labels))]
