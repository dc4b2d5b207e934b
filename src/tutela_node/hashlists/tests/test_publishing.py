"""From the database to the matchers and back: fresh, complete, and kept once."""

import time
from uuid import uuid4

import pytest
from django.conf import settings

from tutela.matching import Needle
from tutela_node.accounts import actions as accounts
from tutela_node.accounts import queries
from tutela_node.foundation import clock, keys, marks
from tutela_node.foundation.models import AuditRecord
from tutela_node.foundation.permissions import SYSTEM
from tutela_node.hashlists import collecting, index
from tutela_node.hashlists.actions import admit, withdraw_entry
from tutela_node.hashlists.models import HashList
from tutela_node.hashlists.publishing import Publisher
from tutela_node.hashlists.replica import Replica, Spool

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("fresh_index", "empty_folder")]
MD5 = "ab" * 16


@pytest.fixture
def empty_folder():
    import shutil

    shutil.rmtree(index.folder(), ignore_errors=True)


@pytest.fixture
def publisher():
    made = Publisher()
    yield made
    made.close()


@pytest.fixture
def raw(harbour):
    home = harbour.organisation
    accounts.sign_agreement(SYSTEM, organisation=home, kind="matcher", basis="law", days=3)
    return accounts.issue_token(SYSTEM, organisation=home, name="filter", scopes=["hashlists.look_up"], days=3)


def put(md5=MD5):
    return admit(
        SYSTEM, item=uuid4(), fingerprints={"md5": (md5, None)}, verdict=uuid4(), scheme="XA", code="A", people=2
    )


def replica():
    key = keys.matcher_public(settings.TUTELA.data)
    return Replica.open(index.folder(), key=key, clock=lambda: clock.now().timestamp())


def knows(reader, raw, md5=MD5):
    reader.refresh()
    assert reader.standing().is_ready, reader.standing().reason
    grant = reader.grant(raw)
    assert grant is not None
    return bool(reader.match(Needle(hashes={"md5": md5}), grant))


def test_what_is_admitted_and_withdrawn_reaches_a_matcher(publisher, raw, noor):
    publisher.once()
    reader = replica()
    assert not knows(reader, raw)
    put()
    publisher.once()
    assert knows(reader, raw)
    withdraw_entry(noor, number=1, reason="admitted by an error of ours")
    publisher.once()
    assert not knows(reader, raw)


def test_a_snapshot_begins_with_everything(publisher, raw):
    put()
    publisher.once()
    assert knows(replica(), raw)


def test_a_paused_list_is_asked_no_more(publisher, raw):
    put()
    publisher.once()
    reader = replica()
    HashList.objects.update(state="paused")
    publisher.once()
    assert not knows(reader, raw)


def test_a_revoked_token_is_refused(publisher, raw):
    publisher.once()
    reader = replica()
    accounts.revoke_token(SYSTEM, token=queries.actor_of_token(raw).id)
    publisher._looked = 0.0
    publisher.once()
    reader.refresh()
    assert reader.grant(raw) is None


def test_two_workers_do_not_both_publish(publisher, raw):
    publisher.once()
    other = Publisher()
    other.once()
    put()
    other.once()
    reader = replica()
    assert not knows(reader, raw)
    publisher.close()
    other.once()
    assert knows(reader, raw)
    other.close()


def test_a_process_starts_from_the_snapshot_that_the_database_knows(publisher):
    put()
    publisher.once()
    put("cd" * 16)
    other = index.MatchIndex()
    assert other.load() == 1
    assert len(other) == 2
    marks.drop(index.SNAPSHOT)
    anew = index.MatchIndex()
    assert anew.load() == 2


def test_a_long_tail_becomes_a_snapshot_beside(raw):
    publisher = Publisher(long_tail=2)
    publisher.once()
    reader = replica()
    for number in range(4):
        put(f"{number:02d}" * 16)
    publisher.once()
    until = time.monotonic() + 20
    while reader.standing().snapshot < 2 and time.monotonic() < until:
        publisher.once()
        reader.refresh()
    assert reader.standing().snapshot == 2
    assert all(knows(reader, raw, f"{number:02d}" * 16) for number in range(4))
    publisher.close()


def test_look_ups_are_kept_once_and_a_suspension_counts_everywhere(publisher, raw):
    token = queries.actor_of_token(raw).id
    spool = Spool(index.folder(), name="one")
    for kind in ("none", "none", "near"):
        spool.put({"token": token.hex, "at": 0, "class": kind, "count": 1})
    spool.put({"suspend": token.hex, "reason": "asked around one point"})
    spool.close()
    held = [(path, path.read_bytes()) for path in index.folder().glob("spool/one/*")]
    assert collecting.once() == 1
    path, content = held[0]
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content)  # as if the worker had been killed before it could remove the file
    collecting.once()
    written = AuditRecord.objects.filter(verb="fingerprints.matched")
    assert [each.note for each in written] == ["near:1 none:2"]
    assert queries.suspension_of(token) == "asked around one point"
