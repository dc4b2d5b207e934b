"""Who may come in through a marked view."""

import pytest
from django.http import HttpRequest, HttpResponse

from tutela_node.desks.routes import DeskRequest, Door, who
from tutela_node.foundation.errors import Forbidden
from tutela_node.foundation.ids import new_id
from tutela_node.foundation.permissions import PUBLIC, Actor, Role, allow

LOOK = allow("review.look", "Look", Role.ANALYST)
DECIDE = allow("review.decide", "Decide", Role.SENIOR)


def visit(*doors: Door, actor: Actor | None = PUBLIC, sign_in: str = "/sign-in/login/") -> HttpResponse:
    request = HttpRequest()
    request.path = "/queue"
    if actor is not None:
        request.actor = actor  # type: ignore[attr-defined]
    request.sign_in_url = sign_in  # type: ignore[attr-defined]
    return who(*doors)(lambda request: HttpResponse("in"))(request)


def somebody(*roles: Role) -> Actor:
    return Actor(id=new_id(), name="Somebody", roles=frozenset(roles))


def test_a_view_carries_its_answer() -> None:
    @who(LOOK, DECIDE)
    def page(request: DeskRequest) -> HttpResponse:
        return HttpResponse(request.actor.name)

    assert page.who == (LOOK, DECIDE)
    assert page.__name__ == "page"


def test_a_view_must_say_something() -> None:
    with pytest.raises(TypeError):
        who()


@pytest.mark.parametrize("actor", [None, PUBLIC, somebody()])
def test_everybody_sees_a_public_page(actor: Actor | None) -> None:
    assert visit("public", actor=actor).content == b"in"


@pytest.mark.parametrize("actor", [None, PUBLIC])
def test_strangers_are_sent_to_sign_in(actor: Actor | None) -> None:
    assert visit(LOOK, actor=actor).headers["Location"] == "/sign-in/login/?next=%2Fqueue"


@pytest.mark.parametrize("door", [LOOK, "signed in"])
def test_strangers_are_refused_where_nobody_signs_in(door: Door) -> None:
    with pytest.raises(Forbidden):
        visit(door, sign_in="")


def test_one_of_several_permissions_is_enough() -> None:
    assert visit(LOOK, DECIDE, actor=somebody(Role.SENIOR)).content == b"in"
    assert visit("signed in", actor=somebody()).content == b"in"


def test_the_wrong_role_is_refused_and_told_what_is_needed() -> None:
    with pytest.raises(Forbidden, match=r"review\.look, review\.decide"):
        visit(LOOK, DECIDE, actor=somebody(Role.OPERATOR, Role.SYSTEM))


def test_a_token_without_the_scope_is_refused() -> None:
    token = Actor(id=new_id(), name="Desk", roles=frozenset({Role.ANALYST}), scopes=frozenset({"review.decide"}))
    with pytest.raises(Forbidden):
        visit(LOOK, actor=token)
