"""The stage of these tests: see `tests/stage.py`, which the contract tests use too."""

from tutela_node.desks.matcher.tests.stage import decoder, make_world, world

__all__ = ["decoder", "make_world", "world"]
