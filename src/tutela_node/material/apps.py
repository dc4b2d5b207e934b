"""Registers the room with Django under its own name."""

from django.apps import AppConfig


class MaterialConfig(AppConfig):
    name = "tutela_node.material"
    label = "material"
