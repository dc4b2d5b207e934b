"""Proof of work and waits, through the pages: bound, used once, never a refusal."""

import hashlib
from datetime import timedelta

from tutela_node.desks.public.intake.views import bits_asked
from tutela_node.foundation import clock
from tutela_node.foundation.permissions import SYSTEM
from tutela_node.intake import actions, queries
from tutela_node.intake.models import Drop, Report
from tutela_node.intake.tests.working import work

URL = "https://pictures.example/a/20931"


def walk(visitor, *, proof=""):
    visitor.get("go")
    if proof == "honest":
        proof = work(*visitor.asked_work)
    last = {}
    for answers in ({"address": URL, "work": proof}, {"thing": "page"}, {"place": "site"}, {"words": "it was blue"}):
        last = {**answers, "draft": visitor.draft}
        visitor.post("go", last)
    return last


def opened():
    for draft in queries.due_drafts(clock.now(), 0):
        actions.open_draft(SYSTEM, draft=draft)
    return list(Report.objects.order_by("received_at").values_list("lane", flat=True))


def test_a_report_with_work_takes_the_quick_lane(visitor):
    walk(visitor, proof="honest")
    assert set(Drop.objects.values_list("proof", flat=True)) == {16}
    assert opened() == ["proved"]


def test_without_work_or_with_wrong_work_nobody_is_refused(visitor):
    for proof in ("", "12", "x" * 5000, "9" * 30):
        walk(visitor, proof=proof)
        assert visitor.title == "Your code"
    assert opened() == ["hasty"] * 4


def test_a_page_in_a_persons_time_is_no_haste(visitor, at_noon):
    visitor.get("go")
    with clock.standing_at(at_noon + timedelta(seconds=40)):
        for answers in ({"address": URL}, {"thing": "page"}, {"place": "site"}, {"words": "it was blue"}):
            visitor.go(**answers)
        assert opened() == ["timed"]


def test_work_counts_for_one_report(visitor):
    """Who sends the last page again with other words makes another report, and brings no work."""
    last = walk(visitor, proof="honest")
    for number in range(3):
        visitor.post("go", last | {"words": f"other words {number}"})
    assert sorted(opened()) == ["hasty", "hasty", "hasty", "proved"]


def test_the_work_of_one_page_is_none_for_another(visitor):
    visitor.get("go")
    nonce = work(*visitor.asked_work)
    walk(visitor, proof=nonce)
    assert opened() == ["hasty"]


def test_under_pressure_more_work_is_asked_for(visitor):
    Drop.objects.bulk_create(
        Drop(step=f"{n:032x}", draft="0" * 32, kind="finish", sealed=b"", mailbox=b"", received_at=clock.now())
        for n in range(2001)
    )
    visitor.get("go")
    assert visitor.asked_work[1] == 17


def test_a_code_without_work_waits_and_is_kept(visitor, at_noon):
    visitor.tell("since May")
    code = visitor.code
    visitor.get("back")
    visitor.post("back", {"code": code, "ticket": visitor.ticket})
    assert "we wait 10 seconds here" in visitor.page
    assert f'value="{code}"' in visitor.page
    ticket = visitor.ticket
    with clock.standing_at(at_noon + timedelta(seconds=4)):
        visitor.post("back", {"code": code, "ticket": ticket})
        assert "we wait 6 seconds here" in visitor.page
    with clock.standing_at(at_noon + timedelta(seconds=10)):
        visitor.post("back", {"code": code, "ticket": visitor.ticket})
    assert "Your report is with us." in visitor.page


def test_a_ticket_serves_one_code(visitor, at_noon):
    visitor.get("back")
    visitor.post("back", {"code": "0" * 20, "ticket": visitor.ticket})
    ticket = visitor.ticket
    with clock.standing_at(at_noon + timedelta(seconds=11)):
        visitor.post("back", {"code": "1" * 20, "ticket": ticket})
        assert "we wait 10 seconds" in visitor.page
        visitor.post("back", {"code": "0" * 20, "ticket": ticket})
        assert "We know no such code" in visitor.page


def test_work_for_one_code_is_none_for_another(visitor):
    visitor.get("back")
    bound = hashlib.sha256(f"{visitor.ticket}:{'0' * 20}".encode()).hexdigest()[:32]
    nonce, ticket = work(bound, 16), visitor.ticket
    visitor.post("back", {"code": "1" * 20, "ticket": ticket, "work": nonce})
    assert "we wait" in visitor.page
    visitor.post("back", {"code": "0" * 20, "ticket": ticket, "work": nonce})
    assert "We know no such code" in visitor.page


def test_a_wait_asks_the_database_nothing(visitor, django_assert_num_queries):
    for code in ("0" * 20, "nonsense"):
        with django_assert_num_queries(0):
            visitor.post("back", {"code": code})


def test_no_address_of_a_visitor_is_kept(visitor):
    visitor.client.defaults["REMOTE_ADDR"] = "203.0.113.77"
    visitor.client.defaults["HTTP_X_FORWARDED_FOR"] = "203.0.113.77"
    walk(visitor, proof="honest")
    opened()
    for table in (Drop, Report):
        assert "203.0.113.77" not in str(list(table.objects.values()))


def test_a_flood_reaches_the_most_work(db, at_noon):
    """16 bits for 2,000 an hour and 20 at most: each doubling asks for one more."""
    rows = ({"step": f"{each:x}", "kind": "finish", "sealed": b"", "mailbox": b""} for each in range(16_001))
    Drop.objects.bulk_create(Drop(received_at=at_noon, **row) for row in rows)
    assert bits_asked(at_noon + timedelta(minutes=59)) == 20
    assert bits_asked(at_noon + timedelta(minutes=60)) == 16
