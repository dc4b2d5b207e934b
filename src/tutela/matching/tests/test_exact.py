"""Equal digests are found, others never, through adding, removing and rebuilding."""

import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tutela.errors import Invalid
from tutela.matching import ExactTable


def digest(number: int) -> bytes:
    return hashlib.sha1(str(number).encode()).digest()


def test_added_digests_are_found_before_and_after_rebuild() -> None:
    table = ExactTable(20, [digest(1)], ["one"])
    table.add([digest(2), digest(1)], ["two", "again"])
    for _ in range(2):
        assert table.find(digest(1)) == ("one", "again")
        assert table.find(digest(2)) == ("two",)
        assert table.find(digest(3)) == ()
        table.rebuild()


def test_a_shared_prefix_is_not_a_match() -> None:
    first, second = b"\x00" * 20, b"\x00" * 19 + b"\x01"
    table = ExactTable(20, [first], [1])
    assert table.find(second) == ()
    assert table.find(first) == (1,)


def test_a_removed_id_never_matches_again() -> None:
    table = ExactTable(20, [digest(1), digest(2)], ["a", "b"])
    table.add([digest(3)], ["a"])
    assert table.remove(["a"]) == 2
    table.rebuild()
    assert (table.find(digest(1)), table.find(digest(2)), table.find(digest(3))) == ((), ("b",), ())
    assert len(table) == 1


@pytest.mark.parametrize("bad", [b"", b"\x00" * 19, b"\x00" * 21])
def test_another_length_is_refused(bad: bytes) -> None:
    table = ExactTable(20)
    with pytest.raises(Invalid):
        table.find(bad)
    with pytest.raises(Invalid, match="digest 1"):
        table.add([digest(1), bad], [1, 2])


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5))), st.sets(st.integers(0, 5)), st.integers(0, 20))
def test_a_table_is_a_dictionary_of_lists(pairs: list[tuple[int, int]], removed: set[int], settled: int) -> None:
    table = ExactTable(20, [digest(key) for key, _ in pairs[:settled]], [each for _, each in pairs[:settled]])
    table.add([digest(key) for key, _ in pairs[settled:]], [each for _, each in pairs[settled:]])
    table.remove(removed)
    for _ in range(2):
        for wanted in range(6):
            expected = tuple(each for key, each in pairs if key == wanted and each not in removed)
            assert table.find(digest(wanted)) == expected
        table.rebuild()
