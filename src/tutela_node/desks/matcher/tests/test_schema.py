"""What the description of this desk promises is kept for questions drawn from it, right ones and wrong ones."""

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tutela_node.desks.matcher import own
from tutela_node.desks.matcher.tests.stage import World

PROMISED = (
    not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance,
)  # fmt: skip


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
@pytest.mark.parametrize("path", [route.path for route in own.ROUTES])
def test_the_description_is_kept(world: World, path: str, mode: GenerationMode) -> None:
    schema = schemathesis.openapi.from_wsgi("/openapi.json", world.desk)
    token = {"Authorization": f"Bearer {world.tokens['harbour']}"}

    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(case=schema[path]["POST"].as_strategy(generation_mode=mode))
    def ask(case: schemathesis.Case) -> None:
        case.call_and_validate(headers=token, checks=PROMISED)

    ask()
