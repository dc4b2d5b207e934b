"""The words of the pages of the blocking list, in the reader's language."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from tutela_node.blocking.rules import ListingState

STATES: dict[ListingState, str | Promise] = {
    ListingState.PROPOSED: _("proposed"),
    ListingState.APPROVED: _("blocked"),
    ListingState.REFUSED: _("refused"),
    ListingState.WITHDRAWN: _("withdrawn"),
    ListingState.EXPIRED: _("ended"),
}
CHIPS = {
    ListingState.PROPOSED: "due",
    ListingState.APPROVED: "fact",
    ListingState.WITHDRAWN: "gone",
    ListingState.EXPIRED: "gone",
}
RULES = (  # sentences of the room that a form shows as they are
    gettext_noop("give a bare domain name such as site.example, without scheme, path or wildcard"),
    gettext_noop("an address of a machine is shared by many sites; only a domain can be listed"),
    gettext_noop("this is no full domain name such as site.example"),
    gettext_noop("this is a public suffix: many people have their sites under it"),
    gettext_noop("this host is shared by many customers: ask the host to remove the addresses instead"),
    gettext_noop("only a domain that is wholly dedicated may be listed; for single addresses ask the host"),
    gettext_noop("this domain is proposed or listed already"),
    gettext_noop("whoever proposed this listing cannot decide it: ask a second person"),
    gettext_noop("say how it was established that the whole domain is dedicated, in 20 to 2000 characters"),
    gettext_noop("give the grounds, in 20 to 2000 characters: an appeal is decided on them"),
    gettext_noop("say why in a sentence, 10 to 2000 characters"),
)
