"""Serves one role: a web desk under gunicorn, the match service under Granian, or the worker's loops.

One process a role, several threads: bodies stream from the socket (nothing is spooled), slow visitors hold no thread
(`connections.py`), and a killed process loses nothing but the requests it was answering.
"""

import os
import signal
import threading
from contextlib import suppress
from pathlib import Path
from types import FrameType
from typing import Any

import django
from django.conf import settings
from django.db import connections
from gunicorn.app.base import BaseApplication

THREADS = {"public": 16, "workbench": 8, "api": 16}  # each may hold a connection: PostgreSQL takes 100 by default
MOST_CONNECTIONS = 700  # a process may usually open 1,024 files
PROXY = "127.0.0.1,::1"  # whose X-Forwarded-Proto is believed: that of this machine
WORKER_NICE = 10  # where cores are few, a report is taken before another one is worked on


class Desk(BaseApplication):  # type: ignore[misc]  # gunicorn ships no types
    """gunicorn, configured from our settings instead of its own command line."""

    def __init__(self, role: str) -> None:
        self.role = role
        super().__init__()

    def load_config(self) -> None:
        host, port = settings.TUTELA.listen[self.role]
        for key, value in {
            "bind": f"{host}:{port}",
            "workers": 1,
            "worker_class": "tutela_node.desks.cli.connections.PatientWorker",
            "worker_connections": MOST_CONNECTIONS,
            "threads": THREADS[self.role],
            "timeout": 60,
            "graceful_timeout": 5,
            "keepalive": 5,
            "limit_request_line": 4094,
            "limit_request_fields": 60,
            "accesslog": None,
            "errorlog": "-",
            "loglevel": "warning",
            "proc_name": f"tutela-{self.role}",
            "preload_app": True,
            "control_socket_disable": True,
            "pre_fork": _close_database,
            "forwarded_allow_ips": PROXY,  # not from the environment: gunicorn would look there
            "secure_scheme_headers": {"X-FORWARDED-PROTO": "https"},
        }.items():
            self.cfg.set(key, value)

    def load(self) -> Any:
        from django.core.wsgi import get_wsgi_application

        from tutela_node.hashlists import index

        application = get_wsgi_application()
        if self.role == "api":
            index.load()
        return application


def _close_database(_arbiter: object, _worker: object) -> None:
    """No connection is carried over a fork.

    A child that inherits SQLite's believes in locks that are its parent's. Should the parent be killed, another process
    may remove the log of writes (WAL) under the child: what the child then acknowledges is lost.
    Source: sqlite.org, "How To Corrupt An SQLite Database File", section 2.6.
    """
    connections.close_all()


def serve(role: str) -> None:
    """Blocks until the process is told to stop."""
    os.environ["DJANGO_SETTINGS_MODULE"] = f"tutela_node.site.settings.{role}"
    if role == "matcher":
        _match()
        return
    django.setup()
    if role == "worker":
        _work()
    elif role == "mail":
        _take_mail()
    else:
        Desk(role).run()


def _match() -> None:
    """The match service needs no room and no database: Django is not set up."""
    from tutela_node.desks.matcher import serving

    serving.serve(*settings.TUTELA.listen["matcher"])


def _take_mail() -> None:
    from tutela_node.desks.mail import serving

    serving.serve(settings.TUTELA.mail)


def _work() -> None:
    from tutela_node.desks.cli import worker

    give_way(WORKER_NICE)
    stop = threading.Event()

    def end(signum: int, frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    worker.run(stop)


def give_way(nice: int) -> None:
    """This process gets what the others leave it of the processors.

    Linux may weigh whole sessions against each other, and then a process is nice only within its own: the supervisor
    gives each role a session, whose weight is set here. Source: sched(7), "The autogroup feature".
    """
    os.nice(nice)
    if os.getsid(0) == os.getpid():
        with suppress(OSError):  # no such feature here
            Path("/proc/self/autogroup").write_text(str(nice))
