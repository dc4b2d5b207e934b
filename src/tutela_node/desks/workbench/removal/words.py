"""The words of the pages of removal, in the reader's language."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from tutela_node.takedown.rules import Answer, NoticeState, Outcome, SourceKind

Words = str | Promise

NOTICES: dict[NoticeState, Words] = {
    NoticeState.WAITING_CONTACT: _("waits for its contact"),
    NoticeState.HELD: _("held"),
    NoticeState.QUEUED: _("goes out next"),
    NoticeState.SENT: _("sent"),
    NoticeState.ANSWERED: _("answered"),
    NoticeState.CLOSED: _("closed"),
    NoticeState.WITHDRAWN: _("not sent"),
}
OUTCOMES: dict[Outcome, Words] = {
    Outcome.TRACED: _("traced"),
    Outcome.UNKNOWN_OPERATOR: _("operator not known"),
    Outcome.NAME_GONE: _("the name leads nowhere any more"),
    Outcome.HIDDEN_SERVICE: _("hidden service, cannot be traced"),
}
SOURCES: dict[SourceKind, Words] = {
    SourceKind.DNS: _("Name system"),
    SourceKind.NETWORK: _("Network registry"),
    SourceKind.REVERSE: _("Reverse name"),
    SourceKind.REGISTRATION: _("Domain registration"),
}
ANSWERS: dict[str, Words] = {
    Answer.REMOVED: _("removed"),
    Answer.ALREADY_GONE: _("was gone already"),
    Answer.MOVED: _("moved to another host"),
    Answer.NOT_OURS: _("not hosted there"),
    Answer.DIFFERENT: _("the host sees it differently"),
}
DETAILS: dict[str, Words] = {
    "removed_at": _("Removed at"),
    "copies": _("Copies found"),
    "moved_to": _("Moved to"),
    "reason": _("Reason"),
    "records_kept": _("Records kept"),
}
RULES = (  # sentences of the room that a form shows as they are
    gettext_noop("must be one mail address such as abuse@host.example"),
    gettext_noop("a correction needs its reason, in 1 to 1000 characters"),
    gettext_noop("a hold needs its reason, in 1 to 1000 characters"),
    gettext_noop("a hold ends after it starts, within 90 days; it can be placed again"),
    gettext_noop("only a notice that was sent can be closed"),
    gettext_noop("a hidden service cannot be traced: there is nobody to write to"),
    gettext_noop("the host's name leads nowhere any more"),
    gettext_noop("another host was found before it was sent"),
)
