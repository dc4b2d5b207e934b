"""Addresses of the pages of providers."""

from django.urls import path

from tutela_node.desks.workbench.providers import views

app_name = "providers"
urlpatterns = [
    path("", views.index, name="index"),
    path("<uuid:id>", views.provider, name="provider"),
]
