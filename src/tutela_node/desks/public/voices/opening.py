"""The start page and the pages behind its doors, in three voices."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tutela_node.intake.rules import Voice

Text = str | Promise


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """One way in: `leads` is the name of an address."""

    leads: str
    title: Text
    hint: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    heading: Text
    lead: Text
    doors: tuple[Door, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """A page behind a door: what we say, and what helps, point by point."""

    heading: Text
    lead: Text
    points: tuple[Text, ...]


THOUGHTS = Door(
    leads="talk",
    title=_("I am worried about my own thoughts"),
    hint=_("Talk to a specialist, in confidence. Nobody will judge you."),
)
OPENINGS: Mapping[Voice, Opening] = {
    Voice.ADULT: Opening(
        heading=_("Tell us what you saw."),
        lead=_("No name, no account, about three minutes. You never have to look at it again."),
        doors=(
            Door(
                leads="go",
                title=_("I saw something online"),
                hint=_("A page, picture, video or account that may harm a child. Its address is all we need."),
            ),
            Door(
                leads="me",
                title=_("It is about me"),
                hint=_("Someone has a picture of me, or puts pressure on me. Your picture stays on your phone."),
            ),
            Door(
                leads="someone",
                title=_("I am worried about a child"),
                hint=_("Something you noticed at home, at school, in a club or online."),
            ),
            THOUGHTS,
        ),
    ),
    Voice.TEEN: Opening(
        heading=_("Something is not right? Tell us."),
        lead=_("You are not in trouble. No name, no account. You decide how much you say."),
        doors=(
            Door(
                leads="go",
                title=_("I saw something online"),
                hint=_("A page, picture, video or account. Its address is enough."),
            ),
            Door(
                leads="me",
                title=_("It is about me"),
                hint=_("Someone has a picture of me, or puts pressure on me. Your picture stays on your phone."),
            ),
            Door(
                leads="someone",
                title=_("I am worried about a friend"),
                hint=_("Something a friend told you, or something you noticed."),
            ),
            THOUGHTS,
        ),
    ),
    Voice.CHILD: Opening(
        heading=_("You can tell us."),
        lead=_("You did nothing wrong. We do not ask your name. A grown-up you trust can help you here."),
        doors=(
            Door(
                leads="go",
                title=_("I saw something online"),
                hint=_("It felt wrong or scary. You do not have to look at it again."),
            ),
            Door(
                leads="me",
                title=_("Something happened to me"),
                hint=_("Someone made me feel bad or scared. It is not my fault."),
            ),
            Door(
                leads="someone",
                title=_("I am worried about a friend"),
                hint=_("You can tell us what you heard or saw."),
            ),
        ),
    ),
}
ME: Mapping[Voice, Advice] = {
    Voice.ADULT: Advice(
        heading=_("You are not to blame."),
        lead=_("Whatever you sent or did not send: who puts pressure on you is in the wrong."),
        points=(
            _("Do not pay, and send nothing more."),
            _("Keep the messages. They show who did it."),
            _("Note the name of the account, then block it."),
            _("Tell one person you trust. You do not have to carry this alone."),
            _("We never ask for the picture. It stays on your phone."),
        ),
    ),
    Voice.TEEN: Advice(
        heading=_("You are not in trouble."),
        lead=_("Someone else did wrong, not you. This can be stopped, and you do not have to do it alone."),
        points=(
            _("Stop answering. Do not pay and do not send anything more."),
            _("Keep the chat. Take down the name of the account, then block it."),
            _("Talk to an adult you trust, or call. They have heard this before."),
            _("We never ask for the picture. It stays on your phone."),
        ),
    ),
    Voice.CHILD: Advice(
        heading=_("It is not your fault."),
        lead=_("Someone else did something wrong. You can get help now."),
        points=(
            _("Tell a grown-up you trust. Show them this page."),
            _("You do not have to answer the person who scares you."),
            _("You do not have to send a picture. Not to them, and not to us."),
            _("You can call. The people there listen to children every day."),
        ),
    ),
}
SOMEONE: Mapping[Voice, Advice] = {
    Voice.ADULT: Advice(
        heading=_("You do not have to be sure."),
        lead=_("Say what you noticed. People who know about this decide what to do next."),
        points=(
            _("Stay calm and listen. Believe what you are told."),
            _("Do not question the child again and again. That is for specialists."),
            _("Do not confront the person you suspect. It can put the child at risk."),
            _("Write down what was said, in the same words, and when."),
        ),
    ),
    Voice.TEEN: Advice(
        heading=_("It is right to ask for help for a friend."),
        lead=_("You are not in trouble, and neither is your friend. You do not have to be sure."),
        points=(
            _("Listen, and believe your friend. It is not their fault."),
            _("Do not promise to keep it secret. Some things need an adult."),
            _("Do not go after the other person yourself."),
            _("Talk to an adult you trust, or call."),
        ),
    ),
    Voice.CHILD: Advice(
        heading=_("You are a good friend."),
        lead=_("Tell a grown-up you trust what you heard or saw. You can also tell us."),
        points=(
            _("It is not your friend’s fault."),
            _("It is fine to tell a secret when somebody may get hurt."),
            _("You do not have to solve it. Grown-ups do that."),
        ),
    ),
}
TALK = Advice(
    heading=_("You can talk about it."),
    lead=_("A thought is not an act. Talking early protects children, and it protects you."),
    points=(
        _("You do not have to say your name."),
        _("The people there know such thoughts. They will not judge you."),
        _("If you are afraid of what you might do, leave the place now and call."),
    ),
)
NOW: Mapping[Voice, Advice] = {
    Voice.ADULT: Advice(
        heading=_("Call now, write later."),
        lead=_("If somebody is in danger, the police come, day and night. You do not have to be sure."),
        points=(
            _("Say where you are, or where the child is."),
            _("Stay on the line until you are told that you can hang up."),
            _("What you know can be written down here afterwards."),
        ),
    ),
    Voice.TEEN: Advice(
        heading=_("Call now, write later."),
        lead=_("If you or somebody else is in danger, the police come. You are not in trouble."),
        points=(
            _("Say where you are."),
            _("Stay on the line until you are told that you can hang up."),
            _("You can also ask an adult near you to call."),
        ),
    ),
    Voice.CHILD: Advice(
        heading=_("Call now."),
        lead=_("If you are afraid that somebody gets hurt, call. The people there help you."),
        points=(
            _("Say where you are."),
            _("You do not have to explain everything."),
            _("A grown-up you trust can call for you."),
        ),
    ),
}
