"""Whether a document has the shape of the table: every fault with its place and with what would be right.

Rules:
- order, number, names, attributes and types of everything, also of what stands in the wrong place
- tolerated with a note: elements that came after November 2025, and annotations that nobody knows yet
- attributes of the XML Schema instance namespace that say where a schema is are nobody's business; nothing is fetched
"""

from collections import Counter
from collections.abc import Iterator

from tutela.wire.cybertip.datatypes import wanted
from tutela.wire.cybertip.shapes import ANY, Element, Order, Part, Shape, shape_of
from tutela.wire.cybertip.table import ANNOTATIONS
from tutela.wire.form import Finding, Weight
from tutela.wire.xmltree import Node

MOST_FINDINGS = 200
INSTANCE = "{http://www.w3.org/2001/XMLSchema-instance}"
TYPE_HINT = INSTANCE + "type"
HINTS = {INSTANCE + "schemaLocation", INSTANCE + "noNamespaceSchemaLocation"}
SPACE = " \t\r\n"


def check_shape(root: Node, wanted_root: str) -> tuple[Finding, ...]:
    """Everything that breaks the shape, and what was tolerated; at most MOST_FINDINGS, the last of which says so."""
    if root.name != wanted_root:
        message = f"the document is not the one that belongs here: its first element must be <{wanted_root}>"
        return (_fault("root", local(root.name), root, message),)
    found: list[Finding] = []
    for each in _element(root, wanted_root, wanted_root):
        if len(found) == MOST_FINDINGS:
            more = f"there is more: only the first {MOST_FINDINGS} findings are told"
            found[-1] = _fault("many", wanted_root, root, more)
            break
        found.append(each)
    return tuple(found)


def local(name: str) -> str:
    """The name without its namespace, cut to a length that is one."""
    return name.rpartition("}")[2][:60]


def placed(node: Node) -> Iterator[tuple[str, Node]]:
    """Each child with its step in a path, numbered where its name stands more than once."""
    numbers = Counter(child.name for child in node.children)
    seen: Counter[str] = Counter()
    for child in node.children:
        seen[child.name] += 1
        yield local(child.name) + (f"[{seen[child.name]}]" if numbers[child.name] > 1 else ""), child


def _element(node: Node, type: str, place: str) -> Iterator[Finding]:
    shape = shape_of(type)
    if type == "open":
        return
    attributes = shape.attributes if shape else {}
    yield from _attributes(node, shape, place)
    for name, attribute in attributes.items():
        if attribute.required and name not in node.attributes:
            yield _fault("attribute", f"{place}/@{name}", node, "is missing")
    if shape is None or shape.order is Order.TEXT:
        yield from _text(node, shape.base if shape else type, place)
        return
    if node.text.strip(SPACE) or (node.text and not shape.parts):
        yield _fault("text", place, node, "holds text where only elements may stand")
    yield from _children(node, shape, type, place)


def _attributes(node: Node, shape: Shape | None, place: str) -> Iterator[Finding]:
    for name, value in node.attributes.items():
        known = shape.attributes.get(name) if shape else None
        where = f"{place}/@{local(name)}"
        if known is not None:
            if right := wanted(known.type, value):
                yield _fault("value", where, node, f"must be {right}")
        elif name == TYPE_HINT:
            yield _note("type", where, node, "names a type, which is left aside: the element’s name says its type")
        elif name not in HINTS:
            yield _fault("attribute", where, node, _no_attribute(shape))


def _no_attribute(shape: Shape | None) -> str:
    names = ", ".join(shape.attributes) if shape else ""
    return f"is no attribute of this element; it takes {names}" if names else "is no attribute: this element takes none"


def _text(node: Node, type: str, place: str) -> Iterator[Finding]:
    if node.children:
        yield _fault("element", place, node, "holds elements where only text may stand")
    elif right := wanted(type, node.text):
        yield _fault("value", place, node, f"must be {right}")


def _children(node: Node, shape: Shape, type: str, place: str) -> Iterator[Finding]:
    """Each child once against the table, then what is missing. `at` is the part that the sequence has reached."""
    counts = [0] * len(shape.parts)
    at = 0
    for step, child in placed(node):
        where = f"{place}/{step}"
        index = next((i for i, part in enumerate(shape.parts) if _named(part, child.name)), None)
        if index is None:
            yield _unknown(child, shape, type, where)
            continue
        element = _named(shape.parts[index], child.name)
        assert element is not None  # the part was found by it
        if shape.order is Order.SEQUENCE and index < at:
            yield _fault("order", where, child, f"stands too late: it belongs before <{_first(shape.parts[at])}>")
        at, counts[index] = max(at, index), counts[index] + 1
        if counts[index] > shape.parts[index].most:
            yield _fault("number", where, child, _too_many(shape.parts[index]))
        if element.newer:
            yield _note("newer", where, child, "came after the schema of November 2025; it is kept")
        yield from _element(child, element.type, where)
    for part, count in zip(shape.parts, counts, strict=True):
        if count < part.least:
            yield _missing(part, place, node)


def _named(part: Part, name: str) -> Element | None:
    return next((each for each in part.elements if each.name == name), None)


def _first(part: Part) -> str:
    return part.elements[0].name


def _too_many(part: Part) -> str:
    if len(part.elements) > 1:
        return (
            "is one too many: only one of " + ", ".join(f"<{each.name}>" for each in part.elements) + " may stand here"
        )
    return f"is one too many: at most {part.most} may stand here"


def _missing(part: Part, place: str, node: Node) -> Finding:
    if len(part.elements) > 1:
        names = ", ".join(f"<{each.name}>" for each in part.elements)
        return _fault("missing", place, node, f"is empty and must hold one of {names}")
    number = "at least one" if part.most == ANY else "one"
    return _fault("missing", f"{place}/{_first(part)}", node, f"is missing; there must be {number}")


def _unknown(child: Node, shape: Shape, type: str, place: str) -> Finding:
    if type in ANNOTATIONS and not child.name.startswith("{"):
        return _note("annotation", place, child, "is no annotation that is known here; it is kept as it was sent")
    names = [each.name for part in shape.parts for each in part.elements]
    if child.name.startswith("{") and local(child.name) in names:
        return _fault("namespace", place, child, "stands in a namespace; the elements of this form stand in none")
    takes = ", ".join(f"<{name}>" for name in names) or "no elements"
    return _fault("element", place, child, f"does not belong here; its parent takes {takes}")


def _fault(rule: str, place: str, node: Node, message: str) -> Finding:
    return Finding(weight=Weight.FAULT, rule=rule, place=place, message=message, line=node.line)


def _note(rule: str, place: str, node: Node, message: str) -> Finding:
    return Finding(weight=Weight.NOTE, rule=rule, place=place, message=message, line=node.line)
