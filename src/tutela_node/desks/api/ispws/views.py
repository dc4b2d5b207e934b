"""The seven addresses of the interface, each one call in and one answer out."""

from contextlib import ExitStack

from django.http import HttpResponse

from tutela.wire.cybertip.xsd import schema
from tutela_node.desks.api.ispws import answers, bodies
from tutela_node.desks.api.ispws.access import endpoint
from tutela_node.desks.routes import DeskRequest
from tutela_node.evidence.vault import discard
from tutela_node.foundation import profile
from tutela_node.journeys import cybertip_filed


@endpoint("GET")
def status(request: DeskRequest) -> HttpResponse:
    return answers.success()


@endpoint("GET", "public")
def xsd(request: DeskRequest) -> HttpResponse:
    return answers.document(schema())


@endpoint("POST")
def submit(request: DeskRequest) -> HttpResponse:
    return _said(cybertip_filed.open_report(request.actor, original=bodies.document_of(request)))


@endpoint("POST")
def upload(request: DeskRequest) -> HttpResponse:
    """The file is in the vault before it is known whose report it belongs to: `id` may come after it."""
    with ExitStack() as stack:
        limit = profile.current().filing.max_bytes
        fields, received = bodies.file_of(request, max_bytes=limit, stack=stack)
        try:
            number = _number(fields.get("id", ""))
            file = cybertip_filed.upload(request.actor, number=number, received=received)
        except BaseException:
            discard(received)
            raise
    return answers.success(number=number, file=file, md5=received.md5)


@endpoint("POST")
def fileinfo(request: DeskRequest) -> HttpResponse:
    return _said(cybertip_filed.describe(request.actor, original=bodies.document_of(request)))


@endpoint("POST")
def finish(request: DeskRequest) -> HttpResponse:
    number = _number(bodies.fields_of(request).get("id", ""))
    return answers.done(number, cybertip_filed.finish(request.actor, number=number))


@endpoint("POST")
def retract(request: DeskRequest) -> HttpResponse:
    number = _number(bodies.fields_of(request).get("id", ""))
    cybertip_filed.retract(request.actor, number=number)
    return answers.success(number=number)


def _said(filed: cybertip_filed.Filed) -> HttpResponse:
    """What came of a document: taken, or refused with every reason."""
    if not filed.number:
        return answers.refused(filed.findings, is_malformed=filed.is_malformed)
    return answers.success(number=filed.number, findings=filed.findings)


def _number(text: str) -> str:
    """The number of a report as it was told when it was opened. Raises BadBody."""
    number = text.strip()
    if not (number.isascii() and number.isdigit() and len(number) <= 18):
        raise answers.BadBody("the field “id” must hold the number of the report, as /submit answered it")
    return number
