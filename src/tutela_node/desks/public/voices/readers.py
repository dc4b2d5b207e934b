"""Who will read what is written, named before a word is written, in three voices.

Rules:
- what the profile refers goes to the police and the page says so; everything else is read by the hotline
- nobody is promised what we cannot keep: neither secrecy from the law, nor an outcome
"""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from tutela_node.desks.public.intake.draft import Draft
from tutela_node.desks.public.intake.questions import Question
from tutela_node.foundation import profile
from tutela_node.intake.rules import Voice

Text = str | Promise


@dataclass(frozen=True, slots=True, kw_only=True)
class Readers:
    """`lead` names who reads it; `then` says what that means for the reporter."""

    heading: Text
    lead: Text
    then: Text


REFERRED: Mapping[Voice, Readers] = {
    Voice.ADULT: Readers(
        heading=_("Who reads what you write"),
        lead=_("It goes to %(police)s. Besides them, %(hotline)s can read it."),
        then=_("Nobody asks your name. Every reading is written down. The police may ask you something in return."),
    ),
    Voice.TEEN: Readers(
        heading=_("Who reads what you write"),
        lead=_("It goes to %(police)s. Besides them, %(hotline)s can read it."),
        then=_("You are not in trouble. You do not have to say your name. You decide how much you tell."),
    ),
    Voice.CHILD: Readers(
        heading=_("Who reads it"),
        lead=_("%(police)s reads it. So does %(hotline)s."),
        then=_("They help children. You do not have to say your name. A grown-up can write with you."),
    ),
}
OTHERS: Mapping[Voice, Readers] = {
    Voice.ADULT: Readers(
        heading=_("Who reads what you write"),
        lead=_("It goes to %(hotline)s. What breaks the law is passed on to %(police)s."),
        then=_("Nobody asks your name. Every reading is written down."),
    ),
    Voice.TEEN: Readers(
        heading=_("Who reads what you write"),
        lead=_("It goes to %(hotline)s. What breaks the law is passed on to %(police)s."),
        then=_("You are not in trouble. You do not have to say your name. You decide how much you tell."),
    ),
    Voice.CHILD: Readers(
        heading=_("Who reads it"),
        lead=_("%(hotline)s reads it. If it must be stopped, %(police)s is told."),
        then=_("They help children. You do not have to say your name. A grown-up can write with you."),
    ),
}


def readers(draft: Draft) -> Readers:
    """The readers of this draft, by their names in the language of the page."""
    national, language = profile.current(), get_language() or "en"
    referred = draft.answers.get(Question.HAPPENING, "") in national.referral.kinds
    said = (REFERRED if referred else OTHERS)[draft.voice]
    names = {
        "police": national.reader(national.referral.police, language),
        "hotline": national.reader(national.referral.hotline, language),
    }
    lead = str(said.lead) % names
    return Readers(heading=said.heading, lead=lead[:1].upper() + lead[1:], then=said.then)
