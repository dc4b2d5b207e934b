"""The one neutral address of the report: GET asks the first question, every POST answers 200 with the next page."""

import os
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_http_methods

from tutela_node.desks.public.context import voice_asked, voiced
from tutela_node.desks.public.intake import keeping
from tutela_node.desks.public.intake.draft import Draft, Way, read_draft, write_draft
from tutela_node.desks.public.intake.flow import Move, advance
from tutela_node.desks.public.intake.questions import (
    ASKED,
    Problem,
    Question,
    choices,
    number_of,
    question_of,
    sheet_of,
)
from tutela_node.desks.public.language import spoken
from tutela_node.desks.public.posted import read_form
from tutela_node.desks.public.voices import asking, problems, readers
from tutela_node.desks.routes import who
from tutela_node.foundation import clock, keys, profile
from tutela_node.foundation.errors import Invalid, VerificationFailed
from tutela_node.intake import queries
from tutela_node.intake.floods import bits_for, most_pressure

START = '<span class="url">https://</span>'


@who("public")
@require_http_methods(["GET", "HEAD", "POST"])
@spoken
def go(request: HttpRequest) -> HttpResponse:
    now = clock.now()
    if request.method != "POST":
        draft = Draft.begin(
            seed=os.urandom(32), way=_way(request), voice=voice_asked(request), now=_ms(now), bits=bits_asked(now)
        )
        return _ask(request, Move(draft=draft), now)
    form = read_form(request)
    try:
        draft = read_draft(form.values.get("draft", ""), key=keys.secret("draft"), now=_ms(now))
    except (Invalid, VerificationFailed):
        return render(request, "public/lost.html")
    move = advance(draft, form.values, now=_ms(now), is_too_long=form.is_too_long)
    if not move.is_answer:
        return _ask(request, move, now)
    kept = _keep(move, now)
    return _receipt(request, kept) if move.is_finish else _ask(request, Move(draft=kept), now)


def _keep(move: Move, now: datetime) -> Draft:
    return keeping.keep(
        move.draft,
        language=translation.get_language(),
        now=now,
        minutes=profile.current().retention.draft_minutes,
        is_finish=move.is_finish,
    )


def _ask(request: HttpRequest, move: Move, now: datetime) -> HttpResponse:
    draft, question = move.draft, question_of(move.draft)
    if question is Question.READERS:
        return render(request, "public/readers.html", _around(draft, now) | {"readers": readers.readers(draft)})
    said, (number, count) = asking.asked(draft), number_of(draft)
    typed = move.typed if move.problem else draft.answers.get(question, "")
    context = {
        **_around(draft, now),
        "question": question,
        "number": number,
        "count": count,
        "heading": said.heading,
        "hint": _hint(said.hint),
        "choices": [(choice, asking.label_of(choice, draft)) for choice in choices(draft)],
        "typed": typed,
        "beside": asking.LOOK[draft.voice] if draft.way is Way.ADDRESS else None,
        "saved": asking.LOOK[draft.voice].saved,
        **_wrong(move.problem),
    }
    return render(request, "public/question.html", context)


def _around(draft: Draft, now: datetime) -> dict[str, object]:
    """What every page of the form carries."""
    return {
        "draft": write_draft(draft, key=keys.secret("draft"), nonce=os.urandom(12), now=_ms(now)),
        "challenge": draft.challenge(),
        "bits": draft.bits,
        "voice": draft.voice,
        "voiced": voiced(draft.voice),
    }


def _hint(hint: asking.Text) -> SafeString:
    """The hint, escaped, with the beginning of an address set as one."""
    return mark_safe(escape(str(hint)) % {"start": START})  # noqa: S308  # both parts are ours and the first is escaped


def _wrong(problem: Problem | None) -> dict[str, object]:
    if problem is None:
        return {}
    wrong = problems.wrong(problem.code)
    return {"wrong": {"short": wrong.short, "long": str(wrong.long) % {"most": wrong.most}, "line": problem.line}}


def _receipt(request: HttpRequest, draft: Draft) -> HttpResponse:
    context = {
        "code": draft.code().split("-"),
        "received_at": keeping.received_at(draft),
        "addresses": len(sheet_of(draft, language="").urls),
        "hours": profile.current().review.first_look_hours,
        "voice": draft.voice,
        "voiced": voiced(draft.voice),
    }
    return render(request, "public/receipt.html", context)


def _way(request: HttpRequest) -> Way:
    asked = request.GET.get("way", "")
    return Way(asked) if asked in ASKED else Way.ADDRESS


def bits_asked(now: datetime) -> int:
    """The work that is asked for now: more while more comes than the profile expects."""
    terms = profile.current().floods
    least, most, usual = terms.proof_bits, terms.most_bits, terms.proved_per_hour
    pressure = queries.pressure(now, most=most_pressure(least=least, most=most, usual=usual))
    return bits_for(least=least, most=most, pressure=pressure, usual=usual)


def _ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
