"""What a server of this interface answers: response codes, and the two documents that carry them.

Source: the interface's public documentation, section D; HTTP statuses as its clients expect them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum

from lxml import etree

from tutela.errors import Invalid
from tutela.wire.xmltree import parse


class Code(IntEnum):
    """Response codes; 0 is success."""

    SUCCESS = 0
    SERVER_ERROR = 1000
    SAVE_FAILED = 1100
    UPLOAD_FAILED = 1110
    FILE_UPLOAD_FAILED = 1111
    NOT_FOUND = 1210
    UPDATE_FAILED = 1300
    NOT_AUTHENTICATED = 2000
    NOT_AUTHORISED = 3000
    NO_SUBMISSIONS = 3100
    NO_UPDATES = 3300
    INVALID_REQUEST = 4000
    VALIDATION_FAILED = 4100
    MALFORMED_XML = 4110
    MALFORMED_FILE = 4200
    NO_SUCH_REPORT = 5001
    NO_SUCH_FILE = 5002
    ALREADY_RETRACTED = 5101
    ALREADY_FINISHED = 5102


STATUS: Mapping[Code, int] = {
    Code.SUCCESS: 200,
    Code.NOT_FOUND: 404,
    Code.NOT_AUTHENTICATED: 401,
    Code.NOT_AUTHORISED: 403,
    Code.NO_SUBMISSIONS: 403,
    Code.NO_UPDATES: 403,
    Code.INVALID_REQUEST: 400,
    Code.VALIDATION_FAILED: 400,
    Code.MALFORMED_XML: 400,
    Code.MALFORMED_FILE: 400,
    Code.NO_SUCH_REPORT: 404,
    Code.NO_SUCH_FILE: 404,
    Code.ALREADY_RETRACTED: 409,
    Code.ALREADY_FINISHED: 409,
}  # every other code is a failure of the server: 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """One answer. `report` is a report's number, `file` a file's id, `md5` its digest; `files` only when finished."""

    code: Code
    description: str = ""
    report: int | None = None
    file: str = ""
    md5: str = ""
    files: tuple[str, ...] = ()


def write_response(response: Response) -> bytes:
    """`<reportResponse>` as UTF-8. What XML cannot hold in the description becomes a question mark."""
    root = etree.Element("reportResponse")
    _add(root, "responseCode", str(int(response.code)))
    _add(root, "responseDescription", response.description)
    if response.report is not None:
        _add(root, "reportId", str(response.report))
    if response.file:
        _add(root, "fileId", response.file)
    if response.md5:
        _add(root, "hash", response.md5)
    return _written(root)


def write_done(report: int, files: Sequence[str]) -> bytes:
    """`<reportDoneResponse>` of a report that is finished, with the ids of its files."""
    root = etree.Element("reportDoneResponse")
    _add(root, "responseCode", "0")
    _add(root, "reportId", str(report))
    listed = etree.SubElement(root, "files")
    for each in files:
        _add(listed, "fileId", each)
    return _written(root)


def read_response(raw: bytes) -> Response:
    """Either document, as a client reads it. Raises Invalid for anything else."""
    root = parse(raw).root
    if root.name not in ("reportResponse", "reportDoneResponse"):
        raise Invalid("is no <reportResponse> and no <reportDoneResponse>", place="document")
    try:
        return Response(
            code=Code(int(root.said("responseCode"))),
            description=root.said("responseDescription"),
            report=int(root.said("reportId")) if root.said("reportId") else None,
            file=root.said("fileId"),
            md5=root.said("hash"),
            files=tuple(each.text.strip() for each in root.all("files", "fileId")),
        )
    except ValueError:
        raise Invalid("holds a number that is none of this interface", place=root.name) from None


def _add(parent: etree._Element, name: str, text: str) -> None:
    child = etree.SubElement(parent, name)
    child.text = "".join(each if each in "\t\n" or ord(each) >= 32 else "?" for each in text)


def _written(root: etree._Element) -> bytes:
    written: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
    return written
