"""People sort cases while reports come in: afterwards every report is in one case, and the cases say so."""

import random
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest
from django.db import connection

from tutela_node.foundation.errors import Invalid, Missing
from tutela_node.foundation.permissions import SYSTEM
from tutela_node.intake import actions
from tutela_node.intake.case_actions import join_cases, split_case
from tutela_node.intake.documents import Document
from tutela_node.intake.facts import Facts
from tutela_node.intake.models import Apart, Bundle, Report
from tutela_node.intake.rules import Channel
from tutela_node.intake.sense import Found
from tutela_node.intake.sense_actions import weigh_report

pytestmark = pytest.mark.django_db(transaction=True)
ACTS, ACCOUNTS = 12, 3
REFUSED = (Invalid, Missing)  # what somebody hears whose case became another one meanwhile


def arrive(dice):
    facts = Facts(accounts=(f"chat.example:user{dice.randrange(ACCOUNTS)}",), ips=("192.0.2.7",))
    document = Document(channel=Channel.CYBERTIP, original=b"<report/>", facts=facts)
    report = actions.receive_document(SYSTEM, document=document).report
    weigh_report(SYSTEM, report=report, found=Found.UNCHECKED)


def take_apart(person, dice):
    case = dice.choice(list(Bundle.objects.values_list("id", flat=True)))
    inside = list(Report.objects.filter(bundle=case).values_list("id", flat=True))
    split_case(person, bundle=case, reports=dice.sample(inside, len(inside) // 2))


def put_together(person, dice):
    case = dice.choice(list(Bundle.objects.values_list("id", flat=True)))
    join_cases(person, bundle=case, reference=dice.choice(list(Report.objects.values_list("reference", flat=True))))


def again_and_again(act, seed):
    dice = random.Random(seed)
    try:
        for _ in range(ACTS):
            with suppress(*REFUSED):
                act(dice)
    finally:
        connection.close()


@pytest.mark.parametrize("seed", range(2))
def test_every_report_is_in_one_case_that_counts_it(mira, timo, seed):
    for each in range(10):
        arrive(random.Random(each))
    acts = (arrive, arrive, lambda dice: take_apart(mira, dice), lambda dice: put_together(timo, dice))
    with ThreadPoolExecutor(len(acts)) as pool:
        begun = [pool.submit(again_and_again, act, seed + number) for number, act in enumerate(acts)]
        for each in begun:
            each.result(60)
    assert Report.objects.count() == 10 + 2 * ACTS
    for case in Bundle.objects.all():
        reports = Report.objects.filter(bundle=case)
        assert (case.count, case.open_count) == (reports.count(), reports.count())
        assert reports.filter(id=case.head).exists()
    assert not Report.objects.filter(bundle=None).exists()
    pairs = set(Apart.objects.values_list("one", "other"))
    assert all(one < other for one, other in pairs)
