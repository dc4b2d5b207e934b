"""Reads a profile from TOML and checks it against its shape.

Rules:
- unknown keys are errors: a misspelt limit must not silently become the default
- `extends = "XA"` starts from another profile; tables are merged key by key
- every error says which file, which table and key, and what would be right
"""

import tomllib
import types
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Any, Union, get_args, get_origin, get_type_hints

from tutela_node.foundation.errors import Invalid, Missing
from tutela_node.foundation.profile.shape import Profile

SHIPPED = Path(__file__).parent / "shipped"


def load(name_or_path: str) -> Profile:
    """Raises Missing when there is no such profile and Invalid, with its place, when it breaks its shape."""
    table = _table(name_or_path, depth=0)
    profile: Profile = _build(Profile, table, name_or_path)
    for basis in profile.legal_bases:
        if basis.valid_until is not None and basis.valid_until < basis.valid_from:
            raise Invalid("must not be before valid_from", place=f"{name_or_path}: legal_bases {basis.id}: valid_until")
    if "en" not in profile.names:
        raise Invalid("needs an English name, which stands in for the others", place=f"{name_or_path}: names.en")
    _check_order(profile, name_or_path)
    return profile


def _table(name_or_path: str, depth: int) -> dict[str, Any]:
    if depth > 3:
        raise Invalid("profiles extend each other in a circle", place=name_or_path)
    path = Path(name_or_path) if name_or_path.endswith(".toml") else SHIPPED / f"{name_or_path}.toml"
    try:
        table = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        shipped = ", ".join(sorted(p.stem for p in SHIPPED.glob("*.toml")))
        raise Missing(
            f"there is no such profile; shipped: {shipped}; or give the path of a .toml", place=name_or_path
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Invalid(f"is not TOML: {error}", place=str(path)) from None
    except OSError as error:
        raise Missing(f"cannot be read: {error.strerror}", place=str(path)) from None
    base = table.pop("extends", None)
    return table if base is None else _merge(_table(str(base), depth + 1), table)


def _merge(base: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    merged = dict(base)
    for key, value in over.items():
        both = isinstance(value, dict) and isinstance(base.get(key), dict)
        merged[key] = _merge(base[key], value) if both else value
    return merged


def _build(shape: Any, table: Any, place: str) -> Any:
    if not isinstance(table, dict):
        raise Invalid("must be a table", place=place)
    known = {field.name: field for field in fields(shape)}
    for key in table:
        if key not in known:
            raise Invalid(f"is not known here; known are {', '.join(known)}", place=f"{place}: {key}")
    hints = get_type_hints(shape)
    values = {}
    for name, field in known.items():
        if name in table:
            values[name] = _value(hints[name], table[name], f"{place}: {name}")
            _check(values[name], field.metadata, f"{place}: {name}")
        elif field.default is MISSING and field.default_factory is MISSING:
            raise Invalid("is missing", place=f"{place}: {name}")
    return shape(**values)


def _value(hint: Any, value: Any, place: str) -> Any:
    origin = get_origin(hint)
    if origin in (types.UnionType, Union):
        return _value(next(a for a in get_args(hint) if a is not types.NoneType), value, place)
    if origin is tuple:
        if not isinstance(value, list):
            raise Invalid("must be a list", place=place)
        return tuple(_value(get_args(hint)[0], each, f"{place}[{i}]") for i, each in enumerate(value))
    if origin is Mapping:
        if not isinstance(value, dict) or not all(isinstance(each, str) for each in value.values()):
            raise Invalid("must be a table of texts", place=place)
        return types.MappingProxyType(dict(value))
    if is_dataclass(hint):
        return _build(hint, value, place)
    return _plain(hint, value, place)


def _plain(hint: type, value: Any, place: str) -> Any:
    if issubclass(hint, StrEnum):
        if value not in [str(each) for each in hint]:
            raise Invalid(f"must be one of {', '.join(hint)}", place=place)
        return hint(value)
    wanted = {int: "a whole number", str: "a text", date: "a date such as 2026-01-31"}[hint]
    if type(value) is not hint:
        raise Invalid(f"must be {wanted}", place=place)
    return value


def _check(value: Any, rule: Mapping[str, Any], place: str) -> None:
    """What the shape says of a field beyond its type."""
    if isinstance(value, int):
        if value < (least := rule.get("least", 0)):
            raise Invalid(f"must be {least} or more", place=place)
        if value > (most := rule.get("most", value)):
            raise Invalid(f"must be {most} or less", place=place)
    elif "longest" in rule and not (value.strip() and len(value) <= rule["longest"]):
        raise Invalid(f"must have 1 to {rule['longest']} characters", place=place)
    elif "known" in rule:
        for number, each in enumerate(value):
            if each not in rule["known"]:
                raise Invalid(f"must be one of {', '.join(rule['known'])}", place=f"{place}[{number}]")


def _check_order(profile: Profile, place: str) -> None:
    """Numbers that have a sense only in their order."""
    triage, floods = profile.triage, profile.floods
    if triage.now_from <= triage.soon_from:
        raise Invalid(f"must be more than soon_from, which is {triage.soon_from}", place=f"{place}: triage: now_from")
    if triage.soon_from <= triage.usual_from:
        said = f"must be more than usual_from, which is {triage.usual_from}"
        raise Invalid(said, place=f"{place}: triage: soon_from")
    if floods.most_bits < floods.proof_bits:
        said = f"must be no less than proof_bits, which is {floods.proof_bits}"
        raise Invalid(said, place=f"{place}: floods: most_bits")
