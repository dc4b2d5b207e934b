"""An index that changes: what was added matches at once, what was removed never, and rebuilding changes no answer."""

import threading
from collections.abc import Iterable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tutela.errors import Invalid
from tutela.matching import Id, Index, Near
from tutela.matching.words import Words


def hashes(rows: int, seed: int = 0) -> Words:
    return np.random.default_rng(seed).integers(0, 2**64, (rows, 4), dtype=np.uint64)


def ids_near(index: Index, needle: Words, threshold: int = 31) -> list[Id]:
    return [near.id for near in index.search(needle, threshold=threshold)]


def test_an_added_hash_matches_when_add_returns() -> None:
    index, new = Index(hashes(10), list(range(10))), hashes(1, seed=9)
    assert ids_near(index, new[0]) == []
    index.add(new, ["new"])
    assert index.search(new[0], threshold=31) == (Near(id="new", distance=0),)
    assert (len(index), index.tail_length) == (11, 1)


def test_a_removed_id_never_matches_again_until_added_anew() -> None:
    rows = hashes(3)
    index = Index(rows[:2], ["a", "b"])
    index.add(rows[2:], ["c"])
    assert index.remove(["a", "c", "unknown"]) == 2
    assert [ids_near(index, row) for row in rows] == [[], ["b"], []]
    index.rebuild()
    assert [ids_near(index, row) for row in rows] == [[], ["b"], []]
    index.add(rows[:1], ["a"])
    assert ids_near(index, rows[0]) == ["a"]


def test_one_id_on_several_rows_goes_as_a_whole() -> None:
    rows = hashes(2)
    index = Index(rows, [5, 5])
    index.add(rows[:1], [5])
    assert ids_near(index, rows[0]) == [5, 5]
    assert index.remove([5]) == 3
    assert len(index) == 0


def test_equal_distances_come_in_the_order_of_adding_before_and_after_rebuild() -> None:
    row = hashes(1)
    index = Index(row, [30])
    index.add(np.repeat(row, 2, axis=0), [10, 20])
    assert ids_near(index, row[0]) == [30, 10, 20]
    index.rebuild()
    assert ids_near(index, row[0]) == [30, 10, 20]
    assert index.tail_length == 0


def test_an_empty_index_answers_nothing_and_can_be_rebuilt() -> None:
    index = Index()
    index.rebuild()
    assert index.search(hashes(1)[0], threshold=256) == ()
    assert index.remove([1]) == 0


def test_ids_are_numbers_of_64_bits_or_text() -> None:
    index = Index(hashes(2), [2**63 - 1, -(2**63)])
    with pytest.raises(Invalid, match="64 bits"):
        index.add(hashes(2, seed=1), [1, 2**63])
    assert len(index) == 2
    index.add(hashes(1, seed=1), ["text"])
    assert ids_near(index, hashes(1, seed=1)[0]) == ["text"]
    assert ids_near(index, hashes(2)[0]) == [2**63 - 1]


def test_each_hash_needs_one_id() -> None:
    with pytest.raises(Invalid, match="2 hashes with 1 ids"):
        Index(hashes(2), [1])


Steps = st.lists(
    st.one_of(
        st.tuples(st.just("add"), st.integers(0, 9)),
        st.tuples(st.just("remove"), st.integers(0, 9)),
        st.tuples(st.just("rebuild"), st.just(0)),
    ),
    max_size=12,
)


def played(steps: Iterable[tuple[str, int]], rows: Words, index: Index) -> list[int]:
    """Play the steps on `index` and on a plain list, which is returned."""
    plain: list[int] = []
    for step, each in steps:
        if step == "add":
            index.add(rows[each : each + 1], [each])
            plain.append(each)
        elif step == "remove":
            index.remove([each])
            plain = [kept for kept in plain if kept != each]
        else:
            index.rebuild()
    return plain


@settings(max_examples=30, deadline=None)
@given(Steps)
def test_an_index_is_a_list_whatever_happened_to_it(steps: list[tuple[str, int]]) -> None:
    index, rows = Index(), np.arange(40, dtype=np.uint64).reshape(10, 4)
    plain = played(steps, rows, index)
    apart = [(int(np.bitwise_count(rows[0] ^ rows[each]).sum()), order, each) for order, each in enumerate(plain)]
    expected = [each for distance, _, each in sorted(apart) if distance <= 8]
    assert ids_near(index, rows[0], threshold=8) == expected
    assert len(index) == len(plain)


def rebuild_often(index: Index) -> None:
    for _ in range(10):
        index.rebuild()


def test_what_changes_during_a_rebuild_is_kept() -> None:
    rows = hashes(3_000)
    index = Index(rows[:1_000], list(range(1_000)))
    worker = threading.Thread(target=rebuild_often, args=(index,))
    worker.start()
    for each in range(1_000, 3_000):
        index.add(rows[each : each + 1], [each])
        assert ids_near(index, rows[each]) == [each]
        index.remove([each - 1_000])
        assert ids_near(index, rows[each - 1_000]) == []
    worker.join()
    index.rebuild()
    assert len(index) == 1_000
    assert all(ids_near(index, rows[each]) == [each] for each in range(2_000, 3_000, 50))
