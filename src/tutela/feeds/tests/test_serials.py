"""Serial numbers go round."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutela.errors import Invalid
from tutela.feeds import is_newer, next_serial


@given(st.integers(0, 2**32 - 1))
def test_the_next_serial_is_newer_and_never_zero(serial: int) -> None:
    assert next_serial(serial) != 0
    assert is_newer(next_serial(serial), serial)
    assert not is_newer(serial, next_serial(serial))


def test_round_the_end() -> None:
    assert next_serial(2**32 - 1) == 1
    assert is_newer(5, 2**32 - 5)
    assert not is_newer(2**31, 0)
    assert not is_newer(0, 2**31)


@pytest.mark.parametrize("serial", [-1, 2**32])
def test_what_is_no_serial(serial: int) -> None:
    with pytest.raises(Invalid):
        next_serial(serial)
