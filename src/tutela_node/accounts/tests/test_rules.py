"""Tokens, passwords, grants and agreements, without a database."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from tutela_node.accounts import rules
from tutela_node.foundation.errors import Conflict, Forbidden, Invalid

ID = UUID(int=7)
NOW = datetime(2026, 3, 1, tzinfo=UTC)
SECRET = bytes(range(32))


def check(**changed: object) -> None:
    told = {"kept": rules.digest(SECRET), "shown": rules.digest(SECRET), "expires_at": NOW + timedelta(seconds=1)}
    rules.check_token(**{**told, "revoked": False, "now": NOW, **changed})


def test_a_token_is_read_as_it_was_written() -> None:
    assert rules.read_token(rules.write_token(ID, SECRET)) == (ID, rules.digest(SECRET))


@pytest.mark.parametrize(
    "raw", ["", "tut_", "tut_12_34", f"tut_{ID.hex}_" + "g" * 64, f"tut_{ID.hex}_" + "a" * 64 + "\n"]
)
def test_what_is_no_token_is_refused(raw: str) -> None:
    with pytest.raises(Forbidden, match="no token"):
        rules.read_token(raw)


def test_a_live_token_passes() -> None:
    check()


@pytest.mark.parametrize(
    "changed", [{"kept": None}, {"shown": "a" * 64}, {"expires_at": NOW}, {"expires_at": None}, {"revoked": True}]
)
def test_every_other_token_is_refused_in_the_same_words(changed: dict[str, object]) -> None:
    with pytest.raises(Forbidden, match=r"^this token is not valid$"):
        check(**changed)


def test_an_unknown_token_is_not_matched_by_a_digest_of_zeros() -> None:
    with pytest.raises(Forbidden):
        check(kept=None, shown=rules.NOBODY, expires_at=None)


@pytest.mark.parametrize("role", ["public", "provider", "system", "emperor"])
def test_only_roles_of_people_are_granted(role: str) -> None:
    with pytest.raises(Invalid, match="no role of a person"):
        rules.check_grant(role=role, person=ID, by=None)


def test_nobody_grants_a_role_to_themselves() -> None:
    with pytest.raises(Conflict, match="somebody else"):
        rules.check_grant(role="analyst", person=ID, by=ID)


@pytest.mark.parametrize("scopes", [[], [""], ["intake"], ["Intake.report"], ["intake.report "]])
def test_scopes_are_permission_names(scopes: list[str]) -> None:
    with pytest.raises(Invalid, match="scope"):
        rules.check_scopes(scopes)


def test_a_token_reports_or_only_tries() -> None:
    with pytest.raises(Invalid, match=r"nothing is kept.*two tokens"):
        rules.check_scopes(["intake.report", "intake.read_own", "intake.test"])
    rules.check_scopes(["intake.test", "intake.read_own"])


@pytest.mark.parametrize("password", ["short", "a" * 40, "mira@hotline.example", "x" * 201])
def test_weak_passwords_are_refused_and_not_repeated(password: str) -> None:
    with pytest.raises(Invalid) as refused:
        rules.check_password(password, email="Mira@hotline.example", name="Mira Kade")
    assert password not in str(refused.value)


def test_an_address_is_kept_in_lower_case() -> None:
    assert rules.clean_email(" Mira@Hotline.example ") == "mira@hotline.example"


@pytest.mark.parametrize("days", [0, -1, rules.MAX_AGREEMENT_DAYS + 1])
def test_an_agreement_has_an_end(days: int) -> None:
    with pytest.raises(Invalid, match="days"):
        rules.check_agreement(kind="intake", basis="XA-CPA-12", days=days)
