"""`tutela node filings` counts what was opened and what was refused."""

import json

import pytest
from typer.testing import CliRunner

from tutela.wire.form import Finding, Weight
from tutela_node.desks.cli.main import app
from tutela_node.intake import filing_actions as filing

WHY = Finding(weight=Weight.FAULT, rule="missing", place="report/reporter", message="is missing", line=3)


@pytest.mark.django_db
def test_filings_are_counted(harbour):
    first, second = (filing.keep_document(harbour, original=b"<report/>") for _ in range(2))
    filing.open_filing(harbour, document=first, findings=())
    filing.refuse_document(harbour, document=second, findings=(WHY,))
    told = json.loads(CliRunner().invoke(app, ["filings", "--json"]).output)
    assert told == {"open": 1, "finished": 0, "retracted": 0, "expired": 0, "tests": 0, "refused": 1}
    refused = CliRunner().invoke(app, ["filings", "--refused"]).output
    assert "Harbour Hosting  9 bytes" in refused
    assert "fault: line 3, report/reporter: is missing" in refused
    assert json.loads(CliRunner().invoke(app, ["filings", "--refused", "--json"]).output)["size"] == 9
