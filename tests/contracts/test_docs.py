"""The documents say what the code has: every setting, every command with its options; no dead link, no strange host."""

import re
from pathlib import Path

import pytest
import source

from tutela.cli.main import COMMANDS, _load
from tutela_node.site.config import SETTINGS

GUIDES = source.ROOT / "docs" / "guides"
FOLDERS = ("docs", "requirements")
DOCUMENTS = sorted(
    [*source.ROOT.glob("*.md"), *(each for name in FOLDERS for each in (source.ROOT / name).rglob("*.md"))]
)
NEEDED = ("README.md", "ARCHITECTURE.md", "GLOSSARY.md", "SECURITY.md", "CONTRIBUTING.md", "LICENSE", "NOTICE")
NO_STORIES = {"__init__", "apps", "models", "queries", "steps", "capturing"}
LINK = re.compile(r"\[[^\]]*\]\(([^)#\s]+)[^)\s]*\)")
HOST = re.compile(r"https?://([^/\s:)`\"'<>]+)")
CITED = {"www.rfc-editor.org", "c2sp.org"}  # standards that a document may point to
OWN = re.compile(r"127\.0\.0\.1|localhost|([\w-]+\.)*example")
MACHINE = re.compile(r"(?<![\w.~-])/(?:home|root|work|Users|mnt|media|srv)/")


def commands():
    """Every command as it is typed, with its options."""
    found = {}
    for name in (*COMMANDS, "node"):
        _collect(_load(name), ("tutela", name), found)
    return found


def _collect(command, path, found):
    inner = getattr(command, "commands", None)
    if inner:
        for name, each in inner.items():
            _collect(each, (*path, name), found)
        return
    flags = [flag for each in command.params for flag in each.opts if flag.startswith("--")]
    found[" ".join(path)] = sorted(set(flags) - {"--help", "--install-completion", "--show-completion"})


def _section(text, heading):
    match = re.search(rf"^#+ `{re.escape(heading)}`\n(.*?)(?=^#+ |\Z)", text, re.DOTALL | re.MULTILINE)
    return match[1] if match else None


def _name(path):
    return str(path.relative_to(source.ROOT))


@pytest.mark.parametrize("setting", SETTINGS)
def test_every_setting_is_explained(setting):
    said = _section((GUIDES / "settings.md").read_text("utf-8"), setting)
    assert said, f"docs/guides/settings.md has no section `{setting}`"
    default = re.search(r"\((\S+)\)$", SETTINGS[setting])
    assert default is None or f"`{default[1]}`" in said, "the default is not the one in site/config.py"


def test_every_variable_that_the_code_reads_is_explained():
    said = (GUIDES / "settings.md").read_text("utf-8")
    read = {name for path in source.files() for name in re.findall(r"\bTUTELA_[A-Z_]+\b", path.read_text("utf-8"))}
    assert not [name for name in sorted(read) if f"`{name}`" not in said]


@pytest.mark.parametrize(("command", "options"), commands().items())
def test_every_command_is_explained_with_its_options(command, options):
    said = _section((GUIDES / "commands.md").read_text("utf-8"), command)
    assert said, f"docs/guides/commands.md has no section `{command}`"
    assert not [option for option in options if f"`{option}" not in said]
    assert f"\n{command}" in said, "no example"
    assert "Exit" in said, "no exit codes"


def test_no_command_is_explained_that_is_not_there():
    headings = re.findall(r"^#+ `(tutela [^`]+)`$", (GUIDES / "commands.md").read_text("utf-8"), re.MULTILINE)
    assert set(headings) == set(commands())


def test_the_architecture_names_every_story_and_room():
    said = (source.ROOT / "ARCHITECTURE.md").read_text("utf-8")
    house = source.SRC / "tutela_node"
    stories = [path.stem for path in (house / "journeys").glob("*.py") if path.stem not in NO_STORIES]
    rooms = [path.parent.name for path in house.glob("*/__init__.py")]
    assert not [name for name in stories if f"| `{name}` |" not in said]
    assert not [name for name in rooms if not re.search(rf"\b{name}\b", said)]


def test_the_usual_documents_are_there():
    assert not [name for name in NEEDED if not (source.ROOT / name).is_file()]


@pytest.mark.parametrize("path", DOCUMENTS, ids=_name)
def test_every_link_to_a_file_leads_somewhere(path):
    links = [link for link in LINK.findall(path.read_text("utf-8")) if "://" not in link]
    assert not [link for link in links if not (path.parent / link).exists()]


@pytest.mark.parametrize("path", DOCUMENTS, ids=_name)
def test_a_document_names_no_strange_host_and_no_machine(path):
    text = path.read_text("utf-8")
    assert not [host for host in HOST.findall(text) if host not in CITED and not OWN.fullmatch(host)]
    assert not MACHINE.findall(text)


@pytest.mark.parametrize("path", DOCUMENTS, ids=_name)
def test_a_path_in_a_document_exists(path):
    """`src/...`, `docs/...`, `tests/...` and `scripts/...` in code marks, with `...`, `*` and `<name>` left alone."""
    named = re.findall(r"`((?:src|docs|tests|scripts|benchmarks)/[^`\s]*)`", path.read_text("utf-8"))
    plain = [each for each in named if not re.search(r"[*<>…{}]|\.\.\.", each)]
    assert not [each for each in plain if not Path(source.ROOT, each).exists()]
