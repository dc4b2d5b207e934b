"""`tutela match`: compare files, or hashes given as text, with hash lists.

Rules:
- a list that cannot be read ends the command before anything is compared: a missing list must not look like no match
- a list may carry its own threshold; known-good lists are compared apart and by digests alone
- an entry withdrawn by a later entry of its own list does not match
- an argument that names a file or folder is one; else it must be a hash: `sha256:`, `sha1:`, `md5:` or `pdq:` and the
  digits, or the digits alone (64 of them are looked up both as SHA-256 and as PDQ)
- a sound, also that of a video, is compared with the sounds of the lists
- a picture is also looked up in the forms that it may have had before it was changed; a match says by which (`via`)
- what lies inside a file is a line behind its own (`FILE/MEMBER`), unless `--no-inside` is given
- pictures are decoded in a separate process; what cannot be read is a line too and stops nothing
- exit codes: 0 nothing found, 1 found, 2 usage, 3 something could not be read and nothing was found
"""

import json
import os
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import track

from tutela.cli.givenforms import Forms, Keyframes, asked_forms
from tutela.cli.givenlists import Named, given, named
from tutela.cli.matchinside import Inside
from tutela.errors import Invalid
from tutela.hashlists import HEX_DIGITS, ListEntry, current
from tutela.matching import ALGORITHMS, MIN_QUALITY, PDQ, PLAIN, THRESHOLD, Hit, HitClass, Matcher, Needle
from tutela.media import Fingerprints, Isolated
from tutela.scanning import Options
from tutela.scanning.sounds import CHROMAPRINT, ListedSounds, distance_of

FOUND, UNREADABLE = 1, 3

Lists = Annotated[
    list[str], typer.Option("--list", metavar="LIST", help="A hash list, or LIST:threshold=N; may be repeated.")
]
Good = Annotated[list[str] | None, typer.Option(metavar="LIST", help="A list of known-good files; may be repeated.")]
Sought = Annotated[list[str], typer.Argument(metavar="PATH|HASH...", help="Files, folders, or hashes.")]
Threshold = Annotated[int, typer.Option(min=0, max=256, help="Bits by which PDQ hashes may differ.")]
Into = Annotated[bool, typer.Option("--inside/--no-inside", help="Look into archives, documents, mail and images.")]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object a line.")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """Lists in one matcher; entry n is `origins[n]`: the list's path and the entry's own id. Known-good ones apart.

    `thresholds`: those of lists that have their own, by the list's number.
    """

    matcher: Matcher
    origins: list[tuple[str, str]]
    sounds: ListedSounds
    good: Matcher
    good_names: list[str]
    thresholds: dict[int, int]


app = typer.Typer(add_completion=False)


@app.command("match")
def match_paths(
    sought: Sought,
    lists: Lists,
    known_good: Good = None,
    threshold: Threshold = THRESHOLD,
    variants: Forms = "default",
    keyframes: Keyframes = False,
    inside: Into = True,
    as_json: AsJson = False,
) -> None:
    """Compare files or hashes with hash lists."""
    asked, forms = named(lists, known_good or ()), asked_forms(variants)
    loaded = load(asked)
    found = failed = False
    options = Options(threshold=threshold, variants=tuple(sorted(forms)), inside=inside, keyframes=keyframes)
    with Isolated(variants=forms, keyframes=keyframes) as isolated, Inside(asked, options) as members:
        for line in _lines(sought, loaded, isolated, threshold, members if inside else None):
            found = found or bool(line.get("matches"))
            failed = failed or "error" in line
            typer.echo(json.dumps(line) if as_json else _readable(line))
    if found or failed:
        raise typer.Exit(FOUND if found else UNREADABLE)


def load(lists: Iterable[Named]) -> Loaded:
    """All lists in memory. Raises Invalid, Limited and OSError for a list that cannot be read."""
    loaded = Loaded(matcher=Matcher(), origins=[], sounds=ListedSounds(), good=Matcher(), good_names=[], thresholds={})
    for group, each in enumerate(lists):
        entries = current(given(each).entries)
        if each.known_good:
            loaded.good.add(_digests(entries, len(loaded.good_names)))
            loaded.good_names.append(str(each.path))
            continue
        first = len(loaded.origins)
        ignored = loaded.matcher.add(((first + n, entry.hashes) for n, entry in enumerate(entries)), group)
        loaded.origins.extend((str(each.path), entry.id) for entry in entries)
        ignored -= _sounds(entries, first, group, loaded.sounds)
        if each.threshold is not None:
            loaded.thresholds[group] = each.threshold
        for algorithm, count in sorted(ignored.items()):
            typer.echo(f"{each.path}: {count} {algorithm} values cannot be compared here", err=True)
    loaded.matcher.rebuild()
    loaded.good.rebuild()
    return loaded


def _sounds(entries: Iterable[ListEntry], first: int, group: int, sounds: ListedSounds) -> Counter[str]:
    """Adds fingerprints of sound; answers how many can be compared."""
    return Counter(
        algorithm
        for number, entry in enumerate(entries, start=first)
        for algorithm, value in entry.hashes
        if algorithm == CHROMAPRINT and sounds.add(value, number, group)
    )


def _digests(entries: Iterable[ListEntry], number: int) -> Iterator[tuple[int, list[tuple[str, str]]]]:
    """A picture that resembles a known-good one is not known: PDQ is left out."""
    return ((number, [pair for pair in entry.hashes if pair[0] != PDQ]) for entry in entries)


def _lines(
    sought: list[str], loaded: Loaded, isolated: Isolated, threshold: int, members: Inside | None
) -> Iterator[dict[str, Any]]:
    console = Console(stderr=True)
    everything = [each for text in sought for each in _expanded(text)]
    for each in track(everything, description="Matching", console=console, disable=not console.is_terminal):
        try:
            needle, problem, audio = _needle(each, isolated)
            hits = loaded.matcher.match(needle, threshold=threshold, thresholds=loaded.thresholds)
            good = _known_good(needle, loaded)
        except OSError as error:
            yield {"path": str(each), "error": error.strerror or "could not be read"}
        except Invalid as error:
            yield {"path": str(each), "error": error.message}
        else:
            matches = [_match(hit, loaded) for hit in hits] + list(_sound_matches(audio, loaded))
            yield {"path": str(each), "matches": matches} | good | ({"problem": problem} if problem else {})
            if members is not None and isinstance(each, Path):
                yield from members.lines(each)


def _expanded(text: str) -> Iterator[Path | str]:
    path = Path(text)
    if path.is_dir():
        unread: list[OSError] = []
        for folder, folders, names in os.walk(path, onerror=unread.append):
            folders.sort()
            yield from (Path(folder, name) for name in sorted(names))
        yield from (Path(str(error.filename)) for error in unread)  # a folder is no regular file, so it is told
    else:
        yield path if path.exists() else text


def _needle(sought: Path | str, isolated: Isolated) -> tuple[Needle, str, str | None]:
    """What is looked for, what could not be found out, and the sound."""
    if isinstance(sought, str):
        return Needle(hashes=_hashes(sought)), "", None
    if not sought.is_file():
        raise OSError(None, "not a regular file")
    prints = isolated.fingerprint_path(sought)
    return *_needle_of(prints), prints.audio


def _needle_of(prints: Fingerprints) -> tuple[Needle, str]:
    hashes = {"sha256": prints.sha256, "sha1": prints.sha1, "md5": prints.md5}
    problem = prints.problem
    if prints.pdq is not None and prints.pdq_quality is not None:
        if prints.pdq_quality >= MIN_QUALITY:
            hashes["pdq"] = prints.pdq
        else:
            problem = f"too plain for PDQ: quality {prints.pdq_quality}, compared from {MIN_QUALITY}"
    return Needle(hashes=hashes, variants=dict(_forms(prints))), problem


def _forms(prints: Fingerprints) -> Iterator[tuple[str, str]]:
    """Other forms of a picture and frames of what moves, by the name that a hit tells (`via`)."""
    for variant in prints.variants:
        if variant.quality >= MIN_QUALITY:
            yield variant.via, variant.pdq
    for frame in prints.frames:
        if frame.quality >= MIN_QUALITY:
            yield f"frame {frame.number}", frame.pdq


def _hashes(text: str) -> dict[str, str]:
    named, _, digits = text.rpartition(":")
    names = [named.lower()] if named else [name for name in ALGORITHMS if HEX_DIGITS[name] == len(digits)]
    if not names or not set(names) <= set(ALGORITHMS):
        raise Invalid(f"neither a file nor a hash; a hash is one of {', '.join(ALGORITHMS)}, a colon, and its digits")
    return dict.fromkeys(names, digits)


def _known_good(needle: Needle, loaded: Loaded) -> dict[str, list[str]]:
    """Told only when a known-good list was given."""
    if not loaded.good_names:
        return {}
    digests = {name: value for name, value in needle.hashes.items() if name != PDQ}
    numbers = sorted({int(hit.entry) for hit in loaded.good.match(Needle(hashes=digests))})
    return {"known_good": [loaded.good_names[number] for number in numbers]}


def _sound_matches(audio: str | None, loaded: Loaded) -> Iterator[dict[str, Any]]:
    """`percent` of the bits are equal; `distance` is what is left of 100."""
    for found in loaded.sounds.match(audio):
        away, near = distance_of(found), HitClass.NEAR
        hit = Hit(entry=found.entry, algorithm=CHROMAPRINT, distance=away, hit_class=near, group=found.group)
        yield _match(hit, loaded) | {"percent": round(100 * found.share, 1)}


def _match(hit: Hit, loaded: Loaded) -> dict[str, Any]:
    path, entry = loaded.origins[int(hit.entry)]
    found = {"list": path, "entry": entry, "algorithm": hit.algorithm, "distance": hit.distance}
    return found | {"class": hit.hit_class.value, "via": hit.via}


def _readable(line: dict[str, Any]) -> str:
    if "error" in line:
        return f"{line['path']}: {line['error']}"
    matches = [
        f"{each['list']} {each['entry']} ({each['algorithm']}, {each['distance']}{_by(each['via'])})"
        for each in line["matches"]
    ]
    return f"{line['path']}: {'; '.join(matches) or 'no match'}"


def _by(via: str) -> str:
    return "" if via == PLAIN else f", via {via}"
