"""A report's value against the rules of its type: everything found with its place, in the order of the rules.

Rules:
- at most `MOST_FINDINGS` findings are told; a field that is no field of the form is fine unless its object is closed
- a whole number may be written 1.0; true and false are no numbers
- null is a value like any other: a field that must be a text is not null
- nothing of a value is repeated, nor the name of a field that the form does not know
"""

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from tutela.wire.findings import MOST_FINDINGS, Finding, fault, note
from tutela.wire.xarf.formats import FORMATS, LONGEST, is_ip
from tutela.wire.xarf.rules import CATEGORIES, Need, Needs, Rule, shared_fields, types

_NAMES = {"text": "a text", "integer": "a whole number", "number": "a number", "flag": "true or false",
          "list": "a list", "object": "an object", "one": "a text", "like": "a text"}  # fmt: skip

_NAMED = {"one": "enum", "like": "pattern", "text": "length", "integer": "range", "number": "range"}


def check(report: object) -> tuple[Finding, ...]:
    """Everything found in a parsed XARF 4 report; nothing where it follows the form and says what it should."""
    if not isinstance(report, dict):
        return (fault("kind", "", "a report is an object"),)
    return tuple(islice(_report(report), MOST_FINDINGS))


def _report(report: Mapping[str, Any]) -> Iterator[Finding]:
    category, name = report.get("category"), report.get("type")
    kind = types().get((category, name)) if isinstance(category, str) and isinstance(name, str) else None
    yield from members_of(report, kind.fields if kind else shared_fields(), "")
    if kind is None:
        if isinstance(name, str) and category in CATEGORIES:
            known = ", ".join(sorted(each for of, each in types() if of == category))
            yield fault("type", "/type", f"is no type of this category; its types are {known}")
        return
    for needs in kind.needs:
        yield from _needed(report, needs)
    for group in kind.either:
        if not any(_there(report, path) for path in group):
            places = " or ".join("/" + path.replace(".", "/") for path in group)
            yield fault("either", _parent(group[0]), f"one of {places} is needed")


def _needed(report: Mapping[str, Any], needs: Needs) -> Iterator[Finding]:
    value = report.get(needs.name)
    if not isinstance(value, str) or not (is_ip(value) if needs.value == "ip" else value == needs.value):
        return
    why = "an IP address" if needs.value == "ip" else f"“{needs.value}”"
    for name in needs.also:
        if name not in report:
            yield fault("needs", f"/{name}", f"is needed where {needs.name} is {why}")


def members_of(value: Mapping[str, Any], rules: Mapping[str, Rule], place: str) -> Iterator[Finding]:
    """What the fields of an object break. `place`: the pointer of the object, empty for the whole."""
    for name, rule in rules.items():
        here = f"{place}/{name}"
        if name in value:
            yield from _value(value[name], rule, here)
        elif rule.need is Need.REQUIRED:
            yield fault("required", here, f"is missing; it must be {_wanted(rule)}")
        elif rule.need is Need.RECOMMENDED:
            yield note("recommended", here, "is recommended")


def _value(value: Any, rule: Rule, place: str) -> Iterator[Finding]:
    if not _is_kind(value, rule.kind):
        yield fault("kind", place, f"must be {_wanted(rule)}")
    elif rule.kind == "object":
        yield from members_of(value, rule.members, place)
        unknown = len(value.keys() - rule.members.keys()) if rule.is_closed else 0
        if unknown:
            known = ", ".join(rule.members)
            yield fault("closed", place, f"holds {unknown} fields that do not belong there; it may hold {known}")
    elif rule.kind == "list":
        yield from _entries(value, rule, place)
    elif not _fits(value, rule):
        yield fault(_NAMED.get(rule.kind, rule.kind), place, f"must be {_wanted(rule)}")


def _entries(value: list[Any], rule: Rule, place: str) -> Iterator[Finding]:
    if not _within(len(value), rule):
        yield fault("count", place, f"must be {_wanted(rule)}")
    if rule.is_unique and len({str(each) for each in value}) < len(value):
        yield fault("unique", place, "must hold each entry once")
    if rule.each is not None:
        for number, each in enumerate(value):
            yield from _value(each, rule.each, f"{place}/{number}")


def _is_kind(value: Any, kind: str) -> bool:
    if kind in ("integer", "number"):
        return _is_number(value) and (kind == "number" or float(value).is_integer())
    wanted = {"flag": bool, "list": list, "object": dict}.get(kind, str)
    return isinstance(value, wanted)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _fits(value: Any, rule: Rule) -> bool:
    if rule.kind == "one":
        return value in rule.words
    if rule.kind == "like":
        return len(value) <= LONGEST and rule.pattern is not None and rule.pattern.fullmatch(value) is not None
    if rule.kind in FORMATS:
        return len(value) <= LONGEST and FORMATS[rule.kind][0](value)
    return rule.kind == "flag" or _within(len(value) if rule.kind == "text" else value, rule)


def _within(size: float, rule: Rule) -> bool:
    return (rule.low is None or size >= rule.low) and (rule.high is None or size <= rule.high)


def _wanted(rule: Rule) -> str:
    if rule.kind == "one":
        return f"one of {', '.join(rule.words)}"
    if rule.kind == "like" and rule.pattern is not None:
        return f"a text of the form {rule.pattern.pattern}"
    if rule.kind in FORMATS:
        return FORMATS[rule.kind][1]
    unit = {"text": " characters", "list": " entries"}.get(rule.kind, "")
    return _NAMES[rule.kind] + _span(rule, unit)


def _span(rule: Rule, unit: str) -> str:
    if rule.low is not None and rule.high is not None:
        return f" from {rule.low:g} to {rule.high:.10g}{unit}"
    if rule.low is not None:
        return f" of at least {rule.low:g}{unit}"
    return f" of at most {rule.high:.10g}{unit}" if rule.high is not None else ""


def _there(report: Any, path: str) -> bool:
    for name in path.split("."):
        if not isinstance(report, dict) or name not in report:
            return False
        report = report[name]
    return True


def _parent(path: str) -> str:
    return "/" + path.rpartition(".")[0].replace(".", "/")
