"""Generated pictures, and what a reader gives of a container that holds one."""

import io
import tarfile
import zipfile
import zlib
from collections.abc import Iterable
from email.message import EmailMessage

import pikepdf
import py7zr
from PIL import Image

from tutela.scanning.containers import members, reader_of
from tutela.scanning.containers.bounds import MOST_OCTETS, Bounds
from tutela.scanning.containers.recognition import HEAD, TAIL
from tutela.scanning.options import Options
from tutela.scanning.parts import Part


def drawn(seed: int, form: str = "PNG", side: int = 96) -> bytes:
    pixels = bytes((x * x * (seed % 7 + 1) + y * (seed * 13 + 5)) // 32 % 256 for y in range(side) for x in range(side))
    made = io.BytesIO()
    Image.frombytes("L", (side, side), pixels).save(made, form)
    return made.getvalue()


def looked(data: bytes, options: Options | None = None, most_octets: int = MOST_OCTETS) -> list[Part]:
    """Every member, as the scanner sees them; none when `data` is no container."""
    reader = reader_of(data[:HEAD], data[-TAIL:])
    bounds = Bounds(options or Options(), lambda: None, size=len(data), most_octets=most_octets)
    return [] if reader is None else list(members(io.BytesIO(data), reader, bounds, lambda _: True))


def mutated(data: bytes, cuts: Iterable[tuple[int, bytes]]) -> bytes:
    made = bytearray(data)
    for at, octets in cuts:
        at %= len(made)
        made[at : at + len(octets)] = octets
    return bytes(made)


def zipped(files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", method) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return made.getvalue()


def tarred(files: dict[str, bytes], form: int = tarfile.PAX_FORMAT) -> bytes:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w", format=form) as archive:
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return made.getvalue()


def paged(
    picture: bytes | Image.Image,
    pages: int = 1,
    drawing: bytes = b"",
    attached: dict[str, bytes] | None = None,
    **locks: str,
) -> bytes:
    """A PDF with a JPEG or a picture of pixels in a form that its pages draw; `locks`: password, owner."""
    pdf = pikepdf.new()
    form = pikepdf.Stream(pdf, b"/P Do", Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Form, BBox=[0, 0, 1, 1])
    form.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(P=_placed(pdf, picture)))
    for _ in range(pages):
        page = pdf.add_blank_page()
        page.obj.Contents = pikepdf.Stream(pdf, drawing or b"/F Do")
        page.obj.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(F=form))
    for name, data in (attached or {}).items():
        pdf.attachments[name] = pikepdf.AttachedFileSpec(pdf, data, filename=name)
    made = io.BytesIO()
    lock = pikepdf.Encryption(user=locks.get("password", ""), owner=locks.get("owner", locks.get("password", "")))
    pdf.save(made, encryption=lock if locks else False, linearize=False, static_id=not locks)
    return made.getvalue()


def _placed(pdf: pikepdf.Pdf, picture: bytes | Image.Image) -> pikepdf.Stream:
    shown = Image.open(io.BytesIO(picture)) if isinstance(picture, bytes) else picture
    names = {"RGB": "/DeviceRGB", "CMYK": "/DeviceCMYK"}
    space: object = pikepdf.Name(names.get(shown.mode, "/DeviceGray"))
    if shown.mode == "P":
        palette = bytes(shown.getpalette("RGB") or b"")
        last = len(palette) // 3 - 1
        space = pikepdf.Array([pikepdf.Name.Indexed, pikepdf.Name.DeviceRGB, last, pikepdf.String(palette)])
    stored = pikepdf.Stream(pdf, picture if isinstance(picture, bytes) else zlib.compress(shown.tobytes()))
    stored.Type, stored.Subtype, stored.ColorSpace = pikepdf.Name.XObject, pikepdf.Name.Image, space
    stored.Width, stored.Height, stored.BitsPerComponent = *shown.size, 1 if shown.mode == "1" else 8
    stored.Filter = pikepdf.Name.DCTDecode if isinstance(picture, bytes) else pikepdf.Name.FlateDecode
    return stored


def mailed(files: dict[str, bytes], forwarded: EmailMessage | None = None) -> EmailMessage:
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = "a@site.example", "b@site.example", "holiday"
    made.set_content("words")
    for name, data in files.items():
        made.add_attachment(data, maintype="image", subtype="png", filename=name)
    if forwarded is not None:
        made.add_attachment(forwarded)
    return made


def sevened(files: dict[str, bytes], *, plain: bool = False, **options: object) -> bytes:
    """`plain`: its header is not compressed."""
    made = io.BytesIO()
    with py7zr.SevenZipFile(made, "w", **options) as archive:
        archive.set_encoded_header_mode(not plain)
        for name, data in files.items():
            archive.writestr(data, name)
    return made.getvalue()
