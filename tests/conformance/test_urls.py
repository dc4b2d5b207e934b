"""Safe Browsing vectors for canonical forms and expressions, and a synthetic list."""

import json
from pathlib import Path

from tutela.urls import canonicalise, expressions


def test_canonical_forms(cases: Path) -> None:
    vectors = json.loads((cases / "url" / "gglsbl_v4_vectors.json").read_text())["canonical"]
    found = [canonicalise(bytes.fromhex(vector["url_hex"]), schemes=None).text for vector in vectors]
    assert found == [vector["canonical"] for vector in vectors]


def test_canonical_forms_stay_as_they_are(cases: Path) -> None:
    vectors = json.loads((cases / "url" / "gglsbl_v4_vectors.json").read_text())["canonical"]
    forms = [vector["canonical"] for vector in vectors]
    assert [canonicalise(form, schemes=None).text for form in forms] == forms


def test_expressions(cases: Path) -> None:
    vectors = json.loads((cases / "url" / "gglsbl_v4_vectors.json").read_text())["permutations"]
    found = {url: list(expressions(canonicalise(url, schemes=None))) for url in vectors}
    assert found == vectors


def test_a_list_of_expressions_finds_what_it_should(cases: Path) -> None:
    listed = json.loads((cases / "url" / "blocklist_synthetic.json").read_text())
    names = set(listed["expressions"])
    found = [not names.isdisjoint(expressions(canonicalise(case["url"]))) for case in listed["urls"]]
    assert found == [case["hit"] for case in listed["urls"]]
