"""Builds the desk of this process from its settings, keeps its replica fresh, serves it under Granian.

Rules:
- no Django is set up here: settings are read, and nothing else of it
- the replica is looked at ten times a second by one thread, which also tends the spool and the budget's file
"""

import ctypes
import logging
import os
import signal
import sys
import threading
import time
from pathlib import Path

from tutela.media import DEFAULT_VARIANTS
from tutela.media.isolated import Isolated
from tutela.media.pictures import Limits
from tutela_node.desks.matcher.asking import Asking
from tutela_node.desks.matcher.budgets import Budgets
from tutela_node.desks.matcher.desk import Desk
from tutela_node.desks.matcher.fetching import Asked, socket_path
from tutela_node.desks.matcher.means import Means
from tutela_node.desks.matcher.web import MOST_MEDIA
from tutela_node.foundation.errors import Unavailable
from tutela_node.foundation.ids import new_id
from tutela_node.foundation.volumes import Placed, check_volume
from tutela_node.hashlists.replica import Replica, Spool, layout

THREADS = 4  # two cores: more only wait for one another (measured)
STANDARD_ERROR = {"class": "logging.StreamHandler", "stream": "ext://sys.stderr"}  # standard output is for results
_PR_SET_PDEATHSIG = 1
LOOK_SECONDS, TEND_SECONDS = 0.1, 1.0
log = logging.getLogger(__name__)


def build(data: Path, *, key: bytes, name: str, refused: str = "", tls_only: bool = False) -> Desk:
    """The desk over the matcher folder of `data`. `name`: of this matcher among those of one folder.

    `refused`: why the lists may not be answered from where they lie. `tls_only`: as production wants it.
    """
    folder = data / layout.FOLDER
    spool = Spool(folder, name=f"{name}-{new_id().hex}")
    replica = Replica(folder, key=key, clock=time.time, spool=spool)
    replica.refresh()
    budgets = Budgets(_kept(folder, name))
    threading.Thread(target=_tend, args=(replica, spool, budgets), name="replica", daemon=True).start()
    asking = Asking(replica, spool=spool, budgets=budgets, clock=time.time)
    decoder = Isolated(limits=Limits(max_bytes=MOST_MEDIA), variants=frozenset(DEFAULT_VARIANTS))
    return Desk(
        Means(asking=asking, decoder=decoder, fetch=Asked(socket_path(data)), refused=refused, tls_only=tls_only)
    )


def application() -> Desk:
    """What Granian loads in the process that serves."""
    from django.conf import settings

    from tutela_node.foundation import keys

    _end_with_parent()
    sys.setswitchinterval(0.0005)
    data = Path(settings.TUTELA.data)
    host, port = settings.TUTELA.listen["matcher"]
    name = "".join(each if each.isalnum() else "-" for each in f"{host}:{port}")
    refused, is_strict = _refused(settings.TUTELA), settings.TUTELA.production
    return build(data, key=keys.matcher_public(data), name=name, refused=refused, tls_only=is_strict)


def _end_with_parent() -> None:
    """The process that serves is a child of Granian's: when that one is killed, nobody else would end it."""
    if sys.platform == "linux":
        ctypes.CDLL("libc.so.6").prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def _refused(config: Placed) -> str:
    """Why nothing may be answered: hashes in the clear on a plain disk, in production."""
    try:
        check_volume(config)
    except Unavailable as error:
        log.error("%s", error.message)
        return error.message
    return ""


def serve(host: str, port: int) -> None:
    """Blocks until the process is told to stop."""
    from granian import Granian
    from granian.constants import Interfaces
    from granian.http import HTTP1Settings
    from granian.log import LogLevels

    os.environ["DJANGO_SETTINGS_MODULE"] = "tutela_node.site.settings.matcher"
    Granian(
        f"{__name__}:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=THREADS,
        backpressure=64,
        websockets=False,
        factory=True,
        log_level=LogLevels.warning,
        log_dictconfig={"handlers": dict.fromkeys(("console", "access"), STANDARD_ERROR)},
        respawn_failed_workers=False,
        workers_kill_timeout=5,
        http1_settings=HTTP1Settings(header_read_timeout=10_000, max_buffer_size=256 * 1024),
    ).serve()


def _kept(folder: Path, name: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder / f"budget-{name}"


def _tend(replica: Replica, spool: Spool, budgets: Budgets) -> None:
    tended = 0.0
    while True:
        try:
            replica.refresh()
            if time.monotonic() - tended > TEND_SECONDS:
                tended = time.monotonic()
                spool.tend()
                budgets.write()
        except Exception:  # the one loop of this process goes on; readiness shows what is wrong
            log.exception("looking at the matcher folder broke and goes on")
            time.sleep(1)
        time.sleep(LOOK_SECONDS)
