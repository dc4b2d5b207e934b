"""Addresses of the workbench role."""

from django.urls import include, path

from tutela_node.foundation import health

urlpatterns = [
    path("health", health.alive),
    path("ready", health.ready),
    path("", include("tutela_node.desks.workbench.urls")),
]
