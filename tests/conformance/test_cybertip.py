"""Our validator against the rule cases of the CyberTipline interface, and against its schema."""

import json
from pathlib import Path

import pytest

from tutela.errors import TutelaError
from tutela.wire.cybertip import check_file_details, check_report
from tutela.wire.form import is_refused

COUNT = 31


def refused(case: dict[str, str], *, strict: bool) -> bool:
    check = check_report if case["endpoint"] == "/submit" else check_file_details
    try:
        return is_refused(check(case["xml"].encode()), strict=strict)
    except TutelaError:
        return True


@pytest.mark.parametrize("number", range(COUNT))
def test_rule_case(cases: Path, number: int) -> None:
    found = json.loads((cases / "cybertip" / "rule_cases.json").read_text())["cases"]
    case = found[number]
    assert len(found) == COUNT
    assert refused(case, strict=True) is not case["expect_accept"], case["id"]
    if case["layer"] == "business":
        assert not refused(case, strict=False), case["id"]
