"""`tutela node filings` counts what was opened and what was refused."""

import json

import pytest
from typer.testing import CliRunner

from tutela_node.desks.cli.main import app
from tutela_node.intake import filing_actions as filing


@pytest.mark.django_db
def test_filings_are_counted(harbour):
    first, second = (filing.keep_document(harbour, original=b"<report/>") for _ in range(2))
    filing.open_filing(harbour, document=first, findings=())
    filing.refuse_document(harbour, document=second, findings=())
    told = json.loads(CliRunner().invoke(app, ["filings", "--json"]).output)
    assert told == {"open": 1, "finished": 0, "retracted": 0, "expired": 0, "tests": 0, "refused": 1}
