"""Counts, by language and catalogue, the texts that no native reader has looked at yet.

A draft carries the comment `#. review: native reader wanted` above its `msgid`. Who has read it and stands for it takes
the line away. `python scripts/review_marks.py` prints a table; `--list <code>` prints the texts of one language;
`--mark <code>` marks every text of a language that is drafted anew.
"""

import sys
from collections import Counter
from pathlib import Path

from babel.messages.pofile import read_po

HOUSE = Path(__file__).resolve().parents[1] / "src" / "tutela_node"
MARK = "review: native reader wanted"


def marked(path: Path) -> list[str]:
    """The texts of a catalogue that carry the mark."""
    with path.open("rb") as file:
        found = [each for each in read_po(file) if each.id and MARK in each.auto_comments]
    return [each.id if isinstance(each.id, str) else each.id[0] for each in found]


def mark(path: Path) -> None:
    """Puts the mark above every text of a catalogue that has none; nothing else of the file changes."""
    head, *entries = path.read_text("utf-8").split("\n\n")
    drafted = [each if MARK in each or "msgid" not in each else f"#. {MARK}\n{each.lstrip()}" for each in entries]
    path.write_text("\n\n".join([head, *drafted]), "utf-8")


def main(arguments: list[str]) -> None:
    counted: Counter[tuple[str, str]] = Counter()
    for path in sorted(HOUSE.rglob("locale/*/LC_MESSAGES/django.po")):
        language, folder = path.parent.parent.name, str(path.parents[2].relative_to(HOUSE))
        if arguments == ["--mark", language]:
            mark(path)
        texts = marked(path)
        counted[language, folder] += len(texts)
        if arguments == ["--list", language]:
            sys.stdout.write("".join(f"{folder}: {text}\n" for text in texts))
    if not arguments:
        sys.stdout.write(
            "".join(f"{language:8} {folder:32} {n:5}\n" for (language, folder), n in sorted(counted.items()))
        )


if __name__ == "__main__":
    main(sys.argv[1:])
