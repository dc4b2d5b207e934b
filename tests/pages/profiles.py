"""A colour profile that is not sRGB: wide primaries and a plain gamma, as small as ICC.1:2022 allows."""

import struct

DATE = (2024, 1, 1, 0, 0, 0)
NAME = b"Wide test colours\0"
WHITE = (0.9642, 1.0, 0.8249)  # D50
PRIMARIES = {b"rXYZ": (0.7165, 0.2587, 0.0), b"gXYZ": (0.1010, 0.7247, 0.0512), b"bXYZ": (0.1467, 0.0166, 0.7737)}


def wide_profile() -> bytes:
    """A matrix profile of the class `mntr` for RGB."""
    curve = b"curv" + bytes(4) + struct.pack(">IH", 1, 563) + bytes(2)  # a gamma of 2.2
    name = b"desc" + bytes(4) + struct.pack(">I", len(NAME)) + NAME + bytes(78)
    tags = {b"desc": name, b"cprt": b"text" + bytes(4) + b"none\0\0\0\0", b"wtpt": _xyz(WHITE)}
    tags |= {tag: _xyz(value) for tag, value in PRIMARIES.items()}
    tags |= dict.fromkeys((b"rTRC", b"gTRC", b"bTRC"), curve)
    table, data, first = struct.pack(">I", len(tags)), b"", 128 + 4 + 12 * len(tags)
    for tag, value in tags.items():
        table += tag + struct.pack(">II", first + len(data), len(value))
        data += value + bytes(-len(value) % 4)
    head = struct.pack(">I4xI12s6H4s28x", 128 + len(table + data), 0x02400000, b"mntrRGB XYZ ", *DATE, b"acsp")
    return (head + _numbers(WHITE)).ljust(128, b"\0") + table + data


def _xyz(value: tuple[float, ...]) -> bytes:
    return b"XYZ " + bytes(4) + _numbers(value)


def _numbers(value: tuple[float, ...]) -> bytes:
    return b"".join(struct.pack(">i", round(each * 65536)) for each in value)
