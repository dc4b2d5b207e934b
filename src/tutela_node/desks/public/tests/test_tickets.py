"""Tickets and visits: read back, age, and refuse whatever is not ours."""

from hypothesis import given
from hypothesis import strategies as st

from tutela_node.desks.public.intake import tickets
from tutela_node.desks.public.intake.tickets import DAY_MS, HOUR_MS, Ticket

KEY, NOW = b"k" * 32, 1_800_000_000_000


@given(st.text(max_size=80))
def test_what_is_no_ticket_is_none(text):
    assert tickets.read_ticket(text, key=KEY, now=NOW) is None
    assert tickets.read_visit(text, key=KEY, now=NOW) is None


@given(st.data())
def test_a_changed_ticket_is_none(data):
    text = tickets.write_ticket(Ticket(at=NOW), key=KEY)
    place = data.draw(st.integers(0, len(text) - 2))
    changed = text[:place] + data.draw(st.characters(max_codepoint=200)) + text[place + 1 :]
    found = tickets.read_ticket(changed, key=KEY, now=NOW)
    assert found is None or found == Ticket(at=NOW)


def test_a_ticket_lasts_a_day_and_a_visit_an_hour():
    ticket = tickets.write_ticket(Ticket(at=NOW, typed="x"), key=KEY)
    assert tickets.read_ticket(ticket, key=KEY, now=NOW + DAY_MS) == Ticket(at=NOW, typed="x")
    assert tickets.read_ticket(ticket, key=KEY, now=NOW + DAY_MS + 1) is None
    visit = tickets.new_visit("CODE", key=KEY, now=NOW)
    assert tickets.read_visit(visit, key=KEY, now=NOW + HOUR_MS).code == "CODE"
    assert tickets.read_visit(visit, key=KEY, now=NOW + HOUR_MS + 1) is None


def test_one_is_not_taken_for_the_other():
    assert tickets.read_visit(tickets.write_ticket(Ticket(at=NOW), key=KEY), key=KEY, now=NOW) is None
    assert tickets.read_ticket(tickets.new_visit("CODE", key=KEY, now=NOW), key=KEY, now=NOW) is None
    assert tickets.read_ticket(tickets.write_ticket(Ticket(at=NOW), key=b"o" * 32), key=KEY, now=NOW) is None
