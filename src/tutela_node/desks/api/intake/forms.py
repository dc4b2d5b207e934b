"""POST reports in somebody else's form: XARF, or a table.

Rules:
- what cannot be read is a report all the same (202, with the reason): even where reading it breaks in a way that nobody
  expected
- 201 says that everything kept to its form; 202 that something did not, with each place
"""

import hashlib
import logging
from typing import Any, TypedDict

from django.db import DatabaseError
from django.http import HttpResponse
from ninja import Router

from tutela.hashlists.entry import Problem
from tutela.wire.findings import as_dict
from tutela.wire.form import is_refused
from tutela_node.accounts.rules import AgreementKind
from tutela_node.desks.api.access import agreed
from tutela_node.desks.api.intake.answering import given, key_of, key_parameter
from tutela_node.desks.api.intake.shapes import TableOut, XarfOut
from tutela_node.desks.api.uploads import body_into_vault, read_body
from tutela_node.desks.routes import DeskRequest, who
from tutela_node.evidence.vault import discard
from tutela_node.foundation.errors import TutelaError
from tutela_node.foundation.permissions import Actor
from tutela_node.intake.documents import MAX_ORIGINAL
from tutela_node.intake.once import Reply, given_before, once
from tutela_node.intake.permissions import RECEIVE
from tutela_node.intake.rules import Channel
from tutela_node.journeys import machine_reports
from tutela_node.journeys.machine_reports import Taken


class Asked(TypedDict):
    """What names a request that is done once."""

    key: str
    operation: str
    body: str


log = logging.getLogger(__name__)
router = Router(tags=["reports"])


def _body(kind: str, schema: dict[str, Any]) -> dict[str, Any]:
    body = {"required": True, "content": {kind: {"schema": schema}}}
    return {"requestBody": body, "parameters": [key_parameter()]}


_OBJECT = {"type": "object", "description": "a report of XARF 4 (xarf.org); version 3 is converted"}
XARF = {"oneOf": [_OBJECT, {"type": "array", "items": _OBJECT, "maxItems": 1000}]}
TABLE = {"type": "string", "description": "CSV; the first row names the columns"}


@router.post(
    "/reports/xarf",
    response={201: XarfOut, 202: XarfOut},
    url_name="report_xarf",
    operation_id="report_xarf",
    openapi_extra=_body("application/json", XARF),
)
@who(RECEIVE)
def report_xarf(request: DeskRequest) -> HttpResponse:
    """Send a XARF report, or a list of them. Material inside is refused unless your token carries `intake.media`."""
    agreed(request.actor, AgreementKind.INTAKE)
    body = read_body(request, most=MAX_ORIGINAL)
    asked: Asked = {"key": key_of(request), "operation": "xarf", "body": hashlib.sha256(body).hexdigest()}
    reply = given_before(request.actor, **asked) or _xarf(request.actor, body)
    return given(reply if reply.again else once(request.actor, **asked, act=lambda: reply))


@router.post(
    "/reports/csv",
    response={201: TableOut, 202: TableOut},
    url_name="report_csv",
    operation_id="report_csv",
    openapi_extra=_body("text/csv", TABLE),
)
@who(RECEIVE)
def report_csv(request: DeskRequest) -> HttpResponse:
    """Send a table of reports, one a row. A row that cannot be used is told with its line and stops nothing.

    The same table again is taken once, with or without a key.
    """
    agreed(request.actor, AgreementKind.INTAKE)
    with body_into_vault(request, most=MAX_ORIGINAL) as table:
        asked: Asked = {"key": key_of(request), "operation": "csv", "body": table.sha256}
        before = given_before(request.actor, **asked)
        if before is not None:
            discard(table)
            return given(before)
        reply = _table(list(machine_reports.take_table(request.actor, table=table)))
    return given(once(request.actor, **asked, act=lambda: reply))


def _xarf(actor: Actor, body: bytes) -> Reply:
    try:
        taken = machine_reports.take_xarf(actor, body=body)
    except (TutelaError, DatabaseError):
        raise
    except Exception as error:
        log.exception("a XARF body broke its reader; it is kept for people")
        problem = f"its reader broke with {type(error).__name__}"
        taken = (machine_reports.take_unread(actor, channel=Channel.XARF, body=body, problem=problem),)
    is_whole = all(not each.problem and not is_refused(each.findings) for each in taken)
    return Reply(status=201 if is_whole else 202, told={"reports": [_taken(each) for each in taken]})


def _taken(each: Taken) -> dict[str, object]:
    return {
        "place": each.place,
        "report": each.receipt.reference,
        "receipt": str(each.receipt.report),
        "duplicate": each.receipt.duplicate,
        "problem": each.problem,
        "findings": [as_dict(finding) for finding in each.findings],
    }


def _table(told: list[Taken | Problem]) -> Reply:
    taken = [each for each in told if isinstance(each, Taken)]
    rows = [
        {
            "line": int(each.place.removeprefix("line ") or 0),
            "report": each.receipt.reference,
            "receipt": str(each.receipt.report),
        }
        for each in taken
    ]
    problems = [{"place": each.place, "message": each.message} for each in told if isinstance(each, Problem)]
    problem = next((each.problem for each in taken if each.problem), "")
    said = {"taken": len(rows), "problem": problem, "reports": rows, "problems": problems}
    return Reply(status=202 if problem or problems else 201, told=said)
