"""POST a report, GET where it stands."""

import hashlib

from django.http import HttpResponse, JsonResponse
from django.utils.translation import gettext_lazy as _
from ninja import Router
from pydantic import ValidationError

from tutela.sealing import canonical
from tutela_node.accounts.rules import AgreementKind
from tutela_node.desks.api.access import agreed
from tutela_node.desks.api.intake.shapes import ReportIn, ReportOut, StateOut
from tutela_node.desks.api.uploads import into_vault
from tutela_node.desks.routes import DeskRequest, who
from tutela_node.evidence.vault import Received
from tutela_node.foundation import profile
from tutela_node.foundation.errors import Invalid
from tutela_node.intake import queries as reports
from tutela_node.intake.documents import Document
from tutela_node.intake.permissions import READ_OWN, RECEIVE
from tutela_node.intake.rules import Channel, ReportState
from tutela_node.journeys import report_received

router = Router(tags=["reports"])
SAYS = {
    ReportState.RECEIVED: _("We have it, sealed as it arrived."),
    ReportState.OPEN: _("It is being checked by fingerprint."),
    ReportState.WORKING: _("It is decided; what follows from the law is under way."),
    ReportState.CLOSED: _("It is decided; what follows from the law was done."),
}
FORM = {
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
                "encoding": {"report": {"contentType": "application/json"}},
            }
        },
    }
}


@router.post("/reports", response={201: ReportOut}, url_name="report", operation_id="report", openapi_extra=FORM)
@who(RECEIVE)
def report(request: DeskRequest) -> HttpResponse:
    """Send a report: addresses, a file, or both. The file is sealed while it arrives."""
    agreed(request.actor, AgreementKind.INTAKE)
    with into_vault(request, max_bytes=profile.current().capture.max_bytes) as upload:
        text = str(request.POST.get("report", ""))
        receipt = _report(request, text, _read(text), upload.received)
    told = {"report": receipt.reference, "receipt": str(receipt.report), "duplicate": receipt.duplicate}
    return JsonResponse(told, status=201)


@router.get("/reports/{reference}", response=StateOut, url_name="own_report", operation_id="own_report")
@who(READ_OWN)
def own_report(request: DeskRequest, reference: str) -> HttpResponse:
    """Where a report of your own organisation stands."""
    line = reports.own_report(request.actor, reference)
    return JsonResponse({"report": line.reference, "state": str(line.state), "says": str(SAYS[line.state])})


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
