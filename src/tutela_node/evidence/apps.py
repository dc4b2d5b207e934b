"""Registers the room with Django under its own name."""

from django.apps import AppConfig


class EvidenceConfig(AppConfig):
    name = "tutela_node.evidence"
    label = "evidence"
