"""Other forms of reports at a real node, each role with its own keys: by machine, by mail, proved, and told back."""

import json
import smtplib
from email.message import EmailMessage

import pytest
from journeys.house import House, environment, until
from journeys.patient import Again, provider

from tutela.wire.webhooks import verify
from tutela.wire.xarf.tests.reports import report
from tutela_node.accounts.tests.test_calling import Receiver
from tutela_node.desks.cli.exampleland.dns_world import free_port
from tutela_node.desks.cli.exampleland.world import SHARED
from tutela_node.foundation import clock

pytestmark = pytest.mark.slow
HERE = "report@line.example"


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    data = tmp_path_factory.mktemp("forms") / "data"
    mail = {"TUTELA_MAIL": f"lmtp://127.0.0.1:{free_port()}", "TUTELA_MAIL_TO": HERE}
    with House({**environment(data), **mail}) as made:
        yield made


@pytest.fixture(scope="module")
def harbour(house):
    wire = Again()
    yield provider(house, wire)
    wire.close()


@pytest.fixture
def receiver():
    made = Receiver()
    yield made
    made.close()


def sent(harbour, house, path, **changes):
    """A XARF report of an address at which a picture is shown."""
    house.world.host.show(path, 71)
    body = report(url=house.world.host.url(path, name=SHARED), **changes)
    answer = harbour.post("/api/v1/reports/xarf", json=body)
    assert answer.status_code == 201, answer.text
    return body, answer.json()["reports"][0]["report"]


def test_a_xarf_report_is_proved_and_its_sender_is_told(house, harbour, receiver, tmp_path):
    added = house.tutela("node", "webhook", "add", "Harbour Hosting", receiver.address).stdout.split()
    body, number = sent(harbour, house, "/x/1.jpg")
    receipt = tmp_path / "receipt.json"

    def is_logged():
        answer = harbour.get(f"/api/v1/reports/{number}/receipt")
        receipt.write_bytes(answer.content)
        return answer.status_code == 200

    until("the report has its receipt", 20, is_logged)
    house.tutela("node", "policy", str(tmp_path / "policy.json"))
    (tmp_path / "sent.json").write_bytes(harbour.build_request("POST", "/", json=body).content)
    house.tutela("custody", "verify", str(receipt), "--policy", str(tmp_path / "policy.json"),
                 "--document", str(tmp_path / "sent.json"))  # fmt: skip
    until("the sender is told that it is open", 40, lambda: receiver.calls)
    _, headers, told = receiver.calls[0]
    event = verify(url=receiver.address, headers=headers, body=told, secret=added[1], now=clock.now())
    assert (event.report, event.state) == (number, "open")
    assert json.loads(house.tutela("node", "webhook", "list", "--json").stdout)["sent"] == 1


def test_a_mail_becomes_a_report_for_people(house):
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "somebody@sender.example", HERE, "a test message"
    mail.set_content("A test message.")
    with smtplib.LMTP("127.0.0.1", int(house.settings["TUTELA_MAIL"].rpartition(":")[2]), timeout=20) as server:
        server.send_message(mail)
    until("the mail was read", 20, lambda: not house.tutela("node", "steps", "--json").stdout.count("mail_received"))
    assert "mail" in set(house.processes().values())


def test_a_table_is_taken_and_listed(harbour):
    before = harbour.get("/api/v1/reports").json()["next"]
    table = "url,note\n" + "".join(f"https://host.example/{number},a note\n" for number in range(300))
    answer = harbour.post("/api/v1/reports/csv", content=table, headers={"Content-Type": "text/csv"})
    assert (answer.status_code, answer.json()["taken"]) == (201, 300)

    def listed():
        rows = harbour.get("/api/v1/reports", params={"cursor": before, "limit": 500}).json()["reports"]
        return [each for each in rows if each["form"] == "csv"]

    until("the rows are listed", 30, lambda: len(listed()) == 300)
