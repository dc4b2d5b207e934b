"""Plays the case from the first report to the verified evidence, and then keeps the node running or stops it."""

import os
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path

from tutela.errors import TutelaError
from tutela_node.desks.cli.demo import deciding, effects, handing_over, reporting
from tutela_node.desks.cli.demo.cast import MIRA, PATH, REPORTED_SEED, Case
from tutela_node.desks.cli.demo.lines import TITLES, Lines
from tutela_node.desks.cli.demo.stage import Stage

ACTS: tuple[Callable[[Case], None], ...] = (
    reporting.import_lists,
    reporting.report,
    reporting.match,
    deciding.decide,
    deciding.exhibit,
    deciding.rematch,
    effects.notify,
    effects.block,
    handing_over.release,
    handing_over.answer,
)


def run(*, once: bool, as_json: bool) -> int:
    """Exit code: 0 when every step showed what it should, 1 otherwise."""
    data = Path(os.environ.get("TUTELA_DATA", "data")).absolute()
    folder = data / "case"
    lines = Lines(as_json=as_json, kept=folder / "lines.jsonl")
    earlier = lines.earlier()
    if folder.exists() and not earlier:
        say(f"a case stopped half-way on {data}: choose an empty folder with TUTELA_DATA, or remove this one", as_json)
        return 1
    say(f"starting the node on {data}", as_json)
    with Stage(data) as stage:
        folder.mkdir(exist_ok=True, mode=0o700)
        case = Case(stage=stage, lines=lines, folder=folder)
        if earlier:
            say("the case was played on this data before; this is what it showed", as_json)
            stage.world.host.show(PATH, REPORTED_SEED)
            for line in earlier:
                lines.show({**line, "played": "earlier"})
            fine = all(bool(line["ok"]) for line in earlier)
        else:
            fine = _play(case)
        if not once:
            _stay(stage, data)
    return 0 if fine else 1


def say(text: str, as_json: bool) -> None:
    print(text, file=sys.stderr if as_json else sys.stdout, flush=True)


def _play(case: Case) -> bool:
    for step, act in enumerate(ACTS, 1):
        say(f"     ...  {TITLES[step]}", True)
        try:
            act(case)
        except TutelaError as error:
            case.lines.tell(step, False, problem=str(error))
            return False
    case.lines.keep()
    return all(bool(line["ok"]) for line in case.lines.done)


def _stay(stage: Stage, data: Path) -> None:
    """Says where to go and waits to be stopped."""
    people = stage.secrets.passwords
    print(
        f"""
Public pages   {stage.urls["public"]}/
Workbench      {stage.urls["workbench"]}/
API            {stage.urls["api"]}/api/v1/openapi.json

Sign in as     {MIRA}
Password       {people[MIRA]}
Other people   {data / "exampleland.json"}

In Exampleland this address can be reported: {stage.world.host.url(PATH, name="pictures.harbour.example")}
Stop with Ctrl-C.""",
        flush=True,
    )
    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    while not ended.wait(1.0) and stage.is_running():
        pass
