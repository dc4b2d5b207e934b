"""The machine interface is the one that was published: its description equals `docs/api/openapi.json`.

A change that is meant is published by `.venv/bin/python scripts/openapi.py`, in the same commit.
"""

import json

import source

SNAPSHOT = source.ROOT / "docs" / "api" / "openapi.json"
RENEW = "if the change is meant: .venv/bin/python scripts/openapi.py"


def described():
    from tutela_node.desks.api.v1 import PREFIX, api

    return json.loads(json.dumps(api.get_openapi_schema(path_prefix=PREFIX)))


def test_the_description_is_the_published_one():
    assert json.loads(SNAPSHOT.read_text("utf-8")) == described(), RENEW


def test_every_operation_asks_for_a_token():
    for path, methods in described()["paths"].items():
        for method, operation in methods.items():
            assert operation.get("security"), f"{method} {path} is open to everybody"


def test_every_operation_says_what_it_does():
    for path, methods in described()["paths"].items():
        for method, operation in methods.items():
            assert operation.get("description") or operation.get("summary"), f"{method} {path}"


def test_the_schema_of_the_cybertipline_interface_is_the_published_one():
    from tutela.wire.cybertip.xsd import schema

    published = (source.ROOT / "docs" / "api" / "cybertip.xsd").read_bytes()
    assert published == schema(), "if the change is meant: .venv/bin/python scripts/xsd.py"
