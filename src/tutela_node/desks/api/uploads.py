"""Files from outside: refused, or sealed into the vault while they arrive. Nothing is spooled, in memory or on disk.

Rules:
- the default handler refuses every file; a view that takes one replaces it, before the body is read, by `VaultUpload`
- one file, in the field named `file`, of at most the given size; what is refused or breaks off leaves nothing behind
- a body that is no form is read in pieces and bounded, into memory where it is small, else into the vault
- the sender's file name and content type are not kept: they are the sender's words, and name people
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from django.core.files.uploadhandler import FileUploadHandler
from django.http import HttpRequest, UnreadablePostError

from tutela_node.evidence.vault import Received, Receiver, discard, receive
from tutela_node.foundation.errors import Invalid, Limited, TutelaError

FIELD = "file"
PIECE = 64 * 1024
FORM_ROOM = 2 * 1024 * 1024  # the other fields and the framing of the form


class RefuseUploads(FileUploadHandler):
    """No file is taken here."""

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        raise self.refusal()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        raise self.refusal()

    def file_complete(self, file_size: int) -> None:
        raise self.refusal()

    def refusal(self) -> TutelaError:
        return Invalid("no file is taken here", place=FIELD)


class VaultUpload(FileUploadHandler):
    """Seals the one file of a form into the vault as it is read. `received` is None until it is complete.

    An interface that others wrote names its field otherwise, or not at all (`field` is ""), and has its own refusals.
    """

    field = FIELD

    def __init__(self, request: HttpRequest, *, max_bytes: int, stack: ExitStack) -> None:
        super().__init__(request)
        self._max, self._stack = max_bytes, stack
        self._receiver: Receiver | None = None
        self.received: Received | None = None

    def handle_raw_input(self, input_data: Any, META: Any, content_length: int, *args: Any, **kwargs: Any) -> None:
        if content_length > self._max + FORM_ROOM:
            raise Limited(f"at most {self._max} bytes are taken", place=FIELD)

    def new_file(self, field_name: str, *args: Any, **kwargs: Any) -> None:
        if self.field not in ("", field_name) or self._receiver is not None:
            raise self.refusal("one file is taken, in the field “file”")
        self._receiver = self._stack.enter_context(receive(self._max))

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        assert self._receiver is not None  # the parser announces a file before its bytes
        self._receiver.write(raw_data)

    def file_complete(self, file_size: int) -> None:
        assert self._receiver is not None  # the parser announces a file before its end
        if not file_size:
            raise self.refusal("the file is empty")
        self.received = self._receiver.seal()

    def refusal(self, says: str) -> TutelaError:
        return Invalid(says, place=FIELD)


@contextmanager
def into_vault(request: HttpRequest, *, max_bytes: int) -> Iterator[VaultUpload]:
    """Makes a request's file go into the vault; to be entered before anything reads the body.

    What happens with the file happens inside the block: when the block fails, the file is gone.
    """
    with ExitStack() as stack:
        upload = VaultUpload(request, max_bytes=max_bytes, stack=stack)
        request.upload_handlers = [upload]
        try:
            yield upload
        except BaseException:
            if upload.received is not None:
                discard(upload.received)
            raise


def read_body(request: HttpRequest, *, most: int) -> bytes:
    """The bytes of a request that is no form. Raises Limited above `most`, Invalid where there are none."""
    pieces, size = [], 0
    for piece in _pieces(request, most=most):
        pieces.append(piece)
        size += len(piece)
    if not size:
        raise Invalid("the request has no body", place="body")
    return b"".join(pieces)


@contextmanager
def body_into_vault(request: HttpRequest, *, most: int) -> Iterator[Received]:
    """The body of a request, sealed while it arrives. When the block fails, it is gone."""
    with receive(most) as receiver:
        for piece in _pieces(request, most=most):
            receiver.write(piece)
        received = receiver.seal()
    try:
        if not received.size:
            raise Invalid("the request has no body", place="body")
        yield received
    except BaseException:
        discard(received)
        raise


def _pieces(request: HttpRequest, *, most: int) -> Iterator[bytes]:
    told = request.headers.get("Content-Length", "")
    if told.isdecimal() and int(told) > most:
        raise Limited(f"at most {most} bytes are taken", place="body")
    size = 0
    try:
        while piece := request.read(PIECE):
            size += len(piece)
            if size > most:
                raise Limited(f"at most {most} bytes are taken", place="body")
            yield piece
    except UnreadablePostError:
        raise Invalid("the body broke off", place="body") from None
