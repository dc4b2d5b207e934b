"""The national list leaves: two people, a law, an agreement; signed, sealed, and marked so that a leak has a name."""

import io
import time
from datetime import timedelta
from uuid import uuid4

import numpy as np
import pyrage
import pytest
from django.conf import settings

from tutela.custody import VerifierKey
from tutela.errors import VerificationFailed
from tutela.hashlists import verified_entries, verify
from tutela.matching import Needle
from tutela.matching.tests.soundtexts import text_of
from tutela.sealing import open_age
from tutela_node.accounts import actions as accounts
from tutela_node.foundation import clock, keys
from tutela_node.foundation.errors import Conflict, Forbidden, Invalid
from tutela_node.foundation.permissions import SYSTEM
from tutela_node.hashlists import alarms, collecting, copy_actions, index, queries
from tutela_node.hashlists.actions import admit, import_list, withdraw_entry
from tutela_node.hashlists.match_actions import match_item
from tutela_node.hashlists.models import Canary, CanaryAlarm, Entry, HashList, ListCopy
from tutela_node.hashlists.publishing import TABLES_SECONDS, Publisher
from tutela_node.hashlists.replica import Replica, Spool
from tutela_node.hashlists.rules import Heard, LookUpClass
from tutela_node.journeys import list_handed_out

pytestmark = pytest.mark.django_db
REASON = "asked for by the provider, agreement of May"


@pytest.fixture(autouse=True)
def loaded(db):
    index.forget()
    index.load()
    yield
    index.forget()


@pytest.fixture
def national():
    for number in range(1, 9):
        prints = {"sha256": (f"{number:064x}", None), "md5": (f"{number:032x}", None), "pdq": (f"{number:x}" * 64, 80)}
        admit(SYSTEM, item=uuid4(), fingerprints=prints, verdict=uuid4(), scheme="XA", code="A", people=2)
    return HashList.objects.get(is_national=True).id


@pytest.fixture
def identity():
    return pyrage.x25519.Identity.generate()


@pytest.fixture
def recipient(harbour, identity):
    agreement = {"kind": "hashlists", "basis": "Contract of 4 May", "days": 30}
    accounts.sign_agreement(SYSTEM, organisation=harbour.organisation, **agreement)
    public = str(identity.to_public())
    return accounts.register_recipient_key(SYSTEM, organisation=harbour.organisation, public=public, label="Filter")


@pytest.fixture
def hand_out(national, recipient, timo, noor, run_due):
    """The opened bytes of a copy that two people let go."""

    def run(identity):
        copy = copy_actions.propose_copy(
            timo, list_id=national, recipient=recipient, legal_basis="XA-PC-184", reason=REASON
        )
        list_handed_out.approve(noor, copy=copy)
        run_due()
        path, _ = copy_actions.fetch_copy(noor, copy=copy)
        return copy, open_age(path.read_bytes(), str(identity))

    return run


def _publisher():
    signer = keys.signer("release")
    return VerifierKey(name=signer.name, public=signer.public)


def test_a_copy_is_signed_for_its_recipient_and_holds_the_list_and_nothing_else(hand_out, identity, harbour, noor):
    withdraw_entry(noor, number=1, reason="admitted by an error of ours")
    copy, plain = hand_out(identity)
    found = verify(io.BytesIO(plain), publishers=[_publisher()], recipient=str(harbour.organisation))
    entries = list(verified_entries(io.BytesIO(plain), found))
    assert found.header.name == "National list"
    assert found.header.expires == (clock.now() + timedelta(days=31)).date()
    assert len(entries) == found.entries == 8 + 32
    values = {value for entry in entries for _, value in entry.hashes}
    assert values >= {f"{2:032x}", f"{8:064x}", "8" * 64}
    assert f"{1:064x}" not in values  # the one that was withdrawn
    assert all(entry.classification.code == "A" and entry.source is None for entry in entries)
    row = ListCopy.objects.get(id=copy)
    assert (row.state, row.entries, row.fetched) == ("built", 40, 1)
    assert str(row.reference).startswith("L-XA-")


def test_sounds_go_along_and_a_canary_has_none(recipient, identity, hand_out):
    """Also where every entry has a sound: what a canary is made after is taken without it."""
    sounds = {text_of(np.random.default_rng(each).integers(0, 2**32, 60, dtype=np.uint32)) for each in range(3)}
    Entry.objects.update(withdrawn_at=clock.now())
    for number, sound in enumerate(sorted(sounds)):
        prints = {"sha256": (f"{number:064x}", None), "chromaprint": (sound, None)}
        admit(SYSTEM, item=uuid4(), fingerprints=prints, verdict=uuid4(), scheme="XA", code="A", people=2)
    _, plain = hand_out(identity)
    found = verify(io.BytesIO(plain), publishers=[_publisher()])
    hashes = [dict(entry.hashes) for entry in verified_entries(io.BytesIO(plain), found)]
    assert {each["chromaprint"] for each in hashes if "chromaprint" in each} == sounds
    assert len(hashes) == 3 + 32


def test_a_copy_is_for_nobody_else(hand_out, identity):
    _, plain = hand_out(identity)
    with pytest.raises(VerificationFailed, match="another recipient"):
        verify(io.BytesIO(plain), publishers=[_publisher()], recipient=str(uuid4()))


def test_nothing_leaves_by_one_person_or_without_law_agreement_or_reason(national, recipient, timo, noor, mira, pavel):
    asked = {"list_id": national, "recipient": recipient, "legal_basis": "XA-PC-184", "reason": REASON}
    with pytest.raises(Forbidden):
        copy_actions.propose_copy(mira, **asked)
    with pytest.raises(Forbidden, match="legal basis"):
        copy_actions.propose_copy(timo, **asked | {"legal_basis": "XA-CPA-12"})
    with pytest.raises(Invalid):
        copy_actions.propose_copy(timo, **asked | {"reason": "so"})
    police = accounts.register_recipient_key(
        SYSTEM,
        organisation=pavel.organisation,
        public=str(pyrage.x25519.Identity.generate().to_public()),
        label="Desk",
    )
    with pytest.raises(Forbidden, match="agreement"):
        copy_actions.propose_copy(timo, **asked | {"recipient": police})
    copy = copy_actions.propose_copy(timo, **asked)
    with pytest.raises(Forbidden, match="second person"):
        list_handed_out.approve(timo, copy=copy)
    with pytest.raises(Conflict):
        copy_actions.fetch_copy(noor, copy=copy)
    copy_actions.refuse_copy(timo, copy=copy, reason="the contract has not been signed")
    with pytest.raises(Conflict):
        list_handed_out.approve(noor, copy=copy)


def test_lists_of_others_are_not_ours_to_hand_out(recipient, timo, noor):
    stream = io.BytesIO(b"id,md5\n1," + b"ab" * 16 + b"\n")
    import_list(noor, name="Far list", format="csv", mapping={}, stream=stream, trusted=False)
    other = HashList.objects.get(name="Far list").id
    with pytest.raises(Forbidden, match="national list"):
        copy_actions.propose_copy(timo, list_id=other, recipient=recipient, legal_basis="XA-PC-184", reason=REASON)


def test_the_next_copy_has_the_same_canaries(hand_out, identity):
    first, second = hand_out(identity)[1], hand_out(identity)[1]
    names = Canary.objects.values_list("number", "lookup")
    assert len(set(names)) * 2 == len(names)
    assert first.splitlines()[1:-2] == second.splitlines()[1:-2]


def _canary_of(plain: bytes) -> dict[str, str]:
    known = set(Entry.objects.values_list("lookup", flat=True))
    found = verify(io.BytesIO(plain), publishers=[_publisher()])
    for entry in verified_entries(io.BytesIO(plain), found):
        if not alarms.lookups_of(dict(entry.hashes)) & known:
            return dict(entry.hashes)
    raise AssertionError("no canary")


def test_a_canary_that_comes_back_names_the_copy_and_tells_its_bringer_nothing(hand_out, identity, harbour, mira, noor):
    copy, plain = hand_out(identity)
    hashes = _canary_of(plain)
    assert queries.look_up(harbour, hashes={"sha256": hashes["sha256"].upper()}, quality=None) is LookUpClass.NONE
    assert match_item(SYSTEM, item=uuid4(), fingerprints={"md5": (hashes["md5"], None)}) == 0
    stream = io.BytesIO(f"id,md5\n1,{hashes['md5']}\n2,{'ab' * 16}\n".encode())
    import_list(noor, name="Far list", format="csv", mapping={}, stream=stream, trusted=False)
    found = alarms.alarms(mira)
    assert {(each.copy, each.heard) for each in found} == {(copy, heard) for heard in Heard}
    assert {each.by for each in found} >= {harbour.name, "Far list"}
    queries.look_up(harbour, hashes={"sha256": hashes["sha256"]}, quality=None)
    assert CanaryAlarm.objects.get(heard="look-up").count == 2


def test_a_canary_that_is_asked_of_a_matcher_raises_the_alarm(hand_out, identity, harbour, mira):
    raw = _matcher_token(harbour)
    publisher, spool = Publisher(), Spool(index.folder(), name=f"m{uuid4().hex}")
    publisher.once()
    copy, plain = hand_out(identity)
    time.sleep(TABLES_SECONDS)
    publisher.once()
    publisher.close()
    key, now = keys.matcher_public(settings.TUTELA.data), lambda: clock.now().timestamp()
    replica = Replica.open(index.folder(), key=key, clock=now, spool=spool)
    asked = _canary_of(plain)["sha256"].upper()
    replica.hear([Needle(hashes={"sha256": asked}), Needle(hashes={"md5": "0" * 32})], replica.grant(raw))
    spool.close()
    lines = b"".join(path.read_bytes() for path in (index.folder() / "spool").rglob("*.done"))
    assert asked.lower().encode() not in lines.lower()
    assert collecting.once() == 1
    ((met, heard, by, count),) = [(each.copy, each.heard, each.by, each.count) for each in alarms.alarms(mira)]
    assert (met, heard, by, count) == (copy, Heard.LOOK_UP, "Harbour Hosting: filter", 1)


def _matcher_token(harbour) -> str:
    home = harbour.organisation
    accounts.sign_agreement(SYSTEM, organisation=home, kind="matcher", basis="law", days=3)
    return accounts.issue_token(SYSTEM, organisation=home, name="filter", scopes=["hashlists.look_up"], days=3)


def test_what_is_no_canary_raises_nothing(hand_out, identity, harbour, mira):
    hand_out(identity)
    queries.look_up(harbour, hashes={"md5": f"{2:032x}"}, quality=None)
    assert alarms.alarms(mira) == ()


def test_the_plain_list_touches_no_disk(hand_out, identity, tmp_path):
    hand_out(identity)
    data = settings.TUTELA.data
    from pathlib import Path

    kept = b"".join(path.read_bytes() for path in Path(data).rglob("*") if path.is_file() and "db" not in path.name)
    assert f"{8:064x}".encode() not in kept


def test_a_found_list_names_whose_copy_it_was(hand_out, identity, harbour):
    copy, plain = hand_out(identity)
    found = verify(io.BytesIO(plain), publishers=[_publisher()])
    half = [entry for number, entry in enumerate(verified_entries(io.BytesIO(plain), found)) if number % 2]
    ((reference, name), count), *others = alarms.whose(half).items()
    assert reference == ListCopy.objects.get(id=copy).reference
    assert name.startswith("Harbour Hosting")
    assert count > 8
    assert others == []
    assert alarms.whose(half[:0]) == {}
