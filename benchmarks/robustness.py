"""What each form of a picture finds that its plain hash does not, and how often it is wrong.

Rules:
- recall: photographs, changed and saved as JPEG, looked for among the plain hashes of the photographs
- cost: pictures of which no two show the same, every one asked against every other, in ordered pairs; a form's false
  matches are those of the plain hash together with the form's
- a pair counts from quality 50 on both sides; distances beyond the threshold show the slope, where counts are zero
"""

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import numpy.typing as npt
from pictures import CHANGES, jpeg, photographs, strangers
from PIL import Image
from rich.console import Console
from rich.progress import track
from rich.table import Table

from tutela.media import Form, hash_luma, pdq
from tutela.media.luma import luma_of_picture
from tutela.media.variants import DEFAULT, hash_forms

THRESHOLD, MIN_QUALITY = 31, 50
SLOPE = (31, 47, 63, 79, 95)
Words = npt.NDArray[np.uint64]
SETS: dict[str, frozenset[Form]] = {
    "plain": frozenset(),
    **{form.value: frozenset({form}) for form in Form if form is not Form.STORED},
    "default": DEFAULT,
    "all": frozenset(Form),
}


def measure(pairs: int, say: Callable[[Iterable[Any], str], Iterable[Any]]) -> dict[str, Any]:
    """Recall by change and set, and false matches by set, in one run."""
    return {"recall": recall(say), "cost": cost(round(pairs**0.5 * 1.08), say), "pictures": len(photographs())}


def recall(say: Callable[[Iterable[Any], str], Iterable[Any]]) -> dict[str, dict[str, int]]:
    known = {name: _hashes(picture, frozenset())[0] for name, picture in photographs().items()}
    found: dict[str, dict[str, int]] = {}
    for change, make in say(CHANGES.items(), "changes"):
        found[change] = dict.fromkeys(SETS, 0)
        for name, picture in photographs().items():
            changed = jpeg(make(picture))
            for title, forms in SETS.items():
                asked = _hashes(changed, forms)
                found[change][title] += any(pdq.apart(each, known[name]) <= THRESHOLD for each in asked)
    return found


def cost(count: int, say: Callable[[Iterable[Any], str], Iterable[Any]]) -> dict[str, Any]:
    shown = [jpeg(picture) for picture in say(strangers(count), "strangers")]
    plain = [_plain(picture) for picture in shown]
    kept = [number for number, (_, quality) in enumerate(plain) if quality >= MIN_QUALITY]
    table = np.stack([_words(plain[number][0]) for number in kept])
    nearest = {title: _nearest(shown, kept, table, forms, say) for title, forms in SETS.items()}
    counts = {
        title: {str(most): int(np.count_nonzero(distances <= most)) for most in SLOPE}
        for title, distances in nearest.items()
    }
    return {"pictures": len(kept), "pairs": len(kept) * (len(kept) - 1), "within": counts}


def _nearest(
    shown: list[Image.Image],
    kept: list[int],
    table: Words,
    forms: frozenset[Form],
    say: Callable[[Iterable[Any], str], Iterable[Any]],
) -> npt.NDArray[np.int64]:
    """int[n, n]: the nearest form of each picture to the plain hash of each other; 256 on the diagonal."""
    nearest = np.full((len(kept), len(kept)), 256)
    for row, number in enumerate(say(kept, f"{len(forms)} forms")):
        for value in _hashes(shown[number], forms):
            apart = np.bitwise_count(table ^ _words(value)).sum(axis=1)
            nearest[row] = np.minimum(nearest[row], apart)
        nearest[row, row] = 256
    return nearest


def _plain(picture: Image.Image) -> tuple[str, int]:
    found = hash_luma(luma_of_picture(picture))
    return found.hex, found.quality


def _hashes(picture: Image.Image, forms: frozenset[Form]) -> list[str]:
    luma = luma_of_picture(picture)
    plain, others = hash_forms(luma, forms)
    return [plain.hex] * (plain.quality >= MIN_QUALITY) + [each.pdq for each in others if each.quality >= MIN_QUALITY]


def _words(value: str) -> Words:
    return np.frombuffer(bytes.fromhex(value), np.uint64)


def show(found: dict[str, Any]) -> None:
    console = Console()
    titles = list(SETS)
    table = Table("change", *titles, title=f"found of {found['pictures']} photographs, {THRESHOLD} bits or less")
    for change, counts in found["recall"].items():
        table.add_row(change, *(str(counts[title]) for title in titles))
    console.print(table)
    cost_of = found["cost"]
    table = Table("bits or less", *titles, title=f"ordered pairs of strangers this near, of {cost_of['pairs']:,}")
    for most in SLOPE:
        table.add_row(str(most), *(str(cost_of["within"][title][str(most)]) for title in titles))
    console.print(table)


def progress(items: Iterable[Any], title: str) -> Iterable[Any]:
    console = Console(stderr=True)
    return track(list(items), description=title, console=console, disable=not console.is_terminal)
