"""What every public page shows: the State's name, its helplines, the way out, the voice in which we talk."""

from django.http import HttpRequest
from django.utils import translation

from tutela_node.desks.public.language import preferred, tongues
from tutela_node.foundation import profile
from tutela_node.intake.rules import Voice


def house(request: HttpRequest) -> dict[str, object]:
    language = translation.get_language() or preferred(request)
    national = profile.current()
    voice = voice_asked(request)
    return {
        "language": language,
        "direction": "rtl" if translation.get_language_bidi() else "ltr",
        "country": national.name(language),
        "help": national.help,
        "tongues": tongues(),
        "voice": voice,
        "voiced": voiced(voice),
    }


def voice_asked(request: HttpRequest) -> Voice:
    asked = request.GET.get("voice", "")
    return Voice(asked) if asked in list(Voice) else Voice.ADULT


def voiced(voice: Voice) -> str:
    """The query that keeps a voice in a link; empty for an adult's."""
    return "" if voice is Voice.ADULT else f"?voice={voice}"
