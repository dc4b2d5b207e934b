"""Reports are weighed again after the rule changed, and only those that were not."""

import json
from dataclasses import replace

import pytest
from typer.testing import CliRunner

from tutela_node.desks.cli.main import app
from tutela_node.intake import actions
from tutela_node.intake.documents import Document
from tutela_node.intake.models import Report
from tutela_node.intake.rules import Channel

pytestmark = pytest.mark.django_db


def weigh():
    told = CliRunner().invoke(app, ["reports", "weigh", "--json"])
    assert told.exit_code == 0, told.output
    return json.loads(told.stdout)["weighed"]


def test_only_what_this_rule_has_not_weighed_is_weighed(harbour):
    for number in range(3):
        document = Document(channel=Channel.CSV, original=str(number).encode())
        actions.receive_document(replace(harbour, scopes=None), document=document)
    assert (weigh(), weigh()) == (3, 0)
    Report.objects.filter(id=Report.objects.first().id).update(rule="2019.1")
    assert weigh() == 1
