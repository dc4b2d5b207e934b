"""The forms of the pages of evidence."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from tutela_node.accounts import queries as accounts
from tutela_node.desks.workbench.asked import Asked
from tutela_node.desks.workbench.powers import laws_for, offer


class ProposeForm(Asked):
    """Which exhibits go to whom, on which law, and why. `exhibits`: item -> what a person reads."""

    items = forms.TypedMultipleChoiceField(
        label=_("Exhibits"),
        coerce=UUID,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Exhibits of one package share one verdict. Release others in a package of their own."),
    )
    recipient = forms.TypedChoiceField(
        label=_("Recipient"),
        coerce=UUID,
        widget=forms.RadioSelect,
        help_text=_("Sealed to this key: nobody else can open the package, we neither."),
    )
    legal_basis = forms.ChoiceField(label=_("Legal basis"), widget=forms.RadioSelect)
    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("In a sentence, with the number of the case. It is part of the log."),
    )

    def __init__(self, *args: Any, exhibits: Mapping[UUID, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        laws, keys = laws_for("package"), accounts.recipient_keys()
        self.fields["items"].choices = [(str(item), label) for item, label in exhibits.items()]  # type: ignore[attr-defined]  # a choice field
        offer(self, "recipient", [(str(each.id), f"{each.organisation_name}, {each.label}") for each in keys])
        offer(self, "legal_basis", laws)
        self.can_be_sent = bool(exhibits and keys and laws)


class RefuseForm(Asked):
    """Why a package is not released."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("In a sentence. It is part of the log."),
    )
