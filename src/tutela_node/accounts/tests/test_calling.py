"""Registered addresses are called, signed, once a change; a receiver verifies; failures wait and are shown."""

import json
import ssl
import threading
from dataclasses import replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from uuid import UUID

import pytest
from simulators.certificates import certificate
from typer.testing import CliRunner

from tutela.errors import Invalid, VerificationFailed
from tutela.wire.webhooks import verify
from tutela_node.accounts import actions, calling, queries
from tutela_node.accounts.rules import WEBHOOK_KIND
from tutela_node.desks.cli import webhooks as desk
from tutela_node.foundation import clock, delivering
from tutela_node.foundation.permissions import SYSTEM
from tutela_node.intake import actions as intake
from tutela_node.intake.documents import Document
from tutela_node.intake.rules import Channel

pytestmark = pytest.mark.django_db
PUBLIC = "https://desk.line.example/hook"


class Receiver:
    """A provider's own server on the loopback: it keeps what it is sent and answers with `status`."""

    def __init__(self, *, tls=None):
        self.calls, self.status = [], 204
        receiver = self

        class Hook(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.calls.append((self.path, dict(self.headers), body))
                self.send_response(receiver.status)
                self.send_header("Location", "/elsewhere")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *args):
                """A simulator is quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Hook)
        if tls:
            context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            context.load_cert_chain(*tls)
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def address(self):
        return f"http://127.0.0.1:{self.server.server_port}/hook?a=1"

    def close(self):
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def receiver():
    made = Receiver()
    yield made
    made.close()


@pytest.fixture(autouse=True)
def _exercise(settings):
    settings.TUTELA = replace(settings.TUTELA, exercise_network="127.0.0.0/8")


@pytest.fixture
def hook(harbour, receiver):
    return actions.register_webhook(SYSTEM, organisation=harbour.organisation, address=receiver.address)


def received(actor):
    document = Document(channel=Channel.XARF, original=b"{}", urls=("https://host.example/secret",))
    return intake.receive_document(actor, document=document).report


@pytest.fixture
def report(harbour):
    """One that came days ago: what is told of it can be read at once."""
    with later(days=-2):
        return received(harbour)


def later(**span):
    return clock.standing_at(clock.now() + timedelta(**span))


def test_a_call_waits_until_its_sender_can_read_what_it_says(hook, harbour, receiver):
    start, called = clock.now(), []
    with clock.standing_at(start):
        report = received(harbour)
        for sentence in ("checking", "acted", "closed_gone"):
            intake.answer(SYSTEM, report=report, sentence=sentence)
    for minutes in (0, 29.9, 30, 1439.9, 1440, 1441):
        with clock.standing_at(start + timedelta(minutes=minutes)):
            called.append(calling.deliver_due())
    assert called == [0, 0, 1, 0, 1, 1]  # two outcomes that can be read at once are a second apart
    events = [json.loads(body) for _, _, body in receiver.calls]
    assert [each["state"] for each in events] == ["open", "working", "closed"]
    assert len({each["at"] for each in events}) == 3
    made = [UUID(each["id"]).int >> 80 for each in events]  # dated as the event, not as what we knew
    assert made[0] == int((start + timedelta(minutes=30)).timestamp() * 1000)


def test_each_change_of_state_is_one_call_that_its_receiver_verifies(hook, report, receiver):
    for sentence in ("checking", "checking", "acted", "closed_no_action"):
        intake.answer(SYSTEM, report=report, sentence=sentence)
    assert (calling.deliver_due(), calling.deliver_due()) == (3, 0)
    _, secret = hook
    events = [
        verify(url=receiver.address, headers=headers, body=body, secret=secret, now=clock.now())
        for _, headers, body in receiver.calls
    ]
    assert [each.state for each in events] == ["open", "working", "closed"]
    assert len({each.id for each in events}) == 3
    assert receiver.calls[0][0] == "/hook?a=1"


def test_a_call_says_the_state_and_nothing_of_the_report(hook, report, receiver):
    intake.answer(SYSTEM, report=report, sentence="checking")
    calling.deliver_due()
    (_, headers, body) = receiver.calls[0]
    assert set(json.loads(body)) == {"id", "type", "report", "state", "at"}
    assert "secret" not in f"{headers}{body}"
    with pytest.raises(VerificationFailed):
        verify(url=receiver.address, headers=headers, body=body + b" ", secret=hook[1], now=clock.now())


@pytest.mark.parametrize("status", [500, 404, 302, 429])
def test_what_is_not_taken_goes_again_later_as_the_same_event(hook, report, receiver, status):
    receiver.status = status
    intake.answer(SYSTEM, report=report, sentence="checking")
    assert calling.deliver_due() == 0
    receiver.status = 200
    assert calling.deliver_due() == 0
    with later(seconds=61):
        assert calling.deliver_due() == 1
    assert [json.loads(body)["id"] for _, _, body in receiver.calls] == [json.loads(receiver.calls[0][2])["id"]] * 2


def test_a_receiver_that_is_gone_or_removed_ends_it(hook, report, receiver):
    receiver.status = 410
    intake.answer(SYSTEM, report=report, sentence="checking")
    calling.deliver_due()
    intake.answer(SYSTEM, report=report, sentence="acted")
    actions.remove_webhook(SYSTEM, webhook=hook[0])
    calling.deliver_due()
    intake.answer(SYSTEM, report=report, sentence="closed_gone")
    told = delivering.delivered(WEBHOOK_KIND, hook[0])
    assert (told.sent, told.waiting, told.failed, len(receiver.calls)) == (0, 0, 2, 1)


def test_an_address_inside_our_networks_is_not_called(hook, report, receiver, settings):
    settings.TUTELA = replace(settings.TUTELA, exercise_network="")
    intake.answer(SYSTEM, report=report, sentence="checking")
    assert calling.deliver_due() == 0
    assert receiver.calls == []
    assert delivering.delivered(WEBHOOK_KIND, hook[0]).waiting == 1


def test_a_certificate_must_hold(harbour, report, tmp_path, settings):
    chain = certificate(tmp_path, "localhost")
    receiver = Receiver(tls=chain)
    try:
        address = f"https://127.0.0.1:{receiver.server.server_port}/"
        hook, _ = actions.register_webhook(SYSTEM, organisation=harbour.organisation, address=address)
        intake.answer(SYSTEM, report=report, sentence="checking")
        assert calling.deliver_due(roots=str(chain[0])) == 0
        assert "certificate" in delivering.delivered(WEBHOOK_KIND, hook).problem
    finally:
        receiver.close()


def test_somebody_elses_reports_are_not_told(receiver, report):
    other = actions.create_organisation(SYSTEM, name="Far Host", kind="provider", country="XA", email="")
    actions.register_webhook(SYSTEM, organisation=other, address=receiver.address)
    intake.answer(SYSTEM, report=report, sentence="checking")
    assert (calling.deliver_due(), receiver.calls) == (0, [])


@pytest.mark.parametrize("address", ["ftp://a.example/", "https://u:p@a.example/", "https://a.example/ b", "a.example"])
def test_what_is_no_address_is_refused(harbour, address):
    with pytest.raises(Invalid):
        actions.register_webhook(SYSTEM, organisation=harbour.organisation, address=address)


def test_outside_of_an_exercise_it_must_be_https(harbour, settings):
    settings.TUTELA = replace(settings.TUTELA, exercise_network="")
    actions.register_webhook(SYSTEM, organisation=harbour.organisation, address=PUBLIC)
    with pytest.raises(Invalid):
        actions.register_webhook(SYSTEM, organisation=harbour.organisation, address=PUBLIC.replace("https", "http"))


def test_address_and_secret_rest_sealed(hook, receiver):
    from tutela_node.accounts.models import Webhook

    row = Webhook.objects.get()
    kept = bytes(row.address_sealed) + bytes(row.secret_sealed)
    assert receiver.address.encode() not in kept
    assert hook[1].encode() not in kept
    assert queries.webhook(hook[0]).secret == hook[1]


def test_an_operator_adds_lists_and_removes(harbour, monkeypatch):
    home = queries.organisation(harbour.organisation).name
    run = CliRunner()
    added = run.invoke(desk.app, ["add", home, PUBLIC])
    assert added.exit_code == 0, added.output
    id, secret = added.output.split()
    listed = json.loads(run.invoke(desk.app, ["list", "--json"]).output)
    assert (listed["webhook"], listed["address"], listed["waiting"]) == (id, PUBLIC, 0)
    assert secret not in run.invoke(desk.app, ["list"]).output
    assert run.invoke(desk.app, ["remove", id]).output == "removed\n"
    assert run.invoke(desk.app, ["remove", "x"]).exit_code != 0
