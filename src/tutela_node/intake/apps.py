"""Registers the room with Django under its own name."""

from django.apps import AppConfig


class IntakeConfig(AppConfig):
    name = "tutela_node.intake"
    label = "intake"
