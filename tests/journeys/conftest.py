"""What journeys share when they are told inside one process: the stories' own worker, and the world outside."""

from tutela_node.journeys.tests.conftest import run_due, world

__all__ = ["run_due", "world"]
