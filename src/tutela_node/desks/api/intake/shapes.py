"""What a provider sends and gets, as the schema of the API says it."""

from typing import Annotated

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
    """`report` is our number for it, `receipt` its id for questions; `duplicate`: we already had the very same file."""

    report: str
    receipt: str
    duplicate: bool


class StateOut(Schema):
    """Where a report of the caller's own organisation stands: a word for programs and a sentence for people."""

    report: str
    state: str
    says: str
