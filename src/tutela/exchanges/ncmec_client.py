"""Speaks NCMEC hash sharing, version 2, and knows nothing of us: times and ids in, pages and answers out.

Rules (NCMEC hash sharing API, version 2):
- HTTP Basic; addresses `/v2/status`, `/v2/members`, `/v2/entries?from=&to=`, `/v2/feedback/<TYPE>/reasons`, and
  `/v2/entries/<member>/<id>/<TYPE>/feedback`, to which one opinion is put
- times are UTC with milliseconds and a Z, whatever the zone of this machine
- the link to the next page stays below the base address
"""

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import quote, urlencode
from xml.sax.saxutils import escape

from tutela.errors import Invalid
from tutela.exchanges import addresses, xml
from tutela.exchanges.transport import Request, Transport
from tutela.hashlists.ncmec import NAMESPACE

TYPES = ("MD5", "SHA1", "PDNA", "PDQ", "NETCLEAN", "VIDENTIFIER", "TMK_PDQF", "SSVH_PDNA", "SSVH_SAFER_HASH")
XML = "application/xml; charset=utf-8"


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A member of the exchange: its number and name."""

    id: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedbackReason:
    """A reason for negative feedback on fingerprints of one type."""

    guid: str
    name: str
    type: str


def time_of(moment: datetime) -> str:
    """`moment` (aware) as `2017-10-24T15:00:00.000Z`. Raises Invalid without a zone."""
    if moment.tzinfo is None:
        raise Invalid("the time has no zone; give it one", place="time")
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"


class NcmecClient:
    """One account at one address. Every method raises as `Transport.ask`."""

    def __init__(self, base: str, *, username: str, password: str, transport: Transport) -> None:
        if ":" in username:
            raise Invalid("a user name for HTTP Basic holds no colon", place="credentials, username")
        self.base = addresses.base_address(base)
        self._headers = {"Authorization": "Basic " + b64encode(f"{username}:{password}".encode()).decode()}
        self._transport = transport

    def status(self) -> Member:
        """Who we are. Raises Unavailable when the answer is no status."""
        return next(iter(self._members("status", "status")), Member(id="", name=""))

    def members(self) -> tuple[Member, ...]:
        """Everybody who contributes."""
        return self._members("members", "members")

    def entries(self, start: datetime, end: datetime) -> bytes:
        """The first page of what changed from `start` to `end` (both aware); whether the ends count is not said."""
        return self._get("/v2/entries?" + urlencode({"from": time_of(start), "to": time_of(end)}))

    def more(self, link: str) -> bytes:
        """The page that `link` leads to. Raises Invalid for a link that leads away."""
        return self._get(link)

    def check_link(self, link: str) -> None:
        """Raises Invalid unless `link` stays below the base address."""
        addresses.below(self.base, link)

    def reasons(self, type_: str) -> tuple[FeedbackReason, ...]:
        """The reasons for negative feedback on one type of fingerprint."""
        body = self._get(f"/v2/feedback/{_type(type_)}/reasons")
        found = xml.elements(body, namespace=NAMESPACE, root="availableFeedbackReasons", name="reason")
        return tuple(
            FeedbackReason(guid=each.attributes["guid"], name=each.attributes.get("name", ""), type=type_)
            for each in found
            if each.attributes.get("guid")
        )

    def give_feedback(self, member: str, entry: str, type_: str, *, guids: Sequence[str] | None = None) -> None:
        """Confirm a fingerprint of an entry; with `guids` of reasons, dispute it."""
        place = f"/v2/entries/{quote(member, safe='')}/{quote(entry, safe='')}/{_type(type_)}/feedback"
        headers = self._headers | {"Content-Type": XML}
        url = addresses.below(self.base, place)
        self._transport.ask(Request(method="PUT", url=url, headers=headers, body=feedback_xml(guids)))

    def _get(self, link: str) -> bytes:
        return self._transport.ask(Request(url=addresses.below(self.base, link), headers=self._headers)).body

    def _members(self, place: str, root: str) -> tuple[Member, ...]:
        found = xml.elements(self._get(f"/v2/{place}"), namespace=NAMESPACE, root=root, name="member")
        return tuple(Member(id=each.attributes.get("id", ""), name=each.text) for each in found)


def feedback_xml(guids: Sequence[str] | None) -> bytes:
    """The body of a feedback: affirmative without `guids`, else negative for these reasons."""
    reasons = "".join(f"<guid>{escape(each)}</guid>" for each in guids or ())
    vote = "<affirmative/>" if guids is None else f"<negative><reasonIds>{reasons}</reasonIds></negative>"
    start = '<?xml version="1.0" encoding="UTF-8"?>\n'
    return f'{start}<feedbackSubmission xmlns="{NAMESPACE}">{vote}</feedbackSubmission>'.encode()


def _type(type_: str) -> str:
    if type_ not in TYPES:
        raise Invalid(f"unknown type of fingerprint; use one of {', '.join(TYPES)}", place="type")
    return type_
