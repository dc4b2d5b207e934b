"""The formats that texts of a report must have, all of them asserted.

Rules:
- moment: RFC 3339 date-time with its offset, a day that exists, leap seconds where UTC has them; day: full-date
- mail: RFC 5321 mailbox in ASCII; host: RFC 1123 labels; ipv4, ipv6: without zone or prefix
- uri: the grammar of RFC 3986 with its scheme, in ASCII; uuid: 8-4-4-4-12 hexadecimal digits
- a text of more than 8192 characters has no format, so each check takes bounded time
"""

import ipaddress
import re
from collections.abc import Callable, Mapping

LONGEST = 8192
_DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_HOST = re.compile(rf"(?:{_LABEL}\.)*{_LABEL}", re.ASCII)
_MOMENT = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)[Tt]([01]\d|2[0-3]):([0-5]\d):([0-5]\d|60)(?:\.\d+)?([Zz]|[+-](?:[01]\d|2[0-3]):[0-5]\d)",
    re.ASCII,
)
_DAY = re.compile(r"(\d{4})-(\d\d)-(\d\d)", re.ASCII)
_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", re.ASCII)
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LOCAL = re.compile(rf'(?:{_ATOM}(?:\.{_ATOM})*|"(?:[ !#-\[\]-~]|\\[ -~])*")', re.ASCII)
_CHAR = r"(?:[A-Za-z0-9._~!$&'()*+,;=:@-]|%[0-9A-Fa-f]{2})"
_NAME = r"(?:[A-Za-z0-9._~!$&'()*+,;=-]|%[0-9A-Fa-f]{2})"
_FUTURE = re.compile(rf"\[[vV][0-9A-Fa-f]+\.(?:{_NAME}|:)+\]", re.ASCII)
_URI = re.compile(
    rf"[A-Za-z][A-Za-z0-9+.-]*:"
    rf"(?://(?:(?:{_NAME}|:)*@)?(?:(?P<literal>\[[^\]]*\])|(?:{_NAME})*)(?P<port>:[0-9]*)?(?:/{_CHAR}*)*"
    rf"|/(?:{_CHAR}+(?:/{_CHAR}*)*)?|{_CHAR}+(?:/{_CHAR}*)*|)"
    rf"(?:\?(?:{_CHAR}|[/?])*)?(?:\#(?:{_CHAR}|[/?])*)?",
    re.ASCII,
)


def is_moment(text: str) -> bool:
    found = _MOMENT.fullmatch(text)
    return found is not None and _is_day(found) and (found[6] != "60" or _minute(found) == 23 * 60 + 59)


def is_day(text: str) -> bool:
    found = _DAY.fullmatch(text)
    return found is not None and _is_day(found)


def is_mail(text: str) -> bool:
    local, _, domain = text.rpartition("@")
    if len(text) > 254 or len(local) > 64 or not _LOCAL.fullmatch(local):
        return False
    if domain.startswith("[") and domain.endswith("]"):
        inside = domain[1:-1]
        return is_ipv6(inside[5:]) if inside.lower().startswith("ipv6:") else is_ipv4(inside)
    return is_host(domain)


def is_host(text: str) -> bool:
    return len(text) <= 253 and _HOST.fullmatch(text) is not None


def is_ipv4(text: str) -> bool:
    return _parses(ipaddress.IPv4Address, text)


def is_ipv6(text: str) -> bool:
    return "%" not in text and _parses(ipaddress.IPv6Address, text)


def is_ip(text: str) -> bool:
    return is_ipv4(text) or is_ipv6(text)


def is_uuid(text: str) -> bool:
    return _UUID.fullmatch(text) is not None


def is_uri(text: str) -> bool:
    found = _URI.fullmatch(text)
    if found is None:
        return False
    literal = found["literal"]
    return literal is None or is_ipv6(literal[1:-1]) or _FUTURE.fullmatch(literal) is not None


FORMATS: Mapping[str, tuple[Callable[[str], bool], str]] = {
    "uri": (is_uri, "an address with its scheme, percent-encoded where it must be (RFC 3986)"),
    "mail": (is_mail, "an e-mail address (RFC 5321)"),
    "host": (is_host, "a host name (RFC 1123)"),
    "ipv4": (is_ipv4, "an IPv4 address"),
    "ipv6": (is_ipv6, "an IPv6 address"),
    "ip": (is_ip, "an IPv4 or IPv6 address"),
    "uuid": (is_uuid, "a UUID: 8-4-4-4-12 hexadecimal digits"),
    "moment": (is_moment, "a date and time with its offset (RFC 3339), such as 2026-01-31T12:00:00Z"),
    "day": (is_day, "a date (RFC 3339), such as 2026-01-31"),
}


def _is_day(found: re.Match[str]) -> bool:
    year, month, day = int(found[1]), int(found[2]), int(found[3])
    is_leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return 1 <= month <= 12 and 1 <= day <= (29 if month == 2 and is_leap else _DAYS[month - 1])


def _minute(found: re.Match[str]) -> int:
    """The minute of the day in UTC."""
    offset = found[7]
    ahead = 0 if offset in "Zz" else int(f"{offset[0]}1") * (int(offset[1:3]) * 60 + int(offset[4:6]))
    return (int(found[4]) * 60 + int(found[5]) - ahead) % (24 * 60)


def _parses(kind: Callable[[str], object], text: str) -> bool:
    try:
        kind(text)
    except ValueError:
        return False
    return text.isascii()
