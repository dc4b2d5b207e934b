"""The CyberTipline reporting interface: documents that providers send, and the answers they get.

Words: report, file details, annotation, response.
Verbs: check_report, check_file_details.
Does not know: whose report it is, which rules an agreement adds, when files arrive.
"""

from datetime import datetime

from tutela.wire.cybertip.checking import check_shape
from tutela.wire.cybertip.rules import check_rules
from tutela.wire.form import Finding, Form
from tutela.wire.xmltree import Tree, parse, root_name

ANSWERS = ("reportResponse", "reportDoneResponse")


def check_report(raw: bytes) -> tuple[Finding, ...]:
    """Everything found in a `<report>`. Raises Invalid or Limited where nothing can be read."""
    return _check(raw, "report")


def check_file_details(raw: bytes) -> tuple[Finding, ...]:
    """Everything found in a `<fileDetails>`. Raises Invalid or Limited where nothing can be read."""
    return _check(raw, "fileDetails")


def check_answer(raw: bytes) -> tuple[Finding, ...]:
    """Everything found in what a server answered. Raises Invalid or Limited where nothing can be read."""
    root = root_name(raw)
    return _check(raw, root if root in ANSWERS else ANSWERS[0])


def check(tree: Tree, root: str, *, now: datetime | None = None) -> tuple[Finding, ...]:
    """Everything found in a document that is parsed already. `now`, with its zone: moments after it are warned of."""
    shape = check_shape(tree.root, root)
    rules = check_rules(tree.root, now=now) if tree.root.name == root else ()
    return (*tree.notes, *shape, *rules)


def _check(raw: bytes, root: str) -> tuple[Finding, ...]:
    tree = parse(raw)
    return check(tree, root)


REPORT = Form(
    name="cybertip-report",
    title="CyberTipline report, XML <report>",
    looks=lambda raw: root_name(raw) == "report",
    check=check_report,
)
FILE_DETAILS = Form(
    name="cybertip-file",
    title="CyberTipline file details, XML <fileDetails>",
    looks=lambda raw: root_name(raw) == "fileDetails",
    check=check_file_details,
)
ANSWER = Form(
    name="cybertip-answer",
    title="CyberTipline answer, XML <reportResponse> or <reportDoneResponse>",
    looks=lambda raw: root_name(raw) in ANSWERS,
    check=check_answer,
)
__all__ = ["ANSWER", "FILE_DETAILS", "REPORT", "check", "check_answer", "check_file_details", "check_report"]
