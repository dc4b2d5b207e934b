"""Reports by machine: the form, the file on its way into the vault, and what is left when something is refused."""

import json
import socket

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tutela_node.desks.api.tests.callers import Machine, agree, token_for
from tutela_node.desks.cli.exampleland.web_host import picture
from tutela_node.evidence import vault
from tutela_node.foundation.permissions import SYSTEM
from tutela_node.intake import queries as reports

REPORT = {"urls": ["https://img4.example/a/20931"], "context": {"account": "u-1", "logins": 3}, "reference": "Q-1"}


def send(machine, report=REPORT, **files):
    text = report if isinstance(report, str) else json.dumps(report)
    parts = {name: SimpleUploadedFile("name of somebody.jpg", body) for name, body in files.items()}
    return machine.post("/api/v1/reports", {"report": text, **parts})


def in_vault():
    return {path for path in vault.folder().rglob("*") if path.is_file()} if vault.folder().exists() else set()


@pytest.fixture
def kept():
    """The files that were in the vault before."""
    return in_vault()


def test_a_report_of_addresses_is_received(machine, quay):
    told = send(machine).json()
    kept = reports.report(SYSTEM, reports.report_by_reference(SYSTEM, told["report"]))
    assert (kept.organisation, kept.urls, kept.context) == (quay, tuple(REPORT["urls"]), REPORT["context"])
    assert told == {"report": kept.reference, "receipt": str(kept.id), "duplicate": False}


def test_a_file_is_sealed_while_it_arrives(machine, kept):
    body = picture(3)
    response = send(machine, file=body)
    assert response.status_code == 201
    (new,) = in_vault() - kept
    assert body[:40] not in new.read_bytes()
    report = reports.report(SYSTEM, reports.report_by_reference(SYSTEM, response.json()["report"]))
    assert len(report.items) == 1
    assert "somebody" not in json.dumps(report.context)


def test_a_file_that_somebody_else_sent_is_no_duplicate(machine, kept):
    other = Machine(token_for(agree("Far Host", "intake")))
    told = [
        send(each, {**REPORT, "reference": number}, file=picture(4)).json()
        for each, number in ((machine, "Q-1"), (other, "F-1"))
    ]
    assert [each["duplicate"] for each in told] == [False, False]
    assert len(in_vault() - kept) == 1


def test_the_same_file_again_is_a_duplicate_and_kept_once(machine, kept):
    first = send(machine, file=picture(4)).json()
    second = send(machine, {**REPORT, "reference": "Q-2"}, file=picture(4)).json()
    assert (first["duplicate"], second["duplicate"]) == (False, True)
    assert len(in_vault() - kept) == 1


@pytest.mark.parametrize(
    ("report", "place"),
    [
        ("{", "report"),
        ("[]", "report"),
        ('{"urls": "x"}', "report.urls"),
        ('{"urls": [""]}', "report.urls.0"),
        ('{"other": 1}', "report.other"),
        ('{"context": {"a": 1.5}}', "report.context"),
        ("{}", "report"),
    ],
)
def test_a_report_that_cannot_be_read_says_where(machine, report, place):
    response = send(machine, report)
    assert response.status_code == 400
    assert response.json()["place"].startswith(place)


def test_what_was_sent_is_never_repeated(machine):
    response = send(machine, {"urls": [7], "reference": "a-secret-word"})
    assert "secret" not in response.content.decode()


@pytest.mark.parametrize("files", [{"picture": b"x"}, {"file": b""}, {"file": b"x", "other": b"y"}])
def test_other_files_are_refused_and_leave_nothing(machine, kept, files):
    assert send(machine, **files).status_code == 400
    assert in_vault() == kept


def test_a_refused_report_leaves_no_file(machine, kept):
    assert send(machine, "{", file=picture(5)).status_code == 400
    assert in_vault() == kept


def test_a_file_that_is_too_large_is_cut(machine, kept, settings, tmp_path):
    from tutela_node.foundation import profile

    small = tmp_path / "small.toml"
    small.write_text('extends = "XA"\n[capture]\nmax_bytes = 1000\n')
    profile.current.cache_clear()
    settings.TUTELA = type(settings.TUTELA)(**{**_fields(settings.TUTELA), "profile": str(small)})
    try:
        response = send(machine, file=bytes(70_000))
    finally:
        profile.current.cache_clear()
    assert (response.status_code, response.json()["kind"]) == (413, "limited")
    assert in_vault() == kept


def _fields(config):
    return {name: getattr(config, name) for name in type(config).__dataclass_fields__}


def test_without_the_agreement_nothing_is_read(db, kept):
    response = send(Machine(token_for(agree("Far Host"))), file=picture(6))
    assert (response.status_code, in_vault()) == (403, kept)


def test_a_body_that_is_no_form_is_refused(machine):
    response = machine.post("/api/v1/reports", b"\x00\x01", content_type="multipart/form-data; boundary=x")
    assert response.status_code == 400
    assert machine.post("/api/v1/reports", b"x", content_type="text/plain").status_code == 400


def test_a_report_without_a_file_may_be_json_alone(machine, quay):
    told = machine.ask("/reports", REPORT)
    assert told.status_code == 201
    kept = reports.report(SYSTEM, reports.report_by_reference(SYSTEM, told.json()["report"]))
    assert (kept.organisation, kept.urls) == (quay, tuple(REPORT["urls"]))
    assert machine.ask("/reports", {"urls": 7}).status_code == 400


@pytest.mark.django_db(transaction=True)
def test_a_sender_who_hangs_up_leaves_nothing(live_server, quay, kept):
    head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n' + bytes(200_000)
    with socket.create_connection((live_server.thread.host, live_server.thread.port)) as line:
        line.sendall(
            f"POST /api/v1/reports HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token_for(quay)}\r\n"
            "Content-Type: multipart/form-data; boundary=x\r\nContent-Length: 900000\r\n\r\n".encode()
        )
        line.sendall(head)
        line.shutdown(socket.SHUT_WR)
        while line.recv(4096):
            pass
    assert in_vault() == kept


def test_nothing_is_spooled(machine, settings, tmp_path):
    """A temporary file would have nowhere to go, and memory takes nothing."""
    settings.FILE_UPLOAD_TEMP_DIR, settings.FILE_UPLOAD_MAX_MEMORY_SIZE = str(tmp_path / "nowhere"), 0
    assert send(machine, file=picture(8) * 50).status_code == 201
