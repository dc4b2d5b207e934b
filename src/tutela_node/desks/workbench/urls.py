"""Addresses of the workbench: review at the root, sign-in, and a folder for each room that has pages here."""

from django.urls import include, path

from tutela_node.desks.workbench.rooms import has_pages, urls_of

PREFIXES = {
    "triage/": "triage",
    "sign-in/": "accounts",
    "reports/": "reports",
    "removal/": "removal",
    "providers/": "providers",
    "lists/": "lists",
    "blocking/": "blocking",
    "evidence/": "evidence",
}
urlpatterns = [
    path("", include(urls_of("review"))),
    *(path(prefix, include(urls_of(room))) for prefix, room in PREFIXES.items() if has_pages(room)),
]
