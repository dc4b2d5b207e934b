"""The sentences a reporter can read, and what each means for what comes next.

None of them says whether something was known before, is held back, or where it is stored.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tutela_node.intake.rules import Sentence

Text = str | Promise


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """`step` names it in a list, `sentence` says it, `then` says what comes next."""

    step: Text
    sentence: Text
    then: Text


SAID: Mapping[Sentence, Said] = {
    Sentence.RECEIVED: Said(
        step=_("Received"),
        sentence=_("Your report is with us."),
        then=_("We check it next: first by fingerprint, and by a person only where that is not enough."),
    ),
    Sentence.CHECKING: Said(
        step=_("Being checked"),
        sentence=_("We are checking what you reported."),
        then=_("Two people decide, each on their own. You need do nothing, and need not look again."),
    ),
    Sentence.ACTED: Said(
        step=_("Acted on"),
        sentence=_("We acted on your report."),
        then=_(
            "What breaks the law goes to the police, and we ask for its removal where the law lets us. "
            "It can stay visible for some days, since the police may ask us to wait."
        ),
    ),
    Sentence.CLOSED_NO_ACTION: Said(
        step=_("Closed, no action"),
        sentence=_("We checked it and took no action."),
        then=_("As far as we can tell, it does not break the law here. It was right to tell us."),
    ),
    Sentence.CLOSED_GONE: Said(
        step=_("Closed, gone"),
        sentence=_("It is no longer there."),
        then=_(
            "When we last looked, the address no longer showed it. If you meet it elsewhere, tell us the new address."
        ),
    ),
    Sentence.CLOSED_CANNOT: Said(
        step=_("Closed, out of reach"),
        sentence=_("We could not do more."),
        then=_("We could not reach it, or it is stored where no law lets us ask. What you told us stays on record."),
    ),
    Sentence.OWN_KEPT: Said(
        step=_("Codes taken"),
        sentence=_("Your codes are with us."),
        then=_(
            "They go on a list of their own, marked as checked by nobody. Those who get it look before they act. "
            "Codes that would also fit plain or well-known harmless pictures are left out."
        ),
    ),
    Sentence.OWN_PLAIN: Said(
        step=_("Not used"),
        sentence=_("We could not use these codes."),
        then=_(
            "The pictures show too little for a code to tell them from others. "
            "If you know an address where one of them is, tell us that."
        ),
    ),
    Sentence.OWN_WITHDRAWN: Said(
        step=_("Taken back"),
        sentence=_("Your codes are off our list."),
        then=_("They match nothing here any more. Those who have a copy of the list learn it with the next one."),
    ),
}
