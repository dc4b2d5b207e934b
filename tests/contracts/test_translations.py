"""Every text that a person sees is translated, keeps its placeholders, and is compiled.

A file's texts belong to the nearest folder above it that has a `locale`; what that folder does not translate, the
node's own `locale` must. The public pages speak the languages of the profile, the other desks those of the workbench.
Templates are read with Django's `templatize`, Python with Babel's extractor.
"""

import re
from datetime import date
from functools import cache
from io import BytesIO

import pytest
import source
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po
from django.utils.translation import to_locale
from django.utils.translation.template import templatize

from tutela.taxonomy import scheme
from tutela_node.foundation.profile import load
from tutela_node.site.languages import catalogues

HOUSE = source.SRC / "tutela_node"
NATIONAL = [code for code in load("XA").languages if code != "en"]  # what the public pages speak
STAFF = sorted(set(catalogues([HOUSE / "desks" / "workbench" / "locale"])))
PUBLIC = HOUSE / "desks" / "public" / "locale"
KEYWORDS = {
    **DEFAULT_KEYWORDS,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
NAMED = re.compile(r"%\((\w+)\)[sd]")
UNNAMED = re.compile(r"(?<!%)%[sdifr]\b|\{\}|\{\d+\}")
CATALOGUES = sorted(path.parent.parent.parent for path in HOUSE.rglob("locale/*/LC_MESSAGES/django.po"))
FOLDERS = sorted(set(CATALOGUES))


def spoken(folder):
    """The languages that a folder must have: the profile's for the public pages, else the workbench's."""
    return NATIONAL if folder == PUBLIC else STAFF


def pairs(folders):
    """(folder, language), named for the test's report."""
    return [pytest.param(f, code, id=f"{f.relative_to(source.SRC)}-{code}") for f in folders for code in spoken(f)]


def texts(path):
    """(context, singular, plural or None) of every translatable text in a file."""
    code = path.read_text("utf-8")
    if path.suffix == ".html" or path.suffix == ".txt":
        lines = templatize(code, origin=str(path)).splitlines()
        code = "\n".join(line.lstrip() for line in lines) + "\n"
    for _, message, _, context in extract("python", BytesIO(code.encode()), KEYWORDS, options={"encoding": "utf-8"}):
        singular, plural = message if isinstance(message, tuple) else (message, None)
        if singular:
            yield context, singular, plural


@cache
def wanted():
    """Folder of the catalogue -> the texts whose translation it must have."""
    found = {}
    for path in (
        *source.files(),
        *sorted(HOUSE.rglob("templates/**/*.html")),
        *sorted(HOUSE.rglob("templates/**/*.txt")),
    ):
        if HOUSE in path.parents:
            found.setdefault(_home(path), set()).update(texts(path))
    return found


def _home(path):
    return next((folder / "locale" for folder in path.parents if folder / "locale" in FOLDERS), HOUSE / "locale")


@cache
def catalogue(folder, language):
    path = folder / to_locale(language) / "LC_MESSAGES" / "django.po"
    if not path.is_file():
        return None
    with path.open("rb") as file:
        return read_po(file, locale=to_locale(language))


def _id(message):
    """(context, singular): what a text is looked up under."""
    context = message.context.decode() if isinstance(message.context, bytes) else message.context  # read_mo gives bytes
    return context, message.id if isinstance(message.id, str) else message.id[0]


def _translated(folder, language):
    known = {}
    for each in (HOUSE / "locale", folder):
        for message in catalogue(each, language) or ():
            if message.id:
                known[_id(message)] = message
    return known


def _folder(path):
    return str(path.relative_to(source.SRC))


@pytest.mark.parametrize(("folder", "language"), pairs(sorted({*wanted(), *FOLDERS})))
def test_every_text_is_in_every_catalogue(folder, language):
    known = _translated(folder, language)
    missing = [singular for context, singular, _ in wanted().get(folder, ()) if (context, singular) not in known]
    assert not sorted(missing)


@pytest.mark.parametrize(("folder", "language"), pairs(FOLDERS))
def test_no_translation_is_empty_or_uncertain(folder, language):
    messages = [each for each in catalogue(folder, language) or () if each.id]
    assert messages
    assert not [each.id for each in messages if each.fuzzy or not all(_strings(each))]


@pytest.mark.parametrize(("folder", "language"), pairs(FOLDERS))
def test_a_translation_keeps_the_named_placeholders(folder, language):
    messages = [each for each in catalogue(folder, language) or () if each.id]
    assert not [each.id for each in messages if not _keeps_placeholders(each)]


@pytest.mark.parametrize(("folder", "language"), pairs(FOLDERS))
def test_what_is_compiled_is_what_is_written(folder, language):
    written = {_id(each): _strings(each) for each in catalogue(folder, language) or () if each.id}
    with (folder / to_locale(language) / "LC_MESSAGES" / "django.mo").open("rb") as file:
        compiled = {_id(each): _strings(each) for each in read_mo(file) if each.id}
    assert compiled == written, f"compile it: .venv/bin/pybabel compile -D django -d {_folder(folder)}"


@pytest.mark.parametrize("language", STAFF)
def test_the_codes_that_an_analyst_chooses_from_are_translated(language):
    known = {singular for _, singular in _translated(HOUSE / "desks" / "workbench" / "locale", language)}
    codes = scheme(load("XA").review.scheme, on=date(2026, 11, 22)).codes
    assert not [code.label for code in codes if code.label not in known]


@pytest.mark.parametrize("folder", sorted(wanted()), ids=_folder)
def test_placeholders_have_names(folder):
    said = [text for _, singular, plural in wanted()[folder] for text in (singular, plural or "")]
    assert not [text for text in said if UNNAMED.search(text)]


def _strings(message):
    return (message.string,) if isinstance(message.string, str) else tuple(message.string)


def _keeps_placeholders(message):
    """A plural form may leave a number out (“one place”, an Arabic dual), the last form may not."""
    if isinstance(message.id, str):
        return _names(message.string) == _names(message.id)
    *others, last = map(_names, _strings(message))
    allowed = _names(message.id[0]) | _names(message.id[1])
    return last == _names(message.id[1]) and all(names <= allowed for names in others)


def _names(text):
    return set(NAMED.findall(text))
