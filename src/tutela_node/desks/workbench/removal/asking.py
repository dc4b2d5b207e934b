"""The forms of the pages of removal."""

from django import forms
from django.utils.translation import gettext_lazy as _

from tutela_node.desks.workbench.asked import Asked


class CorrectForm(Asked):
    """What a person knows better than the sources about where an address is hosted."""

    host_org = forms.CharField(label=_("Who hosts it"), max_length=200)
    country = forms.RegexField(
        r"^\s*[A-Za-z]{2}\s*$",
        label=_("Country"),
        help_text=_("Two letters, such as XA."),
        error_messages={"invalid": _("Write the country’s two letters.")},
        widget=forms.TextInput(attrs={"class": "input short", "dir": "ltr", "maxlength": 2}),
    )
    contact = forms.CharField(
        label=_("Mail address for the notice"),
        max_length=254,
        widget=forms.TextInput(attrs={"dir": "ltr", "spellcheck": "false", "inputmode": "email"}),
        help_text=_("With this correction you stand for the address: the notice goes there."),
    )
    reason = forms.CharField(
        label=_("How you know"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("In a sentence. What the sources said is kept beside it."),
    )


class HoldForm(Asked):
    """Police ask that a host is not told."""

    address = forms.CharField(
        label=_("Address or item"),
        max_length=8192,
        widget=forms.TextInput(attrs={"dir": "ltr", "spellcheck": "false"}),
        help_text=_("The whole address exactly as it was reported, or the reference of an item for all its addresses."),
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("In a sentence, with the number of the case. It is stored sealed."),
    )
    ends = forms.DateTimeField(
        label=_("Until"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local", "class": "input short"}, format="%Y-%m-%dT%H:%M"),
        help_text=_("In UTC, at most 90 days from now. The hold ends by itself."),
    )
    host_may_know = forms.BooleanField(
        label=_("The host may learn that the police asked to wait"),
        required=False,
        help_text=_("Otherwise nobody outside is told: no host, no reporter."),
    )
