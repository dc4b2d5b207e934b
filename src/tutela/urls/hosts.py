"""The host of an address in one form: a lower-case ASCII name, or an IP address in its usual notation.

Rules:
- names outside ASCII are mapped by UTS #46 (non-transitional) and written in Punycode, as browsers do
- leading, trailing and repeated dots go (Safe Browsing v4)
- IPv4 in any legal notation (octal, hex, fewer than four parts; inet_aton) becomes dotted decimal
- IPv6 is compressed (RFC 5952); IPv4-mapped and 64:ff9b::/96 addresses become the IPv4 address (Safe Browsing v5)
- bytes that are no UTF-8 stay, escaped: a list may name such a host although no resolver will
"""

import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network

import idna

from tutela.urls.escapes import escape, unescape
from tutela.urls.problems import BadAddress, Problem

LABEL_LIMIT = 63
NAME_LIMIT = 253
DNS_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
NAT64 = IPv6Network("64:ff9b::/96")
DELIMITERS = b"/?@:\\[]"
UNFIT_AFTER_MAPPING = re.compile(r"[\x00-\x20#%/:<>?@\[\\\]^|\x7f]")
IPV4_PART = re.compile(r"0[xX]([0-9a-fA-F]*)|(0[0-7]*)|([1-9][0-9]*)")
IPV4_DIGITS = 11  # 2**32 has 11 octal digits; more, after leading zeros, is no address


@dataclass(frozen=True, slots=True, kw_only=True)
class Host:
    """`name` is ASCII; an IPv6 address is without brackets. `is_ip` is true for both kinds of address."""

    name: str
    is_ip: bool


def canonical_host(raw: str | bytes) -> Host:
    """The host alone, without port; IPv6 in brackets. Raises BadAddress where there is none.

    Sources: Safe Browsing v4 "Canonicalization", UTS #46, RFC 5952.
    """
    octets = raw.encode("utf-8", "replace") if isinstance(raw, str) else raw
    if octets.startswith(b"["):
        return _ipv6(octets)
    name = re.sub(r"\.+", ".", _mapped(unescape(octets)).strip("."))
    if not name:
        raise BadAddress(Problem.NO_HOST)
    address = parse_ipv4(name)
    return Host(name=str(address), is_ip=True) if address is not None else Host(name=name, is_ip=False)


def is_dns_name(name: str) -> bool:
    """Whether a canonical host name could be in the DNS (RFC 1035 2.3.4); underscores do occur."""
    labels = name.split(".")
    return len(name) <= NAME_LIMIT and all(map(DNS_LABEL.fullmatch, labels)) and not labels[-1].isdigit()


def _mapped(octets: bytes) -> str:
    try:
        text = octets.decode("utf-8")
    except UnicodeDecodeError:
        return _escaped(octets)
    return _escaped(octets) if text.isascii() else _punycoded(text)


def _escaped(octets: bytes) -> str:
    return escape(octets.lower(), also=DELIMITERS)


def _punycoded(text: str) -> str:
    try:
        mapped = idna.uts46_remap(text, std3_rules=False, transitional=False)
    except idna.IDNAError:
        raise BadAddress(Problem.HOST) from None
    if UNFIT_AFTER_MAPPING.search(mapped):
        raise BadAddress(Problem.HOST)
    return ".".join(_punycoded_label(label) for label in mapped.split("."))


def _punycoded_label(label: str) -> str:
    if label.isascii():
        return label
    if len(label) > LABEL_LIMIT:  # also bounds the quadratic Punycode coder
        raise BadAddress(Problem.HOST)
    return "xn--" + label.encode("punycode").decode("ascii")


def _ipv6(octets: bytes) -> Host:
    try:
        address = IPv6Address(octets.decode("ascii").removeprefix("[").removesuffix("]"))
    except ValueError:
        raise BadAddress(Problem.HOST) from None
    if not octets.endswith(b"]") or address.scope_id is not None:
        raise BadAddress(Problem.HOST)
    if address.ipv4_mapped is not None:
        return Host(name=str(address.ipv4_mapped), is_ip=True)
    if address in NAT64:
        return Host(name=str(IPv4Address(int(address) & 0xFFFFFFFF)), is_ip=True)
    return Host(name=address.compressed, is_ip=True)


def parse_ipv4(name: str) -> IPv4Address | None:
    """The address a resolver makes of these one to four numbers, or None for anything else."""
    parts = [_number(part) for part in name.split(".", 4)]
    if len(parts) > 4:
        return None
    value = 0
    for index, part in enumerate(parts):
        width = 8 if index < len(parts) - 1 else 8 * (5 - len(parts))
        if part is None or part >= 1 << width:
            return None
        value = value << width | part
    return IPv4Address(value)


def _number(part: str) -> int | None:
    match = IPV4_PART.fullmatch(part)
    if match is None:
        return None
    digits, base = next((d, b) for d, b in zip(match.groups(), (16, 8, 10), strict=True) if d is not None)
    digits = digits.lstrip("0")
    return int(digits or "0", base) if len(digits) <= IPV4_DIGITS else None
