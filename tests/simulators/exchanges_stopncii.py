"""Stands in for StopNCII.org, version 1: hashes changed since a time, in pages, and the feedback of providers.

What it does as the real one: every function has its own key; records come in no order of time, each in its present
state; withdrawn and deleted ones stay with that status; the token of a page holds for its set. A page that holds a
`poisoned` value breaks off there; with `tells_last`, before it could tell where the next one starts. Values are
generated.
"""

import json
from base64 import b64decode, b64encode
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from simulators.exchanges import ExchangeServer, Question, Reply

KEYS = {"FetchHashes": "fetch-key", "SubmitFeedback": "feedback-key", "SubmitHashes": "submit-key"}


@dataclass(slots=True, kw_only=True)
class Record:
    number: int
    value: str
    signal: str
    status: str
    modified: int
    case: str
    feedback: list[dict[str, object]] = field(default_factory=list)
    regions: list[str] = field(default_factory=list)


class StopNciiServer(ExchangeServer):
    """One list. `now` is its clock; `page` the most records that it gives at once."""

    path = "/v1"

    def __init__(
        self,
        *,
        subscription: str = "subscription",
        page: int = 800,
        tells_last: bool = False,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        super().__init__()
        self._subscription = subscription
        self._most = page
        self._tells_last = tells_last
        self._now = now
        self._records: dict[tuple[str, str], Record] = {}
        self._generation = 1
        self.poisoned: set[str] = set()

    def put(
        self, value: str, *, signal: str = "ImagePDQ", status: str = "Active", modified: int | None = None, regions=()
    ) -> None:
        """Add a hash, or give it another status; without a time it gets the present one."""
        at = int(self._now().timestamp()) if modified is None else modified
        with self._lock:
            old = self._records.get((signal, value))
            number = old.number if old else len(self._records) + 1
            case = f"00000000-0000-4000-8000-{number:012d}"
            self._records[signal, value] = Record(
                number=number, value=value, signal=signal, status=status, modified=at, case=case, regions=list(regions)
            )

    def current(self) -> dict[str, str]:
        """What is on the list now: value -> signal."""
        gone = ("Withdrawn", "Deleted")
        return {each.value: each.signal for each in self._records.values() if each.status not in gone}

    def feedback_on(self, value: str) -> list[dict[str, object]]:
        return [opinion for each in self._records.values() if each.value == value for opinion in each.feedback]

    def forget_tokens(self) -> None:
        """Tokens given so far are refused from now on."""
        self._generation += 1

    def answer(self, question: Question) -> Reply:
        function = question.path.removeprefix(self.path + "/")
        if question.headers.get("ocp-apim-subscription-key") != self._subscription:
            return Reply(status=401)
        if function not in KEYS or question.headers.get("x-functions-key") != KEYS[function]:
            return Reply(status=403)
        if function == "FetchHashes":
            return self._page(question)
        given = json.loads(question.body)
        return self._take(given) if function == "SubmitFeedback" else self._submit(given)

    def _page(self, question: Question) -> Reply:
        start, first = int(question.query["startTimestamp"]), 1
        size = min(self._most, int(question.query["pageSize"]))
        if token := question.query.get("nextPageToken"):
            generation, _, number = b64decode(token).decode().partition(":")
            if generation != str(self._generation):
                return Reply(status=400)
            first = int(number)
        found = [each for each in self._records.values() if each.number >= first and each.modified >= start]
        found.sort(key=lambda each: each.number)
        page, more = found[:size], found[size:]
        told: dict[str, object] = {
            "count": len(page),
            "nextSetTimestamp": max((each.modified for each in page), default=start),
            "nextPageToken": None,
            "hasMoreRecords": bool(more),
        }
        if more:
            told["nextPageToken"] = b64encode(f"{self._generation}:{more[0].number}".encode()).decode()
        records = {"hashRecords": [self._shown(each) for each in page]}
        reply = _json(records | told if self._tells_last else told | records)
        for each in page:
            if each.value in self.poisoned:
                reply = replace(reply, body=reply.body.partition(each.value.encode())[0] + b'"}}}')
        return reply

    def _shown(self, record: Record) -> dict[str, object]:
        shown: dict[str, object] = {
            "lastModtimestamp": record.modified,
            "hashValue": record.value,
            "hashStatus": record.status,
            "caseNumbers": {record.case: record.status},
            "signalType": record.signal,
        }
        if record.feedback:
            shown["CSPFeedbacks"] = record.feedback
        if record.regions:
            shown["hashRegions"] = record.regions
        return shown

    def _take(self, given: dict[str, list[dict[str, object]]]) -> Reply:
        for each in given["hashFeedbacks"]:
            for record in self._records.values():
                if record.value == each["hashValue"]:
                    kept = [old for old in record.feedback if old["source"] != "Node"]
                    mine = {"source": "Node", "feedbackValue": each["feedbackValue"], "tags": each["tags"]}
                    record.feedback = [*kept, mine]
                    record.modified = int(self._now().timestamp())
        return _json({})

    def _submit(self, given: dict[str, list[dict[str, str]]]) -> Reply:
        for each in given["hashRecords"]:
            self.put(each["hashValue"], signal=each["signalType"], status="Received")
        return _json({})


def _json(value: object) -> Reply:
    return Reply(body=json.dumps(value).encode(), headers={"Content-Type": "application/json"})
