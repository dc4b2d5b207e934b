"""XARF and tables by machine: taken, told, kept where they cannot be read; no material from senders without leave."""

import base64
import json
from datetime import timedelta

import pytest

from tutela.wire.xarf.tests.reports import item, report
from tutela_node.desks.api.tests.callers import SCOPES, Machine, agree, token_for
from tutela_node.desks.cli.exampleland.web_host import picture
from tutela_node.evidence import vault
from tutela_node.foundation import clock
from tutela_node.foundation.permissions import SYSTEM
from tutela_node.intake import queries as reports

TABLE = "url,reference,note\nhttps://host.example/1,Q-1,one\nhttps://host.example/2,Q-2,two\n"


def xarf(machine, value, **headers):
    body = value if isinstance(value, bytes) else json.dumps(value).encode()
    return machine.post("/api/v1/reports/xarf", body, content_type="application/json", headers=headers)


def table(machine, text=TABLE, **headers):
    return machine.post("/api/v1/reports/csv", text.encode(), content_type="text/csv", headers=headers)


def kept(told):
    return reports.report(SYSTEM, reports.report_by_reference(SYSTEM, told["report"]))


def in_vault():
    return {path for path in vault.folder().rglob("*") if path.is_file()} if vault.folder().exists() else set()


def with_picture(**changes):
    payload = base64.b64encode(picture(5)).decode()
    return report(evidence=[item(content_type="image/png", payload=payload)], **changes)


def test_a_xarf_report_is_a_report(machine, quay):
    answer = xarf(machine, report(hash_values={"sha256": "ab" * 32}))
    assert answer.status_code == 201
    (told,) = answer.json()["reports"]
    found = kept(told)
    assert (found.channel, found.organisation, found.urls) == ("xarf", quay, ("https://host.example/item/1",))
    assert (str(found.facts.concern), found.facts.hashes) == ("material", (f"sha256:{'ab' * 32}",))
    assert found.facts.files[0].known
    assert not found.facts.files[0].viewed


def test_each_report_of_a_list_keeps_its_own_bytes(machine):
    one, two = report(), report(type="csem", exploitation_type="grooming", detection_method="user_report")
    answer = xarf(machine, [one, two]).json()["reports"]
    assert [each["place"] for each in answer] == ["/0", "/1"]
    found = [kept(each) for each in answer]
    assert [json.loads(reports.original(SYSTEM, each.id)) for each in found] == [one, two]
    assert found[1].facts.concern == "grooming"


def test_the_same_report_again_is_the_one_we_have(machine):
    first, second = xarf(machine, report()).json(), xarf(machine, report()).json()
    assert first["reports"][0]["report"] == second["reports"][0]["report"]


def test_a_report_that_breaks_the_form_is_kept_and_its_faults_are_told(machine):
    answer = xarf(machine, report(url="host.example", evidence=[item(hash=f"md5:{'0' * 32}")]))
    assert answer.status_code == 202
    (told,) = answer.json()["reports"]
    assert {each["place"] for each in told["findings"] if each["weight"] != "note"} == {"/url", "/evidence/0/hash"}
    assert kept(told).facts.notes


@pytest.mark.parametrize("body", [b"{", b"[]", b"\xff\xfe", b"7", b"[" * 99])
def test_what_cannot_be_read_is_a_report_for_people(machine, body):
    answer = xarf(machine, body)
    assert answer.status_code == 202
    (told,) = answer.json()["reports"]
    found = kept(told)
    assert found.problem == told["problem"] != ""
    assert reports.original(SYSTEM, found.id) == body


def test_nothing_and_too_much_are_refused(machine):
    assert xarf(machine, b"").status_code == 400
    assert xarf(machine, bytes(17 * 1024 * 1024)).status_code == 413


def test_material_inside_is_refused_and_nothing_is_kept(machine, quay):
    before = in_vault()
    answer = xarf(machine, [report(), with_picture()])
    assert (answer.status_code, answer.json()["place"]) == (403, "/1/evidence/0/payload")
    assert in_vault() == before
    with clock.standing_at(clock.now() + timedelta(seconds=20)):
        assert machine.get("/api/v1/reports").json()["reports"] == []


def test_who_may_send_material_sends_items(quay):
    machine, before = Machine(token_for(quay, (*SCOPES, "intake.media"))), in_vault()
    answer = xarf(machine, with_picture())
    assert answer.status_code == 201
    assert len(kept(answer.json()["reports"][0]).items) == 1
    (new,) = in_vault() - before
    assert picture(5)[:40] not in new.read_bytes()


def test_other_reports_may_have_pictures_that_stay_in_their_original(machine):
    answer = xarf(machine, with_picture(type="phishing", classification=None, detection_method=None))
    assert answer.status_code == 201
    assert kept(answer.json()["reports"][0]).items == ()


def test_a_table_is_a_report_a_row_and_its_bytes_are_in_the_vault(machine):
    before = in_vault()
    answer = table(machine)
    assert (answer.status_code, answer.json()["taken"]) == (201, 2)
    first = kept(answer.json()["reports"][0])
    assert (first.channel, first.urls, first.sender_reference) == ("csv", ("https://host.example/1",), "Q-1")
    assert first.words == "one"
    assert len(in_vault() - before) == 1


def test_a_bad_row_is_told_with_its_line_and_stops_nothing(machine):
    answer = table(machine, TABLE + "a,b,c,d\n" + "https://host.example/3,Q-3,three\n")
    assert (answer.status_code, answer.json()["taken"]) == (202, 3)
    assert answer.json()["problems"] == [{"place": "line 4", "message": "has 4 cells and the first row names 3"}]


def test_the_same_table_again_is_taken_once(machine):
    assert table(machine).json() == table(machine).json()


def test_a_table_that_cannot_be_read_is_a_report_for_people(machine):
    answer = table(machine, "a,b\n1,2\n")
    assert (answer.status_code, answer.json()["taken"]) == (202, 1)
    assert kept(answer.json()["reports"][0]).problem == answer.json()["problem"] != ""


def test_without_the_agreement_nothing_is_read(db):
    stranger = Machine(token_for(agree("Far Host")))
    assert (xarf(stranger, report()).status_code, table(stranger).status_code) == (403, 403)


def test_a_report_of_this_moment_is_listed_with_the_next_question(machine):
    """One that is being kept meanwhile may belong before it: a cursor behind it would pass that one over."""
    table(machine)
    assert machine.get("/api/v1/reports").json() == {"reports": [], "next": ""}
    with clock.standing_at(clock.now() + timedelta(seconds=11)):
        assert len(machine.get("/api/v1/reports").json()["reports"]) == 2


def test_own_reports_are_listed_from_a_cursor(machine):
    with clock.standing_at(clock.now() - timedelta(seconds=20)):
        table(machine)
    first = machine.get("/api/v1/reports", {"limit": 1}).json()
    second = machine.get("/api/v1/reports", {"cursor": first["next"]}).json()
    assert [len(each["reports"]) for each in (first, second)] == [1, 1]
    assert first["reports"][0]["state"] == "received"
    assert machine.get("/api/v1/reports", {"cursor": second["next"]}).json() == {"reports": [], "next": second["next"]}
    assert machine.get("/api/v1/reports", {"state": "closed"}).json()["reports"] == []
    assert machine.get("/api/v1/reports", {"cursor": "x"}).status_code == 400
    assert Machine(token_for(agree("Far Host", "intake"))).get("/api/v1/reports").json()["reports"] == []


def test_a_list_by_state_is_read_on_where_it_ended(machine):
    """Of many reports a part tells few: `next` says where to go on, and stays where nothing came."""
    with clock.standing_at(clock.now() - timedelta(hours=1)):
        table(machine)
    asked = {"state": "received", "limit": 1}
    first = machine.get("/api/v1/reports", asked).json()
    second = machine.get("/api/v1/reports", {**asked, "cursor": first["next"]}).json()
    assert [len(each["reports"]) for each in (first, second)] == [1, 1]
    none = machine.get("/api/v1/reports", {"state": "closed"}).json()
    assert (none["reports"], none["next"]) == ([], second["next"])
    assert machine.get("/api/v1/reports", {"cursor": none["next"]}).json() == {"reports": [], "next": none["next"]}
