"""Bodies of requests, read as they come and bounded: documents, small forms, and files that go straight into the vault.

Rules:
- nothing is spooled: a document is read into memory up to its bound, a file is sealed chunk by chunk
- the fields of a form come in any order, as multipart (RFC 7578) or urlencoded; only those that are known are kept
- a body of unknown length (chunked) is read to its end; whoever sends more than is taken is refused at once
"""

from collections.abc import Mapping
from contextlib import ExitStack
from io import BytesIO
from typing import Any, BinaryIO, cast

from django.core.exceptions import BadRequest, SuspiciousOperation
from django.core.files.uploadhandler import FileUploadHandler
from django.http import HttpRequest, QueryDict
from django.http.multipartparser import MultiPartParser, MultiPartParserError
from django.http.request import UnreadablePostError

from tutela_node.desks.api.ispws.answers import BadBody, BadFile
from tutela_node.desks.api.uploads import RefuseUploads, VaultUpload
from tutela_node.evidence.vault import Received, discard
from tutela_node.foundation.errors import Limited, TutelaError

MOST_DOCUMENT = 8 * 1024 * 1024
MOST_FORM = 64 * 1024
UNKNOWN = 1 << 62  # what the parser is told of a length that nobody said
CHUNK = 256 * 1024
TAIL = 4096
BROKEN = "this form cannot be read, or it broke off"


def document_of(request: HttpRequest) -> bytes:
    """The whole body. Raises Limited past the bound, BadBody when it breaks off."""
    return _bounded(request, MOST_DOCUMENT)


def fields_of(request: HttpRequest) -> Mapping[str, str]:
    """The fields of a small form without files. Raises BadBody."""
    raw = _bounded(request, MOST_FORM)
    if request.content_type == "multipart/form-data":
        return _parsed(request, _Watched(BytesIO(raw), most=MOST_FORM), len(raw), _NoFiles(request))
    if request.content_type not in ("application/x-www-form-urlencoded", "", "text/plain"):
        raise BadBody("send the field “id” as multipart/form-data or as application/x-www-form-urlencoded")
    try:
        return QueryDict(raw, encoding="utf-8").dict()
    except (ValueError, SuspiciousOperation):
        raise BadBody("this form cannot be read") from None


def file_of(request: HttpRequest, *, max_bytes: int, stack: ExitStack) -> tuple[Mapping[str, str], Received]:
    """The fields of an upload and its one file, sealed in the vault. Raises BadFile, BadBody, Limited.

    What was received when an error is raised later is the caller's to discard.
    """
    if request.content_type != "multipart/form-data":
        raise BadFile("send the fields “id” and “file” as multipart/form-data")
    length = _length(request)
    if length is not None and length > max_bytes + MOST_FORM:
        raise Limited(f"a file of at most {max_bytes} bytes is taken", place="file")
    sink = VaultSink(request, max_bytes=max_bytes, stack=stack)
    try:
        stream = _Watched(_stream(request), most=max_bytes + MOST_FORM)
        fields = _parsed(request, stream, UNKNOWN if length is None else length, sink)
        if sink.received is None:
            raise BadFile("this upload holds no file: send it in the field “file”")
    except BaseException:
        if sink.received is not None:
            discard(sink.received)
        raise
    return fields, sink.received


class VaultSink(VaultUpload):
    """The file of an upload, whatever its field is called."""

    chunk_size = CHUNK
    field = ""

    def handle_raw_input(self, *args: Any, **kwargs: Any) -> None:
        """The body is bounded as it is read (`_Watched`): its length may not be known."""

    def refusal(self, says: str) -> TutelaError:
        return BadFile(says)


class _NoFiles(RefuseUploads):
    """A form without files."""

    def refusal(self) -> TutelaError:
        return BadBody("no file is taken here")


def _parsed(request: HttpRequest, watched: "_Watched", length: int, handler: FileUploadHandler) -> Mapping[str, str]:
    """Raises BadBody, also for a form that ends before its last boundary: the parser would take what there is."""
    meta = {"CONTENT_TYPE": request.META.get("CONTENT_TYPE", ""), "CONTENT_LENGTH": length}
    stream: Any = watched  # it reads, which is all that the parser asks for
    try:
        fields, _ = MultiPartParser(meta, stream, [handler], "utf-8").parse()
    except (MultiPartParserError, BadRequest, SuspiciousOperation, UnreadablePostError, OSError):
        raise BadBody(BROKEN) from None
    boundary = (request.content_params or {}).get("boundary", "")
    if f"--{boundary}--".encode() not in watched.tail or (length != UNKNOWN and watched.count < length):
        raise BadBody(BROKEN)
    return cast("dict[str, str]", fields.dict())


class _Watched:
    """A stream that remembers how much it gave, and the end of it. Reading raises Limited past `most`."""

    def __init__(self, stream: Any, *, most: int) -> None:
        self._stream, self._most, self.count, self.tail = stream, most, 0, b""

    def read(self, size: int = -1) -> bytes:
        piece: bytes = self._stream.read(size)
        self.count += len(piece)
        if self.count > self._most:
            raise Limited(f"at most {self._most} bytes are taken here", place="body")
        self.tail = (self.tail + piece[-TAIL:])[-TAIL:]
        return piece


def _bounded(request: HttpRequest, most: int) -> bytes:
    length = _length(request)
    if length is not None and length > most:
        raise Limited(f"at most {most} bytes are taken here", place="body")
    stream, found = _stream(request), bytearray()
    try:
        while len(found) <= most and (piece := stream.read(min(CHUNK, most + 1 - len(found)))):
            found += piece
    except (UnreadablePostError, OSError):
        raise BadBody("this request broke off") from None
    if len(found) > most:
        raise Limited(f"at most {most} bytes are taken here", place="body")
    if length is not None and len(found) < length:
        raise BadBody("this request broke off")
    return bytes(found)


def _length(request: HttpRequest) -> int | None:
    """None for a body that says no length (chunked)."""
    said = str(request.META.get("CONTENT_LENGTH") or "")
    if said.isascii() and said.isdigit() and len(said) <= 18:
        return int(said)
    return None if _is_terminated(request) else 0


def _is_terminated(request: HttpRequest) -> bool:
    return bool(request.META.get("wsgi.input_terminated"))


def _stream(request: HttpRequest) -> BinaryIO:
    """The body itself, where the server ends it where it ends; else as far as its length says."""
    return cast("BinaryIO", request.META["wsgi.input"] if _is_terminated(request) else request)
