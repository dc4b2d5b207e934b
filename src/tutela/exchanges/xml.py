"""Small answers in XML, read whole and bounded. Lists of entries are read by `tutela.hashlists`.

Rules: document types and entities are refused; nothing is fetched; only elements of the service's namespace count.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from lxml import etree

from tutela.errors import Unavailable

MOST_OCTETS = 8 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Element:
    """An element without its children: text without outer white space, and attributes."""

    text: str
    attributes: Mapping[str, str]


def elements(body: bytes, *, namespace: str, root: str, name: str) -> Iterator[Element]:
    """Every element `name` in a document whose root is `root`. Raises Unavailable for any other document."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        tree = etree.fromstring(body[: MOST_OCTETS + 1], parser) if len(body) <= MOST_OCTETS else None
    except (etree.XMLSyntaxError, ValueError):
        tree = None
    if tree is None or tree.getroottree().docinfo.internalDTD is not None or tree.tag != f"{{{namespace}}}{root}":
        raise Unavailable(f"the service answered with something else than <{root}>", place="service")
    for found in tree.iter(f"{{{namespace}}}{name}"):
        attributes = {str(key): str(value) for key, value in found.attrib.items()}
        yield Element(text=(found.text or "").strip(), attributes=attributes)
