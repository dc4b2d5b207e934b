"""POST a report, GET where it stands, GET all of one's own."""

import hashlib
from typing import Annotated
from uuid import UUID

from django.http import HttpResponse, JsonResponse
from django.utils.translation import gettext_lazy as _
from ninja import Query, Router
from pydantic import ValidationError

from tutela.sealing import canonical
from tutela_node.accounts.rules import AgreementKind
from tutela_node.desks.api.access import agreed
from tutela_node.desks.api.intake.answering import given, key_of, key_parameter
from tutela_node.desks.api.intake.shapes import LinesOut, ReportIn, ReportOut, StateOut
from tutela_node.desks.api.uploads import into_vault, read_body
from tutela_node.desks.routes import DeskRequest, who
from tutela_node.evidence.vault import Received, discard
from tutela_node.foundation import profile
from tutela_node.foundation.errors import Invalid
from tutela_node.intake import own_reports as reports
from tutela_node.intake.documents import Document
from tutela_node.intake.once import Reply, once
from tutela_node.intake.permissions import READ_OWN, RECEIVE
from tutela_node.intake.rules import Channel, ReportState
from tutela_node.journeys import report_received

router = Router(tags=["reports"])
MOST_JSON = 2 * 1024 * 1024
Cursor = Annotated[str, Query(pattern="^([0-9a-f]{32})?$")]
Limit = Annotated[int, Query(ge=1, le=500)]
SAYS = {
    ReportState.RECEIVED: _("We have it, sealed as it arrived."),
    ReportState.OPEN: _("It is being checked by fingerprint."),
    ReportState.WORKING: _("It is decided; what follows from the law is under way."),
    ReportState.CLOSED: _("It is decided; what follows from the law was done."),
}
JSON = "application/json"
FORM = {
    "parameters": [key_parameter()],
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["report"],
                    "properties": {
                        "report": {"type": "string", "description": "JSON: urls, context, reference"},
                        "file": {"type": "string", "format": "binary", "description": "the file reported, if any"},
                    },
                },
                "encoding": {"report": {"contentType": JSON}},
            },
            JSON: {"schema": ReportIn.model_json_schema()},
        },
    },
}


@router.post("/reports", response={201: ReportOut}, url_name="report", operation_id="report", openapi_extra=FORM)
@who(RECEIVE)
def report(request: DeskRequest) -> HttpResponse:
    """Send a report: addresses, a file, or both. The file is sealed while it arrives.

    As a form with the field `report`, or, without a file, as that JSON alone.
    """
    agreed(request.actor, AgreementKind.INTAKE)
    if request.content_type == JSON:
        text = read_body(request, most=MOST_JSON).decode("utf-8", "replace")
        return given(_once(request, text, None))
    with into_vault(request, max_bytes=profile.current().capture.max_bytes) as upload:
        reply = _once(request, str(request.POST.get("report", "")), upload.received)
        if reply.again and upload.received is not None:
            discard(upload.received)
    return given(reply)


@router.get("/reports/{reference}", response=StateOut, url_name="own_report", operation_id="own_report")
@who(READ_OWN)
def own_report(request: DeskRequest, reference: str) -> HttpResponse:
    """Where a report of your own organisation stands."""
    line = reports.own_report(request.actor, reference)
    return JsonResponse({"report": line.reference, "state": str(line.state), "says": str(SAYS[line.state])})


@router.get("/reports", response=LinesOut, url_name="own_reports", operation_id="own_reports")
@who(READ_OWN)
def own_reports(
    request: DeskRequest, cursor: Cursor = "", state: ReportState | None = None, limit: Limit = 100
) -> HttpResponse:
    """Reports of your own organisation in the order in which they came, from behind a cursor."""
    after = UUID(hex=cursor) if cursor else None
    found = reports.own_reports(request.actor, after=after, state=state, limit=limit)
    told = [
        {
            "report": each.reference,
            "receipt": str(each.id),
            "form": str(each.channel),
            "received_at": each.received_at.isoformat(),
            "state": str(each.state),
            "says": str(SAYS[each.state]),
        }
        for each in found.lines
    ]
    return JsonResponse({"reports": told, "next": found.after.hex if found.after else ""})


def _once(request: DeskRequest, text: str, received: Received | None) -> Reply:
    body = hashlib.sha256(f"{text}\0{received.sha256 if received else ''}".encode()).hexdigest()

    def act() -> Reply:
        receipt = _report(request, text, _read(text), received)
        told = {"report": receipt.reference, "receipt": str(receipt.report), "duplicate": receipt.duplicate}
        return Reply(status=201, told=told)

    return once(request.actor, key=key_of(request), operation="report", body=body, act=act)


def _report(
    request: DeskRequest, text: str, sent: ReportIn, received: Received | None
) -> report_received.ProviderReceipt:
    if received is None and not sent.urls:
        raise Invalid("a report names an address or holds a file", place="report")
    document = Document(
        channel=Channel.PROVIDER,
        original=text.encode(),
        urls=tuple(sent.urls),
        context=sent.context,
        reference=sent.reference,
        repeat=_repeat(sent, received) if sent.reference else "",
    )
    return report_received.provider_report(request.actor, document=document, received=received)


def _repeat(sent: ReportIn, received: Received | None) -> str:
    """The same words about the same file are the same report, however they are written down."""
    file = received.sha256 if received else ""
    return hashlib.sha256(canonical({**sent.model_dump(), "file": file})).hexdigest()


def _read(text: str) -> ReportIn:
    """Raises Invalid with the places of what is wrong, never with what was there."""
    if not text:
        raise Invalid("the form needs the field “report”, holding JSON", place="report")
    try:
        return ReportIn.model_validate_json(text)
    except ValidationError as error:
        places = [".".join(["report", *map(str, each["loc"])]) for each in error.errors(include_input=False)[:10]]
        raise Invalid("a field is missing, unknown or of another kind", place="; ".join(places)) from None
