"""Which languages this node has texts in: found in its catalogues, never listed in code.

Rules:
- a language is a folder `<code>/LC_MESSAGES/django.mo` in a `locale`; English needs none
- its own name and direction are Django's; for a language that Django does not know, the header of its catalogue says
  them: `X-Language-Name` and, from right to left, `X-Direction: rtl`
- `TUTELA_LOCALE` names a folder of more catalogues, so that a State adds a language without touching the program
"""

from collections.abc import Iterable, Mapping
from gettext import GNUTranslations
from pathlib import Path

from django.conf import global_settings
from django.conf.locale import LANG_INFO
from django.utils.translation import to_language

DESKS = ("public", "workbench", "api")


def catalogues(folders: Iterable[Path]) -> dict[str, Path]:
    """Code of each language -> one of its compiled catalogues."""
    found = (path for folder in folders for path in sorted(folder.glob("*/LC_MESSAGES/django.mo")))
    return {to_language(path.parent.parent.name): path for path in found}


def languages(house: Path, role: str, more: Path | None) -> list[tuple[str, str]]:
    """(code, own name) of what a role can speak, English first; the names of new languages are made known to Django."""
    desks = (role,) if role in DESKS else DESKS
    folders = [house / "desks" / desk / "locale" for desk in desks] + ([more] if more else [])
    known = catalogues(folders)
    for code, path in known.items():
        _make_known(code, path)
    return [(code, str(LANG_INFO[code]["name_local"])) for code in ("en", *sorted(set(known) - {"en"}))]


def from_right_to_left(codes: Iterable[str]) -> list[str]:
    return [*global_settings.LANGUAGES_BIDI, *(code for code in codes if LANG_INFO[code]["bidi"])]


def _make_known(code: str, catalogue: Path) -> None:
    if "name_local" in LANG_INFO.get(code, {}):
        return
    with catalogue.open("rb") as file:
        said: Mapping[str, str] = GNUTranslations(file).info()
    name = said.get("x-language-name", code)
    LANG_INFO[code] = {"bidi": said.get("x-direction") == "rtl", "code": code, "name": name, "name_local": name}
