"""Which rooms have pages on this desk: a desk without them shows no way to them."""

from importlib.util import find_spec

FOLDER = "tutela_node.desks.workbench"


def urls_of(room: str) -> str:
    """The module of a room's addresses."""
    return f"{FOLDER}.{room}.urls"


def has_pages(room: str) -> bool:
    return find_spec(f"{FOLDER}.{room}") is not None and find_spec(urls_of(room)) is not None
