"""Generated pictures, and what a reader gives of a container that holds one."""

import io
import tarfile
import zipfile
from collections.abc import Iterable

from PIL import Image

from tutela.scanning.containers import members, reader_of
from tutela.scanning.containers.bounds import MOST_OCTETS, Bounds
from tutela.scanning.options import Options
from tutela.scanning.parts import Part


def drawn(seed: int, form: str = "PNG", side: int = 96) -> bytes:
    pixels = bytes((x * x * (seed % 7 + 1) + y * (seed * 13 + 5)) // 32 % 256 for y in range(side) for x in range(side))
    made = io.BytesIO()
    Image.frombytes("L", (side, side), pixels).save(made, form)
    return made.getvalue()


def looked(data: bytes, options: Options | None = None, most_octets: int = MOST_OCTETS) -> list[Part]:
    """Every member, as the scanner sees them; none when `data` is no container."""
    reader = reader_of(data[:65_536])
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
