"""The schemes and maps that come with the kit."""

from datetime import date

import pytest

from tutela.errors import Missing
from tutela.taxonomy import CannotMap, Mapped, scheme, shipped, translate

DAY = date(2026, 1, 15)


def mapped(source: str, code: str, target: str, day: date = DAY) -> str | None:
    """The code it maps to, None where it cannot be mapped."""
    found = translate(source, code, target, day)
    return found.code.code if isinstance(found, Mapped) else None


def test_the_national_scheme_of_exampleland() -> None:
    national = scheme("XA", on=DAY)
    assert national.title == "XA 2025.2"
    assert [(code.code, code.illegal, code.final) for code in national.codes] == [
        ("A", True, True),
        ("B", True, True),
        ("N", False, True),
        ("D", None, False),
        ("U", None, False),
    ]


@pytest.mark.parametrize(
    ("day", "version"),
    [(date(2025, 1, 1), "2025.1"), (date(2025, 6, 30), "2025.1"), (date(2025, 7, 1), "2025.2"), (DAY, "2025.2")],
)
def test_the_version_is_the_one_of_the_day(day: date, version: str) -> None:
    assert scheme("XA", on=day).version == version


def test_a_day_without_a_version_is_missing_and_says_what_there_is() -> None:
    with pytest.raises(Missing, match=r"XA 2025.1 from 2025-01-01 until before 2025-07-01; XA 2025.2 from 2025-07-01"):
        scheme("XA", on=date(2024, 12, 31))


def test_a_version_can_be_named_by_its_title() -> None:
    assert scheme("XA 2025.1", on=date(2025, 2, 1)).version == "2025.1"
    with pytest.raises(Missing):
        scheme("XA 2025.1", on=DAY)


def test_unknown_schemes_and_codes_are_missing() -> None:
    with pytest.raises(Missing, match="ncmec-industry"):
        scheme("XB", on=DAY)
    with pytest.raises(Missing, match="it has A, B, N, D, U"):
        scheme("XA", on=DAY).code("a")


@pytest.mark.parametrize(
    ("source", "code", "target", "expected"),
    [
        ("XA", "A", "interpol-baseline", "baseline"),
        ("XA", "B", "interpol-baseline", "not-baseline"),
        ("XA", "D", "interpol-baseline", None),
        ("interpol-baseline", "not-baseline", "XA", None),
        ("XA", "D", "iccam-v2.classification", "3"),
        ("XA", "D", "iccam-v3.classification", None),
        ("XA", "N", "iccam-v3.classification", "4"),
        ("iccam-v3.classification", "4", "XA", None),
        ("iccam-v3.classification", "2", "XA", None),
        ("ncmec-industry", "A1", "XA", None),
        ("iccam-v2.action", "7", "iccam-v3.action", "6"),
        ("iccam-v2.action", "5", "iccam-v3.action", None),
        ("XA", "A", "XA", "A"),
        ("XA", "A", "iccam-v2.age", None),
    ],
)
def test_maps(source: str, code: str, target: str, expected: str | None) -> None:
    assert mapped(source, code, target) == expected


def test_flags_are_not_crossed() -> None:
    pairs = {code: mapped("iccam-v2.flags", code, "iccam-v3.flags") for code in ("IsUserGC", "IsChildModeling")}
    assert pairs == {
        "IsUserGC": "userGeneratedContentCategorization",
        "IsChildModeling": "childModelingCategorization",
    }


def test_what_cannot_be_mapped_says_why() -> None:
    assert translate("XA", "U", "interpol-baseline", DAY) == CannotMap(
        reason="what cannot be assessed has no classification"
    )


def test_no_map_turns_illegal_into_not_illegal_or_back() -> None:
    for direction in shipped().maps:
        for code in direction.codes:
            before = scheme(direction.source, on=DAY).code(code)
            after = translate(direction.source, code, direction.target, DAY)
            assert isinstance(after, Mapped)
            assert before.illegal is None or after.code.illegal is None or before.illegal == after.code.illegal


def test_industry_codes_are_made_of_their_axes() -> None:
    industry = scheme("ncmec-industry", on=DAY)
    first, second = industry.axes
    assert [code.code for code in industry.codes] == [a + b for a in first.values for b in second.values]
    assert all(code.label == code.code for code in industry.codes)
