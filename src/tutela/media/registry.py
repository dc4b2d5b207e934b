"""The fingerprint algorithms the kit knows. A later algorithm is one file and one line here."""

from tutela.errors import Missing
from tutela.media import digests, pdq
from tutela.media.algorithms import Algorithm

ALGORITHMS: dict[str, Algorithm] = {algorithm.name: algorithm for algorithm in (*digests.ALGORITHMS, pdq.ALGORITHM)}


def algorithm(name: str) -> Algorithm:
    """The manifest of the algorithm `name`. Raises Missing with the names that exist."""
    if name not in ALGORITHMS:
        raise Missing(f"no fingerprint algorithm of that name; known are {', '.join(ALGORITHMS)}")
    return ALGORITHMS[name]
