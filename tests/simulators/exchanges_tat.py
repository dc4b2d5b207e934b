"""Stands in for the hash list of Tech Against Terrorism, version 2: a token, then pages in the order of last change.

What it does as the real one: a token is given for user name and password; each page names its last record as the
checkpoint after which the next one starts; deleted records stay, marked. A page that holds a `poisoned` number breaks
off there; with `tells_last`, before it could tell where the next one starts. Values are generated.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from urllib.parse import parse_qs

from simulators.exchanges import ExchangeServer, Question, Reply

FILES = {"MD5": "mp4", "PDQ": "jpg"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    id: int
    digest: str
    algorithm: str
    file_type: str
    ideology: str
    updated: float
    deleted: bool = False


class TatServer(ExchangeServer):
    """One list. `now` is its clock; `page` the most records that it gives at once."""

    def __init__(
        self,
        *,
        username: str = "node",
        password: str = "a password",
        page: int = 1000,
        tells_last: bool = False,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        super().__init__()
        self._account = (username, password)
        self._most = page
        self._tells_last = tells_last
        self._now = now
        self._tokens = 0
        self._records: dict[int, Record] = {}
        self.poisoned: set[int] = set()

    def put(
        self, number: int, digest: str, *, algorithm: str = "MD5", ideology: str = "far-right", at: float | None = None
    ) -> None:
        """Add a record, or change it; without a time it gets the present one."""
        updated = self._now().timestamp() if at is None else at
        with self._lock:
            self._records[number] = Record(
                id=number,
                digest=digest,
                algorithm=algorithm,
                file_type=FILES[algorithm],
                ideology=ideology,
                updated=updated,
            )

    def delete(self, number: int, *, at: float | None = None) -> None:
        updated = self._now().timestamp() if at is None else at
        with self._lock:
            self._records[number] = replace(self._records[number], deleted=True, updated=updated)

    def current(self) -> dict[str, str]:
        """What is on the list now: number -> digest."""
        return {str(each.id): each.digest for each in self._records.values() if not each.deleted}

    def forget_tokens(self) -> None:
        """The token given last is refused from now on."""
        self._tokens += 1

    def answer(self, question: Question) -> Reply:
        if question.path == "/token-auth/tcap/" and question.method == "POST":
            return self._signed_in(question.body)
        if question.headers.get("authorization") != f"Bearer token-{self._tokens}":
            return Reply(status=401)
        if question.path.startswith("/api/hash-list/v2/"):
            return self._page(question, question.path.rpartition("/")[2])
        return Reply(status=404)

    def _signed_in(self, body: bytes) -> Reply:
        given = {name: values[0] for name, values in parse_qs(body.decode()).items()}
        if (given.get("username"), given.get("password")) != self._account:
            return Reply(status=401)
        self._tokens += 1
        return _json({"user": {"username": self._account[0]}, "token": f"token-{self._tokens}"})

    def _page(self, question: Question, ideology: str) -> Reply:
        query = question.query
        size, skip = min(self._most, int(query.get("limit", "1000"))), int(query.get("offset", "0"))
        time, _, number = query.get("after", "").partition(",")
        after = (float(time or 0), int(number or 0))
        found = sorted(
            (each for each in self._records.values() if ideology in ("all", each.ideology)),
            key=lambda each: (each.updated, each.id),
        )
        rest = [each for each in found if (each.updated, each.id) > after][skip:]
        page, more = rest[:size], rest[size:]
        last = f"{page[-1].updated!r},{page[-1].id}" if page else query.get("after", "")
        following = f"{self.url}/api/hash-list/v2/{ideology}?limit={size}&offset={skip + size}" if more else None
        told = {"count": len(found), "next": following, "previous": None, "checkpoint": last}
        results = {"results": [_shown(each) for each in page]}
        reply = _json(results | told if self._tells_last else told | results)
        for each in page:
            if each.id in self.poisoned:
                reply = replace(reply, body=reply.body.partition(f'"id": {each.id}}}'.encode())[0])
        return reply


def _shown(record: Record) -> dict[str, object]:
    return {
        "hash_digest": record.digest,
        "algorithm": record.algorithm,
        "ideology": record.ideology,
        "file_type": record.file_type,
        "deleted": record.deleted,
        "updated_on": record.updated,
        "created_on": "2025-03-03T23:05:22.587000",
        "id": record.id,
    }


def _json(value: object) -> Reply:
    return Reply(body=json.dumps(value).encode(), headers={"Content-Type": "application/json"})
