"""Lists that come in by the worker: a large file, piece by piece, and a list that is followed at its exchange."""

import hashlib
import io
from datetime import timedelta

import pytest
from simulators.exchanges import fails
from simulators.exchanges_ncmec import NcmecServer

from tutela.hashlists import ListEntry, MediaKind
from tutela_node.foundation import clock
from tutela_node.foundation.errors import Conflict, Forbidden, Invalid
from tutela_node.foundation.permissions import SYSTEM
from tutela_node.hashlists import exchanging, following, holding, overview, queries, reading
from tutela_node.hashlists.actions import take_rows
from tutela_node.hashlists.models import Entry, HashList, ListImport, Opinion, Subscription
from tutela_node.hashlists.rules import ImportState, ListState, SentState
from tutela_node.journeys import flood_decided, list_followed, list_imported
from tutela_node.journeys.models import Step

pytestmark = pytest.mark.django_db
WHY = "the source confirmed it by telephone"
PASSWORD = "correct-horse"  # of a server in this process
SECRET = {"username": "node", "password": PASSWORD}
ROWS = 2 * reading.PIECE + 7


def digest(number):
    return hashlib.md5(str(number).encode(), usedforsecurity=False).hexdigest()


@pytest.fixture
def held():
    with holding.receive(1 << 24) as holder:
        holder.write(b"id,md5\n")
        holder.write("".join(f"{number},{digest(number)}\n" for number in range(ROWS)).encode())
        return holder.seal()


@pytest.fixture
def begun(held, noor, run_due):
    return list_imported.begin_import(noor, name="Large", format="", mapping={}, held=held, trusted=False)


@pytest.fixture
def service():
    with NcmecServer(password=PASSWORD, page=3, now=clock.now) as server:
        for number in range(8):
            server.put(entry(number))
        yield server


OLD = clock.now() - timedelta(days=2)


def entry(number, at=OLD):
    hashes = (("md5", digest(number)), ("pdq", hashlib.sha256(str(number).encode()).hexdigest()))
    return ListEntry(id=f"e{number}", kind=MediaKind.IMAGE, hashes=hashes, timestamp=at)


@pytest.fixture
def followed(service, noor, run_due):
    return list_followed.subscribe(
        noor, name="Exchange", kind="ncmec", settings={"address": service.url}, credentials=SECRET, minutes=60
    )


def live():
    return Entry.objects.filter(withdrawn_at=None, quarantined_at=None).count()


def later(**span):
    return clock.standing_at(clock.now() + timedelta(**span))


def test_a_large_file_is_taken_piece_by_piece_and_its_file_is_removed(begun, run_due, noor):
    assert holding.folder().joinpath(begun.hex).exists()
    run_due()
    made = overview.read_import(noor, begun)
    assert (made.state, made.read, made.added, made.problem_count) == (ImportState.DONE, ROWS, ROWS, 0)
    assert Step.objects.filter(subject=begun, name__startswith="take:").count() == 3
    assert live() == ROWS == HashList.objects.get().live


def test_the_held_file_holds_nothing_in_clear(held):
    content = holding.folder().joinpath(held.id.hex).read_bytes()
    assert digest(3).encode() not in content
    assert b"id,md5\n" not in content  # fewer octets are met by chance in what is sealed


def test_another_worker_goes_on_where_one_was_killed(begun, run_due):
    """Each piece is taken by a process that had not opened the file; a piece read before the kill is read again."""
    for _ in range(2):
        work = queries.import_work(begun)
        told = {"format": work.format, "mapping": work.mapping, "position": work.position}
        lost = reading.next_piece(begun, key_wrapped=work.key_wrapped, **told)
        reading.forget(begun)
        kept = reading.next_piece(begun, key_wrapped=work.key_wrapped, **told)
        assert kept == lost
        assert take_rows(SYSTEM, id=begun, piece=kept, seconds=0.0)
        with pytest.raises(Conflict):
            take_rows(SYSTEM, id=begun, piece=lost, seconds=0.0)
    run_due()
    assert ListImport.objects.get().position == ROWS
    assert Entry.objects.count() == len(set(Entry.objects.values_list("lookup", flat=True))) == ROWS


def test_a_cancelled_import_stops_and_keeps_what_it_took(begun, run_due, noor):
    from tutela_node.hashlists.actions import cancel_import

    cancel_import(noor, id=begun)
    run_due()
    assert (overview.read_import(noor, begun).state, Entry.objects.count()) == (ImportState.CANCELLED, 0)
    with pytest.raises(Conflict):
        cancel_import(noor, id=begun)


def test_a_file_that_breaks_off_says_so_and_is_over(noor, run_due):
    with holding.receive(1 << 20) as holder:
        holder.write(b"id,md5\n" + f"1,{digest(1)}\n".encode())
        held = holder.seal()
    id = list_imported.begin_import(noor, name="Cut", format="", mapping={}, held=held, trusted=False)
    path = holding.folder() / id.hex
    path.write_bytes(path.read_bytes()[:-3])
    run_due()
    made = overview.read_import(noor, id)
    assert made.state == ImportState.FAILED
    assert made.trouble


def test_what_waits_is_released_by_the_worker(begun, run_due, noor, timo):
    run_due()
    HashList.objects.update(growth_limit=1)
    rows = b"id,md5\n" + b"".join(f"n{n},{digest(-n)}\n".encode() for n in range(1, 4))
    list_imported.import_list(noor, name="Large", format="", mapping={}, stream=io.BytesIO(rows), trusted=False)
    (flood,) = overview.floods(noor)
    assert flood_decided.decide(noor, flood=flood.id, release=True, reason=WHY)
    run_due()
    assert (overview.floods(noor), live()) == ((), ROWS + 3)


def test_a_list_is_followed_batch_by_batch_with_its_deletions(service, followed, run_due, noor):
    run_due()
    (found,) = following.subscriptions(noor)
    assert (found.live, found.trouble, found.member) == (16, "", "Exampleland Node")
    assert found.caught_up_at is not None
    service.delete(("7", "image", "e3"))
    service.put(entry(20, at=None))
    with later(minutes=61):
        run_due()
    assert sorted(Entry.objects.exclude(withdrawn_at=None).values_list("algorithm", flat=True)) == ["md5", "pdq"]
    assert live() == 16


def test_a_kill_between_two_batches_neither_loses_nor_repeats(service, followed, run_due):
    """Every batch is fetched by a process that had no exchange open, and once more before it is taken."""
    while Subscription.objects.get().caught_up_at is None:
        round = Subscription.objects.get().round
        exchanging.fetch(round)
        exchanging.forget()
        fetched = exchanging.fetch(round)
        list_followed.fetch(round, fetched)
        exchanging.forget()
        if Subscription.objects.get().round == round:
            with pytest.raises(Conflict):
                list_followed.fetch(round, fetched)
    list_followed.fetch(round, fetched)  # the round is over
    assert Entry.objects.count() == len(set(Entry.objects.values_list("lookup", flat=True))) == 16


def test_a_service_that_fails_is_asked_again_after_growing_pauses(service, followed, run_due, noor):
    service.spoil(fails(500), times=100)
    run_due()
    (found,) = following.subscriptions(noor)
    assert (found.failures, found.live) == (1, 0)
    assert found.trouble
    assert found.next_at > clock.now() + timedelta(minutes=4)


def test_wrong_credentials_are_told_and_never_shown(service, noor, run_due):
    secret = {"username": "node", "password": "quite-another"}
    list_followed.subscribe(
        noor, name="E", kind="ncmec", settings={"address": service.url}, credentials=secret, minutes=60
    )
    run_due()
    (found,) = following.subscriptions(noor)
    assert found.trouble
    row = Subscription.objects.get()
    assert "quite-another" not in str(found)
    assert b"quite-another" not in bytes(row.credentials_sealed)


def test_a_paused_subscription_asks_nothing(service, followed, run_due, noor):
    run_due()
    list_followed.change(noor, id=followed, reason=WHY, state=ListState.PAUSED)
    asked = len(service.asked)
    with later(days=2):
        run_due()
    assert len(service.asked) == asked
    with pytest.raises(Conflict):
        list_followed.fetch_now(noor, id=followed)


def test_a_fetch_now_replaces_the_round_that_waits(service, followed, run_due, noor):
    run_due()
    list_followed.fetch_now(noor, id=followed)
    service.put(entry(30, at=None))
    with later(minutes=2):
        run_due()
    assert live() == 18
    assert Subscription.objects.get().next_at > clock.now() + timedelta(minutes=50)


def test_an_opinion_is_sent_to_the_exchange_and_its_answer_kept(service, followed, run_due, mira):
    run_due()
    row = Entry.objects.filter(algorithm="md5").order_by("number").first()
    assert list_followed.judge(mira, number=row.number, affirmative=True, note=WHY)
    run_due()
    assert Opinion.objects.get().sent_state == SentState.TAKEN
    assert service.feedback
    with pytest.raises(Conflict):
        list_followed.judge(mira, number=row.number, affirmative=False, note=WHY)


def test_what_cannot_be_opened_is_refused_and_says_where(noor, mira, olga):
    told = {"name": "E", "kind": "ncmec", "settings": {"address": "http://far.example/"}, "minutes": 60}
    with pytest.raises(Invalid) as caught:
        list_followed.subscribe(olga, credentials=SECRET, **told)
    assert caught.value.place == "address"
    with pytest.raises(Forbidden):
        list_followed.subscribe(mira, credentials=SECRET, **told)
