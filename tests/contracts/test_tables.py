"""Tables are private to their room, and a foreign key points down or stays in its room."""

import ast

import source
from django.apps import apps

FLOORS = ["foundation", "accounts", "material", "evidence", "work", "journeys"]
WORK = {"intake", "review", "hashlists", "takedown", "blocking", "providers"}
NODE = source.SRC / "tutela_node"
SHARED = {
    ("foundation", "evidence"),  # the sequencer moves what waits in custody_pending
    ("foundation", "journeys"),  # leases count while a worker's beat is fresh
    ("accounts", "conftest.py"),  # the cast of the tests
}
OURS = {"foundation", "accounts", "material", "evidence", "journeys", *WORK}


def test_a_rooms_tables_are_imported_by_that_room_alone():
    strangers = []
    for path in source.files():
        for target in _imported_models(path):
            room = source.SRC / "tutela_node" / target
            if room not in path.parents and (target, path.relative_to(NODE).parts[0]) not in SHARED:
                strangers.append(f"{source.name(path)} imports {target}.models")
    assert not strangers


def test_a_foreign_key_points_down_or_stays_in_its_room():
    upward = [
        f"{model._meta.label}.{field.name} -> {field.related_model._meta.label}"
        for model in apps.get_models()
        if model._meta.app_label in OURS
        for field in (*model._meta.fields, *model._meta.many_to_many)
        if field.related_model and not _may_point(model._meta.app_label, field.related_model._meta.app_label)
    ]
    assert not upward


def _may_point(origin, target):
    if origin == target:
        return True
    return target in OURS and _floor(target) < _floor(origin)


def _floor(room):
    return FLOORS.index("work" if room in WORK else room)


def _imported_models(path):
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        modules = []
        if isinstance(node, ast.ImportFrom) and node.module:
            modules = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        elif isinstance(node, ast.Import):
            modules = [alias.name for alias in node.names]
        for module in modules:
            parts = module.split(".")
            if parts[0] == "tutela_node" and len(parts) == 3 and parts[2] == "models" and parts[1] in OURS:
                yield parts[1]
