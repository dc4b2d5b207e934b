"""The machine interface, version 1: token, routers, one translation of errors, its own description."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from tutela_node.desks.api import errors
from tutela_node.desks.api.access import Token
from tutela_node.desks.api.intake.forms import router as forms
from tutela_node.desks.api.intake.receipts import router as receipts
from tutela_node.desks.api.intake.views import router as intake
from tutela_node.desks.api.matching.views import router as matching
from tutela_node.desks.api.middleware import told
from tutela_node.desks.routes import who

ROUTERS = (forms, receipts, intake, matching)  # forms first: their addresses look like references
PREFIX = "/api/v1/"
api = NinjaAPI(
    title="Tutela",
    version="1",
    description="Reports and look-ups for providers. Errors are problem documents (RFC 9457).",
    urls_namespace="v1",
    auth=Token(),
    docs_url=None,
    openapi_url=None,
)
for each in ROUTERS:
    api.add_router("", each)


@api.exception_handler(ValidationError)
@api.exception_handler(HttpError)
def _answer(request: HttpRequest, error: Exception) -> HttpResponse:
    return told(errors.answer(request, error))


@who("public")
def description(request: HttpRequest) -> HttpResponse:
    """The OpenAPI description; the same bytes for the same code."""
    return JsonResponse(api.get_openapi_schema(path_prefix=PREFIX), json_dumps_params={"indent": 2, "sort_keys": True})


def doors() -> dict[str, dict[str, tuple[object, ...]]]:
    """Who may come in, by the name of each route and the method."""
    found: dict[str, dict[str, tuple[object, ...]]] = {}
    for view in (view for router in ROUTERS for view in router.path_operations.values()):
        said = {method: getattr(each.view_func, "who", ()) for each in view.operations for method in each.methods}
        found |= {str(each.url_name): said for each in view.operations}
    return found
