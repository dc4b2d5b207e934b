"""Values are kept in one form, and a bad one says what would be right."""

from datetime import UTC, datetime

import pytest

from tutela.errors import Invalid
from tutela.hashlists.entry import ListEntry, MediaKind, Source, checked_hash, checked_id, checked_time, time_text


@pytest.mark.parametrize(
    "bad", ["", "a" * 31, "g" * 32, "a" * 29 + "...", "a" * 31 + "\u2026", "\u0661" * 32, "a a" * 8]
)
def test_a_bad_digest_is_refused_without_being_repeated(bad: str) -> None:
    with pytest.raises(Invalid) as caught:
        checked_hash("md5", bad)
    assert caught.value.place == "md5"
    assert not bad or bad not in str(caught.value)


def test_digests_are_kept_in_lower_case_and_others_as_they_came() -> None:
    assert checked_hash("md5", " " + "AB" * 16 + "\n") == "ab" * 16
    assert checked_hash("pdna", "Ab,12=") == "Ab,12="


@pytest.mark.parametrize("bad", ["x y", "", "x" * 16_385, "x\x00", "abc..."])
def test_opaque_values_are_visible_bounded_and_whole(bad: str) -> None:
    with pytest.raises(Invalid):
        checked_hash("pdna", bad)


@pytest.mark.parametrize("text", ["2017-10-24T15:00:00Z", "2017-10-24T17:00:00+02:00", "2017-10-24T15:00:00.000Z"])
def test_times_are_utc(text: str) -> None:
    assert checked_time(text) == datetime(2017, 10, 24, 15, tzinfo=UTC)
    assert time_text(checked_time(text)) == "2017-10-24T15:00:00Z"


@pytest.mark.parametrize("text", ["", "2017-10-24T15:00:00", "yesterday", "0001-01-01T00:00:00+23:00"])
def test_a_time_without_zone_or_sense_is_refused(text: str) -> None:
    with pytest.raises(Invalid, match="zone"):
        checked_time(text)


@pytest.mark.parametrize("text", ["", "  ", "x" * 513, "a\x00b", "a\nb"])
def test_an_id_is_bounded_and_printable(text: str) -> None:
    with pytest.raises(Invalid):
        checked_id(text)


def test_entries_are_told_apart_by_source_kind_and_id_and_not_by_place() -> None:
    entry = ListEntry(id="7", kind=MediaKind.IMAGE, source=Source(id="42"), place="line 1")
    assert entry.key == ("42", "image", "7")
    assert entry == ListEntry(id="7", kind=MediaKind.IMAGE, source=Source(id="42"), place="line 9")
