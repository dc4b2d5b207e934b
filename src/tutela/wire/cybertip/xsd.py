"""The table as an XML Schema of our own, for programs that ask a node for the schema of its interface.

Rules: it accepts and refuses what the table does, but for annotations that nobody knows yet: a schema cannot say “any
other” inside elements that stand in any order.
"""

from functools import cache
from typing import Any, TypeAlias

from lxml import etree
from lxml.builder import ElementMaker

from tutela.wire.cybertip.shapes import ANY, Attribute, Element, Order, Part, Shape, shape_of
from tutela.wire.cybertip.table import CHOICES, PATTERNS, ROOTS, TYPES

NAMESPACE = "http://www.w3.org/2001/XMLSchema"
PLAIN = frozenset({"string", "token", "boolean", "int", "long", "double", "date", "dateTime"})
XS: Any = ElementMaker(namespace=NAMESPACE, nsmap={"xs": NAMESPACE})  # its names are made as they are asked for
Written: TypeAlias = Any
SAYS = "Documents of the CyberTipline reporting interface as a Tutela node takes and answers them."


@cache
def schema() -> bytes:
    """The schema as UTF-8, the same bytes for the same table."""
    root = XS.schema(elementFormDefault="qualified")
    root.append(XS.annotation(XS.documentation(SAYS)))
    root.extend([XS.element(name=name, type=name) for name in ROOTS])
    root.extend([_complex(name) for name in TYPES])
    root.extend([_listed(name, values) for name, values in CHOICES.items()])
    root.extend([_patterned(name, pattern) for name, (pattern, _) in PATTERNS.items()])
    written: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
    return written


def _complex(name: str) -> Written:
    shape = shape_of(name)
    assert shape is not None  # every name of the table has one
    attributes = [_attribute(each) for each in shape.attributes.values()]
    if shape.order is Order.TEXT:
        return XS.complexType(XS.simpleContent(XS.extension(*attributes, base=_name(shape.base))), name=name)
    return XS.complexType(*_group(shape), *attributes, name=name)


def _group(shape: Shape) -> list[Written]:
    if not shape.parts:
        return []
    if shape.order is Order.ONE:
        return [XS.choice(*(_element(each) for each in shape.parts[0].elements))]
    kind = XS.all if shape.order is Order.ANY else XS.sequence
    return [kind(*(_part(each) for each in shape.parts))]


def _part(part: Part) -> Written:
    if len(part.elements) == 1:
        return _element(part.elements[0])
    return XS.choice(*(_element(each) for each in part.elements))


def _element(each: Element) -> Written:
    bounds = {} if each.least == 1 else {"minOccurs": str(each.least)}
    bounds |= {} if each.most == 1 else {"maxOccurs": "unbounded" if each.most == ANY else str(each.most)}
    if each.type == "flag":
        return XS.element(name=each.name, type="xs:boolean", fixed="true", **bounds)
    return XS.element(name=each.name, type="xs:anyType" if each.type == "open" else _name(each.type), **bounds)


def _attribute(each: Attribute) -> Written:
    return XS.attribute(name=each.name, type=_name(each.type), **({"use": "required"} if each.required else {}))


def _listed(name: str, values: tuple[str, ...]) -> Written:
    return XS.simpleType(XS.restriction(*(XS.enumeration(value=each) for each in values), base="xs:string"), name=name)


def _patterned(name: str, pattern: str) -> Written:
    return XS.simpleType(XS.restriction(XS.pattern(value=pattern), base="xs:string"), name=name)


def _name(type: str) -> str:
    return f"xs:{type}" if type in PLAIN else type
