"""How our accounts meet the sign-in library.

Rules:
- nobody signs themselves up: an operator makes accounts
- signing in, and failing to, is written down; the address that was tried is not
- passwords follow the rules of accounts; secrets of second factors are sealed at rest
"""

import base64
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from tutela_node.accounts.queries import actor_of
from tutela_node.accounts.rules import MAX_PASSWORD, MIN_PASSWORD, check_password
from tutela_node.desks.workbench.context import home_of
from tutela_node.foundation.errors import Invalid
from tutela_node.foundation.ledger import record_read
from tutela_node.foundation.permissions import PUBLIC
from tutela_node.foundation.sealed import seal, unseal

FACTOR = "second-factor"
QUIET = ("account/messages/logged_in.txt", "account/messages/logged_out.txt")


class Staff(DefaultAccountAdapter):  # type: ignore[misc]  # the library's base has no types
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        return home_of(actor_of(request.user))

    def clean_password(self, password: str, user: Any = None) -> str:
        try:
            check_password(password, email=getattr(user, "email", ""), name=getattr(user, "name", ""))
        except Invalid:
            sentence = _(
                "A password has %(least)s to %(most)s characters, and is not your name, your address or the same few "
                "characters."
            )
            raise ValidationError(sentence % {"least": MIN_PASSWORD, "most": MAX_PASSWORD}) from None
        return password

    def add_message(
        self, request: HttpRequest, level: int, template: str | None = None, *more: Any, **named: Any
    ) -> None:
        """The desk itself shows who is signed in: coming and going need no message."""
        if template not in QUIET:
            super().add_message(request, level, template, *more, **named)

    def post_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse:
        response: HttpResponse = super().post_login(request, user, **kwargs)
        record_read(actor_of(user), "person.signed_in", user.id)
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            user.language,
            httponly=True,
            samesite="Lax",
            secure=settings.SESSION_COOKIE_SECURE,
        )
        return response

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        super().authentication_failed(request, **credentials)
        record_read(PUBLIC, "person.sign_in_failed", None)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("mfa_index")


class SecondFactor(DefaultMFAAdapter):  # type: ignore[misc]  # the library's base has no types
    def encrypt(self, text: str) -> str:
        return base64.b64encode(seal(FACTOR, text.encode())).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return unseal(FACTOR, base64.b64decode(encrypted_text)).decode()

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """What the browser shows when it asks for a passkey."""
        entity: dict[str, str] = super().get_public_key_credential_rp_entity()
        return {**entity, "name": "Tutela"}
