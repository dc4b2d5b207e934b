"""NCMEC hash sharing, version 2: one page of XML, and the link to the next page.

Rules:
- document types and entities are refused outright; nothing is fetched; size, depth and text are bounded
- where the XML is not well formed the place is reported, the entry around it is left out, and the rest is read:
  libxml2 repairs the document, and an entry counts only when no repair fell between its start and its end
- a bad fingerprint, classification or time costs only itself; an entry without id or fingerprints is a problem
- an entry's place is its number among its kind on the page, a repair's place its line and column
- times are UTC; links (`href`) to TMK and Videntifier files are no fingerprints and are left out
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO

from lxml import etree

from tutela.errors import Invalid, Limited
from tutela.hashlists.entry import ListEntry, Problem, Read
from tutela.hashlists.ncmec_entry import KINDS, Element, entries_of

NAMESPACE = "https://hashsharing.ncmec.org/hashsharing/v2"
MOST_OCTETS = 64 << 20
MOST_DEPTH = 24
MOST_REPAIRS = 80  # libxml2 stops reporting at 100, and an unreported repair could pass for a whole entry
MOST_TEXT = 8192
MOST_PARTS = 20_000  # elements in one entry


class Page:
    """One page, at most 64 MiB: iterate once for entries and problems; then `next` links to the next page or is None.

    `is_whole` is then true when it was well-formed XML to its end, so that no entry and no link can be missing.
    Raises Invalid when it is no such page or has a document type, Limited beyond the bounds. What was read before
    is not lost: the error comes after it. Holds the entries of one page in memory, never its XML.
    """

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.next: str | None = None
        self.is_whole = False

    def __iter__(self) -> Read:
        target = _Target()
        parser = etree.XMLParser(
            target=target,  # type: ignore[arg-type]  # lxml takes any object with these methods, its stubs do not
            recover=True,
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            huge_tree=False,
        )
        target.parser = parser
        failed: Exception | None = None
        try:
            etree.parse(_Bounded(self._stream, target), parser)  # type: ignore[arg-type]  # anything with `read` will do
        except (Invalid, Limited, etree.XMLSyntaxError) as error:
            failed = error
        yield from target.read
        self.next = target.next
        if isinstance(failed, etree.XMLSyntaxError) or (failed is None and not target.is_page):
            raise Invalid(f"expected XML with the root queryResult of {NAMESPACE}", place="page") from failed
        if failed is not None:
            raise failed
        self.is_whole = target.is_closed and not target.has_repairs
        if not target.is_closed:
            yield Problem(place="page", message="the page ends before its root is closed; entries may be missing")


def read(stream: BinaryIO) -> Read:
    """Entries and problems of one page. Raises Invalid and Limited as `Page`."""
    return iter(Page(stream))


class _Bounded:
    """The stream, up to so many bytes and until the target has had enough."""

    def __init__(self, stream: BinaryIO, target: "_Target") -> None:
        self._stream = stream
        self._target = target
        self._left = MOST_OCTETS

    def read(self, size: int = 65536) -> bytes:
        if self._target.has_failed:
            return b""
        part = self._stream.read(min(size, 65536))
        self._left -= len(part)
        if self._left < 0:
            raise Limited(f"the page is larger than {MOST_OCTETS >> 20} MiB", place=f"byte {MOST_OCTETS}")
        return part


class _Target:
    """What the parser calls. Repairs show up in its log before the event they precede, so they can be placed."""

    def __init__(self) -> None:
        self.parser: Any = None
        self.read: list[ListEntry | Problem] = []
        self.next: str | None = None
        self.is_page = False
        self.has_failed = False
        self._repairs = 0
        self._path: list[Element] = []
        self._seen: Counter[str] = Counter()

    @property
    def is_closed(self) -> bool:
        return not self._path

    @property
    def has_repairs(self) -> bool:
        return self._repairs > 0

    def doctype(self, *_name: str | None) -> None:
        self._fail(
            Invalid("document types and entities are not accepted; send the page without DOCTYPE", place="DOCTYPE")
        )

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        before = self._repairs
        self._note_repairs()
        namespace, _, name = tag.rpartition("}")
        if not self._path:
            self.is_page = name == "queryResult" and namespace == "{" + NAMESPACE
            if not self.is_page:
                self._fail(Invalid(f"expected the root queryResult of {NAMESPACE}", place="page"))
        if len(self._path) >= MOST_DEPTH:
            self._fail(Limited(f"elements nested deeper than {MOST_DEPTH}", place=self._place()))
        self._path.append(self._opened(name if namespace == "{" + NAMESPACE else "", attributes, before))

    def data(self, text: str) -> None:
        self._note_repairs()
        if self._path and self._path[-1].is_short(text, MOST_TEXT):
            self._path[-1].text += text

    def end(self, _tag: str) -> None:
        self._note_repairs()
        element = self._path.pop()
        if element.name == "next" and self._path and self._path[-1].name == "paging":
            self.next = element.text.strip() or None
        elif element.name in KINDS:
            self.read.extend(self._entry(element))
        elif any(each.name in KINDS for each in self._path):
            self._keep(element)

    def close(self) -> None:
        self._note_repairs()

    def _opened(self, name: str, attributes: Mapping[str, str], repairs: int) -> Element:
        if name not in KINDS:
            return Element(name=name, place=self._place(), attributes=dict(attributes), repairs=repairs)
        self._seen[name] += 1
        return Element(name=name, place=f"{name} {self._seen[name]}", attributes=dict(attributes), repairs=repairs)

    def _keep(self, element: Element) -> None:
        """Hang a finished element on its parent, unless the entry around it has grown beyond all reason."""
        outer = next(each for each in reversed(self._path) if each.name in KINDS)
        outer.parts += 1
        if outer.parts <= MOST_PARTS:
            self._path[-1].children.append(element)

    def _entry(self, element: Element) -> Iterator[ListEntry | Problem]:
        if element.repairs != self._repairs:
            yield Problem(place=element.place, message=f"{element.name} is not well formed; the entry is left out")
        elif element.parts > MOST_PARTS:
            yield Problem(place=element.place, message=f"more than {MOST_PARTS} elements in one entry; it is left out")
        else:
            yield from entries_of(element)

    def _note_repairs(self) -> None:
        log = self.parser.error_log
        for error in log[self._repairs :]:
            place = f"line {error.line}, column {error.column}"
            self.read.append(Problem(place=place, message=f"not well-formed XML ({error.type_name})"))
        self._repairs = len(log)
        if self._repairs > MOST_REPAIRS:
            self._fail(Limited(f"more than {MOST_REPAIRS} places are not well-formed XML", place=self._place()))

    def _place(self) -> str:
        return self._path[-1].place if self._path else "page"

    def _fail(self, error: Exception) -> None:
        self.has_failed = True
        raise error
