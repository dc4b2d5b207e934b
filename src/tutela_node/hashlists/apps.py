"""Registers the room with Django under its own name, and its index with readiness."""

from django.apps import AppConfig


class HashlistsConfig(AppConfig):
    name = "tutela_node.hashlists"
    label = "hashlists"

    def ready(self) -> None:
        from tutela_node.foundation import health
        from tutela_node.hashlists import index

        health.register("index", frozenset({"api"}), index.readiness)
        health.register("volume", frozenset({"api"}), index.volume)
