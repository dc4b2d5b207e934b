"""Registers the journeys with Django and loads every story, so that each kind of step is known to the engine."""

from importlib import import_module

from django.apps import AppConfig
from django.conf import settings

STORIES = (
    "report_received",
    "unpacked",
    "reports_weighed",
    "reply_received",
    "flood_sorted",
    "cybertip_filed",
    "mail_received",
    "assessment_made",
    "verdict_reached",
    "listing_decided",
    "package_released",
    "list_imported",
    "flood_decided",
    "list_followed",
    "list_handed_out",
    "content_checked",
    "own_picture",
)


class JourneysConfig(AppConfig):
    name = "tutela_node.journeys"
    label = "journeys"

    def ready(self) -> None:
        if settings.TUTELA.role in ("public", "mail"):
            return  # it begins steps by their name and runs none: it loads neither the vault nor the decoders
        for story in STORIES:
            import_module(f"tutela_node.journeys.{story}")
