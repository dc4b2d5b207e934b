"""The text of a notice: plain text, in the host's language, complete in itself.

Rules:
- names the address exactly, alone on its line: readable in any direction of script, copied without extra characters
- no picture, no description of content; the legal basis, what is asked, until when, where to answer, how to object
- dates are ISO in UTC, the same in every language
"""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import override

MOMENT = "%Y-%m-%d %H:%M UTC"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Letter:
    """What a notice says, apart from its words."""

    reference: str
    organisation: str
    country: str
    law: str
    url: str
    last_seen: datetime
    due_at: datetime
    link: str
    sender: str


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Written:
    subject: str
    body: str


def write(letter: Letter, language: str) -> Written:
    """The letter in a language; what has no translation is in English."""
    with override(language):
        subject = _("Notice %(reference)s: please remove one address and keep its records")
        return Written(subject=subject % {"reference": letter.reference}, body=_body(letter))


def _body(letter: Letter) -> str:
    return "\n\n".join([*_opening(letter), *_request(letter), *_closing(letter)]) + "\n"


def _opening(letter: Letter) -> list[str]:
    to = _("To the abuse desk of %(organisation)s") % {"organisation": letter.organisation}
    return [
        to if letter.organisation else _("To the abuse desk"),
        _("Notice %(reference)s from the reporting line of %(country)s")
        % {"reference": letter.reference, "country": letter.country},
        _(
            "We have assessed what the address below shows: it is illegal under the following law. "
            "This notice names the address; it never contains a picture. You do not need to open it."
        ),
        "\n".join([_("Legal basis:"), letter.law]),
        "\n".join([_("Address:"), letter.url]),
        "\n".join([_("Last seen:"), letter.last_seen.strftime(MOMENT)]),
    ]


def _request(letter: Letter) -> list[str]:
    return [
        _("What we ask of you:"),
        _("1. Remove what is at this address, and every copy that you find by its hash."),
        _("2. Keep the account and log records that belong to it. The police may ask you for them."),
        "\n".join([_("3. Tell us what you did, on this page:"), letter.link]),
        "\n".join([_("Please answer before:"), letter.due_at.strftime(MOMENT)]),
    ]


def _closing(letter: Letter) -> list[str]:
    return [
        _("The link is for you alone: whoever has it can answer in your name. It needs no password."),
        _(
            "You think that this notice is wrong? Choose “We see it differently” on the page and say why. "
            "Somebody who was not involved in it decides."
        ),
        _("This letter was sent by a machine. Please answer on the page."),
        "\n".join([_("Sender:"), letter.sender]),
    ]
