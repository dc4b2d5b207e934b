"""A language is data: a folder with its texts and its name, and its code in the profile. No line of code names it."""

import os
import subprocess
import sys
from pathlib import Path

import source
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo

sys.path.insert(0, str(Path(source.SRC).parent / "scripts"))
from review_marks import MARK, mark, marked

SHOW = """
import os, sys, django
os.environ["DJANGO_SETTINGS_MODULE"] = "tutela_node.site.settings.public"
django.setup()
from django.test import Client
sys.stdout.reconfigure(encoding="utf-8")
for path in ("/qaa/", "/en/", "/qab/"):
    answer = Client().get(path)
    print(answer.status_code, answer.content.decode(), end="<!-- page -->")
"""
HEADER = "Project-Id-Version: x\nLanguage: qaa\nX-Language-Name: Qaadaric\nX-Direction: rtl\n"


def catalogue(folder):
    """A made-up language that is written from right to left, with two texts."""
    made = Catalog(header_comment="")
    made.mime_headers = []
    made.add("Tell us what you saw.", "Qelloq us, waq yoq saq.")
    made.add("I saw something online", "Iq saq somq onliq")
    path = folder / "qaa" / "LC_MESSAGES" / "django.mo"
    path.parent.mkdir(parents=True)
    with path.open("wb") as file:
        made._messages[""] = type(made["Tell us what you saw."])("", HEADER)
        write_mo(file, made)


def test_a_made_up_language_is_added_by_data_alone(tmp_path):
    catalogue(tmp_path / "locale")
    profile = tmp_path / "profile.toml"
    profile.write_text('extends = "XA"\nlanguages = ["en", "qaa", "qab"]\n[names]\nqaa = "Qexampleland"\n', "utf-8")
    more = {"TUTELA_DATA": str(tmp_path), "TUTELA_PROFILE": str(profile), "TUTELA_LOCALE": str(tmp_path / "locale")}
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("TUTELA_", "DJANGO_"))}
    done = subprocess.run([sys.executable, "-c", SHOW], env=kept | more, capture_output=True, check=False, timeout=60)
    page, english, unknown = _pages(done.stdout.decode() or done.stderr.decode())
    assert '<html lang="qaa" dir="rtl">' in page
    assert "Qelloq us, waq yoq saq." in page
    assert "Qexampleland" in page
    assert '<a href="/qaa/" lang="qaa" hreflang="qaa">Qaadaric</a>' in english
    assert unknown.startswith("404")  # in the profile, and no catalogue speaks it


def test_drafts_are_marked_and_can_be_counted(tmp_path):
    path = tmp_path / "django.po"
    path.write_text(f'msgid "a"\nmsgstr "b"\n\n#. {MARK}\nmsgid "c"\nmsgstr "d"\n', "utf-8")
    assert marked(path) == ["c"]
    path.write_text('# A head.\nmsgid ""\nmsgstr ""\n"Language: x\\n"\n\n' + path.read_text("utf-8"), "utf-8")
    mark(path)
    assert marked(path) == ["a", "c"]
    before = path.read_text("utf-8")
    mark(path)
    assert path.read_text("utf-8") == before


def _pages(printed):
    parts = printed.split("<!-- page -->")
    assert len(parts) == 4, printed[-2000:]
    return parts[:3]
