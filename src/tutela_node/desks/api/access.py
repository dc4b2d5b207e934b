"""Who calls: the token in the Authorization header (RFC 6750), and the agreement behind what is asked."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from ninja.security import HttpBearer

from tutela_node.accounts import queries as accounts
from tutela_node.accounts.rules import AgreementKind
from tutela_node.desks.api.errors import NoToken
from tutela_node.foundation import clock
from tutela_node.foundation.errors import Forbidden
from tutela_node.foundation.permissions import Actor


class Token(HttpBearer):
    """Sets `request.actor`; raises NoToken for a token that is unknown, expired or revoked, Forbidden without TLS."""

    def __call__(self, request: HttpRequest) -> Any:
        check_tls(request)
        found = super().__call__(request)
        if found is None:
            raise NoToken("send a token of this node: Authorization: Bearer tut_…")
        return found

    def authenticate(self, request: HttpRequest, token: str) -> Actor:
        try:
            actor = accounts.actor_of_token(token.strip())
        except Forbidden as error:
            raise NoToken(error.message) from None
        request.actor = actor  # type: ignore[attr-defined]  # read by `who`
        return actor


def check_tls(request: HttpRequest) -> None:
    """Raises Forbidden where credentials would be taken that crossed the network in the clear."""
    if settings.TUTELA.production and not request.is_secure():
        raise Forbidden("credentials are taken over HTTPS alone")


def agreed(actor: Actor, kind: AgreementKind) -> None:
    """Raises Forbidden unless the caller's organisation has an agreement of this kind in force today.

    A token that was suspended for what it asked is refused look-ups until an operator resumes it.
    """
    if kind is AgreementKind.MATCHER and accounts.suspension_of(actor.id):
        raise Forbidden("this token is suspended: write to the operator of this node", place=str(kind))
    if actor.organisation is None or not accounts.has_agreement(actor.organisation, kind, clock.now().date()):
        raise Forbidden(f"your organisation has no agreement “{kind}” in force", place=str(kind))
