"""The rules of XARF 4 as our own data (`types/*.toml`), read once into trees. `types/shared.toml` says the notation.

Rules:
- a type holds the fields that every report holds, those of its category, then its own; the later rule stands
- a rule that cannot be read is an error of ours, named with its file and path
Source: the XARF 4.2 specification (xarf.org); for version 3 its published schemas and conversion table.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from importlib.resources import files
from typing import Any

from tutela.errors import Invalid
from tutela.wire.xarf.formats import FORMATS

CATEGORIES = ("connection", "content", "copyright", "infrastructure", "messaging", "reputation", "vulnerability")
_SPAN = re.compile(r"(-?[0-9.]*?)\.\.([0-9.]*)")
_SIMPLE = frozenset({"text", "integer", "number", "flag", "one", "like", "list", "object", *FORMATS})


class Need(StrEnum):
    REQUIRED = "required"
    RECOMMENDED = "recommended"
    OPTIONAL = "optional"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What a value must be. `low` and `high` bound a number, a length or a count; `members` are an object's fields."""

    kind: str
    need: Need = Need.OPTIONAL
    low: float | None = None
    high: float | None = None
    words: tuple[str, ...] = ()
    pattern: re.Pattern[str] | None = None
    is_closed: bool = False
    is_unique: bool = False
    members: Mapping[str, "Rule"] = field(default_factory=dict)
    each: "Rule | None" = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Needs:
    """Where `name` is `value` (a text; "ip" any IP address), the fields `also` are required."""

    name: str
    value: str
    also: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportType:
    """One type of a category. `either`: of each group of paths one must be there."""

    fields: Mapping[str, Rule]
    needs: tuple[Needs, ...] = ()
    either: tuple[tuple[str, ...], ...] = ()


@lru_cache(maxsize=1)
def types() -> Mapping[tuple[str, str], ReportType]:
    """Every type by category and name. Raises Invalid only when the installed data are damaged."""
    shared = _table("shared")
    patterns, found = _patterns(), {}
    for category in CATEGORIES:
        tables = _table(category)
        common = {**shared["every"]["fields"], **tables.pop("every", {}).get("fields", {})}
        for name, table in tables.items():
            rules = {**common, **table.get("fields", {})}
            found[category, name] = _type(rules, table, patterns, f"{category}.toml: {name}")
    return found


@lru_cache(maxsize=1)
def shared_fields() -> Mapping[str, Rule]:
    """What a report of any type holds: what is checked where its type is not known."""
    return _type(_table("shared")["every"]["fields"], {}, _patterns(), "shared.toml").fields


@lru_cache(maxsize=1)
def v3_fields() -> Mapping[str, Rule]:
    """What a report of version 3 holds."""
    return _type(_table("v3")["fields"], {}, _patterns(), "v3.toml").fields


@lru_cache(maxsize=1)
def v3_needs() -> Mapping[str, tuple[str, ...]]:
    """What reports of single types of version 3 hold besides, by the type in lower case without its hyphens."""
    return {name: tuple(names) for name, names in _table("v3")["needs"].items()}


@lru_cache(maxsize=1)
def v3_classes() -> Mapping[str, str]:
    """The class that reports of single types of version 3 belong to, by the type as in `v3_needs`."""
    return dict(_table("v3")["classes"])


def _patterns() -> dict[str, re.Pattern[str]]:
    return {name: re.compile(text, re.ASCII | re.DOTALL) for name, text in _table("shared")["patterns"].items()}


def _table(name: str) -> dict[str, Any]:
    return tomllib.loads(files("tutela.wire.xarf").joinpath("types", f"{name}.toml").read_text(encoding="utf-8"))


def _type(
    rules: Mapping[str, Any], table: Mapping[str, Any], patterns: Mapping[str, re.Pattern[str]], place: str
) -> ReportType:
    read = {path: _rule(" ".join([text] if isinstance(text, str) else text), patterns, f"{place}: {path}")
            for path, text in rules.items()}  # fmt: skip
    needs = tuple(
        Needs(name=each["field"], value=each["is"], also=tuple(each["also"])) for each in table.get("needs", ())
    )
    either = tuple(tuple(group) for group in table.get("either", ()))
    return ReportType(fields=_tree("", read), needs=needs, either=either)


def _tree(prefix: str, read: Mapping[str, Rule]) -> dict[str, Rule]:
    """The fields right under a path, each with what is under it."""
    names = (path[len(prefix) :] for path in read if path.startswith(prefix))
    return {name: _grown(prefix + name, read) for name in names if not re.search(r"[.\[]", name)}


def _grown(path: str, read: Mapping[str, Rule]) -> Rule:
    rule = read[path]
    return Rule(
        kind=rule.kind,
        need=rule.need,
        low=rule.low,
        high=rule.high,
        words=rule.words,
        pattern=rule.pattern,
        is_closed=rule.is_closed,
        is_unique=rule.is_unique,
        members=_tree(f"{path}.", read) if rule.kind == "object" else {},
        each=_grown(f"{path}[]", read) if rule.kind == "list" else None,
    )


def _rule(text: str, patterns: Mapping[str, re.Pattern[str]], place: str) -> Rule:
    words = text.split()
    need = Need(words.pop(0)) if words and words[0] in list(Need) else Need.OPTIONAL
    closed = bool(words) and words[0] == "closed"
    kind, *rest = words[closed:] or [""]
    if kind not in _SIMPLE or (kind == "like" and rest[0] not in patterns):
        raise Invalid("this rule cannot be read", place=place)
    span = next((found for each in rest if kind != "one" and (found := _SPAN.fullmatch(each))), None)
    return Rule(
        kind=kind,
        need=need,
        low=float(span[1]) if span and span[1] else None,
        high=float(span[2]) if span and span[2] else None,
        words=tuple(rest[1:]) if kind == "one" else (),
        pattern=patterns[rest[0]] if kind == "like" else None,
        is_closed=closed,
        is_unique="unique" in rest,
    )
