"""People, grants, tokens, agreements and keys, in the database."""

from datetime import timedelta
from uuid import UUID, uuid4

import pyrage
import pytest

from tutela_node.accounts import actions, queries
from tutela_node.accounts.models import Person, Token
from tutela_node.foundation import clock
from tutela_node.foundation.errors import Conflict, Forbidden, Invalid, Missing
from tutela_node.foundation.models import AuditRecord, PendingEvent
from tutela_node.foundation.permissions import PUBLIC, SYSTEM, Actor, Role

pytestmark = pytest.mark.django_db
PASSWORD = "a long sentence for tests"


@pytest.fixture
def home() -> UUID:
    return actions.create_organisation(SYSTEM, name="Northline", kind="provider", country="XA", email="a@north.example")


@pytest.fixture
def nadia(home: UUID) -> UUID:
    return actions.add_person(SYSTEM, email="Nadia@North.example", name="Nadia", organisation=home, password=PASSWORD)


def actor(id: UUID) -> Actor:
    return queries.actor_of(Person.objects.get(id=id))


def token(home: UUID, **changed: object) -> str:
    told = {"organisation": home, "name": "desk", "scopes": ["intake.report"], "days": 30}
    return actions.issue_token(SYSTEM, **{**told, **changed})


def test_a_person_is_stored_under_a_lower_case_address(nadia: UUID, home: UUID) -> None:
    value = queries.person(nadia)
    assert (value.email, value.organisation, value.organisation_name) == ("nadia@north.example", home, "Northline")
    assert Person.objects.get(id=nadia).check_password(PASSWORD)


def test_a_new_person_may_do_nothing(nadia: UUID) -> None:
    assert actor(nadia).roles == frozenset()


def test_an_address_is_taken_once(nadia: UUID) -> None:
    with pytest.raises(Conflict, match="email"):
        actions.add_person(SYSTEM, email="NADIA@north.example", name="Other", password=PASSWORD)


def test_somebody_without_a_password_cannot_sign_in(db: None) -> None:
    id = actions.add_person(SYSTEM, email="kai@north.example", name="Kai")
    assert not Person.objects.get(id=id).has_usable_password()


def test_an_ended_grant_gives_nothing(nadia: UUID) -> None:
    until = clock.now() + timedelta(hours=1)
    actions.grant_role(SYSTEM, person=nadia, role="analyst", until=until)
    actions.grant_role(SYSTEM, person=nadia, role=Role.SENIOR)
    assert actor(nadia).roles == {Role.ANALYST, Role.SENIOR}
    with clock.standing_at(until):
        assert actor(nadia).roles == {Role.SENIOR}


def test_a_grant_is_ended_at_once(nadia: UUID) -> None:
    actions.grant_role(SYSTEM, person=nadia, role="analyst")
    actions.end_grant(SYSTEM, person=nadia, role="analyst")
    assert actor(nadia).roles == frozenset()


def test_an_operator_makes_no_analyst_of_themselves(olga: Actor) -> None:
    assert olga.id
    with pytest.raises(Conflict, match="oneself"):
        actions.grant_role(olga, person=olga.id, role="analyst")


def test_an_account_that_is_off_is_nobody(nadia: UUID) -> None:
    actions.grant_role(SYSTEM, person=nadia, role="analyst")
    actions.switch_person(SYSTEM, person=nadia, is_active=False)
    assert actor(nadia) == PUBLIC


def test_a_token_acts_for_its_organisation_within_its_scopes(home: UUID) -> None:
    found = queries.actor_of_token(token(home))
    assert (found.organisation, found.roles, found.scopes) == (home, {Role.PROVIDER}, {"intake.report"})


def test_the_secret_of_a_token_is_not_kept(home: UUID) -> None:
    secret = token(home).rpartition("_")[2]
    row = Token.objects.get()
    assert secret not in (row.digest, row.name)


def test_a_token_ends(home: UUID) -> None:
    raw = token(home, days=1)
    with clock.standing_at(clock.now() + timedelta(days=1, seconds=1)), pytest.raises(Forbidden):
        queries.actor_of_token(raw)


def test_a_revoked_token_is_refused(home: UUID) -> None:
    raw = token(home)
    actions.revoke_token(SYSTEM, token=queries.tokens()[0].id)
    with pytest.raises(Forbidden):
        queries.actor_of_token(raw)


def test_a_token_with_another_secret_is_refused(home: UUID) -> None:
    raw = token(home)
    with pytest.raises(Forbidden):
        queries.actor_of_token(raw[:-1] + ("0" if raw[-1] != "0" else "1"))


def test_an_agreement_stands_for_its_days(home: UUID) -> None:
    actions.sign_agreement(SYSTEM, organisation=home, kind="intake", basis="XA-CPA-12", days=30)
    today = clock.now().date()
    days = [today - timedelta(days=1), today, today + timedelta(days=30), today + timedelta(days=31)]
    assert [queries.has_agreement(home, "intake", day) for day in days] == [False, True, True, False]
    assert not queries.has_agreement(home, "matcher", today)


def test_a_recipients_key_is_an_age_key(home: UUID) -> None:
    public = str(pyrage.x25519.Identity.generate().to_public())
    id = actions.register_recipient_key(SYSTEM, organisation=home, public=f" {public}\n", label="Evidence desk")
    assert queries.recipient_key(id).public == public
    assert [key.label for key in queries.recipient_keys("age")] == ["Evidence desk"]
    with pytest.raises(Conflict):
        actions.register_recipient_key(SYSTEM, organisation=home, public=public, label="Again")
    with pytest.raises(Invalid):
        actions.register_recipient_key(SYSTEM, organisation=home, public="age1nothing", label="None")


def test_every_write_is_recorded_once(home: UUID) -> None:
    before = PendingEvent.objects.count()
    token(home)
    assert PendingEvent.objects.count() == before + 1
    assert AuditRecord.objects.latest("at").verb == "token.issued"


def test_only_an_operator_writes(mira: Actor, timo: Actor, ada: Actor, pavel: Actor, harbour: Actor) -> None:
    for somebody in (mira, timo, ada, pavel, harbour, PUBLIC):
        with pytest.raises(Forbidden):
            actions.create_organisation(somebody, name="X", kind="peer", country="XB", email="")


def test_what_is_not_there_is_missing(olga: Actor) -> None:
    nothing = uuid4()
    for ask in (queries.person, queries.organisation, queries.recipient_key):
        with pytest.raises(Missing):
            ask(nothing)
    with pytest.raises(Missing):
        actions.grant_role(olga, person=nothing, role="analyst")


def test_a_suspended_token_is_told_apart_until_an_operator_resumes_it(home: UUID) -> None:
    id = queries.actor_of_token(token(home)).id
    assert id is not None
    assert actions.suspend_token(SYSTEM, token=id, reason="asked around one point")
    assert not actions.suspend_token(SYSTEM, token=id, reason="again")
    assert queries.suspension_of(id) == "asked around one point"
    actions.resume_token(SYSTEM, token=id, reason="a test of theirs")
    assert queries.suspension_of(id) == ""
    with pytest.raises(Missing):
        actions.resume_token(SYSTEM, token=id, reason="a test of theirs")


def test_an_asker_has_the_scope_a_token_and_an_agreement_in_force(home: UUID) -> None:
    token(home, scopes=["hashlists.look_up"])
    assert queries.askers("hashlists.look_up") == ()
    actions.sign_agreement(SYSTEM, organisation=home, kind="matcher", basis="law", days=3, hosts=["a.example"])
    (found,) = queries.askers("hashlists.look_up")
    assert (found.hosts, found.organisation, found.suspended_for) == (("a.example",), home, "")
    assert found.until <= clock.now() + timedelta(days=4)
    assert queries.askers("intake.report") == ()


@pytest.mark.parametrize("host", ["A.example", "*.example", "a.example:80", "", "a..b"])
def test_a_host_of_an_agreement_is_a_plain_name(home: UUID, host: str) -> None:
    with pytest.raises(Invalid):
        actions.sign_agreement(SYSTEM, organisation=home, kind="matcher", basis="law", days=3, hosts=[host])
