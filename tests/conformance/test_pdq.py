"""PDQ against the tables of its C++ reference, and pictures in other modes against each other."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tutela.media import Fingerprints, dihedral, fingerprint, luma_of

FORMS = ("original", "rotate90", "rotate180", "rotate270", "flipx", "flipy", "flipplus1", "flipminus1")
GOOD = 80


@pytest.fixture
def pdq(cases: Path) -> Path:
    return cases / "hashing" / "pdq"


def _rows(folder: Path, table: str) -> list[dict[str, str]]:
    with (folder / "tables" / table).open(newline="") as lines:
        return [row for row in csv.DictReader(lines) if (folder / "images" / row["path"]).is_file()]


def _found(folder: Path, path: str) -> Fingerprints:
    return fingerprint((folder / "images" / path).read_bytes())


def _tolerance(folder: Path, name: str) -> int:
    return int(json.loads((folder / "tables" / "TOLERANCES.json").read_text())["tolerances"][name])


def _apart(one: str | None, other: str) -> int:
    return (int(one or "", 16) ^ int(other, 16)).bit_count()


def test_hash_and_quality_are_those_of_the_reference(pdq: Path) -> None:
    for row in _rows(pdq, "cpp_reference_hash_quality.csv"):
        found = _found(pdq, row["path"])
        allowed = _tolerance(pdq, "own decoder, quality>=80") if int(row["quality"]) >= GOOD else 256
        assert _apart(found.pdq, row["hash"]) <= allowed, row["path"]
        assert abs((found.pdq_quality or 0) - int(row["quality"])) <= 1, row["path"]


def test_the_eight_forms_are_those_of_the_reference(pdq: Path) -> None:
    for row in _rows(pdq, "cpp_reference_dihedral.csv"):
        pixels = np.asarray(Image.open(pdq / "images" / row["path"]).convert("RGB"))
        forms = dihedral(luma_of(_at_most_512(pixels)))
        assert tuple(forms) == FORMS
        allowed = _tolerance(pdq, "own decoder, quality>=80") if int(row["quality"]) >= GOOD else 256
        assert max(_apart(forms[name], row[name]) for name in FORMS) <= allowed, row["path"]


def _at_most_512(pixels: np.ndarray) -> np.ndarray:
    """What the reference does to a picture file before it hashes it."""
    height, width = pixels.shape[:2]
    steps = np.arange(512)
    return pixels if max(height, width) <= 512 else pixels[steps * height // 512][:, steps * width // 512]


def test_hash_is_near_that_of_the_python_reference(pdq: Path) -> None:
    for row in _rows(pdq, "python_reference.csv"):
        found = _found(pdq, row["path"])
        assert _apart(found.pdq, row["hash"]) <= _tolerance(pdq, "python reference test"), row["path"]


def test_every_picture_of_the_cases_has_a_hash(pdq: Path) -> None:
    for path in sorted(path for path in (pdq / "images").rglob("*.*") if path.suffix != ".md"):
        found = fingerprint(path.read_bytes())
        assert (found.problem, found.truncated) == ("", False), path.name


@pytest.mark.parametrize(("one", "other"), [("rgb.jpeg", "LA.png"), ("LA.png", "I16.png")])
def test_modes_without_a_table_have_full_quality(pdq: Path, one: str, other: str) -> None:
    assert _found(pdq, one).pdq_quality == _found(pdq, other).pdq_quality == 100
