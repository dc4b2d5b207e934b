"""The difference between two versions leads from one to the other."""

from hypothesis import given, settings
from hypothesis import strategies as st

from tutela.hashlists import Diff, ListEntry, Problem, apply, current, diff

entries = st.builds(
    ListEntry,
    id=st.sampled_from("abcdef"),
    hashes=st.sampled_from([(("md5", "ab" * 16),), (("md5", "cd" * 16),)]),
    deleted=st.booleans(),
)


@settings(max_examples=100, deadline=None)
@given(st.lists(entries, max_size=8), st.lists(entries, max_size=8))
def test_applying_a_difference_gives_the_new_version(old: list[ListEntry], new: list[ListEntry]) -> None:
    change = diff(old, new)
    assert apply(old, change) == tuple(sorted(current(new), key=lambda entry: entry.key))
    assert diff(new, new) == Diff()


def test_a_later_deletion_withdraws_and_problems_are_passed_over() -> None:
    kept, gone = ListEntry(id="a", hashes=(("md5", "ab" * 16),)), ListEntry(id="b", hashes=(("md5", "ab" * 16),))
    assert current([kept, Problem(place="line 2", message="bad"), gone, ListEntry(id="b", deleted=True)]) == (kept,)
