"""Documents made from an XML Schema: valid ones, and ones that were spoilt in a few places.

No date stands between white space: the standard allows it and so do we, the validator compared with does not.
Only what the CyberTipline schema uses is known here: sequences, choices, `all`, references, simple content, lists of
values, patterns.
"""

from pathlib import Path

from hypothesis import strategies as st
from lxml import etree

XS = "{http://www.w3.org/2001/XMLSchema}"
TEXTS = {
    "xs:string": ["", " ", "a test message", "x\n y"],
    "xs:token": ["b0754af766b426f2928a02c651ed4b99", " a  b ", ""],
    "xs:boolean": ["true", "false", "1", "0", " true\n"],
    "xs:int": ["0", "-7", "+12", "2147483647", "-2147483648", " 3 ", "007"],
    "xs:long": ["4564654", "9223372036854775807", "-9223372036854775808", "1"],
    "xs:double": ["46.9", "-1", "1e3", "INF", "-INF", "NaN", ".5", "5.", " 7 "],
    "xs:date": ["2010-01-31", "2012-02-29", "2010-01-31Z", "2010-01-31+14:00", "-0044-03-15", "12024-01-01"],
    "xs:dateTime": [
        "2024-05-06T07:08:09Z",
        "2024-05-06T07:08:09",
        "2012-10-15T08:00:00-07:00",
        "2024-02-29T23:59:59.999999999Z",
        "2024-05-06T24:00:00Z",
        "2024-05-06T07:08:09.5+05:30",
    ],
}
SPOILT = [
    "", " ", "x", "TRUE", "yes", "1.0", "2147483648", "9223372036854775808", "--1", "+", "1_000", "٣", "1e400",
    "+INF", "infinity", "0x1", "1 2", "2024-02-30T00:00:00Z", "2023-02-29T00:00:00Z", "2024-13-01T00:00:00Z",
    "0000-01-01T00:00:00Z", "2024-05-06T24:00:01Z", "2024-05-06T23:59:60Z", "2024-05-06T7:08:09Z",
    "2024-05-06 07:08:09Z", "2024-05-06T07:08:09z", "2024-05-06T07:08:09+14:01", "2024-05-06T07:08:09+1400",
    "2024-05-06T07:08Z", "24-05-06T07:08:09Z", "02024-05-06T07:08:09Z", "2024-05-06T07:08:09.Z",
    "2024-05-06T07:08:09.0000000000001Z", "2024-05-06", "2010-02-30", "2010-1-1", "US", "us", " US", "USA", "UK",
    "Login", "login", " Login", "+41", "0041", "+1234", "12a", "Home", "A1", "EXIF", "Reported", "true", "false", "0",
    "1", "1" * 30, "VIRAL_POTENTIAL_MEME", "2024-05-06T24:00:00.000Z", "-0001-01-01T00:00:00Z",
    "2024-05-06T07:08:09-14:00",
]  # fmt: skip


class Schema:
    """A schema and the strategies that make documents of it."""

    def __init__(self, path: Path) -> None:
        tree = etree.parse(str(path))
        self.check = etree.XMLSchema(tree)
        self._elements = {each.get("name"): each for each in tree.getroot().findall(f"{XS}element")}
        self._types = {each.get("name"): each for each in tree.getroot() if each.tag != f"{XS}element"}
        self._fixed = [each.get("name") for each in tree.iter(f"{XS}element") if each.get("fixed")]
        self.names = sorted({each.get("name") for each in tree.iter(f"{XS}element") if each.get("name")})
        self.attributes = sorted({each.get("name") for each in tree.iter(f"{XS}attribute")})

    def is_fixed_otherwise(self, raw: bytes) -> bool:
        """Whether an annotation says `1`: equal to `true` by the standard, not for the validator compared with."""
        every = etree.fromstring(raw).iter(*self._fixed)
        return any((each.text or "").strip() in ("1", "true") and each.text != "true" for each in every)

    def accepts(self, raw: bytes) -> bool:
        return self.check.validate(etree.fromstring(raw))

    @st.composite
    @staticmethod
    def document(draw: st.DrawFn, schema: "Schema", root: str) -> etree._Element:
        return schema.element(draw, schema._elements[root], draw(st.integers(0, 3)))

    def element(self, draw: st.DrawFn, declared: etree._Element, many: int) -> etree._Element:
        declared = self._elements[declared.get("ref")] if declared.get("ref") else declared
        made = etree.Element(declared.get("name"))
        if declared.get("fixed"):
            made.text = draw(st.sampled_from([None, "true"]))
            return made
        complex_type = declared.find(f"{XS}complexType")
        if complex_type is None and declared.get("type") in self._types:
            complex_type = self._types[declared.get("type")]
        if complex_type is None or complex_type.tag == f"{XS}simpleType":
            made.text = draw(self.text(declared.get("type")))
        else:
            self.fill(draw, made, complex_type, many)
        return made

    def fill(self, draw: st.DrawFn, made: etree._Element, shape: etree._Element, many: int) -> None:
        extension = shape.find(f"{XS}simpleContent/{XS}extension")
        holder = shape if extension is None else extension
        for attribute in holder.findall(f"{XS}attribute"):
            if attribute.get("use") == "required" or draw(st.booleans()):
                made.set(attribute.get("name"), draw(self.text(attribute.get("type"))))
        if extension is not None:
            made.text = draw(self.text(extension.get("base")))
            return
        for group in shape:
            made.extend(self.group(draw, group, many))

    def group(self, draw: st.DrawFn, group: etree._Element, many: int) -> list[etree._Element]:
        parts = [each for each in group if each.tag in (f"{XS}element", f"{XS}choice")]
        if group.tag == f"{XS}choice":
            return self.times(draw, draw(st.sampled_from(parts)), many)
        found = [made for part in parts for made in self.times(draw, part, many)]
        return draw(st.permutations(found)) if group.tag == f"{XS}all" else found

    def times(self, draw: st.DrawFn, part: etree._Element, many: int) -> list[etree._Element]:
        if part.tag == f"{XS}choice":
            return self.group(draw, part, many)
        least, most = int(part.get("minOccurs", "1")), part.get("maxOccurs", "1")
        top = (2 if many else least) if most == "unbounded" else int(most)
        count = draw(st.integers(least, max(least, top))) if many > 0 else least
        return [self.element(draw, part, many - draw(st.integers(0, 2))) for _ in range(count)]

    def text(self, type: str) -> st.SearchStrategy[str]:
        if type in TEXTS:
            return st.sampled_from(TEXTS[type])
        shape = self._types[type]
        values = [each.get("value") for each in shape.iter(f"{XS}enumeration")]
        if values:
            return st.sampled_from(values)
        if shape.find(f".//{XS}pattern") is not None:
            return st.sampled_from(["+41", "+1", "+999"] if "Calling" in type else ["12", "0"])
        base = shape.find(f".//{XS}restriction") if shape.tag == f"{XS}simpleType" else None
        base = shape.find(f".//{XS}extension") if base is None else base
        return self.text(base.get("base"))


@st.composite
def spoilt(draw: st.DrawFn, schema: Schema, root: str) -> etree._Element:
    """A document with up to three places changed; some changes leave it valid."""
    document = draw(Schema.document(schema, root))
    for _ in range(draw(st.integers(1, 3))):
        every = [each for each in document.iter() if isinstance(each.tag, str)]
        node = every[draw(st.integers(0, len(every) - 1))]
        draw(st.sampled_from(CHANGES))(draw, schema, node)
    return document


def _say(draw, schema, node):
    node.text = draw(st.sampled_from(SPOILT))


def _rename(draw, schema, node):
    if node.getparent() is not None:
        node.tag = draw(st.sampled_from([*schema.names, "other", "{urn:example}report"]))


def _attribute(draw, schema, node):
    name = draw(st.sampled_from([*schema.attributes, *node.attrib, "other"]))
    node.set(name, draw(st.sampled_from(SPOILT)))


def _unset(draw, schema, node):
    if node.attrib:
        del node.attrib[draw(st.sampled_from(sorted(node.attrib)))]


def _remove(draw, schema, node):
    if node.getparent() is not None:
        node.getparent().remove(node)


def _repeat(draw, schema, node):
    if node.getparent() is not None:
        node.addnext(etree.fromstring(etree.tostring(node, with_tail=False)))


def _swap(draw, schema, node):
    before = node.getprevious()
    if before is not None:
        node.addnext(before)


def _move(draw, schema, node):
    every = [each for each in node.getroottree().iter("*") if each is not node and node not in each.iterancestors()]
    if node.getparent() is not None:
        every[draw(st.integers(0, len(every) - 1))].append(node)


def _comment(draw, schema, node):
    node.append(etree.Comment("a note"))


def _tail(draw, schema, node):
    if node.getparent() is not None:
        node.tail = draw(st.sampled_from(["\n ", "x", ""]))


CHANGES = [_say, _say, _say, _rename, _attribute, _attribute, _unset, _remove, _repeat, _swap, _move, _comment, _tail]
