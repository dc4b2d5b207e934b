"""Words of strangers as a person may see them: what a screen would hide, or show as something else, is a mark.

Rules:
- control characters and those that turn the direction of what follows become U+FFFD; line ends and tabs stay
- the original keeps every byte; only what is shown is mended
"""

import re
from typing import Any

UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
MARK = "\ufffd"


def legible(text: str) -> str:
    return UNSEEN.sub(MARK, text)


def legible_values(value: Any) -> Any:
    """Plain JSON with each of its texts legible, names of fields too."""
    if isinstance(value, str):
        return legible(value)
    if isinstance(value, list):
        return [legible_values(each) for each in value]
    if isinstance(value, dict):
        return {legible(name): legible_values(each) for name, each in value.items()}
    return value
