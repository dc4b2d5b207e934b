"""Registers the room with Django under its own name."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "tutela_node.accounts"
    label = "accounts"
