"""Reads schemes and maps from TOML and checks that they make sense together before anybody relies on them.

Rules:
- members are known or refused; codes and labels are short; a code stands once in a version
- versions of one scheme never overlap in time
- a map answers for every code of its source, in all versions, once: with a code of its target or with a reason
- errors name the file, the table and the member
"""

import tomllib
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from tutela.errors import Invalid
from tutela.taxonomy.catalogue import Catalogue, Direction
from tutela.taxonomy.values import Axis, Code, Scheme

LABEL_LIMIT, CODE_LIMIT, REASON_LIMIT = 40, 64, 120
BYTES_LIMIT = 4 * 1024 * 1024
Table = Mapping[str, Any]


def read_catalogue(texts: Mapping[str, str]) -> Catalogue:
    """The catalogue in TOML texts by file name, each with [[scheme]] or [[map]] tables.

    Raises Invalid with the place (file, table, member) of the first thing that does not hold.
    """
    schemes: list[Scheme] = []
    maps: list[tuple[str, Direction]] = []
    for name, text in texts.items():
        tables = _parsed(name, text)
        schemes += [_scheme(table, f"{name}: scheme {n}") for n, table in _tables(tables, "scheme", name)]
        maps += [(f"{name}: map {n}", _map(table, f"{name}: map {n}")) for n, table in _tables(tables, "map", name)]
    _check_spans(schemes)
    _check_maps(maps, schemes)
    return Catalogue(schemes=tuple(schemes), maps=tuple(direction for _, direction in maps))


def _parsed(name: str, text: str) -> Table:
    if len(text) > BYTES_LIMIT:
        raise Invalid(f"the file has more than {BYTES_LIMIT} characters", place=name)
    try:
        tables = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise Invalid(f"this is no TOML: {error}", place=name) from None
    return _only(tables, {"scheme", "map"}, name)


def _tables(tables: Table, member: str, place: str) -> list[tuple[int, Table]]:
    found = tables.get(member, [])
    if not isinstance(found, list) or not all(isinstance(table, dict) for table in found):
        raise Invalid(f"[[{member}]] must be an array of tables", place=place)
    return list(enumerate(found, start=1))


def _scheme(table: Table, place: str) -> Scheme:
    _only(table, {"name", "version", "title", "valid_from", "valid_until", "code", "axis"}, place)
    scheme = Scheme(
        name=_text(table, "name", place, CODE_LIMIT),
        version=_text(table, "version", place, CODE_LIMIT),
        title=_text(table, "title", place, CODE_LIMIT),
        valid_from=_day(table, "valid_from", place),
        valid_until=_day(table, "valid_until", place),
        codes=tuple(_code(item, f"{place}, code {n}") for n, item in _tables(table, "code", place)),
        axes=tuple(_axis(item, f"{place}, axis {n}") for n, item in _tables(table, "axis", place)),
    )
    _check_scheme(scheme, place)
    return scheme


def _check_scheme(scheme: Scheme, place: str) -> None:
    names = [code.code for code in scheme.codes]
    if not names or len(set(names)) != len(names):
        raise Invalid("a scheme has at least one code, and each code once", place=place)
    if scheme.valid_until is not None and (scheme.valid_from or date.min) >= scheme.valid_until:
        raise Invalid("valid_until must come after valid_from", place=place)
    for axis in scheme.axes:
        if any(name[axis.position - 1 : axis.position] not in axis.values for name in names):
            raise Invalid(f"a code has no value of axis {axis.position}", place=place)


def _code(table: Table, place: str) -> Code:
    _only(table, {"code", "label", "illegal", "final", "locked"}, place)
    return Code(
        code=_text(table, "code", place, CODE_LIMIT),
        label=_text(table, "label", place, LABEL_LIMIT),
        illegal=_flag(table, "illegal", place) if "illegal" in table else None,
        final=_flag(table, "final", place),
        locked=_flag(table, "locked", place),
    )


def _axis(table: Table, place: str) -> Axis:
    _only(table, {"position", "label", "values"}, place)
    position, values = table.get("position"), table.get("values")
    if type(position) is not int or position < 1:
        raise Invalid("the position is a number from 1", place=f"{place}, position")
    if not isinstance(values, list) or not all(isinstance(value, str) and len(value) == 1 for value in values):
        raise Invalid("the values are a list of single characters", place=f"{place}, values")
    return Axis(position=position, label=_text(table, "label", place, LABEL_LIMIT), values=tuple(values))


def _map(table: Table, place: str) -> Direction:
    _only(table, {"from", "to", "codes", "cannot"}, place)
    return Direction(
        source=_text(table, "from", place, CODE_LIMIT),
        target=_text(table, "to", place, CODE_LIMIT),
        codes=_pairs(table, "codes", place, CODE_LIMIT),
        cannot=_pairs(table, "cannot", place, REASON_LIMIT),
    )


def _pairs(table: Table, member: str, place: str, limit: int) -> Mapping[str, str]:
    pairs = table.get(member, {})
    if not isinstance(pairs, dict):
        raise Invalid(f"[map.{member}] must be a table", place=place)
    return {key: _text(pairs, key, f"{place}, {member}", limit) for key in pairs}


def _check_spans(schemes: list[Scheme]) -> None:
    last: dict[str, Scheme] = {}
    for scheme in sorted(schemes, key=lambda scheme: (scheme.name, scheme.valid_from or date.min)):
        before = last.get(scheme.name)
        if before is not None and (before.valid_until is None or (scheme.valid_from or date.min) < before.valid_until):
            raise Invalid(f"{before.title} and {scheme.title} are valid on the same day", place=scheme.name)
        last[scheme.name] = scheme


def _check_maps(maps: list[tuple[str, Direction]], schemes: list[Scheme]) -> None:
    codes: dict[str, set[str]] = {}
    for scheme in schemes:
        codes.setdefault(scheme.name, set()).update(code.code for code in scheme.codes)
    seen: set[tuple[str, str]] = set()
    for place, direction in maps:
        if not {direction.source, direction.target} <= codes.keys():
            raise Invalid("from and to must name schemes of this catalogue", place=place)
        if direction.source == direction.target or (direction.source, direction.target) in seen:
            raise Invalid("a map joins two schemes, once in each direction", place=place)
        seen.add((direction.source, direction.target))
        _check_answers(direction, codes, place)


def _check_answers(direction: Direction, codes: Mapping[str, set[str]], place: str) -> None:
    answered = [*direction.codes, *direction.cannot]
    if len(set(answered)) != len(answered) or set(answered) != codes[direction.source]:
        wrong = ", ".join(sorted(set(answered) ^ codes[direction.source])) or "one twice"
        raise Invalid(f"codes and cannot together must hold each code of {direction.source} once: {wrong}", place=place)
    foreign = sorted(set(direction.codes.values()) - codes[direction.target])
    if foreign:
        raise Invalid(f"{direction.target} has no code {', '.join(foreign)}", place=f"{place}, codes")


def _only(table: Table, known: set[str], place: str) -> Table:
    unknown = sorted(table.keys() - known)
    if unknown:
        raise Invalid(f"{unknown[0]} is no member here; known are {', '.join(sorted(known))}", place=place)
    return table


def _text(table: Table, member: str, place: str, limit: int) -> str:
    value = table.get(member)
    if not isinstance(value, str) or not 0 < len(value) <= limit or not value.isprintable():
        raise Invalid(f"a text of 1 to {limit} printable characters is needed", place=f"{place}, {member}")
    return value


def _flag(table: Table, member: str, place: str) -> bool:
    value = table.get(member, False)
    if not isinstance(value, bool):
        raise Invalid("true or false is needed; leave it out where it is not known", place=f"{place}, {member}")
    return value


def _day(table: Table, member: str, place: str) -> date | None:
    value = table.get(member)
    if value is not None and (not isinstance(value, date) or isinstance(value, datetime)):
        raise Invalid("a day is needed, as in 2025-07-01 without quotes", place=f"{place}, {member}")
    return value
