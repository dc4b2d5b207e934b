"""Codes of own pictures: listed as unverified, telling the sender nothing of what was known, and taken back."""

import io
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import numpy as np
import pyrage
import pytest

from tutela.errors import Forbidden, Unavailable
from tutela.media import fingerprint
from tutela.sealing import open_age
from tutela_node.accounts import actions as accounts
from tutela_node.foundation import clock
from tutela_node.foundation.permissions import SYSTEM
from tutela_node.hashlists import actions, copy_actions, goods, index, overview, queries
from tutela_node.hashlists.models import Entry, Flood, HashList, ListChange
from tutela_node.hashlists.provenance import told
from tutela_node.hashlists.reading import open_list
from tutela_node.hashlists.rules import EMPTY_FILE, LookUpClass, Purpose
from tutela_node.intake.models import Answer
from tutela_node.intake.prints import Print
from tutela_node.journeys import flood_decided, flood_sorted, list_handed_out, own_picture
from tutela_node.journeys.models import Step
from tutela_node.journeys.public_dropped import take_back
from tutela_node.journeys.tests.conftest import picture
from tutela_node.journeys.tests.telling import Reporter
from tutela_node.review import queries as review
from tutela_node.review.rules import Bucket

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("run_due")]
KEPT, PLAIN, WITHDRAWN = "own_kept", "own_plain", "own_withdrawn"
WHY = "decided in this test for good reasons"


def code(seed, quality=None):
    prints = fingerprint(picture(seed))
    return Print(sha256=prints.sha256, pdq=prints.pdq, quality=prints.pdq_quality if quality is None else quality)


def near(of, bits):
    return f"{int(of, 16) ^ ((1 << bits) - 1):064x}"


@pytest.fixture
def sent(run_due):
    """Sends codes as the public desk does; what the sender is told then."""

    def run(*codes):
        reporter = Reporter()
        reporter.send(*codes)
        run_due()
        return reporter

    goods.forget()
    yield run
    goods.forget()


def own():
    return HashList.objects.get(is_unverified=True)


def known(of):
    return {hit.entry for hit in index.ask({"sha256": of.sha256, "pdq": of.pdq}, of.quality)}


def good_list(noor, *rows):
    table = "\n".join(["id,sha256,pdq", *(f"g{n},{sha},{pdq}" for n, (sha, pdq) in enumerate(rows))])
    stream = io.BytesIO(table.encode())
    actions.import_list(
        noor, name="Harmless", format="csv", mapping={}, stream=stream, trusted=False, purpose=Purpose.KNOWN_GOOD
    )


def test_codes_are_on_a_list_of_their_own_as_unverified(sent):
    reporter = sent(code(1), Print(sha256="c3" * 32))
    assert reporter.told() == [KEPT]
    assert (own().name, own().is_trusted, own().is_national, own().live) == ("Own pictures", False, False, 3)
    assert {told(row.told_sealed).tags for row in Entry.objects.all()} == {("unverified",)}
    assert len(known(code(1))) == 2


def test_a_report_of_codes_stands_in_no_queue(sent):
    sent(code(1))
    assert review.open_items() == ()


def test_a_picture_too_plain_is_not_listed_and_whoever_sent_it_is_told(sent):
    assert sent(code(1, quality=49)).told() == [PLAIN]
    assert not Entry.objects.exists()
    assert sent(code(1, quality=0), code(2)).told() == [KEPT]
    assert own().live == 2


@pytest.mark.parametrize(
    "odd", [{"sha256": EMPTY_FILE}, {"pdq": "0" * 64}, {"pdq": "f" * 64}, {"pdq": "0f" * 8 + "0" * 48}]
)
def test_a_code_that_no_picture_has_is_not_listed(sent, odd):
    assert sent(replace(code(1), **odd)).told() == [PLAIN]
    assert not Entry.objects.exists()


@pytest.mark.parametrize("bits", [0, 31])
def test_a_harmless_picture_that_is_known_is_not_listed(sent, noor, bits):
    good_list(noor, ("d4" * 32, near(code(1).pdq, bits)))
    sent(code(1))
    assert not HashList.objects.filter(is_unverified=True, live__gt=0).exists()
    actions.withdraw_entry(noor, number=Entry.objects.get(algorithm="pdq").number, reason=WHY)
    sent(code(1))
    assert own().live == 2


def test_a_harmless_file_that_is_known_is_not_listed(sent, noor):
    good_list(noor, (code(1).sha256, near(code(2).pdq, 100)))
    sent(Print(sha256=code(1).sha256))
    assert not HashList.objects.filter(is_unverified=True, live__gt=0).exists()


def test_the_sender_learns_nothing_of_what_was_known(sent, noor):
    """The same sentences in the same order for a picture that is unknown, known, known as harmless, or sent before."""
    good_list(noor, (code(1).sha256, code(1).pdq))
    row = f"id,sha256\nx,{code(2).sha256}"
    actions.import_list(noor, name="Far", format="csv", mapping={}, stream=io.BytesIO(row.encode()), trusted=True)
    assert {tuple(sent(code(seed)).told()) for seed in (1, 2, 3, 3)} == {(KEPT,)}


def test_taken_back_it_matches_no_more_and_the_log_has_it(sent, run_due):
    reporter = sent(code(1))
    take_back(reporter.locator)
    take_back(reporter.locator)
    assert run_due() == 1
    assert not known(code(1))
    assert reporter.told() == [KEPT, WITHDRAWN]
    assert (own().live, own().withdrawn) == (0, 2)
    assert ListChange.objects.filter(what="taken back").count() == 2


def test_taking_back_touches_no_other_report_of_the_same_picture(sent, run_due):
    first, _ = sent(code(1)), sent(code(1))
    take_back(first.locator)
    run_due()
    assert len(known(code(1))) == 2


def test_taken_back_before_it_was_opened_it_never_comes_on_the_list(run_due):
    reporter = Reporter()
    reporter.send(code(1))
    take_back(reporter.locator)
    run_due()
    assert reporter.told() == [WITHDRAWN]
    assert not Entry.objects.exists()


def test_taken_back_while_it_is_being_listed_waits_for_that(sent, run_due):
    reporter = sent(code(1))
    Step.objects.filter(journey=own_picture.JOURNEY, name="keep").update(state=Step.State.DUE)
    Answer.objects.all().delete()
    with pytest.raises(Unavailable):
        own_picture.withdraw(UUID(hex=reporter.draft), None)


def test_what_a_flood_brought_is_listed_when_people_release_it_and_not_when_it_was_taken_back(noor, national, run_due):
    national("[floods]\nper_hour = 1\nslow_seconds = 0\n")
    reporters = [Reporter(proof=0) for _ in range(3)]
    for number, reporter in enumerate(reporters):
        reporter.send(code(number))
        run_due()
    assert [each.told() for each in reporters] == [[KEPT], [], []]
    take_back(reporters[2].locator)
    run_due()
    flood_sorted.release(noor, reports=[each.report().id for each in reporters[1:]])
    run_due()
    assert [each.told() for each in reporters] == [[KEPT], [KEPT], [WITHDRAWN]]
    assert own().live == 4


def test_a_code_that_nobody_has_takes_nothing_back(sent):
    sent(code(1))
    take_back("0" * 64)
    assert not Step.objects.filter(journey=own_picture.JOURNEY, name="withdraw").exists()


def test_the_code_of_another_report_takes_nothing_back(run_due):
    reporter = Reporter().tell(words="a test message")
    run_due()
    take_back(reporter.locator)
    run_due()
    assert WITHDRAWN not in reporter.told()


def test_what_exceeds_a_day_waits_for_people_in_one_flood(sent, national, noor, run_due):
    national("[own_pictures]\nper_day = 3\n")
    reporters = [sent(code(seed)) for seed in range(4)]
    assert {tuple(each.told()) for each in reporters} == {(KEPT,)}
    assert (own().live, own().waiting, Flood.objects.get().count) == (3, 5, 5)
    assert not known(code(3))
    assert flood_decided.decide(noor, flood=Flood.objects.get().id, release=True, reason=WHY)
    run_due()
    assert (own().live, len(known(code(3)))) == (8, 2)


def test_taken_back_from_the_quarantine(sent, national, run_due):
    national("[own_pictures]\nper_day = 0\n")
    reporter = sent(code(1))
    take_back(reporter.locator)
    run_due()
    assert (own().live, own().waiting, own().withdrawn, Flood.objects.get().left) == (0, 0, 2, 0)


def test_its_list_is_never_trusted_and_nothing_else_is_put_on_it(sent, noor):
    sent(code(1))
    with pytest.raises(Forbidden):
        actions.change_list(noor, id=own().id, trusted=True, reason=WHY)
    with pytest.raises(Forbidden):
        actions.import_list(
            noor, name="Own pictures", format="csv", mapping={}, stream=io.BytesIO(b"id,md5\n"), trusted=False
        )


def test_a_list_of_that_name_which_was_imported_is_another_one(sent, noor):
    row = f"id,sha256\nx,{code(2).sha256}"
    actions.import_list(noor, name="Own pictures", format="csv", mapping={}, stream=io.BytesIO(row.encode()), trusted=1)
    sent(code(1))
    assert (own().name, own().live) == ("Own pictures (2)", 2)


def test_no_outsider_is_answered_by_it(sent, harbour):
    sent(code(1))
    asked = {"sha256": code(1).sha256, "pdq": code(1).pdq}
    assert queries.look_up(harbour, hashes=asked, quality=code(1).quality) is LookUpClass.NONE


def test_a_match_is_looked_at_and_says_that_nobody_verified_it(sent, world, run_due, noor):
    sent(code(5))
    Reporter().tell(world.show(5))
    run_due()
    (item,) = review.open_items()
    assert queries.best_match(item)["unverified"]
    entry = review.entry(noor, item)
    assert (entry.bucket, entry.known.unverified) == (Bucket.LOOK, True)


def test_what_waits_is_compared_with_a_code_that_came_later_and_taken_back(sent, world, run_due, noor):
    Reporter().tell(world.show(5))
    run_due()
    (item,) = review.open_items()
    reporter = sent(code(5))
    with clock.standing_at(clock.now() + timedelta(minutes=11)):
        run_due()
        assert review.entry(noor, item).known.unverified
        take_back(reporter.locator)
        run_due()
    assert review.entry(noor, item).known is None


def test_the_list_shows_in_the_lists_room(sent, noor):
    sent(code(1))
    (shown,) = [each for each in overview.lists(noor) if each.is_unverified]
    assert (shown.name, shown.live, shown.growth_limit) == ("Own pictures", 2, 500)


def test_codes_of_noise_are_all_kept(sent):
    random = np.random.default_rng(7)
    codes = [Print(sha256=random.bytes(32).hex(), pdq=random.bytes(32).hex(), quality=100) for _ in range(20)]
    assert sent(*codes).told() == [KEPT]
    assert own().live == 40
    assert actions.expire_entries(SYSTEM) == 0


def test_a_copy_for_a_recipient_says_with_each_entry_that_it_is_unverified(sent, harbour, timo, noor, run_due):
    for seed in range(4):
        sent(code(seed))
    identity = pyrage.x25519.Identity.generate()
    accounts.sign_agreement(SYSTEM, organisation=harbour.organisation, kind="hashlists", basis="Contract", days=30)
    key = accounts.register_recipient_key(
        SYSTEM, organisation=harbour.organisation, public=str(identity.to_public()), label="Filter"
    )
    copy = copy_actions.propose_copy(timo, list_id=own().id, recipient=key, legal_basis="XA-PC-184", reason=WHY)
    list_handed_out.approve(noor, copy=copy)
    run_due()
    path, _ = copy_actions.fetch_copy(noor, copy=copy)
    _, rows = open_list(io.BytesIO(open_age(path.read_bytes(), str(identity))), "", {})
    assert {row.tags for row in rows} == {("unverified",)}
