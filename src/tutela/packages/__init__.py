"""Packages: evidence that a stranger can check offline, with keys that the stranger chose beforehand.

Job: write and verify evidence package v1, a BagIt bag in a canonical archive, with CASE 1.5 and proofs from the log.
Words: package, exhibit, disclosed event, case facts, record (`package.json`), member.
Verbs: `render_package`, `verify_package`.
Does not know: who may release what, where exhibits are kept, to whom the sealed file goes. Verifying raises
VerificationFailed with the member and the byte.
"""

from tutela.packages.verify import VerifiedPackage, verify_package
from tutela.packages.words import CaseFacts, Disclosed, Exhibit, PackageInput
from tutela.packages.write import render_package

__all__ = [
    "CaseFacts",
    "Disclosed",
    "Exhibit",
    "PackageInput",
    "VerifiedPackage",
    "render_package",
    "verify_package",
]
