"""The questions, in three voices: heading, hint and the words under the button."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tutela_node.desks.public.intake.draft import Draft, Way
from tutela_node.desks.public.intake.questions import Question, needs_words, question_of
from tutela_node.intake.rules import Happening, Place, Thing, Voice

Text = str | Promise


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    heading: Text
    hint: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """The note beside every question, and what stands under the button."""

    heading: Text
    text: Text
    saved: Text


ADDRESS: Mapping[Voice, Asked] = {
    Voice.ADULT: Asked(
        heading=_("What is the address of the page?"),
        hint=_(
            "It starts with %(start)s and is at the top of your browser. One address on each line. "
            "From an app, use Share and then Copy link."
        ),
    ),
    Voice.TEEN: Asked(
        heading=_("What is the address?"),
        hint=_(
            "Copy it from the top of the browser; it starts with %(start)s. In an app, use Share and then Copy link. "
            "More than one? Put each on its own line."
        ),
    ),
    Voice.CHILD: Asked(
        heading=_("Where is it?"),
        hint=_(
            "Every page has an address. It starts with %(start)s and is at the top of the screen. "
            "A grown-up can help you to copy it."
        ),
    ),
}
THING: Mapping[Voice, Asked] = {
    Voice.ADULT: Asked(heading=_("What is it?"), hint=_("Choose what fits best. If you are not sure, just go on.")),
    Voice.TEEN: Asked(heading=_("What did you see?"), hint=_("Pick what fits best. Not sure? Just go on.")),
    Voice.CHILD: Asked(heading=_("What was it?"), hint=_("Pick one. You can also go on without picking.")),
}
HAPPENING: Mapping[Voice, Asked] = {
    Voice.ADULT: Asked(
        heading=_("What is happening?"),
        hint=_("Choose what comes closest. You can say more in your own words."),
    ),
    Voice.TEEN: Asked(heading=_("What is going on?"), hint=_("Pick what comes closest. You can say more later.")),
    Voice.CHILD: Asked(heading=_("What is it about?"), hint=_("Pick one. You can say more on the next pages.")),
}
PLACE: Mapping[Way, Mapping[Voice, Asked]] = {
    Way.ADDRESS: {
        Voice.ADULT: Asked(
            heading=_("Where did you come across it?"),
            hint=_("It helps us to ask the right company. If you are not sure, just go on."),
        ),
        Voice.TEEN: Asked(
            heading=_("Where did you come across it?"),
            hint=_("It helps us to ask the right people. Not sure? Just go on."),
        ),
        Voice.CHILD: Asked(heading=_("Where did you see it?"), hint=_("Pick one. Then there is one more question.")),
    },
    Way.SOMEONE: {
        Voice.ADULT: Asked(
            heading=_("Where did you notice it?"), hint=_("Choose what fits best. If you are not sure, just go on.")
        ),
        Voice.TEEN: Asked(heading=_("Where does it happen?"), hint=_("Pick what fits best. Not sure? Just go on.")),
        Voice.CHILD: Asked(heading=_("Where did it happen?"), hint=_("Pick one. Then there is one more question.")),
    },
    Way.OWN: {
        Voice.ADULT: Asked(
            heading=_("Where does it happen?"), hint=_("Choose what fits best. If you are not sure, just go on.")
        ),
        Voice.TEEN: Asked(heading=_("Where does it happen?"), hint=_("Pick what fits best. Not sure? Just go on.")),
        Voice.CHILD: Asked(heading=_("Where did it happen?"), hint=_("Pick one. Then there is one more question.")),
    },
}
MORE: Mapping[Voice, Asked] = {
    Voice.ADULT: Asked(
        heading=_("Is there anything else we should know?"),
        hint=_("In your own words, or leave it empty. Names of accounts help, if you know them."),
    ),
    Voice.TEEN: Asked(
        heading=_("Anything else you want to tell us?"),
        hint=_("Only if you want to. You can leave this empty."),
    ),
    Voice.CHILD: Asked(
        heading=_("Do you want to tell us more?"),
        hint=_("Write it as you would say it. You can also leave it empty. Then you get a code."),
    ),
}
TOLD: Mapping[Voice, Asked] = {
    Voice.ADULT: Asked(
        heading=_("What did you see or notice?"),
        hint=_("Tell us in your own words: what, where and when. A few sentences are enough."),
    ),
    Voice.TEEN: Asked(
        heading=_("What happened?"),
        hint=_("In your own words. A few sentences are enough. You are not in trouble."),
    ),
    Voice.CHILD: Asked(
        heading=_("What happened?"),
        hint=_("Write it as you would say it. A grown-up can help you. Then you get a code."),
    ),
}
SAVED = _("Each answer counts as soon as you go on. If you stop half-way, we still look at what you gave us.")
LOOK: Mapping[Voice, Beside] = {
    Voice.ADULT: Beside(
        heading=_("Please do not go back to look"),
        text=_("What you remember is enough. Do not save it, copy it or send it to anyone, also not to us."),
        saved=SAVED,
    ),
    Voice.TEEN: Beside(
        heading=_("You do not need to look again"),
        text=_("What you remember is enough. Do not save it or send it on, not even to us."),
        saved=SAVED,
    ),
    Voice.CHILD: Beside(
        heading=_("Do not look at it again"),
        text=_("Close it. What you remember is enough. Tell a grown-up you trust."),
        saved=_("We keep each answer when you go on. You can stop whenever you want."),
    ),
}
ELSE = _("Something else")
TO_ME: Mapping[Voice, Mapping[str, Text]] = {
    Voice.ADULT: {
        Happening.GROOMING: _("Someone wants pictures of me, or wants to meet me"),
        Happening.EXTORTION: _("Someone threatens to share a picture of me, or wants money"),
        Happening.THREAT: _("Someone threatens to hurt me"),
        Happening.ABUSE: _("Someone hurts me, or touches me against my will"),
        Happening.OTHER: ELSE,
    },
    Voice.TEEN: {
        Happening.GROOMING: _("Someone wants pictures from me, or wants to meet up"),
        Happening.EXTORTION: _("Someone wants to share a picture of me, or wants money"),
        Happening.THREAT: _("Someone threatens me"),
        Happening.ABUSE: _("Someone hurts me, or touches me when I do not want it"),
        Happening.OTHER: ELSE,
    },
    Voice.CHILD: {
        Happening.GROOMING: _("Someone wants me to send a picture, or to meet"),
        Happening.EXTORTION: _("Someone says they will show my picture"),
        Happening.THREAT: _("Someone says they will hurt me"),
        Happening.ABUSE: _("Someone hurts me or touches me"),
        Happening.OTHER: ELSE,
    },
}
TO_SOMEONE: Mapping[Voice, Mapping[str, Text]] = {
    Voice.ADULT: {
        Happening.GROOMING: _("Someone wins a child’s trust, asks for pictures or wants to meet"),
        Happening.EXTORTION: _("Someone threatens to share pictures, or wants money"),
        Happening.THREAT: _("Someone threatens to hurt a child"),
        Happening.ABUSE: _("A child is hurt, or touched in a way that is wrong"),
        Happening.OTHER: ELSE,
    },
    Voice.TEEN: {
        Happening.GROOMING: _("Someone wants pictures from a friend, or wants to meet up"),
        Happening.EXTORTION: _("Someone wants to share a friend’s picture, or wants money"),
        Happening.THREAT: _("Someone threatens a friend"),
        Happening.ABUSE: _("Someone hurts a friend, or touches them when they do not want it"),
        Happening.OTHER: ELSE,
    },
    Voice.CHILD: {
        Happening.GROOMING: _("Someone wants my friend to send a picture, or to meet"),
        Happening.EXTORTION: _("Someone says they will show my friend’s picture"),
        Happening.THREAT: _("Someone says they will hurt my friend"),
        Happening.ABUSE: _("Someone hurts or touches my friend"),
        Happening.OTHER: ELSE,
    },
}
THINGS: Mapping[str, Text] = {
    Thing.PAGE: _("A page"),
    Thing.PICTURE: _("A picture"),
    Thing.VIDEO: _("A video"),
    Thing.ACCOUNT: _("An account or profile"),
    Thing.CHAT: _("A chat or message"),
    Thing.OTHER: ELSE,
}
PLACES: Mapping[str, Text] = {
    Place.SITE: _("On a website"),
    Place.NETWORK: _("In a social network"),
    Place.MESSAGES: _("In a messaging app"),
    Place.GAME: _("In a game"),
    Place.SEARCH: _("Through a search engine"),
    Place.HOME: _("At home"),
    Place.SCHOOL: _("At school"),
    Place.CLUB: _("In a club or group"),
    Place.ONLINE: _("Online"),
    Place.OTHER: _("Somewhere else"),
}


def asked(draft: Draft) -> Asked:
    """How the question at hand is put to this reporter."""
    match question_of(draft):
        case Question.ADDRESS:
            return ADDRESS[draft.voice]
        case Question.THING:
            return THING[draft.voice]
        case Question.PLACE:
            return PLACE[draft.way][draft.voice]
        case Question.HAPPENING:
            return HAPPENING[draft.voice]
    return (TOLD if needs_words(draft.answers) else MORE)[draft.voice]


def label_of(choice: str, draft: Draft) -> Text:
    """A choice of the question at hand, as this reporter reads it."""
    match question_of(draft):
        case Question.THING:
            return THINGS[choice]
        case Question.HAPPENING:
            return (TO_ME if draft.way is Way.OWN else TO_SOMEONE)[draft.voice][choice]
    return PLACES[choice]
