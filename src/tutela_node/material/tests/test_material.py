"""Items, fingerprints and sightings, in the database."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from tutela.media import Fingerprints, Frame, Variant
from tutela.media.kinds import Kind
from tutela.urls import canonicalise
from tutela_node.foundation.errors import Conflict, Forbidden, Invalid, Missing
from tutela_node.foundation.models import AuditRecord
from tutela_node.foundation.permissions import PUBLIC, SYSTEM, Actor
from tutela_node.material import actions, queries
from tutela_node.material.models import Fingerprint, Item, Sighting

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
ADDRESS = "http://img4.pages.example/a/b/20931"
PRINTS = Fingerprints(
    sha256="1a" * 32, sha1="2b" * 20, md5="3c" * 16, size=9, kind=Kind.IMAGE, pdq="4d" * 32, pdq_quality=94,
    width=640, height=480, truncated=False, problem="",
)  # fmt: skip


@pytest.fixture
def item() -> UUID:
    return actions.register_item(SYSTEM, object_id=uuid4(), size=9, reference="118204-1")


def see(address: str = ADDRESS, at: datetime = AT) -> UUID:
    return actions.add_sighting(SYSTEM, url=canonicalise(address), seen_at=at)


def test_an_item_without_a_reference_gets_the_next_of_our_own() -> None:
    ids = [actions.register_item(SYSTEM, object_id=None, size=1) for _ in range(2)]
    assert [queries.item(id).reference for id in ids] == ["M-000001", "M-000002"]


def test_a_reference_is_given_once(item: UUID) -> None:
    with pytest.raises(Conflict, match="118204-1"):
        actions.register_item(SYSTEM, object_id=None, size=1, reference="118204-1")
    assert queries.item_of_reference("118204-1") == item


def test_digests_known_on_arrival_find_the_item_at_once() -> None:
    id = actions.register_item(SYSTEM, object_id=None, size=9, digests={"sha256": PRINTS.sha256})
    assert queries.items_by_exact("sha256", PRINTS.sha256) == (id,)


def test_fingerprints_are_kept_and_read_back(item: UUID) -> None:
    actions.fingerprint_item(SYSTEM, item=item, prints=PRINTS)
    value = queries.item(item)
    assert value.fingerprints["pdq"] == (PRINTS.pdq, 94)
    assert (value.kind, value.width, value.state) == ("image", 640, "fingerprinted")
    assert queries.items_by_exact("md5", PRINTS.md5) == (item,)


def test_other_forms_and_frames_are_kept_sealed_as_far_as_they_can_be_compared(item: UUID) -> None:
    frames = tuple(Frame(number=n, seconds=n, pdq=f"{n // 2:064x}", quality=20 + 40 * (n > 1)) for n in range(9_000))
    prints = replace(PRINTS, variants=(Variant(via="mirror", pdq="ab" * 32, quality=80),), frames=frames)
    actions.fingerprint_item(SYSTEM, item=item, prints=prints)
    forms = queries.item(item).forms
    assert (forms[0].via, forms[0].value, forms[0].quality) == ("mirror", "ab" * 32, 80)
    assert forms[1].via == "frame 2"
    assert 1_000 < len(forms) <= 2_001
    assert b"mirror" not in bytes(Item.objects.get().forms_sealed)


def test_the_same_step_twice_leaves_the_same_rows(item: UUID) -> None:
    for _ in range(2):
        actions.fingerprint_item(SYSTEM, item=item, prints=PRINTS)
    assert Fingerprint.objects.count() == 4


def test_no_fingerprint_or_address_is_stored_in_clear(item: UUID) -> None:
    actions.fingerprint_item(SYSTEM, item=item, prints=PRINTS)
    see()
    kept = b"".join(bytes(row.value_sealed) for row in Fingerprint.objects.all())
    row = Sighting.objects.get()
    assert bytes.fromhex(PRINTS.sha256) not in kept
    assert b"pages" not in bytes(row.url_sealed) + bytes(row.host_sealed)


def test_an_erased_item_has_no_bytes(item: UUID) -> None:
    actions.set_item_state(SYSTEM, item=item, state="erased")
    assert queries.item(item).object_id is None
    with pytest.raises(Conflict):
        actions.set_item_state(SYSTEM, item=item, state="queued")


def test_an_address_that_waits_stands_once() -> None:
    first, again = see(), see("HTTP://IMG4.pages.example:80/a/./b/20931", AT + timedelta(hours=1))
    assert first == again
    assert queries.sighting(first).last_seen == AT + timedelta(hours=1)


def test_a_sighting_reads_back_and_shows_a_short_form() -> None:
    value = queries.sighting(see())
    assert (value.url, value.host, value.redacted) == (ADDRESS, "img4.pages.example", "img4.pages.example/a/…/20931")
    assert ADDRESS not in repr(value)


def test_the_same_address_again_merges_into_the_one_that_stands(item: UUID) -> None:
    first = see()
    actions.link_sighting(SYSTEM, sighting=first, item=item)
    later = see(at=AT + timedelta(days=1))
    assert later != first
    assert actions.link_sighting(SYSTEM, sighting=later, item=item) == first
    assert queries.sighting(later).id == first
    assert [each.id for each in queries.sightings_of(item)] == [first]


def test_an_address_that_shows_something_else_stands_for_both(item: UUID) -> None:
    other = actions.register_item(SYSTEM, object_id=None, size=1)
    first = see()
    actions.link_sighting(SYSTEM, sighting=first, item=item)
    with pytest.raises(Conflict):
        actions.link_sighting(SYSTEM, sighting=first, item=other)
    actions.link_sighting(SYSTEM, sighting=see(), item=other)
    assert len(queries.sightings_on_host("IMG4.pages.example")) == 2


def test_linking_twice_changes_nothing(item: UUID) -> None:
    first = see()
    assert [actions.link_sighting(SYSTEM, sighting=first, item=item) for _ in range(2)] == [first, first]


def test_a_sighting_that_is_gone_says_why() -> None:
    id = see()
    actions.mark_sighting(SYSTEM, sighting=id, state="gone", problem="the host answers 410")
    assert (queries.sighting(id).state, queries.sighting(id).problem) == ("gone", "the host answers 410")


@pytest.mark.parametrize("text", ["118204-1", "118204-1 ", ADDRESS, "img4.pages.example", "1A" * 32, "4d" * 32])
def test_a_search_finds_by_reference_address_host_and_hash(item: UUID, text: str) -> None:
    actions.fingerprint_item(SYSTEM, item=item, prints=PRINTS)
    actions.link_sighting(SYSTEM, sighting=see(), item=item)
    assert queries.search(text).items == (item,)


@pytest.mark.parametrize("text", ["nothing", "http://img4.pages.example/a", "pages.example", "0" * 64, "http://["])
def test_a_search_finds_exact_things_only(item: UUID, text: str) -> None:
    actions.link_sighting(SYSTEM, sighting=see(), item=item)
    assert queries.search(text) == queries.Found(items=(), sightings=())


def test_an_empty_search_is_refused() -> None:
    with pytest.raises(Invalid):
        queries.search("  ")


def test_reading_and_searching_are_written_down_without_the_text(item: UUID, mira: Actor) -> None:
    queries.read_item(mira, item)
    queries.find(mira, ADDRESS)
    rows = AuditRecord.objects.filter(is_read=True, actor=mira.id).order_by("at")
    assert [row.verb for row in rows] == ["item.read", "material.searched"]
    assert "pages" not in rows[1].note


def test_material_is_for_those_who_assess(item: UUID, pavel: Actor, ada: Actor, olga: Actor, harbour: Actor) -> None:
    for somebody in (pavel, ada, olga, harbour, PUBLIC):
        with pytest.raises(Forbidden):
            queries.read_item(somebody, item)
        with pytest.raises(Forbidden):
            actions.mark_sighting(somebody, sighting=item, state="gone")


def test_what_is_not_there_is_missing() -> None:
    for ask in (queries.item, queries.sighting):
        with pytest.raises(Missing):
            ask(uuid4())


def test_a_sound_is_kept_sealed_and_read_again_as_it_is_written(item):
    text = "AQAAAA"
    actions.fingerprint_item(SYSTEM, item=item, prints=replace(PRINTS, audio=text))
    assert queries.item(item).fingerprints["chromaprint"] == (text, None)
    sealed = Fingerprint.objects.get(item=item, algorithm="chromaprint").value_sealed
    assert text.encode() not in bytes(sealed)


def test_a_sound_that_is_none_is_refused_with_its_place(item):
    with pytest.raises(Invalid, match="base64") as refused:
        actions.fingerprint_item(SYSTEM, item=item, prints=replace(PRINTS, audio="!!!!"))
    assert refused.value.place == "chromaprint"
