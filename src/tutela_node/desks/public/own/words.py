"""What the page of own pictures says, in three voices. No promise that cannot be kept: a code removes nothing."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tutela_node.intake.rules import Voice

Text = str | Promise


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """`then`: what happens with the code, step by step. `limits`: what it cannot do."""

    heading: Text
    lead: Text
    choose: Text
    hint: Text
    then: tuple[Text, ...]
    limits: tuple[Text, ...]
    beside: Text
    beside_text: Text


SAID: Mapping[Voice, Said] = {
    Voice.ADULT: Said(
        heading=_("The picture stays on this device."),
        lead=_("Your browser makes a code from it. Only the code goes to us, no picture."),
        choose=_("Choose the pictures"),
        hint=_("You need not open them here. You can choose several at once, and videos too."),
        then=(
            _("Your codes go on a list of their own, marked as checked by nobody."),
            _("Those who work with us compare it with what people post. They look before they act."),
            _("With your receipt you can take your codes back whenever you want."),
        ),
        limits=(
            _("Nothing is removed by itself, and not every service works with us."),
            _("Private and encrypted chats are not compared."),
            _("A picture that was cut or changed a lot may not fit its code any more."),
        ),
        beside=_("It is not your fault"),
        beside_text=_("Whoever shared it, or threatens to, is the one doing wrong. You are not in trouble with us."),
    ),
    Voice.TEEN: Said(
        heading=_("Your picture stays with you."),
        lead=_("Your browser makes a code from it. Only the code goes to us, no picture. You are not in trouble."),
        choose=_("Choose your pictures"),
        hint=_("You do not have to look at them again. You can pick several at once, and videos too."),
        then=(
            _("Your codes go on a list of their own. It says that nobody has checked them."),
            _("Services that work with us compare it with what people post. A person there looks before they act."),
            _("Changed your mind? With your receipt you can take the codes back."),
        ),
        limits=(
            _("Nothing is removed by itself, and not every app works with us."),
            _("Private and encrypted chats are not compared."),
            _("If somebody changed the picture a lot, the code may not fit any more."),
        ),
        beside=_("It is not your fault"),
        beside_text=_("Whoever shared it, or threatens to, is the one doing wrong. You are not in trouble with us."),
    ),
    Voice.CHILD: Said(
        heading=_("Your picture stays with you."),
        lead=_("This page makes a code from it. We only get the code. We never see the picture."),
        choose=_("Pick the picture"),
        hint=_("A grown-up you trust can help you. You do not have to look at the picture again."),
        then=(
            _("Your code goes on a list."),
            _(
                "People who work with us use the list to find copies of your picture. "
                "They look before they do anything."
            ),
            _("You get a receipt. With it you can take your code back."),
        ),
        limits=(
            _("The code helps, but it cannot find every copy."),
            _("It is good to talk to somebody as well."),
        ),
        beside=_("It is not your fault"),
        beside_text=_("Somebody else did something wrong. You can tell a grown-up, or call."),
    ),
}
