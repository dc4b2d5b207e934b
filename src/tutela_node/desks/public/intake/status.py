"""What became of a report: enter the code, read one of six sentences, read what we ask, reply.

Rules:
- a code that nobody has and a code that is mistyped get the same page after the same work
- a code is looked up after work or after a wait (`tickets`); the page says how long and keeps what was typed
- a reply is sealed and committed before the page is shown again; the same page sent twice replies once
"""

import hashlib
import math
from collections.abc import Sequence
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from tutela.sealing import seal_to
from tutela_node.desks.public.intake import tickets
from tutela_node.desks.public.intake.mailbox import Mailbox, locator_of, look_up
from tutela_node.desks.public.intake.tickets import Ticket, Visit
from tutela_node.desks.public.language import spoken
from tutela_node.desks.public.posted import Posted, read_form
from tutela_node.desks.public.voices import problems
from tutela_node.desks.public.voices.sentences import SAID
from tutela_node.desks.routes import who
from tutela_node.foundation import clock, keys, profile
from tutela_node.intake.channel import write_reply
from tutela_node.intake.rules import MAX_WORDS, REPLY_INFO, Sentence, Told
from tutela_node.journeys import public_dropped

MOST = 200
MOST_REPLIES = 100


@who("public")
@require_http_methods(["GET", "HEAD", "POST"])
@spoken
def back(request: HttpRequest) -> HttpResponse:
    now = clock.now()
    if request.method != "POST":
        return _enter(request, now)
    form = read_form(request)
    if "visit" in form.values:
        return _reply(request, form, now)
    typed = form.values.get("code", "")[:MOST]
    wait = _wait(form, typed, now)
    if wait is not None:
        return _hold(request, typed, wait, now)
    found = look_up(typed, now)
    return _show(request, found, now) if found else _enter(request, now, typed=typed, unknown=True)


def _enter(request: HttpRequest, now: datetime, **more: object) -> HttpResponse:
    ticket = tickets.write_ticket(Ticket(at=_ms(now)), key=_key())
    return render(request, "public/back.html", {"ticket": ticket, "bits": _terms().code_bits, **more})


def _wait(form: Posted, typed: str, now: datetime) -> Ticket | None:
    """None when the code may be looked up now; else the ticket with which it may be, later."""
    text = form.values.get("ticket", "")
    ticket = tickets.read_ticket(text, key=_key(), now=_ms(now))
    if ticket and tickets.has_worked(text, typed, form.values.get("work", ""), bits=_terms().code_bits):
        return None
    said = tickets.hash_of(typed, key=_key())
    if ticket is None or ticket.typed != said:
        return Ticket(at=_ms(now), typed=said)
    return None if _left(ticket, now) <= 0 else ticket


def _hold(request: HttpRequest, typed: str, ticket: Ticket, now: datetime) -> HttpResponse:
    told = {
        "ticket": tickets.write_ticket(ticket, key=_key()),
        "bits": _terms().code_bits,
        "typed": typed,
        "seconds": max(1, math.ceil(_left(ticket, now))),
    }
    return render(request, "public/back.html", told)


def _left(ticket: Ticket, now: datetime) -> float:
    waited: float = (_ms(now) - ticket.at) / 1000
    return _terms().code_seconds - waited


def _reply(request: HttpRequest, form: Posted, now: datetime) -> HttpResponse:
    visit = tickets.read_visit(form.values["visit"], key=_key(), now=_ms(now))
    found = look_up(visit.code, now) if visit else None
    if visit is None or found is None:
        return _enter(request, now)
    words = form.values.get("words", "").replace("\r\n", "\n").strip()
    code = "too_long" if form.is_too_long else "wordy" if len(words) > MAX_WORDS else "" if words else "empty_reply"
    if code:
        wrong = problems.wrong(code)
        long = str(wrong.long) % {"most": wrong.most}
        return _show(request, found, now, wrong={"short": wrong.short, "long": long}, words=words[:MAX_WORDS])
    if len(found.replied) < MOST_REPLIES:
        _keep(visit, words)
    again = look_up(visit.code, now)
    return _show(request, again or found, now, is_kept=True)


def _keep(visit: Visit, words: str) -> None:
    found = locator_of(visit.code)
    sealed = seal_to(keys.intake_public(), write_reply(words), info=REPLY_INFO + found.encode())
    step = hashlib.sha256(f"{visit.id}:{words}".encode("utf-8", "replace")).hexdigest()[:32]
    public_dropped.public_reply(step=step, locator=found, sealed=sealed)


def _show(request: HttpRequest, found: Mailbox, now: datetime, **more: object) -> HttpResponse:
    steps = [{"said": SAID[each.sentence], "at": each.at} for each in found.told]
    turns = [(each.at, each.text) for each in found.asked] + [(each, "") for each in found.replied]
    told = {
        "now": steps[-1],
        "past": steps[:-1],
        "turns": [{"at": at, "text": text} for at, text in sorted(turns)],
        "is_asked": bool(found.asked) and (not found.replied or found.replied[-1] < found.asked[-1].at),
        "visit": tickets.new_visit(found.code, key=_key(), now=_ms(now)),
        "may_reply": len(found.replied) < MOST_REPLIES,
        "takes_back": can_take_back(found.told),
    }
    return render(request, "public/status.html", told | more)


def can_take_back(told: Sequence[Told]) -> bool:
    """Whether codes of own pictures are with us: told to be, and not taken back."""
    sentences = {each.sentence for each in told}
    return Sentence.OWN_KEPT in sentences and Sentence.OWN_WITHDRAWN not in sentences


def _terms() -> profile.Floods:
    return profile.current().floods


def _key() -> bytes:
    return keys.secret("draft")


def _ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
