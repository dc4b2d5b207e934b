"""The table as values: for each type, its parts in order, its attributes, and the type of its text.

A part with several elements is a choice between them, met at most once.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from types import MappingProxyType

from tutela.wire.cybertip.table import TYPES

ANY = 1_000_000  # “any number”: the parser bounds the elements of a document
MARKS = {"": (1, 1), "?": (0, 1), "*": (0, ANY), "+": (1, ANY)}
ELEMENT = re.compile(r"(?P<name>\w+)(?P<mark>[?*+]?)(?::(?P<type>\w+))?(?P<newer>\^?)")
ATTRIBUTE = re.compile(r"@(?P<name>\w+)(?P<required>!?):(?P<type>\w+)")


class Order(StrEnum):
    """How the parts of a type follow one another."""

    SEQUENCE = "sequence"
    ANY = "any order"
    ONE = "one of"
    TEXT = "text"


@dataclass(frozen=True, slots=True, kw_only=True)
class Element:
    """An element as its parent's type names it. `newer`: it came after November 2025."""

    name: str
    type: str
    least: int
    most: int
    newer: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One place in a type: an element, or a choice of elements of which one stands there."""

    elements: tuple[Element, ...]

    @property
    def least(self) -> int:
        return min(each.least for each in self.elements)

    @property
    def most(self) -> int:
        return max(each.most for each in self.elements)


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribute:
    name: str
    type: str
    required: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """A type of elements. `base` is the type of its text where the order is TEXT."""

    order: Order
    parts: tuple[Part, ...]
    attributes: Mapping[str, Attribute]
    base: str

    def element(self, name: str) -> Element | None:
        return next((each for part in self.parts for each in part.elements if each.name == name), None)


def shape_of(type: str) -> Shape | None:
    """The shape of a type that has parts or attributes; None for one that is text alone."""
    return _read(TYPES[type]) if type in TYPES else None


@cache
def _read(line: str) -> Shape:
    words = line.split()
    first = words[0] if words[0] in ("&", "|") else words[0][0]
    order = {"&": Order.ANY, "|": Order.ONE, "=": Order.TEXT}.get(first, Order.SEQUENCE)
    base = words[0][1:] if order is Order.TEXT else ""
    body = words[1:] if order is not Order.SEQUENCE else words
    attributes = [_attribute(word) for word in body if word.startswith("@")]
    parts = [_part(word) for word in body if not word.startswith("@")]
    return Shape(
        order=order,
        parts=(_merged(parts),) if order is Order.ONE else tuple(parts),
        attributes=MappingProxyType({each.name: each for each in attributes}),
        base=base,
    )


def _part(word: str) -> Part:
    return Part(elements=tuple(_element(each) for each in word.strip("()").split("|")))


def _merged(parts: list[Part]) -> Part:
    return Part(elements=tuple(each for part in parts for each in part.elements))


def _element(word: str) -> Element:
    found = ELEMENT.fullmatch(word)
    assert found, word  # the table is ours
    least, most = MARKS[found["mark"]]
    name = found["name"]
    return Element(name=name, type=found["type"] or name, least=least, most=most, newer=bool(found["newer"]))


def _attribute(word: str) -> Attribute:
    found = ATTRIBUTE.fullmatch(word)
    assert found, word  # the table is ours
    return Attribute(name=found["name"], type=found["type"], required=bool(found["required"]))
