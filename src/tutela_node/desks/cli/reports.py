"""`tutela node reports`: what an operator does with all reports at once."""

import json
from typing import Annotated

import typer
from rich.progress import Progress

app = typer.Typer(no_args_is_help=True, help="Reports of the node.")


@app.callback()
def _loaded() -> None:
    """Reports of the node."""
    from tutela_node.desks.cli.main import load_django

    load_django()


@app.command()
def weigh(
    as_json: Annotated[bool, typer.Option("--json", help="print JSON for a program instead of text")] = False,
) -> None:
    """Weigh reports again after the profile's triage rule changed. Killed, it goes on where it was."""
    from tutela_node.foundation import profile
    from tutela_node.intake import triage
    from tutela_node.journeys.reports_weighed import weigh as weigh_report

    rule, done, after = profile.current().triage.version, 0, None
    with Progress(disable=as_json) as progress:
        task = progress.add_task("weighing", total=triage.count_weighed_otherwise(rule))
        while waiting := triage.weighed_otherwise(rule, after=after):
            for report in waiting:
                weigh_report(report)
            done, after = done + len(waiting), waiting[-1]
            progress.update(task, advance=len(waiting))
    typer.echo(json.dumps({"rule": rule, "weighed": done}) if as_json else f"weighed {done} reports by rule {rule}")
