"""Nobody can probe us with material of their own: what a status page says in the first day is the same to the byte.

Five reporters name an address each: of a picture that nobody knows, one on a trusted list, one that was decided as
illegal, one decided as legal, and one whose place the police hold. The stories run; then each comes back with the code.
"""

import io
from datetime import timedelta
from hashlib import md5

import pytest

from tutela.sealing import open_with
from tutela_node.foundation import clock
from tutela_node.intake import queries
from tutela_node.intake.rules import ANSWER_INFO
from tutela_node.journeys import assessment_made, list_imported, verdict_reached
from tutela_node.journeys.tests.conftest import picture
from tutela_node.journeys.tests.telling import Reporter
from tutela_node.journeys.tests.test_stories import both_decide
from tutela_node.material import queries as items
from tutela_node.review import queries as review

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


def listed(actor, *seeds):
    rows = "".join(f"{md5(picture(seed), usedforsecurity=False).hexdigest()},A\n" for seed in seeds)
    given = {"format": "csv", "mapping": {"md5": "md5", "classification": "classification"}, "trusted": True}
    list_imported.import_list(actor, name="Partner", stream=io.BytesIO(f"md5,classification\n{rows}".encode()), **given)


def reads(reporter, at):
    """The sealed answers that the status page opens, as bytes, but for what sealing draws at random."""
    sealed = queries.answers(reporter.locator, at)
    return [(len(each), open_with(reporter.mailbox.private, each, info=ANSWER_INFO)) for each in sealed]


def item_of(reporter):
    (item,) = queries.items_of_report(reporter.report().id)
    return item


def test_what_we_knew_does_not_show_for_a_day(world, run_due, noor, mira, timo, pavel):
    start = clock.now()
    with clock.standing_at(start - timedelta(days=3)):
        listed(noor, 2, 3)
        known = {seed: Reporter().tell(world.show(seed, path=f"/before/{seed}.jpg")) for seed in (3, 4, 5)}
        run_due()
        for person in (mira, timo):
            assessment_made.assess(person, item=item_of(known[3]), code="A", ground="facts", viewed=False)
        both_decide(mira, timo, item_of(known[4]), "N")
        (place,) = items.sightings_of(item_of(known[5]))
        ends = start + timedelta(days=5)
        verdict_reached.place_hold(pavel, sighting=place.id, reason="case 12", ends=ends, host_may_know=False)
    with clock.standing_at(start - timedelta(days=3) + 2 * MINUTE):
        run_due()
    with clock.standing_at(start):
        probes = {seed: Reporter().tell(world.show(seed, path=f"/probe/{seed}.jpg")) for seed in (1, 2, 3, 4, 5)}
        run_due()
    with clock.standing_at(start + MINUTE):
        run_due()
    assert review.verdict_of(item_of(probes[3])).illegal  # we did know
    for minutes in (0, 1, 29, 30, 31, 600, 1439):
        seen = {seed: reads(probe, start + minutes * MINUTE) for seed, probe in probes.items()}
        assert all(each == seen[1] for each in seen.values()), minutes
        assert len(seen[1]) == (1 if minutes < 30 else 2)
    later = {seed: reads(probe, start + 1441 * MINUTE) for seed, probe in probes.items()}
    assert len(later[3]) == len(later[4]) == 3  # what came of it is told, a day after the report
