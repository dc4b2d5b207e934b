"""Actors hold what their roles and scopes give, and nothing else."""

from uuid import uuid4

import pytest

from tutela_node.foundation.errors import Forbidden
from tutela_node.foundation.permissions import PUBLIC, STAFF, SYSTEM, Actor, Role, allow, person_of, require

SEND = allow("post.send", "Send", STAFF, Role.PROVIDER)


def actor(*roles, scopes=None):
    return Actor(id=uuid4(), name="somebody", roles=frozenset(roles), scopes=scopes)


def test_a_permission_is_held_by_the_roles_it_names():
    assert SEND.roles == {Role.ANALYST, Role.SENIOR, Role.PROVIDER}
    for role in Role:
        assert actor(role).may(SEND) is (role in SEND.roles)


def test_several_roles_hold_what_each_of_them_holds():
    assert actor(Role.AUDITOR, Role.ANALYST).may(SEND)
    assert not actor().may(SEND)


def test_a_scope_only_narrows():
    assert actor(Role.PROVIDER, scopes=frozenset({"post.send"})).may(SEND)
    assert not actor(Role.PROVIDER, scopes=frozenset({"post.read"})).may(SEND)
    assert not actor(Role.PROVIDER, scopes=frozenset()).may(SEND)
    assert not actor(Role.AUDITOR, scopes=frozenset({"post.send"})).may(SEND)


@pytest.mark.parametrize("who", [SYSTEM, PUBLIC, actor(Role.OPERATOR)])
def test_a_refusal_names_the_permission(who):
    with pytest.raises(Forbidden, match=r"post\.send") as caught:
        require(who, SEND)
    assert caught.value.place == "post.send"


def test_only_who_signed_in_is_a_person():
    somebody = actor(Role.ANALYST)
    assert person_of(somebody) == somebody.id
    for nobody in (SYSTEM, PUBLIC):
        with pytest.raises(Forbidden):
            person_of(nobody)
