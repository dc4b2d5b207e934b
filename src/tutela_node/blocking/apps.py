"""Registers the room with Django under its own name."""

from django.apps import AppConfig


class BlockingConfig(AppConfig):
    name = "tutela_node.blocking"
    label = "blocking"
