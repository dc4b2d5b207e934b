"""XARF: reports of abuse as JSON, version 4 with all its categories, and version 3 converted.

Job: bytes -> reports with findings, addresses, hashes and evidence; fields -> bytes. The rules are data: `types/`.
Words: report, category, type, evidence, finding.
Verbs: `read`, `check`, `write`.
Does not know: which types we care for, whose report it is, whether a host exists.
"""

from tutela.wire.xarf.check import check
from tutela.wire.xarf.evidence import Evidence, digests
from tutela.wire.xarf.read import CHILD_TYPES, FORM, MAX_BYTES, MOST_REPORTS, XarfReport, read
from tutela.wire.xarf.write import item, party, write

__all__ = [
    "CHILD_TYPES",
    "FORM",
    "MAX_BYTES",
    "MOST_REPORTS",
    "Evidence",
    "XarfReport",
    "check",
    "digests",
    "item",
    "party",
    "read",
    "write",
]
