"""The words of the pages of lists, in the reader's language."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

FORMATS: dict[str, str | Promise] = {
    "": _("Find out from the file"),
    "ncmec": _("NCMEC hash sharing, version 2 (XML)"),
    "native": _("Tutela’s own list (JSON lines)"),
    "csv": _("Table, separated by commas"),
    "semicolon": _("Table, separated by semicolons"),
    "tsv": _("Table, separated by tabs"),
    "pairs": _("Algorithm and value on each line"),
    "icse": _("ICSE table of hashes"),
}
RULES = (  # sentences of the room that a form shows as they are
    gettext_noop("the national list holds our own verdicts alone; give this list another name"),
    gettext_noop("columns are named for a table only; leave them empty for this format"),
    gettext_noop("there is no such entry"),
    gettext_noop("give the list a name, at most 120 characters"),
    gettext_noop("say why in a sentence, 10 to 500 characters: the reason is part of the log"),
    gettext_noop("the first line is no header"),
    gettext_noop("no column holds hashes; give a map from column names to fields"),
    gettext_noop("two columns stand for the same field"),
)
