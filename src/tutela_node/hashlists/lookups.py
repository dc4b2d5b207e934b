"""Under which keyed hash an entry with a value is found: one spelling for all who write it or look for it."""

from tutela_node.foundation.sealed import lookup

PURPOSE = "entry"


def spelled(algorithm: str, value: str) -> str:
    """What the keyed hash is made of. `value` is in its kept form: digits in lower case."""
    return f"{algorithm}:{value}"


def of_value(algorithm: str, value: str) -> str:
    return lookup(PURPOSE, spelled(algorithm, value))
