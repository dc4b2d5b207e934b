"""Every desk's addresses under its name: used by the tests that walk all routes, never served."""

from django.urls import include, path

from tutela_node.foundation import health

urlpatterns = [
    path("health", health.alive),
    path("ready", health.ready),
    path("public/", include("tutela_node.desks.public.urls")),
    path("workbench/", include("tutela_node.desks.workbench.urls")),
    path("api/", include("tutela_node.desks.api.urls")),
]
