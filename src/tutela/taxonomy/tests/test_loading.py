"""Data that do not make sense are refused with the place."""

from datetime import date

import pytest

from tutela.errors import Invalid
from tutela.taxonomy import CannotMap, Mapped, read_catalogue, shipped_texts

ONE = '[[scheme]]\nname = "one"\ntitle = "One"\nversion = "1"\n[[scheme.code]]\ncode = "a"\nlabel = "A"\n'
TWO = ONE.replace("one", "two").replace("One", "Two").replace('"a"', '"b"')
MAP = '[[map]]\nfrom = "one"\nto = "two"\n[map.codes]\na = "b"\n'
DATED = ONE.replace("[[scheme.code]]", "valid_from = 2020-01-01\nvalid_until = 2021-01-01\n[[scheme.code]]")


def test_a_catalogue_of_ones_own_beside_the_shipped_one() -> None:
    catalogue = read_catalogue({**shipped_texts(), "own.toml": ONE + TWO + MAP})
    day = date(2026, 1, 1)
    assert isinstance(catalogue.translate("one", "a", "two", day), Mapped)
    assert isinstance(catalogue.translate("two", "b", "one", day), CannotMap)
    assert "XA" in catalogue.names()


def test_a_target_that_was_not_there_on_that_day() -> None:
    later = DATED.replace("2021-", "2022-").replace("2020-", "2021-").replace('"a"', '"c"')
    back = '[[map]]\nfrom = "two"\nto = "one"\n[map.codes]\nb = "c"\n'
    catalogue = read_catalogue({"x": DATED + later + TWO + back})
    assert isinstance(catalogue.translate("two", "b", "one", date(2020, 5, 5)), CannotMap)
    assert isinstance(catalogue.translate("two", "b", "one", date(2021, 5, 5)), Mapped)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("[[scheme]", "x"),
        ("other = 1", "x"),
        ("scheme = 1", "x"),
        (ONE.replace('"One"', '""'), "x: scheme 1, title"),
        (ONE.replace('"One"', f'"{"o" * 65}"'), "x: scheme 1, title"),
        (ONE.replace('label = "A"', 'label = "\\u0007"'), "x: scheme 1, code 1, label"),
        (ONE + "illegal = 'unknown'", "x: scheme 1, code 1, illegal"),
        (ONE + "wrong = 1", "x: scheme 1, code 1"),
        (ONE + '[[scheme.code]]\ncode = "a"\nlabel = "A"\n', "x: scheme 1"),
        (ONE.split("[[scheme.code]]")[0], "x: scheme 1"),
        (ONE + '[[scheme.axis]]\nposition = 1\nlabel = "l"\nvalues = ["b"]\n', "x: scheme 1"),
        (ONE + '[[scheme.axis]]\nposition = true\nlabel = "l"\nvalues = ["a"]\n', "x: scheme 1, axis 1, position"),
        (DATED.replace("2021", "2019"), "x: scheme 1"),
        (DATED.replace("2020-01-01", "2020-01-01T00:00:00"), "x: scheme 1, valid_from"),
        (DATED.replace("2020-01-01", '"2020-01-01"'), "x: scheme 1, valid_from"),
        (ONE + ONE, "one"),
        (DATED + ONE.replace("[[scheme.code]]", "valid_from = 2020-12-31\n[[scheme.code]]"), "one"),
        (ONE + MAP, "x: map 1"),
        (ONE + TWO + MAP + MAP, "x: map 2"),
        (ONE + TWO + MAP.replace('"b"', '"c"'), "x: map 1, codes"),
        (ONE + TWO + MAP.replace("a =", "c ="), "x: map 1"),
        (ONE + TWO + MAP + '[map.cannot]\na = "why"\n', "x: map 1"),
    ],
)
def test_what_is_refused_and_where(text: str, place: str) -> None:
    with pytest.raises(Invalid) as refusal:
        read_catalogue({"x": text})
    assert refusal.value.place == place
