"""What no source file of ours holds: marks of unfinished work, sides of a page instead of directions, inline code.

Data for a script (`type="application/json"`) is no code: the content security policy never runs it.
"""

import re

import pytest
import source

MARKS = re.compile(r"\b(TODO|FIXME|XXX)\b")
SIDES = re.compile(
    r"(?<![\w-])(?:"
    r"(?:left|right)\s*:"
    r"|(?:margin|padding|border|inset)-(?:left|right)\b"
    r"|border-(?:top|bottom)-(?:left|right)-radius\b"
    r"|(?:text-align|float|clear)\s*:\s*(?:left|right)\b"
    r")"
)
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
SCRIPT = r"<script\b(?![^>]*(?:\bsrc=|type=.application/json))"
INLINE = re.compile(rf"<style\b|{SCRIPT}|\sstyle\s*=|\son[a-z]+\s*=|javascript:", re.IGNORECASE)
TEXTS = {".py", ".html", ".txt", ".css", ".js", ".toml", ".json", ".svg", ".po"}


def of_kind(*endings):
    return sorted(path for path in source.SRC.rglob("*") if path.suffix in endings and path.is_file())


@pytest.mark.parametrize("path", of_kind(*TEXTS), ids=source.name)
def test_nothing_is_marked_unfinished(path):
    assert not MARKS.findall(path.read_text("utf-8"))


@pytest.mark.parametrize("path", of_kind(".css"), ids=source.name)
def test_a_style_sheet_names_directions_and_not_sides(path):
    without_comments = COMMENT.sub("", path.read_text("utf-8"))
    assert not SIDES.findall(without_comments), (
        "use inline-start and inline-end: pages are also read from right to left"
    )


@pytest.mark.parametrize("path", of_kind(".html"), ids=source.name)
def test_a_template_holds_no_script_and_no_style(path):
    assert not INLINE.findall(path.read_text("utf-8")), "the content security policy refuses inline code"


@pytest.mark.parametrize(
    "text", ["a{left:0}", "a{margin-left:1px}", "a{float: right}", "a{border-top-left-radius:1px}"]
)
def test_a_side_is_seen(text):
    assert SIDES.search(text)


@pytest.mark.parametrize("text", ["a{inset-inline-start:0}", "a{margin-inline:1px}", "a{background: left-light}"])
def test_a_direction_is_no_side(text):
    assert not SIDES.search(text)
