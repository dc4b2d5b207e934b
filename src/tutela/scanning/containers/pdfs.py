"""What a PDF holds (ISO 32000): pictures, also small ones inside of drawing instructions, and attached files.

Rules:
- every object of the file is looked at once, whether a page shows it or not; the order is that of their numbers
- JPEG and JPEG 2000 come as they are stored; other pictures are made anew as PNG or TIFF within bounds of pixels,
  without the mask that would hide parts of them
- masks alone are no pictures
- a file that opens without a password is looked into, whatever it forbids; one that needs a password is told
"""

import warnings
from collections.abc import Iterator
from io import BytesIO
from typing import Any, BinaryIO

from PIL import Image

from tutela.scanning.containers.bounds import DAMAGED, DAMAGED_MEMBER, ENCRYPTED, FAULTS, REST, Bounds, named
from tutela.scanning.parts import Part

MAGIC = b"%PDF-"
WITHIN = 1024  # octets in which a reader looks for the head of the file
TOO_MANY_PIXELS = "the picture has more than the {:,} pixels that are decoded"
UNKNOWN = "a picture that is stored in a way that is not decoded here"
_MOST_FLATE = 512 << 20
_MOST_DRAWING = 16 << 20
_AS_STORED = ("/DCTDecode", "/DCT", "/JPXDecode")
_MOST_STORED_LARGER, _SMALL = 16, 65_536  # octets a pixel, and beside: no coding makes a picture larger


def members(stream: BinaryIO, bounds: Bounds) -> Iterator[Part]:
    """Pictures and attached files."""
    import pikepdf  # takes a while to load

    faults = (*FAULTS, pikepdf.exceptions.PikepdfError, Image.DecompressionBombError)
    pikepdf.settings.set_qpdf_limits(
        flate_max_memory=_MOST_FLATE, run_length_max_memory=_MOST_FLATE, png_max_memory=_MOST_FLATE,
        tiff_max_memory=_MOST_FLATE, parser_max_container_size=5_000_000,
    )  # fmt: skip
    try:
        with pikepdf.Pdf.open(stream) as pdf:
            yield from _File(pikepdf, pdf, bounds, faults).members()
    except pikepdf.PasswordError:
        yield Part(name=REST, data=None, problem=ENCRYPTED)
    except faults:
        yield Part(name=REST, data=None, problem=DAMAGED)


class _File:
    def __init__(self, pikepdf: Any, pdf: Any, bounds: Bounds, faults: tuple[type[BaseException], ...]) -> None:
        self._pikepdf, self._pdf, self._bounds, self._faults = pikepdf, pdf, bounds, faults
        self._unknown = (
            pikepdf.exceptions.NotExtractableError,
            pikepdf.UnsupportedImageTypeError,
            pikepdf.DependencyError,
        )
        self._masks: set[tuple[int, int]] = set()
        self._attached: dict[tuple[int, int], str] = {}
        self._drawings: set[tuple[int, int]] = set()

    def members(self) -> Iterator[Part]:
        for each in self._objects():
            self._note(each)
        for each in self._objects():
            if isinstance(each, self._pikepdf.Stream) and each.objgen not in self._masks:
                yield from self._of_stream(each)

    def _objects(self) -> Iterator[Any]:
        """Those that can be read; the others are as if they were not there."""
        objects = self._pdf.objects
        for number in range(len(objects)):
            self._bounds.spend(16)
            try:
                yield objects[number]
            except self._faults:
                continue

    def _note(self, each: Any) -> None:
        """What other objects say of a stream: that it is a mask, a file with a name, what a page draws."""
        try:
            if not isinstance(each, self._pikepdf.Dictionary | self._pikepdf.Stream):
                return
            for key in ("/SMask", "/Mask"):
                if isinstance(mask := each.get(key), self._pikepdf.Stream):
                    self._masks.add(mask.objgen)
            if isinstance(files := each.get("/EF"), self._pikepdf.Dictionary):
                name = str(each.get("/UF") or each.get("/F") or "")
                for key in ("/UF", "/F"):
                    if isinstance(file := files.get(key), self._pikepdf.Stream):
                        self._attached[file.objgen] = name
            if each.get("/Type") == "/Page":
                drawn = each.get("/Contents")
                for one in drawn if isinstance(drawn, self._pikepdf.Array) else [drawn]:
                    if isinstance(one, self._pikepdf.Stream):
                        self._drawings.add(one.objgen)
        except self._faults:
            return

    def _of_stream(self, each: Any) -> Iterator[Part]:
        try:
            key, sort, subtype = each.objgen, each.get("/Type"), each.get("/Subtype")
            if key in self._attached or sort == "/EmbeddedFile":
                yield self._file(each, named(self._attached.get(key, ""), f"$file/{key[0]}"))
            elif subtype == "/Image":
                yield self._picture(self._pikepdf.PdfImage(each), _length(each), f"$image/{key[0]}")
            elif subtype == "/Form" or key in self._drawings:
                yield from self._inline(each, key[0])
        except self._faults:
            yield Part(name=f"$object/{each.objgen[0]}", data=None, problem=DAMAGED_MEMBER)

    def _file(self, stream: Any, name: str) -> Part:
        self._bounds.count()
        try:
            if _length(stream) > self._bounds.most:
                return Part(name=name, data=None, problem=self._bounds.too_large)
            data = bytes(stream.read_bytes())
        except self._faults:
            return Part(name=name, data=None, problem=DAMAGED_MEMBER)
        return self._within(name, data)

    def _within(self, name: str, data: bytes) -> Part:
        self._bounds.spend(len(data))
        if len(data) > self._bounds.most:
            return Part(name=name, data=None, size=len(data), problem=self._bounds.too_large)
        return Part(name=name, data=data)

    def _picture(self, picture: Any, length: int, name: str) -> Part:
        """`length`: octets as they are stored."""
        self._bounds.count()
        try:
            filters, pixels = list(picture.filters), picture.width * picture.height
            if len(filters) == 1 and filters[0] in _AS_STORED:
                return self._stored(picture, length, name)
        except self._faults:
            return Part(name=name, data=None, problem=DAMAGED_MEMBER)
        most = self._bounds.options.max_pixels
        if not 0 < pixels <= most or length > _MOST_STORED_LARGER * pixels + _SMALL:
            return Part(name=name, data=None, problem=TOO_MANY_PIXELS.format(most))
        return self._made(picture, pixels, name)

    def _stored(self, picture: Any, length: int, name: str) -> Part:
        if length > self._bounds.most:
            return Part(name=name, data=None, size=length, problem=self._bounds.too_large)
        whole = isinstance(picture, self._pikepdf.PdfImage)
        return self._within(name, bytes((picture.obj if whole else picture).read_raw_bytes()))

    def _made(self, picture: Any, pixels: int, name: str) -> Part:
        """The picture as a file of its own."""
        self._bounds.spend(pixels)
        made = BytesIO()
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                if isinstance(picture, self._pikepdf.PdfImage):
                    picture.extract_to(stream=made, apply_mask=False)
                else:
                    picture.extract_to(stream=made)
        except self._unknown:
            return Part(name=name, data=None, problem=UNKNOWN)
        except self._faults:
            return Part(name=name, data=None, problem=DAMAGED_MEMBER)
        return self._within(name, made.getvalue())

    def _inline(self, drawing: Any, number: int) -> Iterator[Part]:
        """Pictures among the instructions of a page or a form."""
        octets = bytes(drawing.read_bytes())
        self._bounds.spend(len(octets))
        if len(octets) > _MOST_DRAWING or b"BI" not in octets or b"EI" not in octets:
            return
        count = 0
        for each in self._pikepdf.parse_content_stream(drawing, operators="BI ID EI"):
            if isinstance(each, self._pikepdf.ContentStreamInlineImage):
                self._bounds.spend(16)
                found = getattr(each, "iimage", None)
                if found is not None:
                    count += 1
                    yield self._picture(found, len(octets), f"$inline/{number}-{count}")


def _length(stream: Any) -> int:
    return int(stream.get("/Length", 0))
