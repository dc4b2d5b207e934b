"""Who may come in: every view carries its answer, and the answer is enforced where it is written.

Rules:
- a view says `public`, `signed in`, or the permissions of which one is enough; a test walks all routes for it
- the desk's middleware sets `request.actor`; a desk with a sign-in page also sets `request.sign_in_url`, and sends
  people there who are not signed in. Elsewhere they are refused
- coming in is not doing: an action behind the view still asks for its own permission
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, Literal, TypeVar

from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.utils.http import urlencode

from tutela_node.foundation.errors import Forbidden
from tutela_node.foundation.permissions import Actor, Permission

Door = Permission | Literal["public", "signed in"]
View = TypeVar("View", bound=Callable[..., HttpResponseBase])


class DeskRequest(HttpRequest):
    """A request as a view behind `who` gets it."""

    actor: Actor
    sign_in_url: str


def who(*doors: Door) -> Callable[[View], View]:
    """Marks a view with who may come in (`view.who`) and lets nobody else in: a redirect to sign in, or Forbidden."""
    if not doors:
        raise TypeError("a view says who may come in: “public”, “signed in” or permissions")

    def mark(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if "public" in doors:
                return view(request, *args, **kwargs)
            actor: Actor | None = getattr(request, "actor", None)
            sign_in_url: str = getattr(request, "sign_in_url", "")
            if (actor is None or actor.id is None) and sign_in_url:
                return HttpResponseRedirect(f"{sign_in_url}?{urlencode({'next': request.get_full_path()})}")
            _let_in(actor, doors)
            return view(request, *args, **kwargs)

        guarded.who = doors  # type: ignore[attr-defined]  # the mark that the test of all routes reads
        return guarded  # type: ignore[return-value]  # same calls as the view it wraps

    return mark


def _let_in(actor: Actor | None, doors: tuple[Door, ...]) -> None:
    """Raises Forbidden unless one of the doors opens."""
    if actor is None or actor.id is None:
        raise Forbidden("this page is for people who are signed in")
    if "signed in" in doors or any(isinstance(door, Permission) and actor.may(door) for door in doors):
        return
    wanted = ", ".join(door.name for door in doors if isinstance(door, Permission))
    raise Forbidden(f"this page needs the permission “{wanted}”", place=wanted)
