"""GET the proof of when a report was logged, and of which bytes."""

from django.http import HttpResponse, JsonResponse
from ninja import Router

from tutela_node.desks.api.intake.shapes import ReceiptOut, WaitingOut
from tutela_node.desks.routes import DeskRequest, who
from tutela_node.evidence import log
from tutela_node.foundation.errors import Unavailable
from tutela_node.intake import own_reports as reports
from tutela_node.intake.permissions import READ_OWN

router = Router(tags=["reports"])
SOON = "1"  # second until the log is signed again


@router.get(
    "/reports/{reference}/receipt",
    response={200: ReceiptOut, 202: WaitingOut},
    url_name="receipt",
    operation_id="receipt",
)
@who(READ_OWN)
def receipt(request: DeskRequest, reference: str) -> HttpResponse:
    """The proof of when a report of your own organisation was logged; 202 until the log is signed, within seconds."""
    line = reports.own_report(request.actor, reference)
    try:
        found = log.receipt(line.id, "report.received")
    except Unavailable:
        waiting = JsonResponse({"report": line.reference, "state": "waiting"}, status=202)
        waiting.headers["Retry-After"] = SOON
        return waiting
    return JsonResponse({**found.values(), "report": line.reference})
