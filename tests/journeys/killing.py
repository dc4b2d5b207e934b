"""Ends one process of a node with SIGKILL, at a moment and of a kind that the dice choose."""

import os
import random
import signal
import threading
from contextlib import suppress

from journeys.house import House

WEIGHTS = {"worker": 5, "decoder": 2, "supervisor": 1}
OTHERS = 2
LATEST = 2.0  # seconds


class Killing(threading.Thread):
    """`with Killing(house, dice) as killing:` kills once while the block runs. `said` is what was killed, and when."""

    def __init__(self, house: House, dice: random.Random) -> None:
        super().__init__(daemon=True)
        self._house = house
        self._delay, self._choice = dice.uniform(0, LATEST), dice.random()
        self.said = "nothing"

    def run(self) -> None:
        threading.Event().wait(self._delay)
        id, role = self._chosen()
        with suppress(ProcessLookupError):  # it ended by itself, as the child of one that was killed before
            os.kill(id, signal.SIGKILL)
        self.said = f"{role} after {self._delay:.2f} s"
        if role == "supervisor":
            self._house.start_again()

    def __enter__(self) -> "Killing":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.join()

    def _chosen(self) -> tuple[int, str]:
        found = sorted(self._house.processes().items(), key=lambda each: (each[1], each[0]))
        weights = [WEIGHTS.get(role, OTHERS) for _, role in found]
        return random.Random(self._choice).choices(found, weights)[0]
