"""The form of a post, read within bounds.

Rules:
- a form longer than `MOST` is read as far as its sealed draft, the first field, and the rest is thrown away, so that
  the page can say what is too long and keep the reporter's place
- more than a handful of fields, or bytes that are no form, read as an empty form
"""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl

from django.http import HttpRequest

MOST = 256 * 1024
DRAINED = 32 * 1024 * 1024
CHUNK = 64 * 1024
FIELDS = 20


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Posted:
    values: Mapping[str, str]
    is_too_long: bool = False


def read_form(request: HttpRequest) -> Posted:
    length = int(request.META.get("CONTENT_LENGTH") or 0)
    body = request.read(min(length, MOST))
    if length <= MOST:
        return Posted(values=_parse(body))
    _drain(request)
    return Posted(values=_parse(body.rpartition(b"&")[0]), is_too_long=True)


def _drain(request: HttpRequest) -> None:
    """Takes in what a browser insists on sending before it listens, up to a bound."""
    taken = 0
    while taken < DRAINED and (chunk := request.read(CHUNK)):
        taken += len(chunk)


def _parse(body: bytes) -> dict[str, str]:
    try:
        return dict(parse_qsl(body.decode("ascii"), keep_blank_values=True, max_num_fields=FIELDS, errors="replace"))
    except ValueError:
        return {}
