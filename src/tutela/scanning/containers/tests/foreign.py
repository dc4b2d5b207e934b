"""Archives for tests that nothing on the machine writes: made here, from the published notes on their formats."""

import zlib
from ctypes import byref, c_size_t, create_string_buffer
from struct import pack

_ROOM = 8 << 20
RAR_4, RAR_5 = b"Rar!\x1a\x07\0", b"Rar!\x1a\x07\1\0"
END_4, END_5 = b"\xc4\x3d\x7b\0\x40\7\0", b"\x1d\x77\x56\x51\3\5\4\0"


def block_4(kind: int, flags: int, body: bytes) -> bytes:
    head = pack("<BHH", kind, flags, 7 + len(body)) + body
    return pack("<H", zlib.crc32(head) & 0xFFFF) + head


def file_4(name: bytes, data: bytes, flags: int = 0, method: int = 0x30, mode: int = 0x20, size: int = -1) -> bytes:
    """A stored file. `size`: what it claims, when that differs."""
    told = len(data) if size < 0 else size
    body = pack("<IIBIIBBHI", len(data), told, 2, zlib.crc32(data), 0, 29, method, len(name), mode) + name
    return block_4(0x74, flags | 0x8000, body) + data


def rar_4(*files: bytes, flags: int = 0, end: bytes = END_4) -> bytes:
    return RAR_4 + block_4(0x73, flags, bytes(6)) + b"".join(files) + end


def number(value: int) -> bytes:
    """Seven bits to an octet."""
    made = bytearray()
    while value > 0x7F:
        made.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*made, value])


def block_5(kind: int, flags: int, body: bytes) -> bytes:
    head = number(kind) + number(flags) + body
    head = number(len(head)) + head
    return pack("<I", zlib.crc32(head)) + head


def file_5(name: str, data: bytes, flags: int = 0, how: int = 0, extra: bytes = b"", size: int = -1) -> bytes:
    told = len(data) if size < 0 else size
    octets = name.encode("utf-8", "surrogateescape")
    body = (number(len(extra)) if extra else b"") + number(len(data))
    body += number(4) + number(told) + number(0x20) + pack("<I", zlib.crc32(data))
    body += number(how) + number(1) + number(len(octets)) + octets + extra
    return block_5(2, flags | 2 | bool(extra), body) + data


def rar_5(*files: bytes, flags: int = 0, end: bytes = END_5) -> bytes:
    return RAR_5 + block_5(1, 0, number(flags)) + b"".join(files) + end


def cab(files: dict[str, bytes], *, compressed: bool = True, flags: int = 0) -> bytes:
    """One folder, as MS-CAB has it: blocks of 32 KiB, MSZIP or as they are. `flags`: 1, 2: cabinets before, behind."""
    data, blocks, window = b"".join(files.values()), b"", b""
    count = -(-len(data) // 32768)
    for at in range(0, len(data), 32768):
        plain = data[at : at + 32768]
        packed = plain
        if compressed:
            maker = zlib.compressobj(9, zlib.DEFLATED, -15, 8, zlib.Z_DEFAULT_STRATEGY, window)
            packed, window = b"CK" + maker.compress(plain) + maker.flush(), plain
        blocks += pack("<IHH", 0, len(packed), len(plain)) + packed
    rows, begin = b"", 0
    for name, octets in files.items():
        rows += pack("<IIHHHH", len(octets), begin, 0, 0x5A21, 0, 0x80) + name.encode() + b"\0"
        begin += len(octets)
    others = b"".join(b"%s.cab\0disk\0" % side for bit, side in ((1, b"before"), (2, b"behind")) if flags & bit)
    first = 36 + len(others)
    folder = pack("<IHH", first + 8 + len(rows), count, int(compressed))
    size = first + 8 + len(rows) + len(blocks)
    head = pack("<4sIIIIIBBHHHHH", b"MSCF", 0, size, 0, first + 8, 0, 3, 1, 1, len(files), flags, 7, 0)
    return head + others + folder + rows + blocks


def lha(files: dict[str, bytes], method: bytes = b"-lh0-") -> bytes:
    """Headers of level 0; members as they are, or in `-lh5-` to `-lh7-` as blocks of octets without any repeat."""
    made = b""
    for name, data in files.items():
        packed = _literal(data, 4 if method == b"-lh5-" else 5) if method in (b"-lh5-", b"-lh6-", b"-lh7-") else data
        body = method + pack("<IIIBB", len(packed), len(data), 0x5A210000, 0x20, 0)
        body += bytes([len(name.encode())]) + name.encode() + pack("<H", _crc_16(data))
        made += bytes([len(body), sum(body) & 0xFF]) + body + packed
    return made + b"\0"


def _literal(data: bytes, places: int) -> bytes:
    """Blocks whose codes are the octets themselves: 256 codes of eight bits, no code for places."""
    bits = ""
    for at in range(0, len(data), 0xFFFF):
        block = data[at : at + 0xFFFF]
        bits += f"{len(block):016b}{0:05b}{10:05b}{256:09b}{0:0{places}b}{0:0{places}b}"
        bits += "".join(f"{octet:08b}" for octet in block)
    return int(bits.ljust(-(-len(bits) // 8) * 8, "0") or "0", 2).to_bytes(-(-len(bits) // 8))


def _crc_16(data: bytes) -> int:
    """CRC-16/ARC."""
    crc = 0
    for octet in data:
        crc ^= octet
        for _ in range(8):
            crc = crc >> 1 ^ (0xA001 if crc & 1 else 0)
    return crc


def by_libarchive(form: str, files: dict[str, bytes], *, mode: int = 0o100644, through: str = "") -> bytes:
    """In a format that libarchive writes, where it is on the machine; compressed by `through`."""
    from libarchive import ffi

    archive, made, used = ffi.write_new(), create_string_buffer(_ROOM), c_size_t()
    ffi.get_write_format_function(form)(archive)
    if through:
        ffi.get_write_filter_function(through)(archive)
    ffi.write_open_memory(archive, made, _ROOM, byref(used))
    for name, data in files.items():
        entry = ffi.entry_new()
        ffi.entry_update_pathname_utf8(entry, name.encode())
        ffi.entry_set_size(entry, len(data))
        ffi.entry_set_mode(entry, mode)
        if mode & 0o170000 == 0o120000:
            ffi.entry_copy_link(entry, data)
        ffi.write_header(archive, entry)
        ffi.write_data(archive, data, len(data))
        ffi.write_finish_entry(archive)
        ffi.entry_free(entry)
    ffi.write_close(archive)
    ffi.write_free(archive)
    return made.raw[: used.value]
