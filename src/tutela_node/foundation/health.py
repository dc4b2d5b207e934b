"""Alive and ready, for supervisors and load balancers. Readiness fails closed.

Rules:
- `/health` says that the process answers; `/ready` says that it can do its job now, with one line per check
- a check that cannot be made is a failed check; an index that is not loaded is not ready
- a room registers its check with the roles it matters to; nothing here knows the rooms
"""

from collections.abc import Callable
from datetime import timedelta

from django.conf import settings
from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse

from tutela_node.foundation import clock, keys
from tutela_node.foundation.errors import TutelaError, Unavailable
from tutela_node.foundation.models import WorkerBeat

FRESH = timedelta(seconds=10)
Check = Callable[[], str]
_checks: list[tuple[str, frozenset[str], Check]] = []


def register(name: str, roles: frozenset[str], check: Check) -> None:
    """`check` answers a short fact when all is well and raises a TutelaError when it is not."""
    if name not in {known for known, _, _ in _checks}:
        _checks.append((name, roles, check))


def alive(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"alive": True, "role": settings.TUTELA.role})


def ready(request: HttpRequest) -> JsonResponse:
    report = {name: _outcome(check) for name, roles, check in _all() if settings.TUTELA.role in roles}
    fine = all(entry["ok"] for entry in report.values())
    return JsonResponse({"ready": fine, "role": settings.TUTELA.role, "checks": report}, status=200 if fine else 503)


def _all() -> list[tuple[str, frozenset[str], Check]]:
    every = frozenset({"public", "workbench", "api", "all"})
    own = [("database", every, _database), ("keys", every, _keys), ("worker", every, _worker)]
    return [*own, *_checks]


def _outcome(check: Check) -> dict[str, object]:
    try:
        return {"ok": True, "says": check()}
    except TutelaError as error:
        return {"ok": False, "says": str(error)}
    except Error:
        return {"ok": False, "says": "the database does not answer"}


def _database() -> str:
    executor = MigrationExecutor(connection)
    missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if missing:
        raise Unavailable(f"{len(missing)} migrations are not applied: run `tutela node init`")
    return connection.vendor


def _keys() -> str:
    for name in keys.ROLE_KEYS[settings.TUTELA.role]:
        keys.secret(name)
    keys.intake_public()
    return "all there"


def _worker() -> str:
    beat = WorkerBeat.objects.filter(beat_at__gt=clock.now() - FRESH).order_by("-beat_at").first()
    if beat is None:
        raise Unavailable("no worker has been heard of for 10 seconds: reports are kept, nothing moves on")
    if not beat.loops:
        raise Unavailable("the worker is starting")
    slow = [name for name, state in beat.loops.items() if state != "ok"]
    if slow:
        raise Unavailable(f"not ready in the worker: {', '.join(slow)}")
    return "beats"


alive.who = ready.who = ("public",)  # type: ignore[attr-defined]  # read by the test that walks all routes
