"""The fingerprint algorithms the kit knows. A later algorithm is one file and one line here."""

from tutela.errors import Missing
from tutela.media import digests, pdq
from tutela.media.algorithms import Algorithm
from tutela.media.kinds import Kind

VPDQ = Algorithm(name="vpdq", bits=256, applies_to=frozenset({Kind.VIDEO}), threshold=31, discard_quality=49)
_ALL = (*digests.ALGORITHMS, pdq.ALGORITHM, VPDQ)
ALGORITHMS: dict[str, Algorithm] = {algorithm.name: algorithm for algorithm in _ALL}


def algorithm(name: str) -> Algorithm:
    """The manifest of the algorithm `name`. Raises Missing with the names that exist."""
    if name not in ALGORITHMS:
        raise Missing(f"no fingerprint algorithm of that name; known are {', '.join(ALGORITHMS)}")
    return ALGORITHMS[name]
