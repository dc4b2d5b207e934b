"""Documents made to exhaust a reader of JSON: each ends at once, with a problem or an error, and the process lives."""

import io
import time

import pytest

from tutela.errors import Invalid, Limited
from tutela.hashlists import FORMATS, ListEntry

ROW = b'{"hashValue":"%064x","signalType":"ImagePDQ","hashStatus":"Active","lastModtimestamp":1}'
EXTREMES = [
    b"[" * 200_000,
    b'{"a":' * 200_000,
    b'{"hashRecords":[' + ROW % 1 + b"," + b"[" * 200_000,
    b'{"count":' + b"9" * 10_000 + b',"hashRecords":[' + ROW % 1 + b"]}",
    b'{"hashRecords":[' + ROW % 1 + b',{"lastModtimestamp":' + b"9" * 10_000 + b"}]}",
    b'{"hashRecords":[' + ROW % 1 + b',{"lastModtimestamp":1e999999999}]}',
]


@pytest.mark.parametrize("form", ["stopncii", "tat", "vics"])
@pytest.mark.parametrize("document", EXTREMES)
def test_an_extreme_document_ends_at_once(form: str, document: bytes) -> None:
    began = time.monotonic()
    found: list[object] = []
    try:
        found.extend(FORMATS[form].read(io.BytesIO(document)))
    except (Invalid, Limited) as error:
        found.append(error)
    assert found
    assert time.monotonic() - began < 5


def test_what_stands_before_an_endless_number_is_kept() -> None:
    read = list(FORMATS["stopncii"].read(io.BytesIO(EXTREMES[4])))
    assert [isinstance(each, ListEntry) for each in read] == [True, False]
