"""A façade with the paths and JSON shapes that the public Arachnid Shield SDK (0.2.2) asks and reads.

Rules:
- HTTP Basic: the password is a token of this node, the user name is not read
- a match of either class is told as `csam`, with its `match_type`; `near_match_details` is always empty, because it
  would show hashes of the lists
"""

import base64
import binascii
from collections.abc import Mapping
from typing import Any

from tutela.matching import Needle
from tutela_node.desks.matcher.asking import Told
from tutela_node.desks.matcher.means import Means, Route, hexadecimal, needles_of
from tutela_node.desks.matcher.own import MOST_QUESTIONS
from tutela_node.desks.matcher.web import Request, Response, as_json
from tutela_node.foundation.errors import Invalid
from tutela_node.hashlists.replica import Grant

RAW_PDQ = 32


def media(means: Means, request: Request, grant: Grant) -> Response:
    means.asking.charge(grant, 1)
    return _scanned(means, grant, means.sent(request))


def address(means: Means, request: Request, grant: Grant) -> Response:
    url = request.json().get("url")
    means.asking.charge(grant, 1)
    return _scanned(means, grant, means.at(grant, url))


def hashes(means: Means, request: Request, grant: Grant) -> Response:
    asked = request.json().get("hashes")
    if not isinstance(asked, list) or not 0 < len(asked) <= MOST_QUESTIONS:
        raise Invalid(f"must be a list of 1 to {MOST_QUESTIONS} hashes", place="hashes")
    needles = [Needle(hashes={"pdq": _pdq(each, f"hash {number}")}) for number, each in enumerate(asked, start=1)]
    answers = means.asking.ask(grant, needles)
    return as_json({"scanned_hashes": {each: _found(answer) for each, answer in zip(asked, answers, strict=True)}})


def _scanned(means: Means, grant: Grant, found: Mapping[str, Any]) -> Response:
    answer = means.asking.ask_any(grant, needles_of(found))
    sha1 = base64.b32encode(bytes.fromhex(found["sha1"])).decode()
    own = {"sha256_hex": found["sha256"], "sha1_base32": sha1, "size_bytes": found["size"]}
    return as_json({**own, **_found(answer), "near_match_details": []})


def _found(answer: Told) -> dict[str, object]:
    is_known = answer is not Told.NONE
    return {
        "classification": "csam" if is_known else "no-known-match",
        "match_type": str(answer) if is_known else None,
        "near_match_details": None,
    }


def _pdq(value: object, place: str) -> str:
    """A hash in base64, or in hexadecimal. Raises Invalid."""
    if isinstance(value, str) and len(value) == 2 * RAW_PDQ:
        return hexadecimal("pdq", value)
    try:
        raw = base64.b64decode(value, validate=True) if isinstance(value, str) else b""
    except (binascii.Error, ValueError):
        raw = b""
    if len(raw) != RAW_PDQ:
        raise Invalid(f"must be the base64 of {RAW_PDQ} octets", place=place)
    return raw.hex()


ROUTES = tuple(
    Route(method="POST", path=path, who="hashlists.look_up", handler=handler, summary=summary)
    for path, handler, summary in (
        ("/v1/media", media, "Scan a file"),
        ("/v1/url", address, "Scan what an address holds"),
        ("/v1/pdq", hashes, "Scan PDQ hashes"),
    )
)
