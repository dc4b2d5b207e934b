"""`steps`: what the stories still have to do, and `log export`: the custody log for somebody outside."""

import json
from collections.abc import Iterator
from pathlib import Path

from tutela_node.evidence import log
from tutela_node.foundation import clock
from tutela_node.journeys.queries import StepValue, undone


def lines(*, as_json: bool) -> tuple[list[str], bool]:
    """One line for each step that is not done, and whether any of them was given up."""
    steps = undone()
    told = _json(steps) if as_json else _text(steps)
    return list(told), any(each.is_given_up for each in steps)


def export_log(folder: Path) -> str:
    """Writes the log up to its newest checkpoint into a folder of its own."""
    return f"wrote {log.export(folder)} events and their checkpoint to {folder}"


def _json(steps: tuple[StepValue, ...]) -> Iterator[str]:
    now = clock.now()
    for each in steps:
        told = {"journey": each.journey, "subject": str(each.subject), "name": each.name, "state": each.state}
        due = {"due_at": each.due_at.isoformat(), "is_due": each.due_at <= now}
        yield json.dumps({**told, **due, "attempts": each.attempts, "problem": each.problem})


def _text(steps: tuple[StepValue, ...]) -> Iterator[str]:
    if not steps:
        yield "nothing is left to do"
    for each in steps:
        when = "given up" if each.is_given_up else f"due {each.due_at:%Y-%m-%d %H:%M:%S}"
        tried = f", tried {each.attempts} times: {each.problem}" if each.attempts else ""
        yield f"{when}  {each.journey}/{each.name}  {each.subject}{tried}"
