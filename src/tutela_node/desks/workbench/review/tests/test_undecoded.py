"""What the kit says of files that it cannot decode is said in the reader's language, sentence by sentence."""

import re
from pathlib import Path

import pytest
from django.utils.translation import override

import tutela.media
from tutela.media import Limits, fingerprint
from tutela_node.desks.workbench.review.undecoded import NUMBERED, WHOLE, undecoded, words_for

KIT = "\n".join(path.read_text("utf-8") for path in Path(tutela.media.__path__[0]).glob("*.py"))
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"


def test_every_sentence_is_one_of_the_kit():
    forms = [re.escape(form).replace(r"\#", r"\{[^}]+\}") for form, _ in NUMBERED]
    assert [each for each in WHOLE if f'"{each}"' not in KIT] == []
    assert [each for each in forms if not re.search(each, KIT)] == []


@pytest.mark.parametrize(
    ("data", "limits"),
    [
        (b"words", Limits()),
        (b"", Limits()),
        (b"BM" + bytes(60), Limits()),
        (b"\xff\xd8\xff\xe0" + bytes(40), Limits()),
        (PNG + (9).to_bytes(4) + (9).to_bytes(4) + b"\x08\x02\0\0\0" + bytes(4), Limits()),
        (PNG + (99).to_bytes(4) + (99).to_bytes(4) + b"\x08\x02\0\0\0" + bytes(4), Limits()),
        (PNG + (2**20).to_bytes(4) + (2**20).to_bytes(4) + b"\x08\x02\0\0\0" + bytes(4), Limits()),
        (b"RIFF\x24\0\0\0WAVEfmt " + bytes(40), Limits()),
        (b"\0\0\0\x18ftypmp42" + bytes(80), Limits()),
    ],
)
def test_what_the_kit_says_of_a_file_is_known(data, limits):
    problem = fingerprint(data, limits=limits).problem
    assert problem
    assert words_for(problem)


@pytest.mark.parametrize("language", ["fr", "es", "ar"])
def test_every_sentence_is_told_in_the_language_with_its_numbers(language):
    with override(language):
        for each in WHOLE:
            assert undecoded(each) != each
        for form, _ in NUMBERED:
            told = words_for(form.replace("#", "5,000"))
            assert told
            assert "5,000" in told
            assert "%(" not in told


def test_what_is_not_known_is_marked_as_english_and_never_markup():
    assert undecoded("<b>the disk hummed</b>") == (
        '<span lang="en" dir="auto">&lt;b&gt;the disk hummed&lt;/b&gt;</span>'
    )


def test_a_long_problem_is_no_work():
    assert words_for("the file has more than the " + "9" * 100_000) is None
