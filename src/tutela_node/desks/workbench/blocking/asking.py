"""The forms of the pages of the blocking list. The rules are the room's; here are only the questions."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tutela_node.desks.workbench.asked import Asked
from tutela_node.desks.workbench.powers import laws_for, offer
from tutela_node.foundation import profile

MANY = 2000


class ProposeForm(Asked):
    """A domain with its grounds, its law and its end."""

    domain = forms.CharField(
        label=_("Domain"),
        max_length=300,
        help_text=_("The bare name, such as site.example. Everything under it is blocked too."),
        widget=forms.TextInput(attrs={"dir": "ltr", "spellcheck": "false"}),
    )
    grounds = forms.CharField(
        label=_("Grounds"),
        max_length=MANY,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("In a sentence. An appeal is decided on them."),
    )
    wholly_dedicated = forms.BooleanField(
        label=_("I state that the whole domain is dedicated to this material"),
        required=False,
        help_text=_("A list of domains blocks everything on them. For single addresses ask the host instead."),
    )
    evidence = forms.CharField(
        label=_("How this was established"),
        max_length=MANY,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Who looked at what, and when."),
    )
    legal_basis = forms.ChoiceField(label=_("Legal basis"), widget=forms.RadioSelect)
    days = forms.IntegerField(label=_("Days"), min_value=1, widget=forms.NumberInput(attrs={"class": "input short"}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        laws, most = laws_for("block"), profile.current().blocking.max_days
        basis, days = self.fields["legal_basis"], self.fields["days"]
        offer(self, "legal_basis", laws)
        basis.help_text = _("Only laws in force today are offered.") if laws else _("No law in force allows blocking.")
        days.help_text = _("At most %(days)s. The listing ends by itself.") % {"days": most}


class ReasonForm(Asked):
    """Why a proposal is refused, or a listing withdrawn."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=MANY,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("In a sentence. It is kept with the listing."),
    )
