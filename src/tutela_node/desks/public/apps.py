"""Registers the desk with Django, for its templates and static files."""

from django.apps import AppConfig


class PublicConfig(AppConfig):
    name = "tutela_node.desks.public"
    label = "desk_public"
