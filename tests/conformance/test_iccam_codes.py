"""Our ICCAM schemes against what is publicly known of the code lists."""

from pathlib import Path

import pytest

from tutela.taxonomy import shipped

SCHEMES = {scheme.name: scheme for scheme in shipped().schemes}
LEFT_OUT = {("action", "0")}  # a move: in v3 a new hosting address and country, not an action


@pytest.mark.parametrize(
    ("field", "scheme"),
    [
        ("classification", "classification"),
        ("ageCategorization", "age"),
        ("genderCategorization", "sex"),
        ("sourceUrlCommerciality", "commerciality"),
        ("sourceUrlPaymentMethods", "payment"),
        ("sourceUrlSiteType", "site-type"),
        ("action", "action"),
        ("actionReasons", "action-reason"),
    ],
)
def test_v3_codes(cases: Path, field: str, scheme: str) -> None:
    lines = (cases / "iccam" / "iccam_codes_from_scart_seeder6018.tsv").read_text().splitlines()
    rows = [line.split("\t") for line in lines]
    known = {code for name, code, *_ in rows if name == field and (name, code) not in LEFT_OUT}
    assert {code.code for code in SCHEMES[f"iccam-v3.{scheme}"].codes} == known


def test_flags(cases: Path) -> None:
    text = (cases / "iccam" / "iccam_codes_from_scart_seeder6018.tsv").read_text()
    assert all(code.code in text for code in SCHEMES["iccam-v3.flags"].codes)
