"""From one page to the next. Plain values in and out; time is an argument.

Rules:
- going on keeps the answer and asks the next question; a problem asks the same one again with what was typed
- who has no address goes on without one; what was typed and is no address is kept for a person to read
- going back keeps what was typed in the draft, asks the question before and sends nothing
- a page sent back within a second is marked, and never refused
- work that comes with a page is taken, whatever else is wrong with it; work that is wrong is as if there were none
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from tutela_node.desks.public.intake.draft import Draft
from tutela_node.desks.public.intake.questions import ASKED, NO_ADDRESS, Problem, Question, check, question_of
from tutela_node.intake.rules import MAX_TYPED


class To(StrEnum):
    """Which button was pressed."""

    NEXT = "next"
    BACK = "back"
    NONE = "none"  # there is no address


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """Where a page leads: `draft` to show next, or to finish with; `typed` stands in the field after a problem."""

    draft: Draft
    problem: Problem | None = None
    typed: str = ""
    is_answer: bool = False
    is_finish: bool = False


def advance(draft: Draft, posted: Mapping[str, str], *, now: int, is_too_long: bool = False) -> Move:
    question = question_of(draft)
    draft = draft.shown(posted.get("work", ""))
    typed = posted.get(question, "").replace("\r\n", "\n")
    if is_too_long:
        return Move(draft=draft, problem=Problem(code="too_long"), typed=draft.answers.get(question, ""))
    if posted.get("to") == To.BACK:
        return Move(draft=_back(_with(draft, question, typed)))
    problem = check(draft, typed)
    has_none = question is Question.ADDRESS and posted.get("to") == To.NONE and problem is not None
    if problem and not has_none:
        return Move(draft=draft, problem=problem, typed=typed)
    said = _with(draft, question, typed[:MAX_TYPED], has_none=has_none)
    said = replace(said, turn=draft.turn + 1, slow=draft.slow or draft.was_fast(now))
    if said.at + 1 == len(ASKED[said.way]):
        return Move(draft=said, is_answer=True, is_finish=True)
    return Move(draft=replace(said, at=said.at + 1), is_answer=question is not Question.READERS)


def _with(draft: Draft, question: Question, typed: str, *, has_none: bool = False) -> Draft:
    answers = {**draft.answers, question: typed} if question is not Question.READERS else dict(draft.answers)
    if question is Question.ADDRESS:
        answers.pop(NO_ADDRESS, None)
        answers |= {NO_ADDRESS: "yes"} if has_none else {}
    return replace(draft, answers=answers)


def _back(draft: Draft) -> Draft:
    return replace(draft, at=max(draft.at - 1, 0))
