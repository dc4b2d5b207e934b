"""The published RFC 6962 inclusion probes: `wantErr` says which must fail."""

import base64
import json
from pathlib import Path

from tutela.custody import verify_inclusion
from tutela.errors import VerificationFailed


def is_refused(probe: dict[str, object]) -> bool:
    root, hashed = (base64.b64decode(str(probe[name])) for name in ("root", "leafHash"))
    steps = probe["proof"] or []
    assert isinstance(steps, list)
    index, size = int(str(probe["leafIdx"])), int(str(probe["treeSize"]))
    try:
        verify_inclusion(hashed, index, size, [base64.b64decode(step) for step in steps], root)
    except VerificationFailed:
        return True
    return False


def test_every_inclusion_probe_is_judged_as_published(cases: Path) -> None:
    files = sorted((cases / "integrity" / "rfc6962" / "inclusion").rglob("*.json"))
    probes = {str(file): json.loads(file.read_bytes()) for file in files}
    wrong = [name for name, probe in probes.items() if is_refused(probe) != probe["wantErr"]]
    assert (len(probes) > 90, wrong) == (True, [])
