"""The order in which windows are read: nothing between two windows is missed, and every pass ends."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from tutela.exchanges import windows
from tutela.exchanges.windows import Progress, Window

DAY = 86400


def read_pass(until: int, pages: int) -> tuple[list[Window], Progress]:
    """Read a pass in which every window has so many pages; the windows that were exhausted."""
    read = []
    progress = windows.aimed(Progress(), until)
    while progress.position < progress.goal:
        window, before = windows.current(progress), progress.position
        link = "more" if progress.pages + 1 < pages and window.seconds > 1 else ""
        progress = windows.after_page(progress, link, is_whole=True, now=0)
        if progress.position != before:
            read.append(window)
    return read, progress


@given(st.integers(1, 40 * DAY), st.integers(1, windows.MOST_PAGES * 3 // 2))
def test_windows_of_a_pass_join(until: int, pages: int) -> None:
    read, progress = read_pass(until, min(pages, windows.MOST_PAGES - 1) if until > 50 else pages)
    assert read[0].start == 0
    assert read[-1].end == until
    assert all(left.end == right.start for left, right in pairwise(read))
    assert windows.finished(progress).position == max(0, until - windows.OVERLAP)


def test_a_window_of_too_many_pages_is_cut_to_a_quarter() -> None:
    progress = Progress(goal=4000, width=4000, end=4000, link="99", pages=windows.MOST_PAGES - 1)
    cut = windows.after_page(progress, "100", is_whole=True, now=0)
    assert (cut.position, cut.width, cut.link) == (0, 1000, "")
    assert windows.after_page(progress, "100", is_whole=True, now=0, cut=77).width == 77
    assert windows.after_page(progress, "100", is_whole=True, now=0, cut=4000).width == 1000


def test_a_window_of_few_pages_lets_the_next_be_wider() -> None:
    progress = windows.after_page(Progress(goal=4000, width=1000), "", is_whole=True, now=0)
    assert windows.current(progress) == Window(start=1000, end=3000)


def test_a_second_is_never_cut_however_many_pages_it_has() -> None:
    progress = Progress(position=5, goal=9, width=1, end=6, link="a", pages=windows.MOST_PAGES + 7)
    assert windows.after_page(progress, "b", is_whole=True, now=3).link == "b"


def test_a_broken_page_leaves_a_gap_and_reading_goes_on() -> None:
    progress = windows.after_page(Progress(goal=4000, width=1000), "", is_whole=False, now=0)
    assert (progress.position, progress.gaps, progress.read_until) == (1000, (Window(start=0, end=1000),), 0)


def test_a_link_is_kept_for_half_a_day() -> None:
    progress = Progress(position=5, goal=90, end=9, link="a", linked=1000, pages=3)
    assert windows.resumed(progress, 1000 + windows.LINK_SECONDS) == progress
    assert windows.resumed(progress, 1001 + windows.LINK_SECONDS).link == ""
    assert windows.resumed(progress, 999).link == "", "the clock was set back: the link's age is not known"


@given(st.sets(st.integers(0, 10**6), min_size=1, max_size=300))
def test_gaps_are_few_and_hold_all_that_was_one(starts: set[int]) -> None:
    gaps = windows.of_gaps(Window(start=each, end=each + 1) for each in starts)
    assert len(gaps) <= windows.MOST_GAPS
    assert all(any(gap.start <= each < gap.end for gap in gaps) for each in starts)


@given(st.integers(0, 10**9), st.integers(1, 10**9))
def test_quarters_are_the_whole(start: int, seconds: int) -> None:
    parts = Window(start=start, end=start + seconds).quarters()
    assert parts[0].start == start
    assert parts[-1].end == start + seconds
    assert len(parts) <= 4
    assert all(left.end == right.start for left, right in pairwise(parts))
