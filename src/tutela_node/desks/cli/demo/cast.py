"""The case's own facts: what is shown where, who sends what. All pictures are generated patterns."""

import io
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from PIL import Image

from tutela_node.desks.cli.demo.lines import Lines
from tutela_node.desks.cli.demo.stage import Stage
from tutela_node.desks.cli.demo.visitor import Stuck
from tutela_node.desks.cli.exampleland.web_host import picture
from tutela_node.desks.cli.exampleland.world import SHARED

MIRA, TIMO = "mira@hotline.exampleland.example", "timo@hotline.exampleland.example"
PATH = "/a/20931.jpg"
REPORTED_SEED, LISTED_SEED, OTHER_SEED = 14, 7716, 318
Answer = TypeVar("Answer")


@dataclass(slots=True)
class Case:
    """What the case knows as it goes on: each act adds what the next one needs."""

    stage: Stage
    lines: Lines
    folder: Path
    reported: bytes = b""
    listed: bytes = b""
    code: str = ""
    item: str = ""  # path of the reported picture's page
    reference: str = ""
    sent: dict[str, str] = field(default_factory=dict)  # the provider's reports

    @property
    def address(self) -> str:
        """What the reporter saw, on a host that many share."""
        return self.stage.world.host.url(PATH, name=SHARED)

    def hashes(self, data: bytes, name: str) -> dict[str, str]:
        """The fingerprints of some bytes, by the command line."""
        path = self.folder / name
        path.write_bytes(data)
        told: dict[str, str] = json.loads(self.stage.tutela("hash", str(path), "--json").stdout)
        return told


def altered(data: bytes) -> bytes:
    """The same picture, resized to 60 % and recompressed."""
    image = Image.open(io.BytesIO(data))
    smaller = image.resize((int(image.width * 0.6), int(image.height * 0.6)))
    out = io.BytesIO()
    smaller.save(out, "JPEG", quality=55)
    return out.getvalue()


def until(what: str, ask: Callable[[], Answer | None], seconds: float = 30.0, pause: float = 0.25) -> Answer:
    """Asks again and again until there is an answer; Stuck after `seconds`."""
    deadline = time.monotonic() + seconds
    while (answer := ask()) is None:
        if time.monotonic() > deadline:
            raise Stuck(f"did not happen within {seconds:.0f} s", place=what)
        time.sleep(pause)
    return answer


def drawn(seed: int) -> bytes:
    return picture(seed)
