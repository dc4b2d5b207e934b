"""Registers the room with Django under its own name."""

from django.apps import AppConfig


class FoundationConfig(AppConfig):
    name = "tutela_node.foundation"
    label = "foundation"
