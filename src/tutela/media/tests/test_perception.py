"""Answers that cross the process border, kinds, and the registry."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutela.errors import Invalid, Missing
from tutela.media import ALGORITHMS, Kind, algorithm, kind_of
from tutela.media.perception import Perceived, from_json, to_json

WHOLE = Perceived(kind=Kind.IMAGE, pdq="0f" * 32, pdq_quality=7, width=3, height=4, truncated=True, problem="")


@given(
    kind=st.sampled_from(Kind),
    pdq=st.none() | st.binary(min_size=32, max_size=32).map(bytes.hex),
    number=st.none() | st.integers(min_value=0),
    problem=st.text(),
)
def test_an_answer_survives_the_border(kind: Kind, pdq: str | None, number: int | None, problem: str) -> None:
    answer = Perceived(kind=kind, pdq=pdq, pdq_quality=number, width=number, problem=problem)
    assert from_json(to_json(answer)) == answer


@pytest.mark.parametrize(
    "change", [{"pdq": "0f"}, {"width": -1}, {"height": True}, {"kind": "x"}, {"problem": 3}, {"more": 1}, {"pdq": []}]
)
def test_an_answer_of_another_form_is_refused(change: dict[str, object]) -> None:
    line = json.dumps({**json.loads(to_json(WHOLE)), **change}).encode()
    with pytest.raises(Invalid):
        from_json(line)


@given(line=st.binary())
def test_a_line_of_anything_is_an_answer_or_refused(line: bytes) -> None:
    with pytest.raises(Invalid):
        from_json(line)


@pytest.mark.parametrize(
    ("start", "kind"),
    [
        (b"\xff\xd8\xff\xe0", Kind.IMAGE),
        (b"RIFF\0\0\0\0WEBP", Kind.IMAGE),
        (b"RIFF\0\0\0\0AVI ", Kind.VIDEO),
        (b"\0\0\0\x18ftypmp42", Kind.VIDEO),
        (b"\0\0\0\x18ftypheic", Kind.IMAGE),
        (b"\0\0\0\x18ftypM4A ", Kind.AUDIO),
        (b"PK\3\4", Kind.ARCHIVE),
        (b"%PDF-1.7", Kind.DOCUMENT),
        (b"plain words", Kind.OTHER),
        (b"", Kind.EMPTY),
    ],
)
def test_first_bytes_tell_the_kind(start: bytes, kind: Kind) -> None:
    assert kind_of(start) is kind


def test_every_algorithm_has_a_manifest() -> None:
    assert {name: found.hex_digits for name, found in ALGORITHMS.items()} == {
        "sha256": 64,
        "sha1": 40,
        "md5": 32,
        "pdq": 64,
        "vpdq": 64,
    }
    assert (algorithm("pdq").threshold, algorithm("pdq").discard_quality) == (31, 49)
    assert algorithm("md5").is_exact()
    with pytest.raises(Missing, match="sha256"):
        algorithm("other")
