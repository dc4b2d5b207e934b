"""Findings, made in a line: what a report in somebody else's form breaks, and where.

Rules:
- a place is a JSON pointer (RFC 6901), a line, a head field or a part: names of the form alone, none of the sender's
- the message of a finding says what would be right
"""

from tutela.wire.form import Finding, Weight

MOST_FINDINGS = 200

__all__ = ["MOST_FINDINGS", "Finding", "Weight", "as_dict", "fault", "note", "warning"]


def fault(rule: str, place: str, message: str) -> Finding:
    """The form is broken."""
    return Finding(weight=Weight.FAULT, rule=rule, place=place, message=message)


def warning(rule: str, place: str, message: str) -> Finding:
    """The form is kept, and something in it does not agree with itself."""
    return Finding(weight=Weight.WARNING, rule=rule, place=place, message=message)


def note(rule: str, place: str, message: str) -> Finding:
    """It would be better otherwise, or was tolerated."""
    return Finding(weight=Weight.NOTE, rule=rule, place=place, message=message)


def as_dict(finding: Finding) -> dict[str, str]:
    """Plain JSON of a finding."""
    told = {"weight": str(finding.weight), "rule": finding.rule, "place": finding.place}
    return {**told, "message": finding.message}
