"""What the tests of this room share: lists as bytes, and an index that knows nothing yet."""

import hashlib
import io

import pytest


def digest(word: str) -> str:
    return hashlib.md5(word.encode(), usedforsecurity=False).hexdigest()


def table(*rows: str) -> io.BytesIO:
    return io.BytesIO("\n".join(["id,md5,sha1,classification,scheme,deleted", *rows]).encode())


@pytest.fixture
def fresh_index(db):
    from tutela_node.hashlists import index

    index.forget()
    index.load()
    yield index
    index.forget()


@pytest.fixture
def take(noor):
    """Imports a table into a list as Noor, in the kit's own comma-separated form."""
    from tutela_node.hashlists.actions import import_list

    def run(*rows: str, name: str = "Far list", trusted: bool = False):
        return import_list(noor, name=name, format="csv", mapping={}, stream=table(*rows), trusted=trusted)

    return run


@pytest.fixture
def known(fresh_index):
    """Whether the index of this process knows a word's digest now."""
    return lambda word: bool(fresh_index.ask({"md5": digest(word)}, None))
