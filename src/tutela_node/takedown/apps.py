"""Registers the room with Django under its own name."""

from django.apps import AppConfig


class TakedownConfig(AppConfig):
    name = "tutela_node.takedown"
    label = "takedown"
