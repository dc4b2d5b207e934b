"""Hostile bytes of XML into a frozen tree, bounded in size, depth, number of elements and of attributes.

Rules:
- document types are refused, so there are no entities and nothing is fetched (and the parser is told so as well)
- a missing declaration means UTF-8. A declared character set that is wrong, unknown or not taken is a note, where the
  bytes can be read otherwise: as UTF-8, at the end as Windows-1252
- comments and processing instructions are left out; a name in a namespace is `{namespace}name`
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from lxml import etree

from tutela.errors import Invalid, Limited
from tutela.wire.form import Finding, Weight

MOST_BYTES = 8 << 20
MOST_DEPTH = 32
MOST_ELEMENTS = 50_000
MOST_ATTRIBUTES = 32
CHUNK = 1 << 16
DECLARATION = re.compile(r"<\?xml\s[^>]{0,200}\?>")
DECLARED = re.compile(rb"^(?:\xef\xbb\xbf)?<\?xml\s[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9._-]{1,40})[\"']")
SINGLE = frozenset(
    {"us-ascii", "ascii", *(f"iso-8859-{n}" for n in range(1, 16)), *(f"windows-125{n}" for n in "0127")}
)
MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Node:
    """An element. `text` is its own character data, children's left out; `line` counts from 1."""

    name: str
    line: int
    text: str
    attributes: Mapping[str, str]
    children: tuple["Node", ...]

    def __repr__(self) -> str:
        """What a document says must not reach logs or tracebacks."""
        return f"Node({self.name!r}, line={self.line})"

    def all(self, *path: str) -> Iterator["Node"]:
        """Every element below that the path of names leads to, in the order of the document."""
        if not path:
            yield self
            return
        for child in self.children:
            if child.name == path[0]:
                yield from child.all(*path[1:])

    def first(self, *path: str) -> "Node | None":
        return next(self.all(*path), None)

    def said(self, *path: str) -> str:
        """The text of the first such element without outer white space; empty where there is none."""
        found = self.first(*path)
        return found.text.strip() if found else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tree:
    """A document: its root, and notes about how it had to be read."""

    root: Node
    notes: tuple[Finding, ...]


def parse(raw: bytes, *, most_bytes: int = MOST_BYTES) -> Tree:
    """Raises Invalid for what is no well-formed XML or has a document type, Limited past a bound; both with a place."""
    if len(raw) > most_bytes:
        raise Limited(f"has more than the {most_bytes} bytes that are read", place="document")
    text, notes = _decoded(raw)
    _refuse_document_type(text)
    return Tree(root=_node(_built(text)), notes=notes)


def root_name(raw: bytes) -> str:
    """The name of the first element, told from the first bytes; empty when there is none. Never raises."""
    head = raw[:8192]
    for mark, codec in MARKS:
        if head.startswith(mark):
            head = head.decode(codec, "replace").encode()
            break
    at = _prolog_end(head.decode("utf-8", "replace"))
    found = re.match(r"<(?:[\w.-]{1,60}:)?([\w.-]{1,80})[\s/>]", head.decode("utf-8", "replace")[at : at + 200])
    return found[1] if found else ""


def _decoded(raw: bytes) -> tuple[str, tuple[Finding, ...]]:
    """The text without its declaration's character set, and a note when that was not the one it is written in."""
    declared = (found[1].decode().lower() if (found := DECLARED.match(raw)) else "").replace("_", "-")
    marked = next((codec for mark, codec in MARKS if raw.startswith(mark)), "")
    asked = marked or {"cp1252": "windows-1252", "latin1": "iso-8859-1", "utf8": "utf-8"}.get(declared, declared)
    for codec in (asked if asked in SINGLE or asked.startswith("utf-") else "utf-8", "utf-8", "windows-1252"):
        if codec in SINGLE and codec == asked and not raw.isascii() and _reads(raw, "utf-8") is not None:
            continue  # bytes that happen to be UTF-8 are UTF-8: nobody writes that by accident
        if codec in {"utf-16", "utf-16le", "utf-16be", "utf-32"} and not marked:
            continue  # the declaration itself was read as single bytes
        text = _reads(raw, codec)
        if text is not None:
            return _undeclared(text), _charset_notes(declared, asked, codec, is_plain=raw.isascii())
    raise Invalid("is not written in UTF-8, nor in a character set that is taken", place="document")


def _reads(raw: bytes, codec: str) -> str | None:
    try:
        return raw.decode(codec)
    except (UnicodeDecodeError, LookupError):
        return None


def _undeclared(text: str) -> str:
    """Without the declaration, and with as many lines as before: the text is handed on as UTF-8."""
    text = text.removeprefix("\ufeff")
    found = DECLARATION.match(text)
    return "\n" * found[0].count("\n") + text[found.end() :] if found else text


def _charset_notes(declared: str, asked: str, codec: str, *, is_plain: bool) -> tuple[Finding, ...]:
    if not declared or codec == asked or (is_plain and asked in SINGLE):
        return ()
    message = f"declares another character set than it is written in: read as {codec.upper()}; declare UTF-8"
    return (Finding(weight=Weight.NOTE, rule="charset", place="declaration", message=message, line=1),)


def _prolog_end(text: str) -> int:
    """Where the first thing stands that is neither white space, comment, nor processing instruction."""
    at = 0
    while True:
        while at < len(text) and text[at] in " \t\r\n\ufeff":
            at += 1
        if text.startswith("<!--", at):
            end, size = text.find("-->", at + 4), 3
        elif text.startswith("<?", at):
            end, size = text.find("?>", at + 2), 2
        else:
            return at
        if end < 0:
            return len(text)
        at = end + size


def _refuse_document_type(text: str) -> None:
    at = _prolog_end(text)
    if text.startswith("<!DOCTYPE", at):
        line = text.count("\n", 0, at) + 1
        raise Invalid("has a document type, which is refused: leave <!DOCTYPE …> out", place=f"line {line}")


def _built(text: str) -> etree._Element:
    parser = etree.XMLPullParser(
        events=("start", "end"),
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    count = depth = 0
    try:
        data = text.encode()
        for start in range(0, len(data), CHUNK):
            parser.feed(data[start : start + CHUNK])
            for event, element in parser.read_events():
                count, depth = count + (event == "start"), depth + (1 if event == "start" else -1)
                assert isinstance(element, etree._Element)  # what these two events carry
                _bound(element, count, depth)
        root = parser.close()
    except etree.XMLSyntaxError as error:
        raise _malformed(error) from None
    except (ValueError, UnicodeEncodeError):
        raise Invalid("holds characters that XML does not have", place="document") from None
    if root is None or root.getroottree().docinfo.internalDTD is not None:
        raise Invalid("is no XML document that can be read", place="document")
    return root


def _bound(element: etree._Element, count: int, depth: int) -> None:
    place = f"line {_line(element)}"
    if depth > MOST_DEPTH:
        raise Limited(f"elements stand more than {MOST_DEPTH} deep", place=place)
    if count > MOST_ELEMENTS:
        raise Limited(f"has more than {MOST_ELEMENTS} elements", place=place)
    if len(element.attrib) > MOST_ATTRIBUTES:
        raise Limited(f"an element has more than {MOST_ATTRIBUTES} attributes", place=place)


def _line(element: etree._Element) -> int:
    return int(getattr(element, "sourceline", 0) or 0)  # the stubs of lxml give it no type


def _malformed(error: etree.XMLSyntaxError) -> Invalid:
    """Where it breaks. What the parser says is left out: it repeats what was there."""
    line, column = error.position if error.position and error.position[0] else (1, 1)
    return Invalid("is not well-formed XML: it breaks here", place=f"line {line}, column {column}")


def _node(element: etree._Element) -> Node:
    """Depth is bounded already."""
    own = [element.text or ""]
    children = []
    for child in element:
        if isinstance(child.tag, str):
            children.append(_node(child))
        own.append(child.tail or "")
    return Node(
        name=str(element.tag),
        line=_line(element),
        text="".join(own),
        attributes=MappingProxyType({str(key): str(value) for key, value in element.attrib.items()}),
        children=tuple(children),
    )
