"""DNS response-policy zones: the blocking list that resolvers load.

Rules (draft-vixie-dnsop-dns-rpz-00, RFC 1035):
- a listed name, and everything below it unless said otherwise, answers NXDOMAIN (`CNAME .`)
- the same zone gives the same bytes: sorted, one record a line
- reading back accepts only what we write: SOA, NS and `CNAME .`; no directive but $ORIGIN and $TTL
- size and count are bounded
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import dns.exception
import dns.name
import dns.node
import dns.rdataclass
import dns.rdatatype
import dns.rdtypes.ANY.CNAME
import dns.rdtypes.ANY.SOA
import dns.zone

from tutela.errors import Invalid, Limited, TutelaError
from tutela.feeds.entries import Entry, admit, bare_name, minimal
from tutela.feeds.serials import check_serial

MAX_ENTRIES = 1_000_000
MAX_READ = 200_000  # reading costs about 0.1 ms a name
MAX_BYTES = 256 * 1024 * 1024
REFRESH, RETRY, EXPIRE = 300, 60, 14 * 86400  # seconds; a secondary that loses us keeps blocking for two weeks
MAX_TTL = 86400
DEFAULT_TTL = 300
HEAD_LINES = 8
MAILBOX = re.compile(r"[A-Za-z0-9_+.-]{1,63}")
Given = TypeVar("Given")
Made = TypeVar("Made")


@dataclass(frozen=True, slots=True, kw_only=True)
class Zone:
    """`contact` is a mail address; `primary_ns` a host outside the zone; `ttl` in seconds; `serial` as in RFC 1982."""

    origin: str
    serial: int
    primary_ns: str
    contact: str
    ttl: int = DEFAULT_TTL
    entries: tuple[Entry, ...] = ()


def render_zone(zone: Zone, *, max_entries: int = MAX_ENTRIES) -> bytes:
    """The zone as a master file. Raises Limited beyond `max_entries`, Invalid (place: field or entry) otherwise."""
    if len(zone.entries) > max_entries:
        raise Limited(f"the list has {len(zone.entries)} entries; at most {max_entries} are rendered")
    origin = _placed(bare_name, zone.origin, "origin")
    lines = [f"$ORIGIN {origin}.", f"$TTL {_ttl(zone.ttl)}", *_apex(zone, origin)]
    for entry in minimal(_admitted(zone.entries, origin)):
        lines.append(f"{entry.domain} IN CNAME .")
        if entry.include_subdomains:
            lines.append(f"*.{entry.domain} IN CNAME .")
    return "\n".join([*lines, ""]).encode("ascii")


def _apex(zone: Zone, origin: str) -> list[str]:
    check_serial(zone.serial)
    primary = _placed(bare_name, zone.primary_ns, "primary_ns")
    if f".{primary}".endswith(f".{origin}"):
        raise Invalid("the primary name server must lie outside the zone, which holds no addresses", place="primary_ns")
    times = f"{REFRESH} {RETRY} {EXPIRE} {zone.ttl}"
    return [f"@ IN SOA {primary}. {_rname(zone.contact)} {zone.serial} {times}", f"@ IN NS {primary}."]


def _admitted(entries: tuple[Entry, ...], origin: str) -> list[Entry]:
    found: dict[str, int] = {}
    admitted = []
    for number, entry in enumerate(entries, start=1):
        checked = _placed(lambda item: admit(item, origin=origin), entry, f"entry {number}")
        first = found.setdefault(checked.domain, number)
        if first != number:
            raise Invalid(f"this is the domain of entry {first} again; list it once", place=f"entry {number}")
        admitted.append(checked)
    return admitted


def _ttl(seconds: int) -> int:
    if not 1 <= seconds <= MAX_TTL:
        raise Invalid(f"the time to live is a number of seconds from 1 to {MAX_TTL}", place="ttl")
    return seconds


def _rname(contact: str) -> str:
    local, at, domain = contact.rpartition("@")
    if not at or not MAILBOX.fullmatch(local):
        raise Invalid("the contact is a mail address, as in blocking@authority.example", place="contact")
    return local.replace(".", "\\.") + "." + _placed(bare_name, domain, "contact") + "."


def parse_zone(raw: bytes, *, max_entries: int = MAX_READ, max_bytes: int = MAX_BYTES) -> Zone:
    """The zone that `render_zone` wrote; `raw` is a master file with its $ORIGIN.

    Raises Limited beyond the bounds, Invalid for other records, actions or names, with the record's number in order.
    """
    if len(raw) > max_bytes:
        raise Limited(f"the zone has {len(raw)} bytes; at most {max_bytes} are read")
    if raw.count(b"\n") > 2 * max_entries + HEAD_LINES:
        raise Limited(f"the zone has more lines than {max_entries} entries need")
    zone = _read(raw)
    soa, origin = _head(zone)
    local, _, domain = soa.rname.to_text(omit_final_dot=True).replace("\\.", "\0").partition(".")
    return Zone(
        origin=origin,
        serial=soa.serial,
        primary_ns=soa.mname.to_text(omit_final_dot=True),
        contact=f"{local}@{domain}".replace("\0", "."),
        ttl=soa.minimum,
        entries=_entries(zone, origin),
    )


def _read(raw: bytes) -> dns.zone.Zone:
    try:
        text = raw.decode("ascii")
        return dns.zone.from_text(text, allow_directives=("$ORIGIN", "$TTL"), check_origin=True)
    except UnicodeDecodeError as error:
        raise Invalid("a zone is ASCII text", place=f"byte {error.start}") from None
    except (dns.exception.DNSException, ValueError, KeyError) as error:
        raise Invalid(f"this is no zone file that can be read ({type(error).__name__})", place=_line(error)) from None


def _line(error: Exception) -> str:
    found = re.match(r"<string>:(\d+):", str(error))
    return f"near line {found[1]}" if found else ""


def _head(zone: dns.zone.Zone) -> tuple[dns.rdtypes.ANY.SOA.SOA, str]:
    apex = zone.nodes[dns.name.empty]
    kinds = {rdataset.rdtype for rdataset in apex}
    if kinds != {dns.rdatatype.SOA, dns.rdatatype.NS} or zone.origin is None:
        raise Invalid("the top of the zone holds one SOA and its NS records, nothing else", place="origin")
    soa = apex.find_rdataset(dns.rdataclass.IN, dns.rdatatype.SOA)[0]
    assert isinstance(soa, dns.rdtypes.ANY.SOA.SOA)
    derelativised = soa.replace(mname=soa.mname.derelativize(zone.origin), rname=soa.rname.derelativize(zone.origin))
    assert isinstance(derelativised, dns.rdtypes.ANY.SOA.SOA)
    return derelativised, _placed(bare_name, zone.origin.to_text(), "origin")


def _entries(zone: dns.zone.Zone, origin: str) -> tuple[Entry, ...]:
    exact: dict[str, int] = {}
    below: set[str] = set()
    for number, (name, node) in enumerate(zone.nodes.items()):
        if name == dns.name.empty:
            continue
        _check_action(node, f"name {number}")
        wild = name.is_wild()
        domain = (name.parent() if wild else name).to_text()
        if wild:
            below.add(domain)
        else:
            exact[domain] = number
    if below - exact.keys():
        raise Invalid("a wildcard stands without its own name; the zone must list both")
    read = (Entry(domain, include_subdomains=domain in below) for domain in exact)
    return minimal(
        _placed(lambda entry: admit(entry, origin=origin), item, f"name {exact[item.domain]}") for item in read
    )


def _check_action(node: dns.node.Node, place: str) -> None:
    for rdataset in node:
        targets = [rdata.target for rdata in rdataset if isinstance(rdata, dns.rdtypes.ANY.CNAME.CNAME)]
        if targets != [dns.name.root] or len(node) != 1:
            raise Invalid("only the action `CNAME .` (no such name) is known here", place=place)


def _placed(check: Callable[[Given], Made], given: Given, place: str) -> Made:
    try:
        return check(given)
    except TutelaError as error:
        raise Invalid(error.message, place=place) from None
