"""What a provider sends and gets, as the schema of the API says it."""

from datetime import datetime
from typing import Annotated, Literal

from ninja import Schema
from pydantic import ConfigDict, Field, StringConstraints

Url = Annotated[str, StringConstraints(min_length=1, max_length=8192)]
Key = Annotated[str, StringConstraints(min_length=1, max_length=60)]
Text = Annotated[str, StringConstraints(max_length=5000)]


class ReportIn(Schema):
    """The field `report`: addresses, the provider's own reference, and facts about the account or the event."""

    model_config = ConfigDict(extra="forbid")

    urls: list[Url] = Field(default_factory=list, max_length=50)
    context: dict[Key, Text | int | bool] = Field(default_factory=dict, max_length=50)
    reference: Annotated[str, StringConstraints(max_length=100)] = ""


class ReportOut(Schema):
    """`report` is our number for it, `receipt` its id for questions; `duplicate`: you sent it, or its file, before."""

    report: str
    receipt: str
    duplicate: bool


class StateOut(Schema):
    """Where a report of the caller's own organisation stands: a word for programs and a sentence for people.

    It changes at times that are counted from the report, whatever we knew of what was reported.
    """

    report: str
    state: str
    says: str


class LineOut(Schema):
    """A report of the caller's own organisation in a list. `form` is how it came."""

    report: str
    receipt: str
    form: str
    received_at: datetime
    state: str
    says: str


class LinesOut(Schema):
    """`next` is the cursor behind the last of these; it stays valid, so asking again later tells what came since."""

    reports: list[LineOut]
    next: str


class FindingOut(Schema):
    """What a form breaks (fault), does not agree on (warning) or could say (note), and where."""

    weight: Literal["fault", "warning", "note"]
    rule: str
    place: str
    message: str


class TakenOut(Schema):
    """One report of a body. `place` is where it stood; `problem` says why people must read it, empty where we could."""

    place: str
    report: str
    receipt: str
    duplicate: bool
    problem: str
    findings: list[FindingOut]


class XarfOut(Schema):
    reports: list[TakenOut]


class RowOut(Schema):
    line: int
    report: str
    receipt: str


class ProblemOut(Schema):
    """A row that was not taken, and why."""

    place: str
    message: str


class TableOut(Schema):
    """`taken` counts the reports; `problem` says why people must read the table as a whole, empty where we could."""

    taken: int
    problem: str
    reports: list[RowOut]
    problems: list[ProblemOut]


class ReceiptOut(Schema):
    """The event with which a report was logged, its proof, and what opens it: for `tutela custody verify`."""

    format: Literal["tutela-receipt-v1"]
    report: str
    leaf: str
    proof: str
    key: str
    details: dict[str, str | int | bool]


class WaitingOut(Schema):
    """The log has not been signed since the report came. Ask again after the seconds of Retry-After."""

    report: str
    state: Literal["waiting"]
