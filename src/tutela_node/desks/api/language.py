"""Which language a page of this desk speaks: the one asked for in the address, else that of the notice."""

from django.http import HttpRequest
from django.utils import translation

from tutela_node.foundation.profile import current


def asked_language(request: HttpRequest, otherwise: str = "") -> str:
    """`?lang=` where the profile has it, else `otherwise`, else what the browser prefers."""
    known = current().languages
    for wanted in (request.GET.get("lang", ""), otherwise, translation.get_language_from_request(request)):
        if wanted in known:
            return wanted
    return known[0]


def tongues() -> list[tuple[str, str]]:
    """Every language of the profile, each by its own name."""
    return [(code, str(translation.get_language_info(code)["name_local"]).capitalize()) for code in current().languages]
