"""The file of a hash list, sealed while it arrives.

Rules:
- never in clear on disk: a list is dangerous, and a spooled file outlives the request
- one file, in the field `file`, of at most `most` octets; the rest of a larger one is read and thrown away, so that
  the form comes back with its words instead of a broken connection
- set before the body is read; therefore the view that uses it checks the form's origin itself
- what the request did not use is removed when the view is done (`discard_unused`)
"""

from contextlib import ExitStack
from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile, StopUpload
from django.http import HttpRequest

from tutela_node.foundation.errors import Limited
from tutela_node.hashlists import holding
from tutela_node.hashlists.holding import Held, Holder

FIELD = "file"
MOST = 1 << 34


class HeldFile(UploadedFile):  # type: ignore[type-arg]  # generic in the stubs alone
    """What the form gets: the name and size of a file whose bytes are sealed already."""

    def __init__(self, held: Held, name: str) -> None:
        super().__init__(file=BytesIO(), name=name, size=held.size)
        self.held = held


class ListSealed(FileUploadHandler):
    """Takes one list. `is_too_large` says that it was cut off and thrown away."""

    def __init__(self, request: HttpRequest, *, most: int = MOST) -> None:
        super().__init__(request)
        self._most = most
        self._stack = ExitStack()
        self._holder: Holder | None = None
        self.is_too_large = False

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        if self.field_name != FIELD or self._holder is not None:
            raise SkipFile
        self._holder = self._stack.enter_context(holding.receive(self._most))

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        assert self._holder is not None  # the parser announces a file before its bytes
        try:
            self._holder.write(raw_data)
        except Limited:
            self.is_too_large = True
            self._stack.close()
            raise StopUpload(connection_reset=False) from None

    def file_complete(self, file_size: int) -> HeldFile | None:
        assert self._holder is not None  # the parser announces a file before its end
        if self.is_too_large:
            return None
        held = self._holder.seal()
        self._stack.close()
        return HeldFile(held, self.file_name or FIELD)

    def upload_interrupted(self) -> None:
        self._stack.close()


def discard_unused(request: HttpRequest, used: Held | None) -> None:
    """Removes the sealed file of a request whose form was not carried out."""
    for file in request.FILES.values():
        if isinstance(file, HeldFile) and (used is None or file.held.id != used.id):
            holding.discard(file.held.id)
