"""Registers the desk with Django, for its templates and static files."""

from django.apps import AppConfig


class WorkbenchConfig(AppConfig):
    name = "tutela_node.desks.workbench"
    label = "desk_workbench"
