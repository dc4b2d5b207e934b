"""How many questions a token and its organisation may ask in a minute and in a day (UTC).

Rules:
- several tokens of an organisation share one budget, so that a second token buys nothing
- a question is counted before it is answered; when not all of a batch fit, none is answered and none is counted
- the day's counts are written to a small file once a second and read at the start: a restart gives back at most what
  was asked in the last second. The file holds tokens' and organisations' ids and numbers, nothing else
"""

import json
import threading
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from tutela_node.foundation.errors import Spent
from tutela_node.hashlists.replica import layout

MINUTE, DAY = 60, 86_400
MOST_OCTETS = 16 * 1024 * 1024


class TooOften(Spent):
    """`wait`: seconds until the budget is new."""

    def __init__(self, message: str, *, wait: int) -> None:
        super().__init__(message, place="budget")
        self.wait = wait


class Budgets:
    """Counts of this process. Any number of threads may spend."""

    def __init__(self, kept: Path | None = None) -> None:
        """`kept`: the file that outlives a restart, or None."""
        self._kept = kept
        self._lock = threading.Lock()
        self._minute = self._day = 0
        self._in_minute: dict[str, int] = {}
        self._in_day: dict[str, int] = {}
        self._is_written = True
        if kept is not None:
            self._day, self._in_day = _read(kept)

    def spend(self, who: tuple[str, ...], cost: int, *, per_minute: int, per_day: int, now: float) -> None:
        """Counts `cost` questions against each of `who`. Raises TooOften, and then counts nothing."""
        with self._lock:
            self._turn(int(now))
            _check(self._in_minute, who, cost, per_minute, ("minute", MINUTE - int(now) % MINUTE))
            _check(self._in_day, who, cost, per_day, ("day", DAY - int(now) % DAY))
            for each in who:
                self._in_minute[each] = self._in_minute.get(each, 0) + cost
                self._in_day[each] = self._in_day.get(each, 0) + cost
            self._is_written = False

    def write(self) -> None:
        """Writes the day's counts down when they changed; to be called about once a second."""
        if self._kept is None or self._is_written:
            return
        with self._lock:
            told = json.dumps({"day": self._day, "counts": self._in_day}).encode()
            self._is_written = True
        layout.replace(self._kept, told, durable=False)

    def _turn(self, now: int) -> None:
        if now // MINUTE != self._minute:
            self._minute, self._in_minute = now // MINUTE, {}
        if now // DAY != self._day:
            self._day, self._in_day = now // DAY, {}


def _check(counts: Mapping[str, int], who: tuple[str, ...], cost: int, most: int, span: tuple[str, int]) -> None:
    if any(counts.get(each, 0) + cost > most for each in who):
        raise TooOften(f"at most {most} questions a {span[0]}: ask again later", wait=span[1])


def _read(path: Path) -> tuple[int, dict[str, int]]:
    """Nothing for a file that is missing or spoilt: the budget of the day then begins anew."""
    with suppress(OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        if path.stat().st_size <= MOST_OCTETS:
            said = json.loads(path.read_bytes())
            return int(said["day"]), {str(name): int(count) for name, count in said["counts"].items()}
    return 0, {}
