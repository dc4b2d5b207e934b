"""Registers the room with Django under its own name."""

from django.apps import AppConfig


class ReviewConfig(AppConfig):
    name = "tutela_node.review"
    label = "review"
