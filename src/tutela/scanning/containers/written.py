"""Pictures and files written as text: `data:` addresses (RFC 2397), RTF, uuencode (POSIX), yEnc.

Rules:
- in markup and RTF only what shows something or holds members is a member: other octets are part of the document
- what is cut short, or has signs that do not belong there, is given as far as it can be read
"""

import re
from binascii import Error, a2b_base64, a2b_uu
from collections.abc import Iterator
from typing import BinaryIO
from urllib.parse import unquote_to_bytes

from tutela.media import Kind, kind_of
from tutela.media.kinds import SIGNATURE_BYTES
from tutela.scanning.carving import carve_anywhere
from tutela.scanning.containers.bounds import REST, Bounds, named
from tutela.scanning.parts import Part

RTF = b"{\\rtf"
CODED = (b"begin ", b"=ybegin ")
_MARKUP = (b"<!doctype", b"<html", b"<svg", b"<?xml", b"<head", b"<body")
_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_BLANK = b" \t\r\n"
_SHOWN = (Kind.IMAGE, Kind.VIDEO, Kind.AUDIO, Kind.ARCHIVE, Kind.DOCUMENT)
_BASE64, _CODED = b";base64,", re.compile(rb"[A-Za-z0-9+/=%\s]*")
_LONGEST_HEAD, _SHORTEST = 200, 32
_HEX = re.compile(rb"[0-9A-Fa-f\r\n\t ]{128,}")
_BEGIN = re.compile(rb"^begin [0-7]{3,4} ([^\r\n]{1,255})\r?\n", re.MULTILINE)
_YBEGIN = re.compile(
    rb"^=ybegin [^\r\n]{1,200}?name=([^\r\n]{1,255})\r?\n(?:=ypart [^\r\n]{1,200}\r?\n)?", re.MULTILINE
)
_YEND = re.compile(rb"^=yend ", re.MULTILINE)
_SHIFTED = bytes((value - 42) % 256 for value in range(256))


def is_markup(head: bytes) -> bool:
    """Whether a file that begins like this is HTML or XML."""
    return head.removeprefix(b"\xef\xbb\xbf").lstrip(_BLANK)[:16].lower().startswith(_MARKUP)


def markup(stream: BinaryIO, bounds: Bounds) -> Iterator[Part]:
    """What `data:` addresses hold."""
    data = _held(stream, bounds)
    yield from [_too_large(bounds)] if data is None else _addresses(data, bounds)


def coded(stream: BinaryIO, bounds: Bounds) -> Iterator[Part]:
    """Files in uuencode or yEnc."""
    data = _held(stream, bounds)
    yield from [_too_large(bounds)] if data is None else _files(data, bounds)


def rtf(stream: BinaryIO, bounds: Bounds) -> Iterator[Part]:
    """Pictures and embedded documents, in hexadecimal or as they are."""
    data = _held(stream, bounds)
    if data is None:
        yield _too_large(bounds)
        return
    for number, run in enumerate(_HEX.finditer(data), 1):
        digits = _digits(data, run.start(), run.end())
        octets = bytes.fromhex(digits[: len(digits) & ~1].decode("ascii"))
        place = octets.find(_COMPOUND)
        if place >= 0 or _shows(octets):
            yield _member(f"$written/{number}", octets[max(place, 0) :], bounds)
            continue
        for at, picture in carve_anywhere(octets):
            yield _member(f"$written/{number}/$carved/{at}", picture, bounds)
    for at, picture in carve_anywhere(data):
        yield _member(f"$carved/{at}", picture, bounds)


def _digits(data: bytes, begin: int, end: int) -> bytes:
    """Those of a run, without the end of a control word that the run began with (`\\picw40`)."""
    run = data[begin:end]
    if begin and (data[begin - 1 : begin].isalnum() or data[begin - 1 : begin] in b"-\\"):
        run = run[len(run.split(maxsplit=1)[0]) :] if run[:1] not in _BLANK else run
    return run.translate(None, _BLANK)


def in_text(data: bytes, bounds: Bounds) -> Iterator[Part]:
    """All that may stand in the text of a message."""
    yield from _files(data, bounds)
    yield from _addresses(data, bounds)


def _held(stream: BinaryIO, bounds: Bounds) -> bytes | None:
    data = stream.read(bounds.most + 1)
    return data if len(data) <= bounds.most else None


def _too_large(bounds: Bounds) -> Part:
    return Part(name=REST, data=None, problem=bounds.too_large)


def _member(name: str, data: bytes, bounds: Bounds) -> Part:
    bounds.count()
    bounds.spend(len(data))
    if len(data) > bounds.most:
        return Part(name=name, data=None, size=len(data), problem=bounds.too_large)
    return Part(name=name, data=data)


def _shows(data: bytes) -> bool:
    return len(data) >= _SHORTEST and kind_of(data[:SIGNATURE_BYTES]) in _SHOWN


def _addresses(data: bytes, bounds: Bounds) -> Iterator[Part]:
    at, number = 0, 0
    while (at := data.find(_BASE64, at)) >= 0:
        head, begin = data[max(0, at - _LONGEST_HEAD) : at].lower(), at + len(_BASE64)
        found = _CODED.match(data, begin)
        at = found.end() if found is not None else begin
        if found is None or b"data:" not in head:
            continue
        number += 1
        if _shows(octets := _plain(found[0])):
            yield _member(f"$data/{number}", octets, bounds)


def _plain(text: bytes) -> bytes:
    """Of base64, up to where it is none."""
    signs = (unquote_to_bytes(text) if b"%" in text else text).translate(None, _BLANK).rstrip(b"=")
    signs = signs[: len(signs) - (len(signs) % 4 == 1)]
    try:
        return a2b_base64(signs + b"=" * (-len(signs) % 4))
    except Error:
        return b""


def _files(data: bytes, bounds: Bounds) -> Iterator[Part]:
    for begin in _BEGIN.finditer(data):
        octets = b"".join(_lines(data, begin.end()))
        if octets:
            yield _member(_called(begin[1]), octets, bounds)
    for begin in _YBEGIN.finditer(data):
        end = _YEND.search(data, begin.end())
        first, *rest = data[begin.end() : end.start() if end else None].translate(None, b"\r\n").split(b"=")
        octets = first + b"".join(bytes([(each[0] - 64) % 256]) + each[1:] for each in rest if each)
        yield _member(_called(begin[1]), octets.translate(_SHIFTED), bounds)


def _called(name: bytes) -> str:
    return named(name.strip().decode("utf-8", "surrogateescape"))


def _lines(data: bytes, at: int) -> Iterator[bytes]:
    """Of a file in uuencode, up to its end or to a line that is none of it."""
    while at < len(data):
        end = data.find(b"\n", at, at + _LONGEST_HEAD)
        line = data[at : end if end >= 0 else at + _LONGEST_HEAD].rstrip(b"\r")
        if line in (b"", b"`", b" ", b"end"):
            return
        try:
            yield a2b_uu(line)
        except Error:
            return
        if end < 0:
            return
        at = end + 1
