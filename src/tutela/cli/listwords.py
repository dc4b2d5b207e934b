"""What several commands of `tutela lists` read and say in the same words."""

from datetime import UTC, datetime

import typer


def parsed_title(text: str) -> tuple[str, int | None, datetime]:
    """`NAME[:NUMBER[:TIME]]`: the name or nothing, the number if there is one, the time or now. Raises BadParameter."""
    name, _, rest = text.partition(":")
    number, _, created = rest.partition(":")
    try:
        moment = datetime.fromisoformat(created) if created else datetime.now(UTC).replace(microsecond=0)
        return name, int(number) if number else None, moment
    except ValueError:
        raise bad_title() from None


def bad_title() -> typer.BadParameter:
    return typer.BadParameter("expected a name, a whole number and a time with its zone", param_hint="--title")


def figures(told: dict[str, object]) -> str:
    """A line for each figure."""
    return "\n".join(f"{name}: {_figure(each)}" for name, each in told.items())


def _figure(each: object) -> str:
    if isinstance(each, dict):
        return ", ".join(f"{name} {count}" for name, count in each.items()) or "none"
    return str(each) or "none"
