"""The forms of the pages of lists."""

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from tutela.exchanges import KINDS
from tutela.exchanges.kinds import Field
from tutela_node.accounts import queries as accounts
from tutela_node.accounts.rules import AgreementKind
from tutela_node.desks.workbench.asked import Asked
from tutela_node.desks.workbench.lists import words
from tutela_node.desks.workbench.powers import laws_for, offer
from tutela_node.foundation import clock
from tutela_node.hashlists.rules import LONGEST_INTERVAL, SHORTEST_INTERVAL, THRESHOLD, Purpose

MOST_COLUMNS = 40
SETTING, SECRET = "setting_", "secret_"


def _why(label: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        min_length=10,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The reason is part of the log."),
    )


class ImportForm(Asked):
    """A list file with its name. The file comes last: when it is too large, everything before it is kept."""

    name = forms.CharField(
        label=_("Name of the list"),
        max_length=120,
        help_text=_("The same name again brings the list up to date; entries that it deletes are withdrawn."),
    )
    purpose = forms.ChoiceField(
        label=_("What it lists"), choices=list(words.PURPOSES.items()), initial=Purpose.KNOWN, required=False
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
        help_text=_("At most 16 GiB. It is sealed while it arrives, and removed when it is taken."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["format"].choices = words.formats()  # type: ignore[attr-defined]  # a choice field

    def clean_purpose(self) -> Purpose:
        return Purpose(self.cleaned_data["purpose"] or Purpose.KNOWN)

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


class CopyForm(Asked):
    """To whom a copy of a list goes, on which law, and why."""

    recipient = forms.TypedChoiceField(
        label=_("Recipient"),
        coerce=UUID,
        widget=forms.RadioSelect,
        help_text=_("Sealed to this key: nobody else can open the copy, we neither."),
    )
    legal_basis = forms.ChoiceField(label=_("Legal basis"), widget=forms.RadioSelect)
    reason = _why(_("Reason"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        today, laws = clock.now().date(), laws_for("list")
        keys = [
            each
            for each in accounts.recipient_keys()
            if accounts.has_agreement(each.organisation, AgreementKind.HASHLISTS, today)
        ]
        offer(self, "recipient", [(str(each.id), f"{each.organisation_name}, {each.label}") for each in keys])
        offer(self, "legal_basis", laws)
        self.can_be_sent = bool(keys and laws)


class RefuseCopyForm(Asked):
    """Why a copy does not leave."""

    reason = _why(_("Reason"))


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


class ChangeForm(Asked):
    """What can be changed of a list; what stays as it is changes nothing."""

    state = forms.ChoiceField(label=_("State"), choices=list(words.LIST_STATES.items()))
    threshold = forms.IntegerField(
        label=_("Threshold in bits"),
        min_value=0,
        max_value=THRESHOLD,
        help_text=_("How far a picture may be from an entry and still be near it: 0 to 31."),
        widget=forms.NumberInput(attrs={"class": "input short"}),
    )
    growth_limit = forms.IntegerField(
        label=_("Entries a day may add"),
        required=False,
        min_value=0,
        max_value=10**9,
        help_text=_("More than that waits in quarantine. Empty: 10,000, or a fifth of the list."),
        widget=forms.NumberInput(attrs={"class": "input short"}),
    )
    trusted = forms.BooleanField(label=_("This list is trusted"), required=False)
    reason = _why(_("Why it is changed"))


class DecideForm(Asked):
    """A decision about what waits in quarantine."""

    choice = forms.ChoiceField(
        label=_("What becomes of these entries"),
        choices=(
            ("release", _("Release them: they match from then on")),
            ("discard", _("Discard them: they stay off, also when they are imported again")),
        ),
        widget=forms.RadioSelect,
    )
    reason = _why(_("Why"))


class FindForm(Asked):
    """An entry by its number, or by a whole fingerprint."""

    value = forms.CharField(
        label=_("Number or fingerprint"),
        max_length=4096,
        help_text=_("A number such as E-88213, or a whole MD5, SHA-1, SHA-256 or PDQ. The question is logged."),
        widget=forms.TextInput(attrs={"dir": "ltr", "spellcheck": "false"}),
    )


class JudgeForm(Asked):
    """What one person found of an entry."""

    verdict = forms.ChoiceField(
        label=_("What you found"),
        choices=(("affirmative", _("It is what the list says")), ("negative", _("It is not what the list says"))),
        widget=forms.RadioSelect,
    )
    reasons = forms.MultipleChoiceField(label=_("Reasons that the exchange knows"), required=False)
    note = _why(_("How you know"))

    def __init__(self, *args: Any, choices: tuple[tuple[str, str], ...] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if choices:
            self.fields["reasons"].choices = choices  # type: ignore[attr-defined]  # a choice field
        else:
            del self.fields["reasons"]


class RevealForm(Asked):
    """Why somebody has to see a fingerprint."""

    reason = _why(_("Why you need to see it"))


class SubscribeForm(Asked):
    """A list at an exchange: its settings and credentials are those that its kind asks for."""

    name = forms.CharField(label=_("Name of the list"), max_length=120)
    minutes = forms.IntegerField(
        label=_("Minutes between two fetches"),
        min_value=SHORTEST_INTERVAL,
        max_value=LONGEST_INTERVAL,
        initial=60,
        widget=forms.NumberInput(attrs={"class": "input short"}),
    )

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind
        for field in KINDS[kind].settings:
            self.fields[SETTING + field.name] = _setting(field)
        for field in KINDS[kind].credentials:
            self.fields[SECRET + field.name] = secret(field)

    def told(self, prefix: str) -> dict[str, str]:
        return told(self.cleaned_data, prefix)


class FollowForm(Asked):
    """What can be changed of a subscription. Credentials are written anew or stay; they are never shown."""

    state = forms.ChoiceField(label=_("State"), choices=list(words.LIST_STATES.items()))
    minutes = forms.IntegerField(
        label=_("Minutes between two fetches"),
        min_value=SHORTEST_INTERVAL,
        max_value=LONGEST_INTERVAL,
        widget=forms.NumberInput(attrs={"class": "input short"}),
    )
    reason = _why(_("Why it is changed"))

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        last = self.fields.pop("reason")
        for field in KINDS[kind].credentials:
            self.fields[SECRET + field.name] = secret(field, is_new=True)
        self.fields["reason"] = last


def told(data: dict[str, Any], prefix: str) -> dict[str, str]:
    """The values of the fields whose names begin so, without that beginning."""
    return {name.removeprefix(prefix): value for name, value in data.items() if name.startswith(prefix)}


def _setting(field: Field) -> forms.Field:
    label: Any = words.FIELDS.get(field.name, field.title)
    if field.choices:
        choices = [("", "–"), *((each, each) for each in field.choices)] if field.is_optional else None
        return _dressed(
            forms.ChoiceField(
                label=label,
                required=not field.is_optional,
                initial=field.default,
                choices=choices or [(each, each) for each in field.choices],
            )
        )
    return _dressed(forms.CharField(label=label, required=not field.is_optional, max_length=2048))


def secret(field: Field, *, is_new: bool = False) -> forms.Field:
    """A credential: never given back to the page, not even after a mistake."""
    label: Any = words.FIELDS.get(field.name, field.title)
    made = forms.CharField(
        label=label,
        required=not field.is_optional and not is_new,
        max_length=2048,
        widget=forms.PasswordInput(render_value=False),
        help_text=_("Leave empty to keep the one that is sealed.") if is_new else _("It is sealed and never shown."),
    )
    return _dressed(made)


def _dressed(field: forms.Field) -> forms.Field:
    field.widget.attrs |= {"class": "input", "autocomplete": "off", "dir": "ltr"}
    return field
