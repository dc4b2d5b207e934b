"""The words of the triage pages. Each reason is said as a person would say it."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tutela_node.desks.workbench.review.words import CHANNELS
from tutela_node.intake.facts import Concern
from tutela_node.intake.marks import MarkKind
from tutela_node.intake.rules import ReportState
from tutela_node.intake.sense import Band, Lack, Why

Words = str | Promise

BANDS: dict[Band, tuple[Words, str]] = {
    Band.NOW: (_("Read now"), "late"),
    Band.SOON: (_("Read today"), "due"),
    Band.USUAL: (_("As usual"), ""),
    Band.LATER: (_("Can wait"), ""),
}
WHYS: dict[Why, Words] = {
    Why.RECEIVED: _("a report was received"),
    Why.AT_RISK: _("a child may be in danger now"),
    Why.ABUSE: _("a child is being abused"),
    Why.EXTORTION: _("a child is being extorted"),
    Why.TRAFFICKING: _("trafficking of a child"),
    Why.GROOMING: _("a child is being groomed"),
    Why.THREAT: _("a threat"),
    Why.OWN: _("the child concerned tells us"),
    Why.CHILD: _("a child or teenager wrote it"),
    Why.RECENT: _("it happened within a day"),
    Why.ESCALATED: _("the sender asks for speed"),
    Why.NEW_FILE: _("a file on no list"),
    Why.KNOWN_FILE: _("a file that is known"),
    Why.NEAR_FILE: _("a file close to a known one"),
    Why.VIEWED: _("a person at the sender has looked"),
    Why.VICTIM_KNOWN: _("the sender says who the child is"),
    Why.SUSPECT_KNOWN: _("the sender says who the suspect is"),
    Why.MANY_SENDERS: _("several senders report it"),
    Why.GENERATED: _("made by a machine, the sender says"),
    Why.DUPLICATE: _("it repeats an earlier report"),
    Why.VIRAL: _("it is passed on widely"),
    Why.INFORMATIONAL: _("for information only"),
}
LACKS: dict[Lack, Words] = {
    Lack.CONTENT: _("no address and no file"),
    Lack.ACCOUNT: _("no account"),
    Lack.TIME: _("no time"),
    Lack.NETWORK: _("no IP address"),
    Lack.WORDS: _("no words"),
    Lack.VIEW: _("nobody at the sender is known to have looked"),
}
CONCERNS: dict[Concern, Words] = {
    Concern.UNSAID: _("not said"),
    Concern.MATERIAL: _("material"),
    Concern.GROOMING: _("grooming"),
    Concern.EXTORTION: _("extortion"),
    Concern.THREAT: _("threat"),
    Concern.ABUSE: _("abuse"),
    Concern.TRAFFICKING: _("trafficking"),
    Concern.OTHER: _("something else"),
}
REPORTED: dict[Concern, Words] = {
    Concern.MATERIAL: _("material is reported"),
    Concern.OTHER: _("something else is reported"),
}
STATES: dict[ReportState, Words] = {
    ReportState.RECEIVED: _("received"),
    ReportState.OPEN: _("being checked"),
    ReportState.WORKING: _("acted on"),
    ReportState.CLOSED: _("closed"),
}
PERIODS: dict[str, Words] = {"1": _("last day"), "7": _("last 7 days"), "30": _("last 30 days")}
CONCERN, CHANNEL, PERIOD = _("About"), _("How it came"), _("When")
ACCOUNTS, MAILS, PHONES = _("Accounts"), _("Mail addresses"), _("Telephone numbers")
IPS, HOSTS, HASHES = _("IP addresses"), _("Hosts"), _("Fingerprints of files")
MARKS: dict[MarkKind, Words] = {
    MarkKind.ACCOUNT: _("account"),
    MarkKind.MAIL: _("mail address"),
    MarkKind.PHONE: _("telephone number"),
    MarkKind.FILE: _("file"),
    MarkKind.ADDRESS: _("address"),
    MarkKind.IP: _("IP address"),
    MarkKind.HOST: _("host"),
}
NOTHING_ASKED = _("Write a number, an address, a host, an account, a hash, an IP address or a mail address.")
NOWHERE = _("This is no place in the list. It begins again from the top.")

__all__ = [
    "ACCOUNTS",
    "BANDS",
    "CHANNEL",
    "CHANNELS",
    "CONCERN",
    "CONCERNS",
    "HASHES",
    "HOSTS",
    "IPS",
    "LACKS",
    "MAILS",
    "MARKS",
    "NOTHING_ASKED",
    "NOWHERE",
    "PERIOD",
    "PERIODS",
    "PHONES",
    "REPORTED",
    "STATES",
    "WHYS",
    "Words",
]
