"""`tutela`: one command over the kit, and over what other packages add to it.

Rules:
- a sub-command is imported when it is called, never to show the list of commands
- one translation of errors: exit 0 fine, 1 found or failed what was to be verified, 2 usage, 3 input that could not be
  read, 70 a fault of our own; an error is one plain line on standard error (a JSON line with `--json`)
- a stack trace is shown only with TUTELA_TRACEBACK=1, since it may hold what was being read
- other packages add commands as entry points of the group `tutela.commands`
"""

import importlib
import importlib.metadata
import json
import os
import sys
from collections.abc import Callable
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command

from tutela.errors import Kind, TutelaError, VerificationFailed

FAILED, UNREADABLE, FAULT = 1, 3, 70
EXIT_CODES = dict.fromkeys(Kind, UNREADABLE) | {
    Kind.FORBIDDEN: FAILED,
    Kind.CONFLICT: FAILED,
    Kind.INTERNAL: FAULT,
}
COMMANDS = {
    "hash": ("tutela.cli.hash:hash_paths", "Fingerprint files: digests and perceptual hashes."),
    "lists": ("tutela.cli.lists:app", "Read, convert, describe and sign hash lists."),
    "match": ("tutela.cli.match:app", "Compare files or hashes with hash lists."),
    "scan": ("tutela.cli.scan:app", "Look through folders and disk images for what is on hash lists."),
    "url": ("tutela.cli.url:app", "Canonical web addresses and their expressions."),
    "custody": ("tutela.cli.custody:app", "Check a custody log or a proof from it."),
    "package": ("tutela.cli.package:app", "Check an evidence package."),
    "feeds": ("tutela.cli.feeds:app", "Blocking lists for resolvers and proxies."),
    "wire": ("tutela.cli.wire:app", "Reports in the forms in which they travel."),
}
ADDED_HELP = {"node": "Run and look after a national node."}


class LazyGroup(TyperGroup):
    """Lists commands from the table above and imports one only when it is called."""

    def list_commands(self, ctx: Any) -> list[str]:  # the signature is Typer's
        return [*COMMANDS, *sorted(set(_added()) - COMMANDS.keys())]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """A stand-in that knows its help line, enough to list and suggest commands."""
        if cmd_name not in self.list_commands(ctx):
            return None
        known = COMMANDS[cmd_name][1] if cmd_name in COMMANDS else ADDED_HELP.get(cmd_name, "")
        return TyperCommand(cmd_name, help=known)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        name, _, rest = super().resolve_command(ctx, args)
        return name, _load(str(name)), rest


app = typer.Typer(cls=LazyGroup, no_args_is_help=True, rich_markup_mode=None)


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(importlib.metadata.version("tutela"))
        raise typer.Exit


@app.callback()
def root(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """The kit of a national node for the protection of children."""


def main(arguments: list[str] | None = None) -> None:
    """Runs one command and exits with its code."""
    given = sys.argv[1:] if arguments is None else arguments
    try:
        get_command(app)(args=given, prog_name="tutela")
    except TutelaError as error:
        _say(error.kind, error.message, error.place, given)
        sys.exit(FAILED if isinstance(error, VerificationFailed) else EXIT_CODES[error.kind])
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # nobody reads any more; end quietly
        sys.exit(FAILED)
    except OSError as error:
        _say(Kind.MISSING, error.strerror or type(error).__name__, str(error.filename or ""), given)
        sys.exit(UNREADABLE)
    except Exception as error:  # the desk of the command line: no trace may reach a screen unasked
        if os.environ.get("TUTELA_TRACEBACK"):
            raise
        message = f"a fault of tutela itself ({type(error).__name__}); TUTELA_TRACEBACK=1 shows where"
        _say(Kind.INTERNAL, message, "", given)
        sys.exit(FAULT)


def _say(kind: Kind, message: str, place: str, arguments: list[str]) -> None:
    if "--json" in arguments:
        line = json.dumps({"error": kind, "message": message, "place": place}, ensure_ascii=False)
    else:
        line = f"{place}: {message}" if place else message
    typer.echo(" ".join(line.splitlines()), err=True)


def _added() -> dict[str, Callable[[], Any]]:
    return {entry.name: entry.load for entry in importlib.metadata.entry_points(group="tutela.commands")}


def _load(name: str) -> Any:
    if name not in COMMANDS:
        return _as_command(name, _added()[name]())
    module, _, attribute = COMMANDS[name][0].partition(":")
    return _as_command(name, getattr(importlib.import_module(module), attribute))


def _as_command(name: str, found: Any) -> Any:
    """A Typer app or a plain function, as the command object that Typer runs."""
    if not isinstance(found, typer.Typer):
        single = typer.Typer(add_completion=False)
        single.command(name)(found)
        found = single
    command = get_command(found)
    command.name = name
    return command


if __name__ == "__main__":
    main()
