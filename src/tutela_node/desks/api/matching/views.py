"""Ask whether a fingerprint is known. The answer is a class, never a distance, an entry or a list."""

from typing import Annotated, Literal

from django.http import HttpResponse, JsonResponse
from ninja import Router, Schema
from pydantic import ConfigDict, Field, StringConstraints, model_validator

from tutela_node.accounts.rules import AgreementKind
from tutela_node.desks.api.access import agreed
from tutela_node.desks.routes import DeskRequest, who
from tutela_node.hashlists import queries as hashlists
from tutela_node.hashlists.permissions import LOOK_UP

router = Router(tags=["matching"])


def _digits(count: int) -> StringConstraints:
    return StringConstraints(pattern=f"^[0-9a-f]{{{count}}}$", strip_whitespace=False)


class Question(Schema):
    """One fingerprint of one file, in lower-case hexadecimal; `pdq` with its quality from 0 to 100."""

    model_config = ConfigDict(extra="forbid")

    sha256: Annotated[str, _digits(64)] | None = None
    sha1: Annotated[str, _digits(40)] | None = None
    md5: Annotated[str, _digits(32)] | None = None
    pdq: Annotated[str, _digits(64)] | None = None
    quality: Annotated[int, Field(ge=0, le=100)] | None = None

    @model_validator(mode="after")
    def _one_question(self) -> "Question":
        if len(self.hashes()) != 1 or (self.pdq is None) != (self.quality is None):
            raise ValueError("one of sha256, sha1, md5 and pdq; pdq with its quality")
        return self

    def hashes(self) -> dict[str, str]:
        named = {"sha256": self.sha256, "sha1": self.sha1, "md5": self.md5, "pdq": self.pdq}
        return {name: value for name, value in named.items() if value is not None}


class Answer(Schema):
    model_config = ConfigDict(populate_by_name=True)

    known: Annotated[Literal["exact", "near", "none"], Field(alias="class")]


@router.post("/match", response=Answer, by_alias=True, url_name="match", operation_id="match")
@who(LOOK_UP)
def match(request: DeskRequest, question: Question) -> HttpResponse:
    """Is this fingerprint known? exact, near or none."""
    agreed(request.actor, AgreementKind.MATCHER)
    found = hashlists.look_up(request.actor, hashes=question.hashes(), quality=question.quality)
    return JsonResponse({"class": str(found)})
