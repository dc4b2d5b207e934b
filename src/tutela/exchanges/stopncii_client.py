"""Speaks the interface of StopNCII.org, version 1, and knows nothing of us: times and tokens in, pages out.

Rules (StopNCII hash exchange, version 1):
- each function has a key of its own (`x-functions-key`) beside that of the subscription
- `FetchHashes` gives the present state of every hash changed since a time (seconds of the Unix epoch), in pages
- `SubmitFeedback` and `SubmitHashes` take many at once
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode

from tutela.errors import Invalid
from tutela.exchanges import addresses
from tutela.exchanges.transport import Request, Transport

BASE = "https://api.stopncii.org/v1"
FIRST = 10  # the earliest start that the service takes
PAGE = 800
FEEDBACK = ("None", "QualityUnknown", "PendingReview", "Blocked", "NotBlocked", "Withdrawn", "Deleted")
SIGNALS = ("ImagePDQ", "VideoMD5", "VideoTMK", "Text", "URL")


@dataclass(frozen=True, slots=True, kw_only=True)
class HashFeedback:
    """What a content service provider says of one hash."""

    value: str = field(repr=False)
    feedback: str
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnHash:
    """A hash of a provider's own, with what it says of it. `modified` in seconds of the Unix epoch."""

    signal: str
    value: str = field(repr=False)
    modified: int
    feedback: str = "Blocked"
    tags: tuple[str, ...] = ()


class StopNciiClient:
    """One subscription at one address. Every method raises as `Transport.ask`."""

    def __init__(self, base: str, *, subscription: str, keys: Mapping[str, str], transport: Transport) -> None:
        self.base = addresses.base_address(base)
        self._subscription = subscription
        self._keys = keys
        self._transport = transport

    def fetch(self, start: int, *, token: str = "", size: int = PAGE) -> bytes:
        """A page of what changed since `start`, the first one or that of a token."""
        query = {"startTimestamp": max(FIRST, start), "pageSize": size} | ({"nextPageToken": token} if token else {})
        url = addresses.below(self.base, "/FetchHashes")
        return self._transport.ask(Request(url=f"{url}?{urlencode(query)}", headers=self._headers("FetchHashes"))).body

    def submit_feedback(self, given: Sequence[HashFeedback]) -> None:
        """Raises Invalid without a key for it, or for feedback that is none of FEEDBACK."""
        records = [{"hashValue": each.value, **_feedback(each.feedback, each.tags)} for each in given]
        self._post("SubmitFeedback", {"count": len(records), "hashFeedbacks": records})

    def submit_hashes(self, given: Sequence[OwnHash]) -> None:
        """Raises Invalid without a key for it, or for signals that are none of SIGNALS."""
        unknown = [each.signal for each in given if each.signal not in SIGNALS]
        if unknown:
            raise Invalid(f"unknown type of signal; use one of {', '.join(SIGNALS)}", place="signal")
        records = [
            {
                "lastModtimestamp": each.modified,
                "signalType": each.signal,
                "hashValue": each.value,
                "CSPFeedbacks": [_feedback(each.feedback, each.tags)],
            }
            for each in given
        ]
        self._post("SubmitHashes", {"count": len(records), "hashRecords": records})

    def _post(self, function: str, body: object) -> None:
        headers = self._headers(function) | {"Content-Type": "application/json"}
        url = addresses.below(self.base, f"/{function}")
        self._transport.ask(Request(method="POST", url=url, headers=headers, body=json.dumps(body).encode()))

    def _headers(self, function: str) -> dict[str, str]:
        key = self._keys.get(function, "")
        if not key:
            raise Invalid(f"there is no function key for {function}", place="credentials")
        return {"x-functions-key": key, "Ocp-Apim-Subscription-Key": self._subscription}


def _feedback(feedback: str, tags: Sequence[str]) -> dict[str, object]:
    if feedback not in FEEDBACK:
        raise Invalid(f"unknown feedback; use one of {', '.join(FEEDBACK)}", place="feedback")
    return {"feedbackValue": feedback, "tags": sorted(set(tags))}
