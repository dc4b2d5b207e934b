"""The forms of the pages of lists."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tutela_node.desks.workbench.asked import Asked
from tutela_node.desks.workbench.lists import words

MOST_COLUMNS = 40


class ImportForm(Asked):
    """A list file with its name. The file comes last: when it is too large, everything before it is kept."""

    name = forms.CharField(
        label=_("Name of the list"),
        max_length=120,
        help_text=_("The same name again brings the list up to date; entries that it deletes are withdrawn."),
    )
    format = forms.ChoiceField(label=_("Format"), required=False)
    mapping = forms.CharField(
        label=_("Columns of a table"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false", "dir": "ltr"}),
        help_text=_(
            "Only when the names of the columns say something else: one a line, the column’s name, an equals sign, and "
            "id, md5, sha1, sha256, pdq, classification, scheme, source, timestamp or deleted."
        ),
    )
    trusted = forms.BooleanField(
        label=_("This list is trusted"),
        required=False,
        help_text=_("A match on a trusted list says more: its verdict may be taken over where the profile allows it."),
    )
    file = forms.FileField(
        label=_("File"),
        allow_empty_file=False,
        help_text=_("At most 64 MiB. It is held in memory alone and is not kept."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["format"].choices = list(words.FORMATS.items())  # type: ignore[attr-defined]  # a choice field

    def clean_mapping(self) -> dict[str, str]:
        columns: dict[str, str] = {}
        lines = [line for line in self.cleaned_data["mapping"].splitlines() if line.strip()]
        for number, line in enumerate(lines[:MOST_COLUMNS], start=1):
            column, mark, field = line.rpartition("=")
            if not mark or not column.strip() or not field.strip():
                sentence = _("Line %(number)s needs a column’s name, an equals sign and a field, as in “Hash = md5”.")
                raise forms.ValidationError(sentence % {"number": number})
            columns[column.strip()] = field.strip()
        return columns


class WithdrawForm(Asked):
    """The withdrawal of one entry."""

    number = forms.RegexField(
        r"^\s*(?:[Ee]-)?[0-9]{1,18}\s*$",
        label=_("Number of the entry"),
        help_text=_("As it stands beside a match, such as E-88213."),
        error_messages={"invalid": _("Write the number of one entry, such as E-88213.")},
        widget=forms.TextInput(attrs={"class": "input short", "dir": "ltr"}),
    )
    reason = forms.CharField(
        label=_("Why it is withdrawn"),
        min_length=10,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The reason is part of the log. Importing the list again does not bring the entry back."),
    )

    def clean_number(self) -> int:
        return int(self.cleaned_data["number"].strip().upper().removeprefix("E-"))
