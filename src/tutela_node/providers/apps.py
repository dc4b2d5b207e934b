"""Registers the room with Django under its own name."""

from django.apps import AppConfig


class ProvidersConfig(AppConfig):
    name = "tutela_node.providers"
    label = "providers"
