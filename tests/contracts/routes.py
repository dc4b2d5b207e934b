"""The routes of each desk as its own role serves them, for the tests that walk them all."""

import importlib
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.urls import URLPattern, get_resolver

DESKS = ("public", "workbench", "api")
ALL = "tutela_node.site.urls.all"
FILLED = {
    "UUIDConverter": str(UUID(int=1)),
    "IntConverter": "1",
    "LanguageCode": "en",
    "StringConverter": "nothing",
    "SlugConverter": "nothing",
    "PathConverter": "nothing",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One address with its view; `path` has every part filled in with something that names nothing.

    `method` is set where each method of an address has doors of its own.
    """

    desk: str
    path: str
    view: Any
    method: str = ""

    @property
    def who(self) -> tuple[Any, ...]:
        return self.view.doors[self.method] if self.method else getattr(self.view, "who", ())

    def __str__(self) -> str:
        return f"{self.desk}:{self.method}{self.path}"


def routes(desk: str) -> list[Route]:
    found = _walk(get_resolver(f"tutela_node.site.urls.{desk}").url_patterns, "/")
    return [
        Route(desk=desk, path=path, view=view, method=method)
        for path, view in found
        for method in getattr(view, "doors", ("",))
    ]


def all_views() -> list[tuple[str, Any]]:
    """Every view of the whole node under the root that names each desk."""
    return list(_walk(get_resolver(ALL).url_patterns, "/"))


def settings_of(desk: str) -> dict[str, Any]:
    """What a role sets of its own: its routes, middleware, pages, keys; tables and apps stay those of the tests."""
    module = importlib.import_module(f"tutela_node.site.settings.{desk}")
    kept = ("ROOT_URLCONF", "MIDDLEWARE", "TEMPLATES", "FILE_UPLOAD_HANDLERS", "TUTELA", "SECRET_KEY")
    return {name: getattr(module, name) for name in kept}


def _walk(patterns, before):
    for each in patterns:
        path = before + _filled(each.pattern)
        if isinstance(each, URLPattern):
            yield path, each.callback
        else:
            yield from _walk(each.url_patterns, path)


def _filled(pattern):
    text = str(pattern)
    for name, converter in pattern.converters.items():
        kind = type(converter).__name__
        start, end = _part(text, name)
        text = text[:start] + FILLED[kind] + text[end:]
    return text


def _part(text, name):
    """Where `<converter:name>` or `<name>` stands."""
    end = text.index(f"{name}>") + len(name) + 1
    return text.rindex("<", 0, end), end
