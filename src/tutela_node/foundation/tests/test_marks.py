"""Marks go forward once, and only with what they stand for."""

import pytest
from django.db import transaction

from tutela_node.foundation import marks
from tutela_node.foundation.errors import Conflict


@pytest.mark.django_db
def test_a_mark_goes_forward_once():
    assert marks.read("spool.one") is None
    assert marks.advance("spool.one", 3)
    assert not marks.advance("spool.one", 3)
    assert not marks.advance("spool.one", 2)
    assert marks.advance("spool.one", 4)
    marks.put("spool.one", 1)
    assert marks.read("spool.one") == 1
    marks.drop("spool.one")
    assert marks.read("spool.one") is None


@pytest.mark.django_db(transaction=True)
def test_a_mark_needs_a_transaction():
    for act in (lambda: marks.put("x", 1), lambda: marks.advance("x", 1)):
        with pytest.raises(Conflict):
            act()
    with transaction.atomic():
        marks.put("x", 1)
