"""An id can carry another moment than that at which it was made."""

import uuid
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis.strategies import datetimes

from tutela_node.foundation.ids import id_dated

MOMENTS = datetimes(min_value=datetime(1971, 1, 1), max_value=datetime(9999, 1, 1))  # noqa: DTZ001  # a zone follows


@given(MOMENTS)
def test_it_is_a_uuid7_of_that_moment(moment):
    made = id_dated(moment.replace(tzinfo=UTC))
    assert (made.version, made.variant) == (7, uuid.RFC_4122)
    carried = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=made.int >> 80)
    assert abs(carried - moment.replace(tzinfo=UTC)) <= timedelta(milliseconds=1)


def test_two_of_the_same_moment_differ():
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    assert len({id_dated(moment) for _ in range(1000)}) == 1000
