"""What ties reports together: the accounts, addresses, hosts and files that they name, in one canonical text each.

Rules:
- a mark is kept as a keyed hash: equal marks meet, and a copy of the table names nobody
- a mark that many reports carry in a short time (a large host) ties nothing; how many is the profile's `join_most`
- a widely passed on file ties reports by itself alone: their senders' accounts have nothing to do with each other
"""

import ipaddress
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from tutela.errors import TutelaError
from tutela.urls import canonical_host, canonicalise
from tutela_node.intake.facts import Facts
from tutela_node.intake.sense import is_viral

MOST_MARKS = 500
NOT_DIGITS = re.compile(r"[^0-9]+")


class MarkKind(StrEnum):
    """The profile's `triage.join_days` and `join_most` go by these names."""

    ACCOUNT = "account"
    MAIL = "mail"
    PHONE = "phone"
    FILE = "file"
    ADDRESS = "address"
    IP = "ip"
    HOST = "host"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class MarkValue:
    kind: MarkKind
    value: str

    @property
    def purpose(self) -> str:
        """The purpose of its keyed hash: equal texts of two kinds do not meet."""
        return f"mark-{self.kind}"

    def __repr__(self) -> str:
        """Marks name people and places: none reaches logs or tracebacks."""
        return f"MarkValue(kind={self.kind!s}, ...)"


def marks_of(facts: Facts, *, urls: Iterable[str], digests: Iterable[str]) -> tuple[MarkValue, ...]:
    """At most `MOST_MARKS`, each once. `digests`: SHA-256 of the report's files as we hold them, hexadecimal."""
    urls = tuple(urls)
    found = [*_content(facts, urls, digests), *([] if is_viral(facts) else _people(facts, urls))]
    return tuple(dict.fromkeys(each for each in found if each.value))[:MOST_MARKS]


def read_mark(text: str) -> tuple[MarkValue, ...]:
    """What somebody who searches may mean by a text: an address, a host, an account, a file, a number."""
    text = text.strip()
    guesses = [
        *_addresses([text]),
        *_made(MarkKind.FILE, [text.lower()]),
        *_made(MarkKind.ACCOUNT, [text.casefold()]),
        *_ips([text]),
        *_mails([text]),
        *_phones([text]),
        *_hosts([text]),
    ]
    return tuple(dict.fromkeys(each for each in guesses if each.value))


def _content(facts: Facts, urls: Iterable[str], digests: Iterable[str]) -> Iterator[MarkValue]:
    yield from _addresses(urls)
    yield from _made(MarkKind.FILE, digests)
    yield from _made(MarkKind.FILE, (each.sha256.lower() for each in facts.files))
    yield from _made(MarkKind.FILE, (each.rpartition(":")[2].lower() for each in facts.hashes))


def _people(facts: Facts, urls: Iterable[str]) -> Iterator[MarkValue]:
    yield from _made(MarkKind.ACCOUNT, (each.casefold() for each in facts.accounts))
    yield from _mails(facts.mails)
    yield from _phones(facts.phones)
    yield from _ips(facts.ips)
    yield from _hosts(facts.hosts)
    yield from _hosts(_hosts_of(urls))


def _hosts_of(urls: Iterable[str]) -> Iterator[str]:
    for url in urls:
        try:
            yield canonicalise(url).host
        except TutelaError:
            continue


def _made(kind: MarkKind, values: Iterable[str]) -> Iterator[MarkValue]:
    return (MarkValue(kind=kind, value=each.strip()) for each in values)


def _addresses(urls: Iterable[str]) -> Iterator[MarkValue]:
    for url in urls:
        try:
            canonical = canonicalise(url)
        except TutelaError:
            continue
        yield MarkValue(kind=MarkKind.ADDRESS, value=canonical.text)


def _hosts(hosts: Iterable[str]) -> Iterator[MarkValue]:
    for host in hosts:
        try:
            yield MarkValue(kind=MarkKind.HOST, value=canonical_host(host).name)
        except TutelaError:
            continue


def _ips(ips: Iterable[str]) -> Iterator[MarkValue]:
    for ip in ips:
        try:
            yield MarkValue(kind=MarkKind.IP, value=str(ipaddress.ip_address(ip.strip())))
        except ValueError:
            continue


def _mails(mails: Iterable[str]) -> Iterator[MarkValue]:
    return _made(MarkKind.MAIL, (each.casefold() for each in mails if "@" in each))


def _phones(phones: Iterable[str]) -> Iterator[MarkValue]:
    """Digits alone, without the signs that stand for an international call."""
    for phone in phones:
        digits = NOT_DIGITS.sub("", phone).removeprefix("00")
        if len(digits) >= 6:
            yield MarkValue(kind=MarkKind.PHONE, value=digits)
