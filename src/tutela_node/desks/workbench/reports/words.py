"""The words of the pages about reports, in the reader's language."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop, pgettext_lazy

from tutela_node.intake.floods import Lane
from tutela_node.intake.rules import Channel, Form, Happening, Place, ReferralState, Sentence, Thing, Voice

Words = str | Promise

HAPPENINGS: dict[str, Words] = {
    Happening.GROOMING: _("grooming"),
    Happening.EXTORTION: _("extortion"),
    Happening.THREAT: _("threat"),
    Happening.ABUSE: _("abuse"),
    Happening.OTHER: _("something else"),
}
STATES: dict[ReferralState, Words] = {
    ReferralState.NEW: pgettext_lazy("a referral", "new"),
    ReferralState.TAKEN: pgettext_lazy("a referral", "taken"),
    ReferralState.ANSWERED: pgettext_lazy("a referral", "answered"),
}
OUTCOMES: dict[str, Words] = {
    Sentence.ACTED: _("We acted on it"),
    Sentence.CLOSED_NO_ACTION: _("We checked it and took no action"),
    Sentence.CLOSED_CANNOT: _("We could not do more"),
}
LANES: dict[str, Words] = {
    Lane.PROVED: _("with proof of work"),
    Lane.TIMED: _("without scripts, in a person’s time"),
    Lane.HASTY: _("in haste"),
}
FORMS: dict[str, Words] = {
    Form.ADDRESS: _("an address"),
    Form.SOMEONE: _("about somebody"),
    Form.OWN: _("about themselves"),
    Form.PICTURE: _("codes of a picture of themselves"),
}
VOICES: dict[str, Words] = {
    Voice.ADULT: _("Adult"),
    Voice.TEEN: _("13 to 17"),
    Voice.CHILD: _("8 to 12"),
}
CHANNELS: dict[str, Words] = {
    Channel.PHONE: _("By telephone"),
    Channel.MAIL: _("By e-mail"),
    Channel.PAPER: _("On paper"),
    Channel.PERSON: _("Face to face"),
}
THINGS: dict[str, Words] = {
    Thing.PAGE: _("A page"),
    Thing.PICTURE: _("A picture"),
    Thing.VIDEO: _("A video"),
    Thing.ACCOUNT: _("An account or profile"),
    Thing.CHAT: _("A chat or message"),
    Thing.OTHER: _("Something else"),
}
PLACES: dict[str, Words] = {
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
NOT_SAID = _("not said")
RULES = (  # sentences of the room that a form shows as they are
    gettext_noop("a question has 1 to 1000 characters"),
    gettext_noop("this report was not finished: its reporter has no code and could not read a question"),
    gettext_noop("somebody has taken this referral"),
    gettext_noop("only a referral that was taken can be answered, once"),
    gettext_noop("choose what the reporter may be told"),
    gettext_noop("a note has at most 2000 characters"),
    gettext_noop("write an address, or a few words"),
    gettext_noop("choose how it reached you"),
)
