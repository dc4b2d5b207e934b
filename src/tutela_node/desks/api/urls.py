"""Addresses of the API role: machines below /api/v1/ and /ispws/, a host's answer at /notice/<code>."""

from typing import Any

from django.urls import path

from tutela_node.desks.api import v1
from tutela_node.desks.api.ispws import views as ispws
from tutela_node.desks.api.takedown.views import notice


def _machine() -> list[Any]:
    """The routes of the API, each marked with who may come in; without the library's own index page."""
    doors, routes = v1.doors(), []
    for route in v1.api.urls[0]:
        name = getattr(route, "name", None)
        if name in doors:
            vars(route.callback)["doors"] = doors[name]
            vars(route.callback)["who"] = tuple({door: None for each in doors[name].values() for door in each})
            routes.append(route)
    return routes


urlpatterns = [
    path("api/v1/openapi.json", v1.description, name="description"),
    path("api/v1/", (_machine(), "ninja", "v1")),
    *(
        path(f"ispws/{view.__name__}", view, name=f"ispws_{view.__name__}")
        for view in (ispws.status, ispws.xsd, ispws.submit, ispws.upload, ispws.fileinfo, ispws.finish, ispws.retract)
    ),
    path("notice/<str:code>", notice, name="notice"),
]
