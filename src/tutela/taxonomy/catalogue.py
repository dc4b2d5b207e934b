"""Finds the version of a scheme that held on a day, and translates a code by the map of that direction.

Rules:
- the day is an argument; a day without a valid version is Missing, never the nearest version
- a map serves one direction; two schemes without a map cannot be mapped, and neither can a code whose target was not
  in the other scheme on that day
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from tutela.errors import Missing
from tutela.taxonomy.values import CannotMap, Mapped, Scheme

NO_MAP = "there is no map between these schemes in this direction"
NOT_THEN = "the code it maps to was not in the other scheme on that day"


@dataclass(frozen=True, slots=True, kw_only=True)
class Direction:
    """The map from one scheme to another: for each code of the first a code of the second, or why there is none."""

    source: str
    target: str
    codes: Mapping[str, str]
    cannot: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """Schemes in all their versions, and the maps between them."""

    schemes: tuple[Scheme, ...]
    maps: tuple[Direction, ...]

    def names(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(scheme.name for scheme in self.schemes))

    def scheme(self, name: str, *, on: date) -> Scheme:
        """The version valid on that day; `name` may be a scheme's name, or the title of one version.

        Raises Missing where the scheme is not known, or had no version on that day.
        """
        named = [scheme for scheme in self.schemes if name in (scheme.name, scheme.title)]
        if not named:
            raise Missing(f"no such scheme is known; known are {', '.join(self.names())}", place="scheme")
        for scheme in named:
            if scheme.is_valid_on(on):
                return scheme
        spans = "; ".join(f"{scheme.title} {scheme.span()}" for scheme in named)
        raise Missing(f"no version was valid on {on.isoformat()}: {spans}", place="scheme")

    def translate(self, from_scheme: str, code: str, to_scheme: str, on: date) -> Mapped | CannotMap:
        """The code in the other scheme, or the reason why there is none. Maps need not be invertible.

        Raises Missing for a scheme or code that is not known on that day.
        """
        source, target = self.scheme(from_scheme, on=on), self.scheme(to_scheme, on=on)
        known = source.code(code)
        if source.name == target.name:
            return Mapped(code=known, scheme=target.name, version=target.version)
        for direction in self.maps:
            if (direction.source, direction.target) == (source.name, target.name):
                return _followed(direction, code, target)
        return CannotMap(reason=NO_MAP)


def _followed(direction: Direction, code: str, target: Scheme) -> Mapped | CannotMap:
    if code in direction.cannot:
        return CannotMap(reason=direction.cannot[code])
    mapped = direction.codes.get(code)
    for known in target.codes:
        if known.code == mapped:
            return Mapped(code=known, scheme=target.name, version=target.version)
    return CannotMap(reason=NOT_THEN)
