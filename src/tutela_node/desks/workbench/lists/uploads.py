"""The file of a hash list, held in memory alone while it is imported.

Rules:
- never on disk: a list in clear is dangerous, and a spooled file outlives the request
- one file, in the field `file`, of at most `MOST` bytes; the rest of a larger one is read and thrown away, so that the
  form comes back with its words instead of a broken connection
- set before the body is read; therefore the view that uses it checks the form's origin itself
"""

from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import InMemoryUploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile, StopUpload
from django.http import HttpRequest

FIELD = "file"
MOST = 64 * 1024 * 1024


class ListInMemory(FileUploadHandler):
    """Takes one list. `is_too_large` says that it was cut off and thrown away."""

    def __init__(self, request: HttpRequest, *, most: int = MOST) -> None:
        super().__init__(request)
        self._most = most
        self._held: BytesIO | None = None
        self.is_too_large = False

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        if self.field_name != FIELD or self._held is not None:
            raise SkipFile
        self._held = BytesIO()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        assert self._held is not None  # the parser announces a file before its bytes
        if self._held.tell() + len(raw_data) > self._most:
            self._held, self.is_too_large = BytesIO(), True
            raise StopUpload(connection_reset=False)
        self._held.write(raw_data)

    def file_complete(self, file_size: int) -> InMemoryUploadedFile:
        assert self._held is not None  # the parser announces a file before its end
        self._held.seek(0)
        return InMemoryUploadedFile(self._held, FIELD, self.file_name, self.content_type, file_size, self.charset)
