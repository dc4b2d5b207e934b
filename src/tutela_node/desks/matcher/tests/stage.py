"""A matcher folder with a few generated hashes, and the real desk over it, called as a server calls it."""

import io
import json
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tutela.errors import Forbidden
from tutela.matching import Matcher
from tutela.media import DEFAULT_VARIANTS
from tutela.media.isolated import Isolated
from tutela.sealing import Ed25519Signer
from tutela_node.accounts.rules import digest, write_token
from tutela_node.desks.matcher.asking import Asking
from tutela_node.desks.matcher.budgets import Budgets
from tutela_node.desks.matcher.desk import Desk
from tutela_node.desks.matcher.means import LOOK_UP, Means
from tutela_node.foundation.ids import new_id
from tutela_node.hashlists.replica import Grant, ListTerms, Replica, Spool, Writer
from tutela_node.hashlists.replica.writer import Tables

SIGNER = Ed25519Signer.from_seed("matcher", b"\x07" * 32)
SECRET = b"\x01" * 32
LISTED = "0f1e2d3c4b5a6978" * 4  # 128 ones
KNOWN = "ab" * 16
HARBOUR, LIGHTHOUSE = new_id().hex, new_id().hex
LISTS = (ListTerms(group=1, is_active=True, threshold=31),)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(slots=True, kw_only=True)
class World:
    """`now` is the clock of the desk. Tokens: "harbour", "second" of the same organisation, "lighthouse"."""

    folder: Path
    writer: Writer
    matcher: Matcher
    desk: Desk
    replica: Replica
    asking: Asking
    spool: Spool
    tokens: Mapping[str, str]
    grants: list[Grant]
    now: list[float]
    fetched: list[tuple[str, str]] = field(default_factory=list)

    def call(self, method: str, path: str, *, token: str | None = "harbour", **sent: Any) -> Answer:
        """`json`: a body; `body` and `kind`: octets and their content type; `authorization`: instead of the token."""
        body: bytes = json.dumps(sent["json"]).encode() if "json" in sent else sent.get("body", b"")
        kind = "application/json" if "json" in sent else sent.get("kind", "")
        bare, _, query = path.partition("?")
        environ: dict[str, Any] = {
            "REQUEST_METHOD": method,
            "PATH_INFO": bare,
            "QUERY_STRING": query,
            "CONTENT_TYPE": kind,
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.input": io.BytesIO(body),
        }
        if token is not None:
            environ["HTTP_AUTHORIZATION"] = f"Bearer {self.tokens.get(token, token)}"
        if "authorization" in sent:
            environ["HTTP_AUTHORIZATION"] = sent["authorization"]
        seen: list[tuple[int, Mapping[str, str]]] = []

        def start(status: str, headers: list[tuple[str, str]]) -> None:
            seen.append((int(status.split()[0]), dict(headers)))

        answer = b"".join(self.desk(environ, start))
        return Answer(status=seen[0][0], headers=seen[0][1], body=answer)

    def match(self, value: str, token: str = "harbour") -> str:
        """The class of a PDQ hash, or the status of a refusal."""
        answer = self.call("POST", "/v1/match", token=token, json={"pdq": value})
        return str(answer.json["class"]) if answer.status == 200 else str(answer.status)


def grant(token: str, organisation: str, **changed: Any) -> Grant:
    told = {
        "token": token,
        "digest": digest(SECRET),
        "organisation": organisation,
        "name": "Harbour: filter",
        "scopes": frozenset({LOOK_UP}),
        "groups": frozenset({1}),
        "per_minute": 100_000,
        "per_day": 100_000,
        "expires": int(time.time()) + 3600,
        "hosts": ("images.example",),
    }
    return Grant(**{**told, **changed})


@pytest.fixture(scope="session")
def decoder() -> Iterator[Isolated]:
    with Isolated(variants=frozenset(DEFAULT_VARIANTS)) as child:
        yield child


@pytest.fixture
def make_world(tmp_path: Path, decoder: Isolated) -> Iterator[Callable[..., World]]:
    made: list[World] = []

    def make(**changed: Any) -> World:
        world = _world(tmp_path, decoder, **changed)
        made.append(world)
        return world

    yield make
    for world in made:
        world.spool.close()
        world.writer.close()


@pytest.fixture
def world(make_world: Callable[..., World]) -> World:
    return make_world()


def _world(folder: Path, decoder: Isolated, **changed: Any) -> World:
    ids = {name: new_id() for name in ("harbour", "second", "lighthouse")}
    homes = {"harbour": HARBOUR, "second": HARBOUR, "lighthouse": LIGHTHOUSE}
    grants = [grant(each.hex, homes[name], **changed) for name, each in ids.items()]
    matcher = Matcher()
    matcher.add([(1, [("pdq", LISTED)]), (2, [("md5", KNOWN)])], group=1)
    writer = Writer(folder, SIGNER)
    number = writer.snapshot(matcher, Tables(seq=1, lists=LISTS, grants=grants), at=int(time.time()))
    writer.switch(number)
    writer.announce()
    writer.beat(at=int(time.time() * 1000))
    now = [time.time()]
    spool = Spool(folder, name="one")
    replica = Replica.open(folder, key=SIGNER.public, clock=lambda: now[0], spool=spool)
    replica.refresh()
    asking = Asking(replica, spool=spool, budgets=Budgets(folder / "budget"), clock=lambda: now[0])
    fetched: list[tuple[str, str]] = []

    def fetch(token: str, url: str) -> Mapping[str, Any]:
        fetched.append((token, url))
        raise Forbidden("your agreement does not name this host", place="url")

    return World(
        folder=folder,
        writer=writer,
        matcher=matcher,
        desk=Desk(Means(asking=asking, decoder=decoder, fetch=fetch)),
        replica=replica,
        asking=asking,
        spool=spool,
        tokens={name: write_token(each, SECRET) for name, each in ids.items()},
        grants=grants,
        now=now,
        fetched=fetched,
    )


def flipped(value: str, *bits: int) -> str:
    """A hash with other bits, counted from the lowest."""
    return f"{int(value, 16) ^ sum(1 << bit for bit in bits):064x}"
