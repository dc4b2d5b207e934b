"""Rules that the public documentation has beyond the schema.

Each that is broken is a warning with its place; what is only odd is a note.

Rules:
- what the schema refuses is not warned of a second time: a value of the wrong type is left alone here
- an agreement with a provider may turn these warnings into refusals; by itself none does
"""

import math
from collections.abc import Iterator
from datetime import datetime, timedelta

from tutela.wire.cybertip import limits
from tutela.wire.cybertip.checking import MOST_FINDINGS, placed
from tutela.wire.cybertip.datatypes import MOMENT_WORDS, has_zone, is_true, moment, wanted
from tutela.wire.form import Finding, Weight
from tutela.wire.xmltree import Node

LEEWAY = timedelta(minutes=10)  # clocks differ
DISABLED = ("accountTemporarilyDisabled", "accountPermanentlyDisabled")
DATED = ("dateTime", "incidentDateTime", "uploadedToEspTimestamp")
DATED_ATTRIBUTES = ("verificationDate", "timestamp", "disabledDate", "userNotifiedDate", "reenabledDate")


def check_rules(root: Node, *, now: datetime | None = None) -> tuple[Finding, ...]:
    """Everything that breaks a rule beyond the schema, and notes on what is odd.

    `now`, with its zone: what lies more than ten minutes ahead of it is told as well.
    """
    found: list[Finding] = []
    for each in _all(root, root.name, now):
        found.append(each)
        if len(found) == MOST_FINDINGS:
            break
    return tuple(found)


def _all(root: Node, place: str, now: datetime | None) -> Iterator[Finding]:
    yield from _whole(root, place)
    yield from _below(root, "", place, now)


def _below(node: Node, parent: str, place: str, now: datetime | None) -> Iterator[Finding]:
    yield from _value(node, parent, place)
    yield from _moments(node, place, now)
    yield from _together(node, place)
    for step, child in placed(node):
        yield from _below(child, node.name, f"{place}/{step}", now)


def _whole(root: Node, place: str) -> Iterator[Finding]:
    """What a report must hold, and what may not stand together in it."""
    if root.name != "report":
        return
    reporter = root.first("reporter", "reportingPerson")
    if reporter is not None and not any(each.text.strip() for each in reporter.all("email")):
        message = "is missing: the person who reports is named with an e-mail address"
        yield _warn("reporter-email", f"{place}/reporter/reportingPerson/email", reporter, message)
    batched = root.first("batchedReport")
    people = list(root.all("personOrUserReported"))
    if batched is None and len(people) > 1:
        message = "is one too many: a report is about one person, unless it is a batched report"
        yield _warn("one-person", f"{place}/personOrUserReported[2]", people[1], message)
    for name in ("victim", "intendedRecipient") if batched is not None else ():
        for each in list(root.all(name))[:1]:
            yield _warn("batched", f"{place}/{name}", each, "may not stand in a batched report: leave it out")


def _value(node: Node, parent: str, place: str) -> Iterator[Finding]:
    """Length, look and range of one element's text and of its attributes."""
    if node.children:
        return
    text, key = node.text.strip(), f"{parent}/{node.name}"
    if not text and (key in limits.NOT_BLANK or node.name in limits.NOT_BLANK):
        yield _warn("blank", place, node, "may not be empty: give a value, or leave the element out")
    yield from _length(node, key, place)
    look = limits.LOOKS.get(node.name)
    if look and text and not look[0](text):
        yield _warn("look", place, node, f"must be {look[1]}")
    least, most = limits.RANGES.get(node.name, (-math.inf, math.inf))
    if not wanted("double", text) and text and not least <= float(text) <= most:
        yield _warn("range", place, node, f"must lie between {least:.0f} and {most:.0f}")
    digits = limits.digits_of(node.attributes.get("hashType", ""))
    if node.name == "originalFileHash" and digits and not _is_hex(text, digits):
        yield _note("hash", place, node, f"would have {digits} hexadecimal digits, for this type of hash")


def _length(node: Node, key: str, place: str) -> Iterator[Finding]:
    most = limits.LONGEST.get(key) or limits.LONGEST.get(node.name)
    if most and len(node.text) > most:
        yield _warn("length", place, node, f"may have at most {most} characters")
    for name, value in node.attributes.items():
        longest = limits.LONGEST.get(f"{node.name}/@{name}")
        if longest and len(value) > longest:
            yield _warn("length", f"{place}/@{name}", node, f"may have at most {longest} characters")


def _moments(node: Node, place: str, now: datetime | None) -> Iterator[Finding]:
    """A date and time says its zone, and does not lie ahead."""
    dated = [("", node.text)] if node.name in DATED and not node.children else []
    dated += [(f"/@{name}", node.attributes[name]) for name in DATED_ATTRIBUTES if name in node.attributes]
    for where, text in dated:
        if wanted("dateTime", text):
            continue
        if not has_zone(text):
            yield _warn("zone", place + where, node, f"must be {MOMENT_WORDS}")
        elif now is not None and (at := moment(text)) is not None and at > now + LEEWAY:
            yield _warn("future", place + where, node, "lies in the future")


def _together(node: Node, place: str) -> Iterator[Finding]:
    """What one element says in two places."""
    if "verificationDate" in node.attributes and not is_true(node.attributes.get("verified", "")):
        message = "may stand only where verified is true"
        yield _warn("verified", f"{place}/@verificationDate", node, message)
    if node.name in DISABLED:
        yield from _disabled(node, place)
    if node.name == "estimatedLocation":
        yield from _located(node, place)
    if node.said("nonUsaState") and (node.said("state") or node.said("country") == "US"):
        yield _note("address", f"{place}/nonUsaState", node, "stands in an address that is in the US")
    is_more = node.said("fileRelevance") == "Supplemental Reported"
    if is_more and (classified := node.first("industryClassification")) is not None:
        message = "may stand only with a file that is itself reported: leave it out of a supplemental one"
        yield _warn("supplemental", f"{place}/industryClassification", classified, message)


def _disabled(node: Node, place: str) -> Iterator[Finding]:
    given = node.attributes
    if not is_true(node.text):
        for name in ("disabledDate", "userNotified", "userNotifiedDate", "reenabledDate"):
            if name in given and not (name == "userNotified" and not is_true(given[name])):
                yield _warn("disabled", f"{place}/@{name}", node, "may stand only where the account was disabled")
    if "userNotifiedDate" in given and not is_true(given.get("userNotified", "")):
        yield _warn("notified", f"{place}/@userNotifiedDate", node, "may stand only where userNotified is true")
    disabled = moment(given.get("disabledDate", ""))
    for name in ("userNotifiedDate", "reenabledDate"):
        later = moment(given.get(name, ""))
        if disabled and later and later < disabled:
            yield _warn("sequence", f"{place}/@{name}", node, "may not lie before disabledDate")


def _located(node: Node, place: str) -> Iterator[Finding]:
    if node.said("countryCode") == "US" and node.said("city") and not node.said("region"):
        yield _warn("location", f"{place}/region", node, "is missing: a city in the US is named with its region")


def _is_hex(text: str, digits: int) -> bool:
    return len(text) == digits and all(each in "0123456789abcdefABCDEF" for each in text)


def _warn(rule: str, place: str, node: Node, message: str) -> Finding:
    return Finding(weight=Weight.WARNING, rule=rule, place=place, message=message, line=node.line)


def _note(rule: str, place: str, node: Node, message: str) -> Finding:
    return Finding(weight=Weight.NOTE, rule=rule, place=place, message=message, line=node.line)
