"""The description of the match service is the published one: `docs/api/matcher.json`.

A change that is meant is published by `.venv/bin/python scripts/openapi_matcher.py`, in the same commit.
"""

import json
from pathlib import Path

from tutela_node.desks.matcher import own
from tutela_node.desks.matcher.tests.stage import World

SNAPSHOT = Path(__file__).resolve().parents[5] / "docs" / "api" / "matcher.json"


def test_the_description_is_the_published_one(world: World) -> None:
    told = world.call("GET", "/openapi.json", token=None).json
    assert told == json.loads(SNAPSHOT.read_text("utf-8"))
    assert told["openapi"].startswith("3.1")


def test_every_question_asks_for_a_token_and_says_how_it_is_refused(world: World) -> None:
    paths = world.call("GET", "/openapi.json", token=None).json["paths"]
    for route in own.ROUTES:
        told = paths[route.path]["post"]
        assert told["security"]
        assert {"401", "403", "413", "429", "503"} <= set(told["responses"])
