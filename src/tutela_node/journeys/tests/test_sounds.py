"""From a report to a verdict to the next report: a sound that is known is found again, and decides nothing alone."""

import io
from uuid import UUID

import pytest

from tutela.media.tests.recordings import melody, sound, video
from tutela_node.hashlists import queries as lists
from tutela_node.hashlists.actions import withdraw_entry
from tutela_node.journeys import assessment_made, list_imported
from tutela_node.journeys.tests.test_reporting import failed, import_table
from tutela_node.journeys.tests.test_stories import item_of, later, report_file
from tutela_node.journeys.tests.test_unpacking import container_of, inside_of, zipped
from tutela_node.material import queries as items
from tutela_node.review import queries as verdicts
from tutela_node.review.rules import Bucket, Reason, reuse_ground

pytest.importorskip("chromaprint", reason="Chromaprint's library is not installed")
pytestmark = pytest.mark.django_db
TUNE = melody(14)
FIRST = sound(TUNE)
AGAIN = sound(TUNE[30_000:] * 0.5, codec="flac", form="flac", bits=0)


@pytest.fixture
def decided(harbour, noor, mira, timo, run_due):
    """Reports a file that a trusted list knows, has two people take that verdict over, and answers the item."""

    def run(data: bytes) -> UUID:
        import_table(noor, data)
        item = item_of(report_file(harbour, data))
        run_due()
        for person in (mira, timo):
            assessment_made.assess(person, item=item, code="A", ground="facts", viewed=False)
        with later():
            run_due()
        return item

    return run


def import_sound(noor, text: str, *, name: str = "Sounds", trusted: bool = True):
    table = io.BytesIO(f"id,chromaprint,classification\n1,{text},A\n".encode())
    mapping = {"id": "id", "chromaprint": "chromaprint", "classification": "classification"}
    return list_imported.import_list(noor, name=name, format="csv", mapping=mapping, stream=table, trusted=trusted)


def entry_of(person, item: UUID):
    return verdicts.entry(person, item)


def chromaprint_of(item: UUID) -> str:
    return items.item(item).fingerprints["chromaprint"][0]


def test_a_verdict_admits_the_sound_and_the_next_recording_of_it_is_found(harbour, decided, run_due):
    first = decided(FIRST)
    assert verdicts.verdict_of(first).illegal
    second = item_of(report_file(harbour, AGAIN, "a-2"))
    run_due()
    (match,) = lists.matches_of(second)
    assert (match.algorithm, match.via, str(match.closeness), match.list_name) == (
        "chromaprint",
        "sound",
        "near",
        "National list",
    )
    assert 75 <= match.percent <= 100
    assert failed() == []


def test_a_known_sound_is_a_hint_that_nobody_can_take_over(harbour, mira, decided, run_due):
    decided(FIRST)
    second = item_of(report_file(harbour, AGAIN, "a-2"))
    run_due()
    entry = entry_of(mira, second)
    assert (entry.reason, entry.bucket) == (Reason.SOUND_MATCH, Bucket.LOOK)
    assert entry.known.trusted
    assert entry.known.code == "A"
    assert reuse_ground(entry.known, verdicts.terms()) is None


def test_the_sound_of_a_film_is_found_in_a_film_inside_an_archive(harbour, decided, run_due):
    decided(video(140, sound=True))
    other = video(140, sound=True, size=(160, 120), rate=10, form="mov")
    container = container_of(report_file(harbour, zipped({"b.mov": other}), "a-2").report)
    run_due()
    ((_, member),) = inside_of(container)
    assert "chromaprint" in {each.algorithm for each in lists.matches_of(member)}


def test_a_list_that_comes_later_finds_what_waits_and_one_that_goes_takes_it_back(harbour, noor, run_due):
    item = item_of(report_file(harbour, AGAIN))
    run_due()
    assert entry_of(noor, item).reason == Reason.NO_MATCH
    import_sound(noor, chromaprint_of(item))
    run_due()
    assert (entry_of(noor, item).reason, entry_of(noor, item).known.percent) == (Reason.SOUND_MATCH, 100)
    withdraw_entry(noor, number=1, reason="the sound is that of a well-known song")
    assert lists.matches_of(item) == ()


def test_another_sound_and_a_silent_film_match_nothing(harbour, decided, run_due):
    decided(FIRST)
    for number, other in enumerate((sound(melody(14, seed=9)), video(60), sound(TUNE * 0))):
        item = item_of(report_file(harbour, other, f"b-{number}"))
        run_due()
        assert lists.matches_of(item) == ()
    assert failed() == []
