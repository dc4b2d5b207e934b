import copy
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tutela.custody import parse_leaf
from tutela.errors import VerificationFailed
from tutela.packages.case import CaseInput, case_document, check_case
from tutela.packages.write import _case
from tutela.sealing import canonical


@pytest.fixture
def case(bench: Any) -> CaseInput:
    return _case(bench.package, [parse_leaf(event.leaf) for event in bench.package.events])


def test_the_published_shapes_accept_it(case: CaseInput, tmp_path: Path) -> None:
    path = tmp_path / "case.jsonld"
    path.write_bytes(canonical(case_document(case)))
    program = Path(sys.executable).parent / "case_validate"
    result = subprocess.run([program, path], capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
    assert "Conforms: True" in result.stdout


def test_our_own_rules_accept_it(case: CaseInput) -> None:
    check_case(json.loads(canonical(case_document(case))), case)


def node(document: dict[str, Any], kind: str, position: int = 0) -> dict[str, Any]:
    found: list[dict[str, Any]] = [item for item in document["@graph"] if item["@id"].startswith(f"kb:{kind}-")]
    return found[position]


def swap_start(document: dict[str, Any]) -> None:
    node(document, "action")["uco-action:startTime"]["@value"] = "2027-01-01T00:00:00.000Z"


def break_chain(document: dict[str, Any]) -> None:
    del node(document, "action", 1)["case-investigation:wasInformedBy"]


def change_hash(document: dict[str, Any]) -> None:
    node(document, "file")["uco-core:hasFacet"][1]["uco-observable:hash"][0]["uco-types:hashValue"]["@value"] = "00"


def drop_exhibit(document: dict[str, Any]) -> None:
    document["@graph"].remove(node(document, "file", 1))


def add_action(document: dict[str, Any]) -> None:
    document["@graph"].append({**node(document, "action"), "@id": "kb:action-added"})


def repeat_node(document: dict[str, Any]) -> None:
    document["@graph"].append(node(document, "action"))


@pytest.mark.parametrize("change", [swap_start, break_chain, change_hash, drop_exhibit, add_action, repeat_node])
def test_what_the_shapes_do_not_catch_is_caught(case: CaseInput, change: Callable[[dict[str, Any]], None]) -> None:
    document = copy.deepcopy(json.loads(canonical(case_document(case))))
    change(document)
    with pytest.raises(VerificationFailed):
        check_case(document, case)


@pytest.mark.parametrize("document", [None, [], {}, {"@graph": {}}, {"@graph": [1]}])
def test_other_documents_are_refused(case: CaseInput, document: object) -> None:
    with pytest.raises(VerificationFailed):
        check_case(document, case)
