"""Every answer of the interface: its document, its HTTP status, and an id under which somebody can ask about it.

Rules:
- an expected error is told in its own sentence; a defect is told as a reference, which the log has too
- whoever only tries is told so in every answer that has a description (`<reportDoneResponse>` has none)
"""

from collections.abc import Iterable
from dataclasses import replace
from uuid import uuid4

from django.http import HttpRequest, HttpResponse

from tutela.wire.cybertip.answers import STATUS, Code, Response, write_done, write_response
from tutela.wire.form import Finding, Weight
from tutela_node.foundation.errors import Forbidden, Invalid, Kind, Limited, TutelaError
from tutela_node.intake.errors import AlreadyFinished, AlreadyRetracted, DetailsGiven, NoSuchFile, NoSuchFiling

CONTENT_TYPE = "text/xml; charset=utf-8"
MOST_TOLD = 20
TRIED = "test: this token only tries, nothing is kept"


class Answer(HttpResponse):
    """An answer with a description; `said` is what its document says."""

    def __init__(self, said: Response, status: int) -> None:
        super().__init__(write_response(said), status=status, content_type=CONTENT_TYPE)
        self.said = said


class NotIn(Forbidden):
    """No credentials, or none that are valid."""


class BadBody(Invalid):
    """A request's body is no form, or lacks a field."""


class BadFile(Invalid):
    """An upload holds no file, more than one, or an empty one."""


CODES: tuple[tuple[type[TutelaError], Code], ...] = (
    (NotIn, Code.NOT_AUTHENTICATED),
    (BadBody, Code.INVALID_REQUEST),
    (BadFile, Code.MALFORMED_FILE),
    (NoSuchFiling, Code.NO_SUCH_REPORT),
    (NoSuchFile, Code.NO_SUCH_FILE),
    (AlreadyFinished, Code.ALREADY_FINISHED),
    (AlreadyRetracted, Code.ALREADY_RETRACTED),
    (DetailsGiven, Code.VALIDATION_FAILED),
)
CODE_OF_KIND = {
    Kind.INVALID: Code.INVALID_REQUEST,
    Kind.FORBIDDEN: Code.NOT_AUTHORISED,
    Kind.MISSING: Code.NOT_FOUND,
    Kind.CONFLICT: Code.INVALID_REQUEST,
    Kind.LIMITED: Code.INVALID_REQUEST,
}
STATUS_OF_KIND = {Kind.LIMITED: 413, Kind.UNAVAILABLE: 503}


def is_ours(request: HttpRequest) -> bool:
    return "/ispws/" in request.path


def done(number: str, files: Iterable[str]) -> HttpResponse:
    return document(write_done(int(number), tuple(files)), 200)


def success(*, number: str = "", file: str = "", md5: str = "", findings: Iterable[Finding] = ()) -> HttpResponse:
    """Success, with what was tolerated or remarked upon in words."""
    said = ["Success", *_told(findings)]
    report = int(number) if number else None
    response = Response(code=Code.SUCCESS, description="; ".join(said), report=report, file=file, md5=md5)
    return _named(Answer(response, 200))


def refused(findings: Iterable[Finding], *, is_malformed: bool) -> HttpResponse:
    """A document that was not taken: every reason with its place."""
    code = Code.MALFORMED_XML if is_malformed else Code.VALIDATION_FAILED
    serious = [each for each in findings if each.weight is not Weight.NOTE]
    return failure(code, "; ".join(_told(serious)) or "this document is not taken")


def failure(code: Code, description: str, *, status: int = 0) -> HttpResponse:
    answer = _named(Answer(Response(code=code, description=description), status or STATUS.get(code, 500)))
    if answer.status_code == 401:
        answer.headers["WWW-Authenticate"] = 'Basic realm="tutela", charset="UTF-8"'
    return answer


def of_error(error: TutelaError, *, reference: str = "") -> HttpResponse:
    """The answer to any error; `reference` where it is a defect of ours."""
    code = next((code for kind, code in CODES if isinstance(error, kind)), None)
    if code is None:
        code = CODE_OF_KIND.get(error.kind, Code.SERVER_ERROR)
    words = f"{error.place}: {error.message}" if error.place and isinstance(error, Limited) else error.message
    said = f"{words}; our reference is {reference}" if reference else words
    return failure(code, said, status=STATUS_OF_KIND.get(error.kind, 0))


def of_status(status: int) -> HttpResponse:
    """Where the framework refused by itself: no such address, a host that is not ours."""
    code = {401: Code.NOT_AUTHENTICATED, 403: Code.NOT_AUTHORISED, 404: Code.NOT_FOUND}.get(status)
    return failure(
        code or (Code.INVALID_REQUEST if status < 500 else Code.SERVER_ERROR),
        _WORDS.get(status, "refused"),
        status=status,
    )


_WORDS = {404: "there is nothing at this address", 405: "this address takes another method"}


def _told(findings: Iterable[Finding]) -> list[str]:
    every = [str(each) for each in findings]
    return every[:MOST_TOLD] + ([f"and {len(every) - MOST_TOLD} more"] if len(every) > MOST_TOLD else [])


def document(written: bytes, status: int = 200) -> HttpResponse:
    """A document of the interface, with the id under which somebody can ask about this answer."""
    return _named(HttpResponse(written, status=status, content_type=CONTENT_TYPE))


def as_test(answer: HttpResponse) -> HttpResponse:
    """The same answer, with “test” in its description."""
    if isinstance(answer, Answer):
        said = f"{answer.said.description}; {TRIED}"
        answer.content = write_response(replace(answer.said, description=said))
    return answer


def _named(answer: HttpResponse) -> HttpResponse:
    answer.headers["Request-ID"] = uuid4().hex
    return answer
