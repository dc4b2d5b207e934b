"""The seal: a pure drawing of nine bytes."""

from hypothesis import given, settings
from hypothesis import strategies as st

from tutela_node.desks.workbench.seal import tiles


def test_each_tile_is_a_quarter_or_empty() -> None:
    assert tiles(bytes([0, 1, 2, 3, 8, 0, 0, 0, 0])).count("M") == 8
    assert tiles(bytes([0])) == "M0 0h2a2 2 0 0 1-2 2z"
    assert tiles(bytes([8] * 9)) == ""


@given(st.binary(min_size=9, max_size=32))
@settings(max_examples=50)
def test_nine_bytes_say_everything(digest: bytes) -> None:
    path = tiles(digest)
    assert tiles(digest[:9]) == path
    assert set(path) <= set("Mhvaz 0123456-")
