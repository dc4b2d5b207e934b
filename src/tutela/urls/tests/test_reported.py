"""Addresses as people paste them, and what they are told when it is none."""

import pytest

from tutela.errors import Limited
from tutela.urls import BadAddress, Problem, check_reported


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("  site.example/a \n", "http://site.example/a"),
        ("<https://site.example/a>", "https://site.example/a"),
        ("\ufeff“https://site.example/a”", "https://site.example/a"),
        ("hxxps://site[.]example/a", "https://site.example/a"),
        ("192.0.2.7:8080/x", "http://192.0.2.7:8080/x"),
        ("https://my_site.name.example", "https://my_site.name.example/"),
        ("https://bücher.example/a\u200cb", "https://xn--bcher-kva.example/a%E2%80%8Cb"),
    ],
)
def test_what_people_paste(text: str, expected: str) -> None:
    assert check_reported(text).text == expected


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (" \u200b ", Problem.EMPTY),
        ("site.example/a b", Problem.SPACES),
        ("https://site.example/a https://site.example/b", Problem.SEVERAL),
        ("https://site.exa\u202emple/", Problem.CONTROL),
        ("https://site\x00.example/", Problem.CONTROL),
        ("javascript:alert(1)", Problem.SCHEME),
        ("ftp://site.example/", Problem.SCHEME),
        ("mailto:someone@site.example", Problem.SCHEME),
        ("https://", Problem.NO_HOST),
        ("hello", Problem.WORD),
        ("http://site/a", Problem.WORD),
        ("http://site%23.example/", Problem.HOST),
        ("http://-site.example/", Problem.HOST),
        ("http://192.0.2.300/", Problem.HOST),
        ("http://" + "a" * 64 + ".example/", Problem.HOST),
        ("http://" + "a.b" * 90 + ".example/", Problem.HOST),
        ("https://site.example:99999/", Problem.PORT),
        ("https://co.uk/", Problem.PUBLIC_SUFFIX),
    ],
)
def test_what_people_are_told(text: str, problem: Problem) -> None:
    with pytest.raises(BadAddress) as refusal:
        check_reported(text)
    assert refusal.value.problem is problem


def test_a_page_pasted_by_accident_is_refused_at_once() -> None:
    with pytest.raises(Limited):
        check_reported("word " * 1_000_000)
