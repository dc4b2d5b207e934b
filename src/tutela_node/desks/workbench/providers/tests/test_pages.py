"""The pages of providers: who reports, how good it was, what would help."""

from dataclasses import replace

import pytest
from django.urls import reverse

from tutela_node.desks.workbench.providers.charts import bars
from tutela_node.foundation.ids import new_id
from tutela_node.intake import actions
from tutela_node.intake.documents import Document
from tutela_node.intake.rules import Channel
from tutela_node.journeys.reports_weighed import weigh

pytestmark = pytest.mark.django_db


@pytest.fixture
def reported(harbour):
    for number in range(6):
        document = Document(channel=Channel.CSV, original=str(number).encode(), problem="" if number else "is empty")
        received = actions.receive_document(replace(harbour, scopes=None), document=document)
        weigh(received.report)
    return harbour.organisation


def test_a_provider_stands_with_its_figures(sign_in, mira, reported):
    shown = sign_in(mira).get(reverse("providers:index")).content.decode()
    assert "Harbour" in shown
    assert "83&nbsp;%" in shown


def test_a_provider_is_told_what_would_help(sign_in, olga, reported):
    shown = sign_in(olga).get(reverse("providers:provider", args=[reported])).content.decode()
    assert "6 reports in twelve months." in shown
    assert "no account" in shown
    assert 'role="img"' in shown


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_places_of_a_drawing_are_numbers_in_every_language(sign_in, mira, reported, language):
    client = sign_in(mira)
    client.cookies["django_language"] = language
    shown = client.get(reverse("providers:provider", args=[reported]), headers={"Accept-Language": language})
    assert 'x="8.0"' in shown.content.decode()


def test_what_is_no_provider_is_not_shown(sign_in, mira, pavel):
    client = sign_in(mira)
    for id in (new_id(), mira.organisation):
        assert client.get(reverse("providers:provider", args=[id])).status_code == 404
    assert sign_in(pavel).get(reverse("providers:index")).status_code == 403


def test_bars_begin_at_zero():
    drawn = bars([0, 5, 10], width=300)
    assert [each.height for each in drawn.bars] == ["0.0", "68.0", "136.0"]
