"""How a matcher knows a canary without any key: by a digest that follows from its value alone.

Rules:
- a canary's value is 128 random bits or more: its digest tells nobody the value
- whoever holds a copy and this folder learns nothing from digests: a canary is what the index beside them has not
"""

import hashlib
from collections.abc import Iterable, Mapping

DIGITS = 24  # 96 bits: that a question meets one by chance is no case
MOST_A_LINE = 100


def digest_of(algorithm: str, value: str) -> str:
    """24 hexadecimal digits of SHA-256. `value` in lower case."""
    return hashlib.sha256(f"{algorithm}:{value}".encode()).hexdigest()[:DIGITS]


def met(questions: Iterable[Mapping[str, str]], known: frozenset[str]) -> list[str]:
    """The digests of canaries among the values of `questions`, each once."""
    if not known:
        return []
    asked = {digest_of(name, value.lower()) for hashes in questions for name, value in hashes.items()}
    return sorted(asked & known)
