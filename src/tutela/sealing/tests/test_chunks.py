import io
from itertools import pairwise

import pytest
from cryptography.cobblestone import Cobblestone256Decryptor, Cobblestone256Encryptor
from hypothesis import given, settings
from hypothesis import strategies as st

from tutela.errors import Invalid, VerificationFailed
from tutela.sealing import CHUNK, OVERHEAD, ChunkReader, ChunkSealer, open_chunks, seal_chunks

KEY, SALT = bytes(range(32)), bytes(24)
SIZES = [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK + 7]
SEALED_CHUNK = CHUNK + 16


def pattern(size: int) -> bytes:
    return (bytes(range(256)) * (size // 256 + 1))[:size]


def sealed(plain: bytes, context: bytes = b"exhibit 1") -> bytes:
    return b"".join(seal_chunks(KEY, [plain], context=context, salt=SALT))


def opened(stream: bytes, context: bytes = b"exhibit 1") -> bytes:
    return b"".join(open_chunks(KEY, io.BytesIO(stream), context=context))


@pytest.mark.parametrize("size", SIZES)
def test_a_stream_opens_and_the_library_agrees_both_ways(size: int) -> None:
    plain, theirs = pattern(size), Cobblestone256Encryptor(KEY, b"exhibit 1")
    reader = Cobblestone256Decryptor(KEY, b"exhibit 1")
    assert opened(sealed(plain)) == plain
    assert reader.update(sealed(plain)) + reader.finalize() == plain
    assert opened(theirs.update(plain) + theirs.finalize()) == plain


@settings(max_examples=20, deadline=None)
@given(st.lists(st.integers(0, 20_000), max_size=6), st.integers(1, 9_000))
def test_the_pieces_do_not_matter(sizes: list[int], step: int) -> None:
    plain = pattern(sum(sizes))
    cuts = [sum(sizes[:index]) for index in range(len(sizes) + 1)]
    pieces = [plain[a:b] for a, b in pairwise(cuts)]
    stream = b"".join(seal_chunks(KEY, pieces, context=b"c", salt=SALT))
    parts = (stream[start : start + step] for start in range(0, len(stream), step))
    assert stream == sealed(plain, b"c")
    assert b"".join(open_chunks(KEY, parts, context=b"c")) == plain


@pytest.mark.parametrize("cut", [0, 10, OVERHEAD, OVERHEAD + 5, OVERHEAD + SEALED_CHUNK, -SEALED_CHUNK, -1])
def test_a_cut_stream_is_refused(cut: int) -> None:
    with pytest.raises(VerificationFailed):
        opened(sealed(pattern(3 * CHUNK))[:cut])


def test_moved_and_added_chunks_are_named() -> None:
    stream = sealed(pattern(3 * CHUNK + 7))
    head, first = stream[:OVERHEAD], stream[OVERHEAD : OVERHEAD + SEALED_CHUNK]
    second = stream[OVERHEAD + SEALED_CHUNK : OVERHEAD + 2 * SEALED_CHUNK]
    with pytest.raises(VerificationFailed, match="chunk 0"):
        opened(head + second + first + stream[OVERHEAD + 2 * SEALED_CHUNK :])
    with pytest.raises(VerificationFailed, match="chunk 2"):
        opened(head + first + second + second)
    with pytest.raises(VerificationFailed, match="chunk 0"):
        opened(sealed(b"short") + b"\x00" * SEALED_CHUNK)


def test_nothing_of_a_changed_chunk_leaves() -> None:
    stream = bytearray(sealed(pattern(2 * CHUNK)))
    stream[OVERHEAD + SEALED_CHUNK + 3] ^= 1
    chunks = open_chunks(KEY, io.BytesIO(bytes(stream)), context=b"exhibit 1")
    assert next(chunks) == pattern(CHUNK)
    with pytest.raises(VerificationFailed, match="chunk 1"):
        next(chunks)


def test_another_context_opens_nothing() -> None:
    with pytest.raises(VerificationFailed, match="header"):
        opened(sealed(b"benign"), b"exhibit 2")


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(SIZES), st.integers(0, 4 * CHUNK), st.integers(0, 2 * CHUNK))
def test_any_part_can_be_read(size: int, offset: int, length: int) -> None:
    reader = ChunkReader(KEY, io.BytesIO(sealed(pattern(size))), context=b"exhibit 1")
    assert reader.size == size
    assert reader.read(offset, length) == pattern(size)[offset : offset + length]


@pytest.mark.parametrize("cut", [-1, -17, OVERHEAD + SEALED_CHUNK, OVERHEAD + 3, 20])
def test_a_reader_refuses_a_cut_file(cut: int) -> None:
    with pytest.raises(VerificationFailed):
        ChunkReader(KEY, io.BytesIO(sealed(pattern(2 * CHUNK + 100))[:cut]), context=b"exhibit 1")


def test_a_sealer_serves_once() -> None:
    sealer = ChunkSealer(KEY, context=b"", salt=SALT)
    sealer.finish()
    with pytest.raises(Invalid):
        sealer.update(b"more")
