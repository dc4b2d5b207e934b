"""Every form that can be recognised, one line each. The first that says a document looks like it has it."""

from tutela.errors import Invalid
from tutela.wire import arf, csvreports, xarf
from tutela.wire.cybertip import ANSWER, FILE_DETAILS, REPORT
from tutela.wire.form import Form

FORMS: tuple[Form, ...] = (
    REPORT,
    FILE_DETAILS,
    ANSWER,
    xarf.FORM,
    arf.FORM,
    csvreports.FORM,
)


def recognise(raw: bytes) -> Form:
    """The form of a document, by its bytes alone. Raises Invalid when it looks like none."""
    for form in FORMS:
        if form.looks(raw):
            return form
    known = "; ".join(f"{form.name} ({form.title})" for form in FORMS)
    raise Invalid(f"looks like none of the forms that are known: {known}", place="byte 0")
