"""Registers the desk with Django, for its templates and static files."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "tutela_node.desks.api"
    label = "desk_api"
