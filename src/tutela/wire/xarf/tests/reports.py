"""A report of each kind that the tests of this room begin with: neutral, complete, without a fault."""

from typing import Any

PARTY = {"org": "Example Line", "contact": "desk@line.example", "domain": "line.example"}


def report(**changes: Any) -> dict[str, Any]:
    """A report of category content; a change to None takes the field away."""
    made = {
        "xarf_version": "4.2.0",
        "report_id": "0192d5a0-7c1e-7b6a-8f00-0a1b2c3d4e5f",
        "timestamp": "2026-01-31T12:00:00Z",
        "reporter": dict(PARTY),
        "sender": dict(PARTY),
        "source_identifier": "192.0.2.1",
        "category": "content",
        "type": "csam",
        "url": "https://host.example/item/1",
        "classification": "baseline",
        "detection_method": "hash_match",
        **changes,
    }
    return {name: value for name, value in made.items() if value is not None}


def item(**changes: Any) -> dict[str, Any]:
    return {"content_type": "text/plain", "description": "a test message", "payload": "YSB0ZXN0", **changes}
