"""A façade with the paths and JSON shapes of Hasher-Matcher-Actioner 1.1.7, so that integrations move by an address.

Rules:
- one bank for each class; `bank_content_id` is a pseudonym of class and token, `distance` a constant of the class. They
  say nothing beyond the class
- `banks` is honoured, and a bank that does not exist is refused: an empty answer would pass for “not known”
- `seed` and `bypass_coinflip` are taken and change nothing: every question is asked
- what would list or change signals is refused; `size` of an index is 1 when it holds anything
"""

import hashlib
import time
from collections.abc import Mapping
from typing import Any

from tutela.matching import MIN_QUALITY, Needle
from tutela_node.desks.matcher.asking import Told
from tutela_node.desks.matcher.forms import is_form
from tutela_node.desks.matcher.means import Means, Route, forms_of, hexadecimal
from tutela_node.desks.matcher.own import MOST_QUESTIONS, compared
from tutela_node.desks.matcher.web import Request, Response, as_json, as_text
from tutela_node.foundation.errors import Forbidden, Invalid, Limited
from tutela_node.hashlists.replica import Grant

BANKS = {Told.EXACT: "KNOWN_EXACT", Told.NEAR: "KNOWN_NEAR"}
DISTANCE = {Told.EXACT: "0", Told.NEAR: "31", Told.NONE: "256"}
SIGNALS = {"pdq": "pdq", "md5": "md5", "video_md5": "md5", "sha1": "sha1", "sha256": "sha256"}
OF_CONTENT = {"photo": ("pdq",), "video": ("video_md5",)}
BOOLEANS = ("true", "false", "1", "0", "yes", "no", "on", "off")


def hash_of_address(means: Means, request: Request, grant: Grant) -> Response:
    query = request.query()
    means.asking.charge(grant, 1)
    return as_json(_hashes(means.at(grant, query.get("url")), query, query.get("content_type", "photo")))


def hash_of_file(means: Means, request: Request, grant: Grant) -> Response:
    means.asking.charge(grant, 1)
    found, content = _sent(means, request)
    return as_json(_hashes(found, request.query(), content))


def lookup(means: Means, request: Request, grant: Grant) -> Response:
    query = _checked(request.query())
    if "url" in query:
        means.asking.charge(grant, 1)
        found = means.at(grant, query["url"])
        hashes = _hashes(found, query, query.get("content_type", "photo"))
        return as_json(_of_signals(means, grant, hashes, query, forms_of(found)))
    return as_json(_banked(grant, _asked(means, grant, query), query))


def lookup_file(means: Means, request: Request, grant: Grant) -> Response:
    query = _checked(request.query())
    means.asking.charge(grant, 1)
    found, content = _sent(means, request)
    return as_json(_of_signals(means, grant, _hashes(found, query, content), query, forms_of(found)))


def raw_lookup(means: Means, request: Request, grant: Grant) -> Response:
    query = _checked(request.query())
    answer = _asked(means, grant, query)
    matches: list[Any] = [each for bank in _banked(grant, answer, query).values() for each in bank]
    if not _flag(query, "include_distance"):
        matches = [each["bank_content_id"] for each in matches]
    return as_json({"matches": matches})


def compare(means: Means, request: Request, grant: Grant) -> Response:
    """Pairs of hashes that the caller has; no list is asked."""
    asked = request.json()
    if not asked or len(asked) > MOST_QUESTIONS:
        raise Invalid("must name signal types, each with two hashes", place="body")
    means.asking.charge(grant, len(asked))
    answers: dict[str, object] = {}
    for name, pair in asked.items():
        algorithm = _algorithm(name)
        if not isinstance(pair, list) or len(pair) != 2:
            raise Invalid("must be two hashes", place=name)
        one, other = (hexadecimal(algorithm, each) for each in pair)
        answer = Told.EXACT if one == other else compared(algorithm, one, other)
        answers[name] = [answer is not Told.NONE, {"distance": int(DISTANCE[answer])}]
    return as_json(answers)


def index_status(means: Means, request: Request, grant: Grant) -> Response:
    standing = means.asking.ready()
    names = (request.query()["signal_type"],) if "signal_type" in request.query() else ("pdq", "video_md5")
    for name in names:
        _algorithm(name)
    built = int(time.time() - (standing.lag or 0))
    state = {"built_to": built, "present": standing.entries > 0, "size": int(standing.entries > 0)}
    return as_json(dict.fromkeys(names, state))


def refuse(means: Means, request: Request, grant: Grant) -> Response:
    raise Forbidden("lists are neither shown nor changed here: ask the node that keeps them", place="address")


def status(means: Means) -> Response:
    standing = means.asking.lists.standing()
    if standing.is_ready:
        return as_text("I-AM-ALIVE")
    return as_text("INDEX-STALE" if standing.snapshot else "INDEX-NOT-LOADED", 503)


def _sent(means: Means, request: Request) -> tuple[Mapping[str, Any], str]:
    """The fingerprints of the one file, whose field says what it is. Raises Invalid."""
    if not is_form(request.content_type):
        raise Invalid("must be multipart/form-data with one file", place="Content-Type")
    return means.of_form(request)


def _hashes(found: Mapping[str, Any], query: Mapping[str, str], content: str) -> dict[str, str]:
    """By signal type. Raises Invalid for what has none, such as a picture that cannot be decoded or is too plain."""
    if content not in OF_CONTENT:
        raise Invalid(f"must be one of {', '.join(OF_CONTENT)}", place="content_type")
    names = [each for each in query.get("types", "").split(",") if each] or OF_CONTENT[content]
    if len(names) > len(SIGNALS):
        raise Limited("names too many signal types", place="types")
    hashes = {name: found.get(_algorithm(name)) for name in names}
    if "pdq" in hashes and not hashes["pdq"]:
        raise Invalid("this file is no picture that can be decoded", place=content)
    if "pdq" in hashes and (found.get("pdq_quality") or 0) < MIN_QUALITY:
        raise Invalid("this picture is too plain to be compared", place=content)
    return {name: str(value) for name, value in hashes.items()}


def _asked(means: Means, grant: Grant, query: Mapping[str, str]) -> Told:
    if not query.get("signal") or not query.get("signal_type"):
        raise Invalid("must hold signal and signal_type, or url", place="query")
    algorithm = _algorithm(query["signal_type"])
    value = hexadecimal(algorithm, query["signal"])
    return means.asking.ask(grant, (Needle(hashes={algorithm: value}),))[0]


def _of_signals(
    means: Means, grant: Grant, hashes: Mapping[str, str], query: Mapping[str, str], forms: tuple[Needle, ...]
) -> dict[str, object]:
    """By signal type; the other forms of the picture belong to its PDQ hash."""
    answers: dict[str, object] = {}
    for name, value in hashes.items():
        asked = (Needle(hashes={SIGNALS[name]: value}), *(forms if SIGNALS[name] == "pdq" else ()))
        answers[name] = _banked(grant, means.asking.ask_any(grant, asked), query)
    return answers


def _banked(grant: Grant, answer: Told, query: Mapping[str, str]) -> dict[str, list[dict[str, object]]]:
    wanted = {each for each in query.get("banks", "").split(",") if each}
    bank = BANKS.get(answer)
    if bank is None or (wanted and bank not in wanted):
        return {}
    return {bank: [{"bank_content_id": _pseudonym(grant, answer), "distance": DISTANCE[answer]}]}


def _pseudonym(grant: Grant, answer: Told) -> int:
    """The same for every match of a class that this token is told."""
    return int.from_bytes(hashlib.sha256(f"{grant.token} {grant.digest} {answer}".encode()).digest()[:4]) >> 1


def _checked(query: dict[str, str]) -> dict[str, str]:
    """Raises Invalid for a bank that does not exist and for what is no flag."""
    unknown = {each for each in query.get("banks", "").split(",") if each} - set(BANKS.values())
    if unknown:
        raise Invalid(f"there is no such bank; there are {', '.join(BANKS.values())}", place="banks")
    _flag(query, "bypass_coinflip")
    return query


def _flag(query: Mapping[str, str], name: str) -> bool:
    value = query.get(name, "false").lower()
    if value not in BOOLEANS:
        raise Invalid("must be true or false", place=name)
    return value in BOOLEANS[::2]


def _algorithm(name: str) -> str:
    if name not in SIGNALS:
        raise Invalid(f"must be one of {', '.join(SIGNALS)}", place="signal_type")
    return SIGNALS[name]


def _routes() -> tuple[Route, ...]:
    asked = (
        ("GET", "/h/hash", hash_of_address, "Fingerprints of what an address holds"),
        ("POST", "/h/hash", hash_of_file, "Fingerprints of a file"),
        ("GET", "/m/lookup", lookup, "Look a signal or an address up"),
        ("POST", "/m/lookup", lookup_file, "Look a file up"),
        ("GET", "/m/raw_lookup", raw_lookup, "Look a signal up, as a list"),
        ("POST", "/m/compare", compare, "Compare pairs of hashes"),
        ("GET", "/m/index/status", index_status, "Whether there is an index"),
        ("*", "/c/*", refuse, "Refused: lists are neither shown nor changed here"),
    )
    return tuple(
        Route(method=method, path=path, who="hashlists.look_up", handler=handler, summary=summary)
        for method, path, handler, summary in asked
    )


ROUTES = _routes()
