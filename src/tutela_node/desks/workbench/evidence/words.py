"""The words of the pages of evidence, in the reader's language."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from tutela_node.evidence.rules import PackageState

STATES: dict[PackageState, str | Promise] = {
    PackageState.PROPOSED: _("proposed"),
    PackageState.APPROVED: _("approved, being built"),
    PackageState.BUILT: _("ready"),
    PackageState.REFUSED: _("refused"),
}
CHIPS = {PackageState.PROPOSED: "due", PackageState.APPROVED: "fact", PackageState.BUILT: "gone"}
RULES = (  # sentences of the room that a form shows as they are
    gettext_noop("whoever proposed this release cannot approve it: ask a second person"),
    gettext_noop("name at least one item"),
    gettext_noop("only items with a verdict that made them exhibits can be released"),
    gettext_noop("say why in a sentence, 10 to 500 characters: the reason is part of the log"),
    gettext_noop("there is no such recipient key"),
    gettext_noop("there is no item of this reference"),
)
