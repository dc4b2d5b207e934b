"""What lists know in these tests, and when they are played."""

from collections.abc import Callable
from datetime import UTC, datetime

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
NEAR = {
    "closeness": "near",
    "entry": "E-88213",
    "list_name": "national",
    "trusted": True,
    "code": "B",
    "distance": 6,
    "quality": 94,
    "people": 2,
}
FAR = NEAR | {"distance": 24}
Move = Callable[[int], datetime]
