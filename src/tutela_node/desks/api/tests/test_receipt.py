"""The receipt of a report: waiting until the log is signed, then a proof that stands without the node."""

import json

from typer.testing import CliRunner

from tutela.cli.custody import app
from tutela.wire.xarf.tests.reports import report
from tutela_node.desks.api.tests.callers import Machine, agree, token_for
from tutela_node.desks.api.tests.test_forms import xarf
from tutela_node.evidence.policy import policy_json
from tutela_node.evidence.sequencer import sequence


def test_a_receipt_waits_for_the_log_and_then_proves_the_bytes(machine, tmp_path):
    reference = xarf(machine, report()).json()["reports"][0]["report"]
    waiting = machine.get(f"/api/v1/reports/{reference}/receipt")
    assert (waiting.status_code, waiting.headers["Retry-After"]) == (202, "1")
    sequence()
    answer = machine.get(f"/api/v1/reports/{reference}/receipt")
    assert (answer.status_code, answer.json()["report"]) == (200, reference)
    (tmp_path / "receipt.json").write_bytes(answer.content)
    (tmp_path / "policy.json").write_bytes(policy_json())
    for sent, code in ((report(), 0), (report(tags=["a:b"]), 1)):
        (tmp_path / "sent.json").write_text(json.dumps(sent))
        assert verify(tmp_path, "--document", str(tmp_path / "sent.json")) == code
    assert verify(tmp_path) == 0


def test_a_changed_receipt_does_not_hold(machine, tmp_path):
    reference = xarf(machine, report()).json()["reports"][0]["report"]
    sequence()
    told = machine.get(f"/api/v1/reports/{reference}/receipt").json()
    (tmp_path / "policy.json").write_bytes(policy_json())
    for name, value in (("key", "00" * 32), ("details", {**told["details"], "sha256": "0" * 64}), ("leaf", "{}")):
        (tmp_path / "receipt.json").write_text(json.dumps({**told, name: value}))
        assert verify(tmp_path) == 1


def test_nobody_else_gets_it(machine):
    reference = xarf(machine, report()).json()["reports"][0]["report"]
    sequence()
    stranger = Machine(token_for(agree("Far Host", "intake")))
    assert stranger.get(f"/api/v1/reports/{reference}/receipt").status_code == 404


def verify(folder, *options):
    arguments = ["verify", str(folder / "receipt.json"), "--policy", str(folder / "policy.json"), *options]
    result = CliRunner().invoke(app, arguments)
    return 1 if result.exception and not isinstance(result.exception, SystemExit) else result.exit_code
