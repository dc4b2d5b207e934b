"""The page of own pictures: GET shows it, POST takes the codes, or takes them back.

Rules:
- a body longer than the most codes need is refused unread, and so is whatever is not a plain form: no picture fits in
- the address is neutral; the answer to a post is a page, and nothing is kept in the browser
"""

import os
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.http import require_http_methods

from tutela_node.desks.public import errors
from tutela_node.desks.public.context import voice_asked, voiced
from tutela_node.desks.public.intake import tickets
from tutela_node.desks.public.intake.draft import Draft, read_draft, write_draft
from tutela_node.desks.public.intake.views import bits_asked
from tutela_node.desks.public.language import spoken
from tutela_node.desks.public.own import sending, words
from tutela_node.desks.public.posted import Posted, read_form
from tutela_node.desks.routes import who
from tutela_node.foundation import clock, keys, profile
from tutela_node.foundation.errors import Invalid, VerificationFailed
from tutela_node.intake.prints import MOST_PRINTS, read_lines
from tutela_node.intake.rules import Form, Voice

MOST_OCTETS = 16 * 1024  # the most lines need 3 kB, a draft 1 kB
SHOWS = ("me", "beside")


@who("public")
@require_http_methods(["GET", "HEAD", "POST"])
@spoken
def own(request: HttpRequest) -> HttpResponse:
    now = clock.now()
    if request.method != "POST":
        draft = Draft.begin(
            seed=os.urandom(32), way=Form.PICTURE, voice=voice_asked(request), now=_ms(now), bits=bits_asked(now)
        )
        return _ask(request, draft, now)
    form = read_form(request)
    if form.is_too_long or int(request.META.get("CONTENT_LENGTH") or 0) > MOST_OCTETS:
        return errors.show(request, errors.LONG)
    if "visit" in form.values:
        return _take_back(request, form.values["visit"], now)
    try:
        draft = read_draft(form.values.get("draft", ""), key=keys.secret("draft"), now=_ms(now))
    except (Invalid, VerificationFailed):
        return render(request, "public/lost.html")
    return _send(request, draft.shown(form.values.get("work", "")), form, now)


def _send(request: HttpRequest, draft: Draft, form: Posted, now: datetime) -> HttpResponse:
    """Raises Invalid for what is no line of digits, Limited for too many."""
    typed = form.values.get("codes", "").replace("\r\n", "\n")
    codes = read_lines(line for line in typed.split("\n") if line)
    if not codes:
        return _ask(request, draft, now, wrong="empty")
    if draft.voice is Voice.ADULT and form.values.get("shows") not in SHOWS:
        return _ask(request, draft, now, wrong="shows", typed=typed)
    kept = sending.send(draft, codes, language=translation.get_language(), now=_ms(now))
    context = {
        "code": kept.code().split("-"),
        "count": len(codes),
        "said": words.SAID[kept.voice],
        "voice": kept.voice,
        "voiced": voiced(kept.voice),
    }
    return render(request, "public/own/receipt.html", context)


def _ask(request: HttpRequest, draft: Draft, now: datetime, *, wrong: str = "", typed: str = "") -> HttpResponse:
    context = {
        "draft": write_draft(draft, key=keys.secret("draft"), nonce=os.urandom(12), now=_ms(now)),
        "challenge": draft.challenge(),
        "bits": draft.bits,
        "said": words.SAID[draft.voice],
        "wrong": wrong,
        "typed": typed,
        "most": MOST_PRINTS,
        "quality": profile.current().own_pictures.quality,
        "voice": draft.voice,
        "voiced": voiced(draft.voice),
    }
    return render(request, "public/own/page.html", context)


def _take_back(request: HttpRequest, text: str, now: datetime) -> HttpResponse:
    """`text`: the visit that the page of the receipt carries; one that is over asks for the receipt again."""
    visit = tickets.read_visit(text, key=keys.secret("draft"), now=_ms(now))
    if visit is None:
        return render(request, "public/lost.html")
    sending.take_back(visit.code)
    return render(request, "public/own/taken_back.html")


def _ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
