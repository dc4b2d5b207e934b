"""Types of text (XML Schema Part 2, second edition): what a value must be, said so that somebody can put it right.

Rules:
- numbers, dates and truth values may stand between white space; a value of a list may not
- a year has four digits or more and is not 0000; 24:00:00 is the midnight that ends a day; a zone reaches to 14:00
"""

import re
from calendar import monthrange
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta

from tutela.wire.cybertip.table import CHOICES, PATTERNS

SPACE = " \t\r\n"
WHOLE = re.compile(r"[+-]?[0-9]+", re.ASCII)
DOUBLE = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?|-?INF|NaN", re.ASCII)
DAY = r"(?P<year>-?(?:[1-9][0-9]{3,}|0[0-9]{3}))-(?P<month>[0-9]{2})-(?P<day>[0-9]{2})"
ZONE = r"(?P<zone>Z|[+-][0-9]{2}:[0-9]{2})?"
DATE = re.compile(DAY + ZONE, re.ASCII)
MOMENT = re.compile(
    DAY + r"T(?P<hour>[0-9]{2}):(?P<minute>[0-9]{2}):(?P<second>[0-9]{2})(?P<part>\.[0-9]+)?" + ZONE, re.ASCII
)
MOST_TEXT = 64  # a longer text is no number, date or truth value of anybody

Check = Callable[[str], bool]


def wanted(type: str, text: str) -> str:
    """Empty when the text is a value of the type, else what would be one."""
    if type in CHOICES:
        return "" if text in CHOICES[type] else _one_of(type)
    if type in PATTERNS:
        pattern, words = PATTERNS[type]
        return "" if re.fullmatch(pattern, text, re.ASCII) else words
    check, words = CHECKS[type]
    return "" if check(text) else words


def has_zone(text: str) -> bool:
    """Whether a date and time, which is known to be one, says its zone."""
    found = MOMENT.fullmatch(text.strip(SPACE))
    return bool(found and found["zone"])


def moment(text: str) -> datetime | None:
    """A date and time with its zone; None for anything else, and for years that no calendar of ours reaches."""
    found = MOMENT.fullmatch(text.strip(SPACE)) if _is_moment(text) else None
    if found is None or not found["zone"]:
        return None
    try:
        day = datetime(int(found["year"]), int(found["month"]), int(found["day"]), tzinfo=UTC)
        clock = timedelta(hours=int(found["hour"]), minutes=int(found["minute"]), seconds=int(found["second"]))
        return day + clock + timedelta(seconds=float(found["part"] or 0)) - _offset(found["zone"])
    except (ValueError, OverflowError):
        return None


def _offset(zone: str) -> timedelta:
    if zone == "Z":
        return timedelta()
    size = timedelta(hours=int(zone[1:3]), minutes=int(zone[4:6]))
    return -size if zone.startswith("-") else size


def is_true(text: str) -> bool:
    return text.strip(SPACE) in ("true", "1")


def _one_of(type: str) -> str:
    values = [each for each in CHOICES[type] if each]
    if len(values) <= 12:
        return "one of " + ", ".join(f"“{each}”" for each in values)
    return {"country": "a country’s two capital letters (ISO 3166-1)", "state": "a US state’s two capital letters"}[
        type
    ]


def _is_any(text: str) -> bool:
    return True


def _is_boolean(text: str) -> bool:
    return text.strip(SPACE) in ("true", "false", "0", "1")


def _is_flag(text: str) -> bool:
    return text == "" or is_true(text)


def _is_double(text: str) -> bool:
    return len(text.strip(SPACE)) <= MOST_TEXT and bool(DOUBLE.fullmatch(text.strip(SPACE)))


def _whole(bits: int) -> Check:
    most = 1 << (bits - 1)

    def check(text: str) -> bool:
        digits = text.strip(SPACE)
        if len(digits) > MOST_TEXT or not WHOLE.fullmatch(digits):
            return False
        return -most <= int(digits) < most

    return check


def _is_date(text: str) -> bool:
    return len(text.strip(SPACE)) <= MOST_TEXT and _is_day(DATE.fullmatch(text.strip(SPACE)))


def _is_moment(text: str) -> bool:
    found = MOMENT.fullmatch(text.strip(SPACE)) if len(text.strip(SPACE)) <= MOST_TEXT else None
    if found is None or not _is_day(found):
        return False
    hour, minute, second = int(found["hour"]), int(found["minute"]), int(found["second"])
    ends_the_day = hour == 24 and minute == second == 0 and not (found["part"] or "").strip(".0")
    return (hour <= 23 and minute <= 59 and second <= 59) or ends_the_day


def _is_day(found: re.Match[str] | None) -> bool:
    if found is None:
        return False
    year, month, day = int(found["year"]), int(found["month"]), int(found["day"])
    if year == 0 or not 1 <= month <= 12:
        return False
    same = year % 400 + 400  # leap years repeat; the calendar knows none before 1
    return 1 <= day <= monthrange(same, month)[1] and _is_zone(found["zone"])


def _is_zone(text: str | None) -> bool:
    if not text or text == "Z":
        return True
    hours, minutes = int(text[1:3]), int(text[4:6])
    return (hours < 14 and minutes <= 59) or (hours == 14 and minutes == 0)


MOMENT_WORDS = "a date and time with its zone, such as 2026-01-31T08:00:00Z"
CHECKS: Mapping[str, tuple[Check, str]] = {
    "string": (_is_any, ""),
    "token": (_is_any, ""),
    "open": (_is_any, ""),
    "boolean": (_is_boolean, "true or false"),
    "flag": (_is_flag, "an empty element or true; leave the element out where it does not hold"),
    "int": (_whole(32), "a whole number"),
    "long": (_whole(64), "a whole number"),
    "double": (_is_double, "a decimal number, such as 46.9"),
    "date": (_is_date, "a date, such as 2010-01-31"),
    "dateTime": (_is_moment, MOMENT_WORDS),
}
