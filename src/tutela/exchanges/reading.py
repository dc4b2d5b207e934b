"""One page of a service, by the list format of the same name: what could be read of it."""

from io import BytesIO

from tutela.errors import Invalid, Limited
from tutela.hashlists import FORMATS, ListEntry, Problem


def read_page(form: str, body: bytes) -> tuple[tuple[ListEntry, ...], tuple[Problem, ...]]:
    """Entries and problems; a page that is none of the format is a problem, and what was read before it is kept."""
    entries: list[ListEntry] = []
    problems: list[Problem] = []
    try:
        for each in FORMATS[form].read(BytesIO(body)):
            if isinstance(each, Problem):
                problems.append(each)
            else:
                entries.append(each)
    except (Invalid, Limited) as error:
        problems.append(Problem(place=error.place or "page", message=error.message))
    return tuple(entries), tuple(problems)
