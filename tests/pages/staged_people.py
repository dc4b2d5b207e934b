"""Reports that people handle themselves: referred, asked and replied, held in quarantine, half written down."""

import os
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from django.db import transaction

from tutela.sealing import locator, seal_to
from tutela_node.desks.public.intake import keeping
from tutela_node.desks.public.intake.draft import Draft, Way
from tutela_node.foundation import clock, keys
from tutela_node.foundation.permissions import SYSTEM, Actor
from tutela_node.intake import actions as intake
from tutela_node.intake import channel, channel_actions, entry_actions, referral_actions
from tutela_node.intake.rules import REPLY_INFO, Voice
from tutela_node.journeys import referral_answered, report_received

WORDS = (
    "Someone from a game wants me to write where I live. It began in May, and now it is every day.",
    "A man at the club writes to the younger ones at night.",
    "It is about a message that a friend showed me.",
    "Somebody asks for money, else he sends it to my class.",
)


def stage(who: dict[str, Actor]) -> dict[str, str]:
    told = {}
    for number, (name, happening, voice) in enumerate(
        (("referred", "grooming", Voice.TEEN), ("taken", "extortion", Voice.ADULT), ("answered", "threat", Voice.CHILD))
    ):
        with transaction.atomic(), clock.standing_at(clock.now() - timedelta(hours=5 + 20 * number)):
            report, code = _told(happening, voice, WORDS[number])
            report_received.take_in(report, urls=(), happening=happening)
            report_received.greet(report)
        told |= {name: str(report), f"{name}_code": code}
    _talk(who, told)
    referral_actions.take_referral(who["pavel"], report=UUID(told["taken"]))
    referral_actions.take_referral(who["pavel"], report=UUID(told["answered"]))
    referral_answered.answer(
        who["pavel"], report=UUID(told["answered"]), outcome="acted", note="The account is known to us, case 2026-411."
    )
    _flood()
    entry = entry_actions.begin_entry(who["mira"])
    entry_actions.save_entry(who["mira"], entry=entry, answers={"channel": "phone", "words": "A caller found a page"})
    return told | {"entry": str(entry)}


def _told(happening: str, voice: Voice, words: str, *, proof: int = 16) -> tuple[UUID, str]:
    now = clock.now()
    begun = int(now.timestamp() * 1000) - 60_000
    draft = Draft.begin(seed=os.urandom(32), way=Way.OWN, voice=voice, now=begun)
    answers = {"happening": happening, "place": "game", "words": words}
    draft = replace(draft, answers=answers, turn=4, proof=proof)
    kept = keeping.keep(draft, language="en", now=now, minutes=30, is_finish=True)
    opened = intake.open_draft(SYSTEM, draft=kept.id)
    assert opened is not None
    return opened.report, kept.code()


def _talk(who: dict[str, Actor], told: dict[str, str]) -> None:
    found = locator(keys.secret("locator"), told["referred_code"])
    with clock.standing_at(clock.now() - timedelta(hours=3)):
        channel_actions.ask(
            who["pavel"], report=UUID(told["referred"]), text="By which name does the person write to you?"
        )
    with clock.standing_at(clock.now() - timedelta(hours=2)):
        sealed = seal_to(
            keys.intake_public(),
            channel.write_reply("He calls himself example-7 there."),
            info=REPLY_INFO + found.encode(),
        )
        reply = channel_actions.reply(step=os.urandom(16).hex(), locator=found, sealed=sealed)
    assert reply is not None
    channel_actions.open_reply(SYSTEM, reply=reply)
    with clock.standing_at(clock.now() - timedelta(hours=1)):
        channel_actions.ask(who["mira"], report=UUID(told["referred"]), text="Is there a grown-up who knows about it?")


def _flood() -> None:
    """More than an hour's budget without proof of work: the last of them wait in quarantine."""
    for number in range(26):
        _told("other", Voice.ADULT, WORDS[3] if number % 2 else f"word{number}", proof=0)
