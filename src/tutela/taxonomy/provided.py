"""The catalogue that comes with the kit: INTERPOL baseline, ICCAM, NCMEC, and Exampleland's national scheme.

Rules:
- schemes whose full lists are for approved parties only are not here; operators load them with `read_catalogue`
- read and checked once, on first use
"""

from datetime import date
from functools import lru_cache
from importlib.resources import files

from tutela.taxonomy.catalogue import Catalogue
from tutela.taxonomy.loading import read_catalogue
from tutela.taxonomy.values import CannotMap, Mapped, Scheme

FOLDERS = ("schemes", "maps")


@lru_cache(maxsize=1)
def shipped() -> Catalogue:
    """Raises Invalid only when the installed data are damaged."""
    return read_catalogue(shipped_texts())


def shipped_texts() -> dict[str, str]:
    """The TOML texts by file name; add your own and hand them to `read_catalogue`."""
    room = files("tutela.taxonomy")
    found = [file for folder in FOLDERS for file in room.joinpath(folder).iterdir() if file.name.endswith(".toml")]
    return {file.name: file.read_text(encoding="utf-8") for file in sorted(found, key=lambda file: file.name)}


def scheme(name: str, *, on: date) -> Scheme:
    """`Catalogue.scheme` of the shipped catalogue: the version valid on that day, or Missing."""
    return shipped().scheme(name, on=on)


def translate(from_scheme: str, code: str, to_scheme: str, on: date) -> Mapped | CannotMap:
    """`Catalogue.translate` of the shipped catalogue."""
    return shipped().translate(from_scheme, code, to_scheme, on)
