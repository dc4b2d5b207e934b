"""The words of the pages of lists, in the reader's language."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from tutela.hashlists import FORMATS as KNOWN
from tutela_node.hashlists.rules import (
    CopyState,
    EntryState,
    FloodState,
    Health,
    Heard,
    ImportState,
    ListState,
    Origin,
    Purpose,
    SentState,
)

Words = str | Promise
FORMATS: dict[str, Words] = {
    "": _("Find out from the file"),
    "ncmec": _("NCMEC hash sharing, version 2 (XML)"),
    "native": _("Tutela’s own list (JSON lines)"),
    "csv": _("Table, separated by commas"),
    "semicolon": _("Table, separated by semicolons"),
    "tsv": _("Table, separated by tabs"),
    "pairs": _("Algorithm and value on each line"),
    "icse": _("ICSE table of hashes"),
}
PURPOSES: dict[str, Words] = {
    Purpose.KNOWN: _("Known material"),
    Purpose.KNOWN_GOOD: _("Files known to be harmless: they never match"),
}
LIST_STATES: dict[str, Words] = {ListState.ACTIVE: _("active"), ListState.PAUSED: _("paused")}
IMPORT_STATES: Mapping[str, tuple[Words, str]] = {
    ImportState.RUNNING: (_("running"), "fact"),
    ImportState.DONE: (_("done"), "gone"),
    ImportState.FAILED: (_("failed"), "late"),
    ImportState.CANCELLED: (_("cancelled"), ""),
}
ENTRY_STATES: Mapping[str, tuple[Words, str]] = {
    EntryState.LIVE: (_("live"), "gone"),
    EntryState.WAITING: (_("in quarantine"), "due"),
    EntryState.EXPIRED: (_("expired"), ""),
    EntryState.WITHDRAWN: (_("withdrawn"), "late"),
}
FLOOD_STATES: Mapping[str, tuple[Words, str]] = {
    FloodState.WAITING: (_("waits for a decision"), "due"),
    FloodState.PROPOSED: (_("waits for a second person"), "due"),
    FloodState.RELEASING: (_("being released"), "fact"),
    FloodState.DISCARDING: (_("being discarded"), "fact"),
    FloodState.RELEASED: (_("released"), "gone"),
    FloodState.DISCARDED: (_("discarded"), ""),
}
COPY_STATES: Mapping[str, tuple[Words, str]] = {
    CopyState.PROPOSED: (_("waits for a second person"), "due"),
    CopyState.APPROVED: (_("being built"), "fact"),
    CopyState.BUILT: (_("ready"), "gone"),
    CopyState.REFUSED: (_("refused"), ""),
}
HEARD: Mapping[str, Words] = {
    Heard.LOOK_UP: _("somebody asked for it"),
    Heard.ITEM: _("an item has its fingerprint"),
    Heard.IMPORT: _("a list brought it"),
}
HEALTH: Mapping[str, tuple[Words, str]] = {
    Health.PAUSED: (_("paused"), ""),
    Health.FIRST: (_("first fetch"), "fact"),
    Health.FRESH: (_("up to date"), "gone"),
    Health.LATE: (_("late"), "due"),
    Health.FAILING: (_("not reached"), "late"),
}
ORIGINS: Mapping[str, Words] = {
    Origin.IMPORT: _("an imported file"),
    Origin.VERDICT: _("a verdict of ours"),
    Origin.EXCHANGE: _("an exchange"),
    Origin.OWN: _("somebody who sent it as a picture of themselves"),
}
SENT: Mapping[str, Words] = {
    SentState.KEPT: _("kept here"),
    SentState.WAITING: _("on its way to the exchange"),
    SentState.TAKEN: _("taken by the exchange"),
    SentState.REFUSED: _("refused by the exchange"),
}
CHANGES: Mapping[str, Words] = {
    "paused": _("paused"),
    "resumed": _("resumed"),
    "threshold": _("threshold changed"),
    "trusted": _("trusted from now on"),
    "trust ended": _("no longer trusted"),
    "growth limit": _("growth limit changed"),
    "import cancelled": _("import cancelled"),
    "release proposed": _("release proposed"),
    "release decided": _("release decided"),
    "discard proposed": _("discarding proposed"),
    "discard decided": _("discarding decided"),
    "withdrawn": _("withdrawn"),
    "taken back": _("taken back by whoever sent it"),
    "value changed": _("fingerprint corrected"),
    "back": _("brought back"),
    "changed": _("classification or expiry changed"),
    "confirmed": _("confirmed"),
    "disputed": _("disputed"),
    "subscribed": _("subscribed"),
    "interval": _("interval changed"),
    "credentials": _("new credentials"),
    "fetching paused": _("fetching paused"),
    "fetching resumed": _("fetching resumed"),
}
FIELDS: Mapping[str, Words] = {
    "address": _("Base address, when it is not the service’s own"),
    "environment": _("Which of its databases"),
    "members": _("Only entries of these members (commas between)"),
    "ideology": _("Which part of the list"),
    "username": _("User name"),
    "password": _("Password"),
    "subscription_key": _("Subscription key"),
    "fetch_key": _("Function key for fetching"),
    "feedback_key": _("Function key for feedback"),
    "submit_key": _("Function key for submitting"),
}
RULES = (  # sentences of the room that a form shows as they are
    gettext_noop("the national list holds our own verdicts alone; give this list another name"),
    gettext_noop("columns are named for a table only; leave them empty for this format"),
    gettext_noop("there is no such entry"),
    gettext_noop("give the list a name, at most 120 characters"),
    gettext_noop("say why in a sentence, 10 to 500 characters: the reason is part of the log"),
    gettext_noop("the first line is no header"),
    gettext_noop("no column holds hashes; give a map from column names to fields"),
    gettext_noop("two columns stand for the same field"),
    gettext_noop("this list is there for another purpose; known and known-good are never mixed"),
    gettext_noop("the list is like this already"),
    gettext_noop(
        "this list holds what people sent of their own pictures: nobody has verified it, so it is never trusted "
        "and nothing else is put on it"
    ),
    gettext_noop("the subscription is like this already"),
    gettext_noop("this list has a subscription already"),
    gettext_noop("this subscription is paused"),
    gettext_noop("whoever proposed this cannot decide it: ask a second person"),
    gettext_noop("this was decided already"),
    gettext_noop("this import is over"),
    gettext_noop("you have judged this entry already"),
    gettext_noop("write a whole fingerprint: hexadecimal digits of MD5, SHA-1, SHA-256 or PDQ"),
)


def formats() -> list[tuple[str, Words]]:
    """Every format that can be read; one without words of ours goes by its own title."""
    others = [(name, each.title) for name, each in KNOWN.items() if name not in FORMATS]
    return [*FORMATS.items(), *others]


def change(what: str) -> Words:
    return CHANGES.get(what, what)
