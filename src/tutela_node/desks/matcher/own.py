"""The node's own interface: `/v1/match`, `/v1/lookup`, `/v1/batch`, `/v1/compare`, `/v1/hash`.

Rules:
- an answer is `{"class": "exact" | "near" | "none"}`; a batch has one for each question, in their order
- what a caller sends beyond what is known here is refused, so that a misspelt field never means “not known”
"""

from collections.abc import Mapping
from typing import Any

from tutela.matching import Needle
from tutela_node.desks.matcher.asking import Told
from tutela_node.desks.matcher.means import DIGITS, FORMS, Means, Route, hexadecimal, is_close, needles_of
from tutela_node.desks.matcher.web import Request, Response, as_json
from tutela_node.foundation.errors import Invalid, Limited
from tutela_node.hashlists.replica import Grant

MOST_QUESTIONS = 500


def match(means: Means, request: Request, grant: Grant) -> Response:
    """Fingerprints of one file."""
    return _answer(means.asking.ask(grant, (_needle(request.json(), "body"),))[0])


def lookup(means: Means, request: Request, grant: Grant) -> Response:
    """One hash, one address, or the file itself."""
    if not request.content_type.lower().startswith("application/json"):
        means.asking.charge(grant, 1)
        return _answer(means.asking.ask_any(grant, needles_of(means.sent(request))))
    asked = request.json()
    if set(asked) == {"url"}:
        means.asking.charge(grant, 1)
        return _answer(means.asking.ask_any(grant, needles_of(means.at(grant, asked["url"]))))
    unknown = set(asked) - {"algorithm", "hash", "quality"}
    name = asked.get("algorithm")
    if unknown or not isinstance(name, str) or name not in DIGITS:
        raise Invalid(f"must hold url, or algorithm ({', '.join(DIGITS)}) and hash, and quality or not", place="body")
    quality = {"quality": asked["quality"]} if "quality" in asked else {}
    return _answer(means.asking.ask(grant, (_needle({name: asked.get("hash"), **quality}, "body"),))[0])


def batch(means: Means, request: Request, grant: Grant) -> Response:
    """Up to 500 questions, each as in `/v1/match`; all are answered or none is."""
    asked = request.json()
    questions = asked.get("questions")
    if set(asked) != {"questions"} or not isinstance(questions, list) or not questions:
        raise Invalid("must be a list of questions", place="questions")
    if len(questions) > MOST_QUESTIONS:
        raise Limited(f"at most {MOST_QUESTIONS} at once", place="questions")
    needles = [_needle(each, f"question {number}") for number, each in enumerate(questions, start=1)]
    return as_json({"answers": [{"class": str(each)} for each in means.asking.ask(grant, needles)]})


def compare(means: Means, request: Request, grant: Grant) -> Response:
    """Two hashes that the caller has; no list is asked."""
    asked = request.json()
    name, pair = asked.get("algorithm"), asked.get("hashes")
    if set(asked) != {"algorithm", "hashes"} or not isinstance(name, str) or name not in DIGITS:
        raise Invalid(f"must hold algorithm ({', '.join(DIGITS)}) and hashes", place="body")
    if not isinstance(pair, list) or len(pair) != 2:
        raise Invalid("must be two hashes", place="hashes")
    one, other = (hexadecimal(name, each) for each in pair)
    means.asking.charge(grant, 1)
    return _answer(compared(name, one, other))


def fingerprints(means: Means, request: Request, grant: Grant) -> Response:
    """The fingerprints of the caller's own file; no list is asked and nothing is kept."""
    means.asking.charge(grant, 1)
    return as_json({name: value for name, value in means.sent(request).items() if name != FORMS})


def compared(algorithm: str, one: str, other: str) -> Told:
    """The class of two hashes: an equal PDQ hash is near, since different pictures can share it."""
    if algorithm == "pdq":
        return Told.NEAR if is_close(one, other) else Told.NONE
    return Told.EXACT if one == other else Told.NONE


def _needle(asked: object, place: str) -> Needle:
    if not isinstance(asked, Mapping) or not asked or set(asked) - {*DIGITS, "quality"}:
        raise Invalid(f"must hold one or more of {', '.join(DIGITS)}, and quality or not", place=place)
    hashes = {name: hexadecimal(name, asked[name]) for name in DIGITS if name in asked}
    if not hashes:
        raise Invalid("holds no hash", place=place)
    return Needle(hashes=hashes, quality=_quality(asked.get("quality"), place))


def _quality(value: Any, place: str) -> int | None:
    if value is None:
        return None
    if type(value) is not int or not 0 <= value <= 100:
        raise Invalid("quality must be a whole number from 0 to 100", place=place)
    return value


def _answer(told: Told) -> Response:
    return as_json({"class": str(told)})


ROUTES = tuple(
    Route(method="POST", path=path, who="hashlists.look_up", handler=handler, summary=summary, takes=takes, gives=gives)
    for path, handler, summary, takes, gives in (
        ("/v1/match", match, "Are these fingerprints of one file known?", "Question", "Answer"),
        ("/v1/lookup", lookup, "Is this hash, this address or this file known?", "LookUp", "Answer"),
        ("/v1/batch", batch, "Up to 500 questions at once", "Batch", "Answers"),
        ("/v1/compare", compare, "How close are two hashes that you have?", "Pair", "Answer"),
        ("/v1/hash", fingerprints, "The fingerprints of your own file", "File", "Fingerprints"),
    )
)
