"""Writes a `<report>` or a `<fileDetails>` from plain values, in the order of the table: for whoever is a client.

Rules:
- a value is a text, a number, a truth value, a moment, a mapping of elements, or a list of these for an element that
  repeats; the key `@name` is an attribute, the key `=` the text of an element that has attributes
- what the table does not know, and a document that breaks it, is refused with every fault: nothing wrong is written
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime

from lxml import etree

from tutela.errors import Invalid
from tutela.wire.cybertip.checking import check_shape
from tutela.wire.cybertip.shapes import Shape, shape_of
from tutela.wire.form import Weight
from tutela.wire.xmltree import parse

Value = str | bool | int | float | date | datetime | None


def write_document(root: str, values: Mapping[str, object]) -> bytes:
    """The document as UTF-8. Raises Invalid with its faults and their places."""
    element = etree.Element(root)
    _fill(element, values, root, root)
    written: bytes = etree.tostring(element, xml_declaration=True, encoding="UTF-8")
    faults = [each for each in check_shape(parse(written).root, root) if each.weight is Weight.FAULT]
    if faults:
        raise Invalid("; ".join(each.message for each in faults[:10]), place="; ".join(e.place for e in faults[:10]))
    return written


def _fill(element: etree._Element, values: Mapping[str, object], type: str, place: str) -> None:
    shape = shape_of(type)
    known = set(_names(shape))
    for key, value in values.items():
        if key.startswith("@"):
            element.set(key[1:], _text(value, f"{place}/{key}"))
        elif key == "=":
            element.text = _text(value, place)
        elif key not in known:
            raise Invalid(f"is not known here; known are {', '.join(sorted(known))}", place=f"{place}/{key}")
    for name in _names(shape):
        if name in values and shape is not None:
            declared = shape.element(name)
            assert declared is not None  # the names are its own
            for each in _each(values[name]):
                _one(etree.SubElement(element, name), each, declared.type, f"{place}/{name}")


def _names(shape: Shape | None) -> Iterator[str]:
    return (each.name for part in shape.parts for each in part.elements) if shape else iter(())


def _each(value: object) -> Sequence[object]:
    return value if isinstance(value, list | tuple) else [value]


def _one(element: etree._Element, value: object, type: str, place: str) -> None:
    if isinstance(value, Mapping):
        _fill(element, value, type, place)
    elif value is not None:
        element.text = _text(value, place)


def _text(value: object, place: str) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise Invalid("must name its time zone", place=place)
        return value.isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str | int | float):
        text = str(value)
        if any(ord(each) < 32 and each not in "\t\n\r" for each in text) or "\ufffe" in text or "\uffff" in text:
            raise Invalid("holds characters that XML does not have", place=place)
        return text
    raise Invalid("must be a text, a number, a truth value or a moment", place=place)
