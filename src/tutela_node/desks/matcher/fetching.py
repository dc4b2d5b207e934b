"""Questions by address: the matcher has no way out and hands them to the worker over a Unix socket; both halves.

    question  a frame: {"token", "url"}        answer  a frame: fingerprints, or {"kind", "message", "place"}

Rules:
- the worker looks the allowed hosts of a token up itself: what a matcher says is not believed
- every hop of a fetch must lead to an allowed host, and then passes the fetcher's own checks of addresses
- frames, bytes, time and the number of fetches at once are bounded; bytes are held in memory and forgotten
"""

import json
import logging
import os
import socket
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, cast

from tutela.errors import TutelaError
from tutela.media.framing import read_frame, write_frame
from tutela_node.desks.matcher.means import Decoder, told
from tutela_node.foundation.errors import Conflict, Forbidden, Invalid, Kind, Limited, Missing, Unavailable
from tutela_node.foundation.fetcher import FetchPolicy, Resolver, fetch
from tutela_node.foundation.fetcher.values import Address
from tutela_node.hashlists.replica import layout

SOCKET = "fetch.sock"
MOST_FRAME = 64 * 1024
MOST_AT_ONCE = 4
SECONDS = 20.0
PATIENCE = 45.0
KINDS: dict[str, type[TutelaError]] = {
    Kind.INVALID: Invalid,
    Kind.FORBIDDEN: Forbidden,
    Kind.MISSING: Missing,
    Kind.LIMITED: Limited,
    Kind.CONFLICT: Conflict,
}
log = logging.getLogger(__name__)


def socket_path(data: Path) -> Path:
    return data / layout.FOLDER / SOCKET


class Asked:
    """The matcher's half. `__call__` answers the fingerprints of what an address holds."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __call__(self, token: str, url: str) -> Mapping[str, Any]:
        """Raises what the worker answers, Unavailable when it does not."""
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as link:
                link.settimeout(PATIENCE)
                link.connect(os.fspath(self._path))
                with link.makefile("rwb") as stream:
                    write_frame(cast(Any, stream), json.dumps({"token": token, "url": url}).encode())
                    answer = json.loads(read_frame(cast(Any, stream), most=MOST_FRAME))
        except (OSError, EOFError, ValueError, TutelaError):
            raise Unavailable("the worker, which fetches addresses, does not answer", place="url") from None
        if "kind" in answer and "message" in answer:
            raise KINDS.get(answer["kind"], Unavailable)(str(answer["message"]), place=str(answer.get("place", "url")))
        return cast(Mapping[str, Any], answer)


class AllowedHosts(Resolver):
    """Resolves only hosts of an allow-list, and what lies below them; the fetcher asks for each hop of a redirect."""

    def __init__(self, hosts: frozenset[str], server: tuple[str, int] | None) -> None:
        super().__init__(server)
        self._hosts = hosts

    def addresses(self, host: str, *, seconds: float = 5) -> tuple[Address, ...]:
        parents = {host.split(".", count)[-1] for count in range(host.count(".") + 1)}
        if host not in self._hosts and (host.replace(".", "").isdecimal() or not parents & self._hosts):
            raise Forbidden("your agreement does not name this host", place="url")
        return super().addresses(host, seconds=seconds)


class Fetching:
    """The worker's half. `once` takes what is asked within half a second, and is called again and again.

    `hosts_of`: the hosts that the agreements behind a token name now, empty for a token that may not ask.
    """

    def __init__(
        self,
        path: Path,
        *,
        hosts_of: Callable[[str], frozenset[str]],
        policy: FetchPolicy,
        dns: tuple[str, int] | None,
        decoder: Decoder,
    ) -> None:
        self._path, self._hosts_of, self._policy, self._dns = path, hosts_of, policy, dns
        self._decoder = decoder
        self._free = threading.BoundedSemaphore(MOST_AT_ONCE)
        self._listener: socket.socket | None = None

    def once(self) -> None:
        """Raises OSError when the socket cannot be made; the next call tries again."""
        if self._listener is None:
            self._listener = self._listening()
        with suppress(TimeoutError):
            link, _ = self._listener.accept()
            threading.Thread(target=self._serve, args=(link,), daemon=True, name="fetching").start()

    def close(self) -> None:
        if self._listener is not None:
            self._listener.close()
            self._listener = None

    def _listening(self) -> socket.socket:
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        part = self._path.with_name(f".{self._path.name}.{os.getpid()}")
        part.unlink(missing_ok=True)
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            listener.bind(os.fspath(part))
            part.chmod(0o600)
            listener.listen(16)
            listener.settimeout(0.5)
            part.replace(self._path)  # whoever sees the name is heard
        except OSError:
            listener.close()
            raise
        return listener

    def _serve(self, link: socket.socket) -> None:
        with suppress(OSError, EOFError, TutelaError), link:
            link.settimeout(PATIENCE)
            with link.makefile("rwb") as stream:
                asked = read_frame(cast(Any, stream), most=MOST_FRAME)
                write_frame(cast(Any, stream), json.dumps(self._answer(asked)).encode())

    def _answer(self, asked: bytes) -> Mapping[str, Any]:
        try:
            return self._fetched(asked)
        except TutelaError as error:
            return {"kind": str(error.kind), "message": error.message, "place": error.place or "url"}
        except Exception:  # a worker loop is where unexpected errors end
            log.exception("a question by address broke")
            return {"kind": str(Kind.UNAVAILABLE), "message": "the worker could not fetch this", "place": "url"}

    def _fetched(self, asked: bytes) -> Mapping[str, Any]:
        try:
            said = json.loads(asked)
            token, url = str(said["token"]), str(said["url"])
        except (ValueError, LookupError, TypeError, RecursionError):
            raise Invalid("must be a token and an address", place="frame") from None
        hosts = self._hosts_of(token)
        if not hosts:
            raise Forbidden("your agreement names no host from which a question may fetch", place="url")
        if not self._free.acquire(timeout=SECONDS):
            raise Unavailable("too many addresses are being fetched", place="url")
        try:
            held = bytearray()
            answer = fetch(url, sink=held.extend, policy=self._policy, resolver=AllowedHosts(hosts, self._dns))
            if answer.status != 200:
                raise Invalid(f"the host answered {answer.status}", place="url")
            return told(self._decoder.fingerprint(bytes(held)))
        finally:
            self._free.release()


def policy(exercise_network: str = "") -> FetchPolicy:
    return FetchPolicy(max_bytes=20_000_000, seconds=SECONDS, redirects=3, exercise_network=exercise_network)
