"""What a web archive (WARC, ISO 28500) holds: the bodies of responses and resources. Needs the extra `scan`.

Rules:
- a record is a member named by the address it was fetched from
- a record that is too large or cannot be read is a member with a problem; a damaged archive ends with one that says so
- a body that came compressed over the wire is decompressed within bounds
"""

import zlib
from collections.abc import Iterator
from contextlib import suppress
from typing import Any, BinaryIO

from tutela.scanning.options import Options
from tutela.scanning.parts import Part, Pulse

NEEDS = "a web archive; looking into it needs the extra `scan`: install tutela[scan]"
DAMAGED = "the web archive is damaged here; what follows was not looked at"
_GZIP = b"\x1f\x8b"
_LONGEST_NAME = 4096
_MOST_HEADERS = 65_536


def is_web_archive(head: bytes) -> bool:
    """Whether a file that begins like this is one, as it is or in gzip."""
    if head.startswith(_GZIP):
        with suppress(zlib.error):
            head = zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(head, 16)
    return head.startswith(b"WARC/")


def members(stream: BinaryIO, options: Options, pulse: Pulse) -> Iterator[Part]:
    """The bodies in order. Never raises for what the archive holds."""
    try:
        from fastwarc.warc import ArchiveIterator, WarcRecordType
    except ImportError:
        yield Part(name="", data=None, problem=NEEDS)
        return
    stream.seek(0)
    kinds = WarcRecordType.response | WarcRecordType.resource
    try:
        for record in ArchiveIterator(stream, record_types=kinds, max_header_len=_MOST_HEADERS):
            pulse()
            yield _member(record, options)
    except (OSError, ValueError, EOFError, RuntimeError, MemoryError):
        yield Part(name="", data=None, problem=DAMAGED)


def _member(record: Any, options: Options) -> Part:
    name = str(record.headers.get("WARC-Target-URI") or record.record_id)[:_LONGEST_NAME]
    body = record.reader.read(options.max_bytes + 1)
    if len(body) > options.max_bytes:
        return Part(name=name, data=None, size=record.content_length, problem=_too_large(options))
    coding = str(record.http_headers.get("Content-Encoding", "")).strip().lower() if record.is_http_parsed else ""
    return _decoded(name, body, coding, options)


def _decoded(name: str, body: bytes, coding: str, options: Options) -> Part:
    if coding not in ("gzip", "x-gzip", "deflate"):
        return Part(name=name, data=body)
    for bits in (zlib.MAX_WBITS | 32, -zlib.MAX_WBITS):
        with suppress(zlib.error):
            plain = zlib.decompressobj(bits).decompress(body, options.max_bytes + 1)
            if len(plain) > options.max_bytes:
                return Part(name=name, data=None, problem=_too_large(options))
            return Part(name=name, data=plain)
    return Part(name=name, data=body)  # said to be compressed and is not


def _too_large(options: Options) -> str:
    return f"the member has more than the {options.max_bytes:,} bytes that are decoded"
