"""What every page of the provider desk shows: the State's name, the language and the others, where to write to."""

from django.http import HttpRequest
from django.utils.translation import get_language, get_language_bidi

from tutela_node.desks.api.language import asked_language, tongues
from tutela_node.foundation.profile import current


def desk(request: HttpRequest) -> dict[str, object]:
    language = get_language() or asked_language(request)
    return {
        "language": language,
        "direction": "rtl" if get_language_bidi() else "ltr",
        "country": current().name(language),
        "tongues": tongues(),
        "sender": current().takedown.sender,
    }
