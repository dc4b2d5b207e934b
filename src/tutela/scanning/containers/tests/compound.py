"""Compound files made for tests, as MS-CFB 2.x says: one sector size, a short-sector store for what is small."""

import struct

_FREE, _END, _FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
_SECTOR, _SHORT, _CUTOFF = 512, 64, 4096
Tree = dict[str, "bytes | Tree"]


def compound(tree: Tree) -> bytes:
    """A file with these storages and streams."""
    return _Writer(tree).made()


class _Writer:
    def __init__(self, tree: Tree) -> None:
        self._sectors: list[bytes] = []
        self._fat: list[int] = []
        self._short, self._short_fat = bytearray(), list[int]()
        self._entries: list[list[object]] = [["Root Entry", 5, _FREE, _FREE, 0, 0]]
        self._entries[0][3] = self._children(tree)
        self._entries[0][4:6] = [self._chain(bytes(self._short)), len(self._short)]

    def _chain(self, data: bytes) -> int:
        if not data:
            return _END
        first = len(self._sectors)
        pieces = [data[at : at + _SECTOR].ljust(_SECTOR, b"\0") for at in range(0, len(data), _SECTOR)]
        self._sectors += pieces
        self._fat += [*range(first + 1, first + len(pieces)), _END]
        return first

    def _short_chain(self, data: bytes) -> int:
        first, count = len(self._short_fat), -(-len(data) // _SHORT)
        self._short += data.ljust(count * _SHORT, b"\0")
        self._short_fat += [*range(first + 1, first + count), _END] if count else []
        return first if count else _END

    def _children(self, tree: Tree) -> int:
        """Siblings are a chain to the right: a tree that leans, and one that every reader takes."""
        following = _FREE
        for name in sorted(tree, key=lambda each: (len(each), each.upper()), reverse=True):
            number, held = len(self._entries), tree[name]
            self._entries.append([name, 1, following, _FREE, 0, 0])
            if isinstance(held, dict):
                self._entries[number][1] = 1
                self._entries[number][3] = self._children(held)
            else:
                store = self._chain if len(held) >= _CUTOFF else self._short_chain
                self._entries[number][1:2] = [2]
                self._entries[number][4:6] = [store(held), len(held)]
            following = number
        return following

    def made(self) -> bytes:
        directory = self._chain(b"".join(self._entry(*each) for each in self._entries))
        shorts = struct.pack(f"<{len(self._short_fat)}I", *self._short_fat)
        short = self._chain(shorts + b"\xff" * (-len(shorts) % _SECTOR))
        count = 1
        while count * 128 < len(self._fat) + count:
            count += 1
        first = len(self._sectors)
        self._fat += [_FAT] * count
        fat = struct.pack(f"<{len(self._fat)}I", *self._fat).ljust(count * _SECTOR, b"\xff")
        head = struct.pack(
            "<8s16x5H6x9I", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 0x3E, 3, 0xFFFE, 9, 6, 0, count, directory, 0, _CUTOFF,
            short, -(-len(shorts) // _SECTOR), _END, 0,
        )  # fmt: skip
        places = [first + each for each in range(count)]
        head += struct.pack("<109I", *places, *[_FREE] * (109 - count))
        return head + b"".join(self._sectors) + fat

    def _entry(self, name: str, sort: int, right: int, child: int, start: int, size: int) -> bytes:
        text = name.encode("utf-16-le") + b"\0\0"
        left = _FREE
        return struct.pack(
            "<64sHBBIII16xI8x8xIQ", text, len(text), sort, 1, left, right, child, 0, start, size
        )  # fmt: skip
