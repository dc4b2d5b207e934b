"""The description of this desk's own interface (OpenAPI 3.1). The same bytes for the same code."""

from collections.abc import Sequence
from typing import Any

from tutela_node.desks.matcher.means import DIGITS, Route

_HASHES = {
    name: {"type": "string", "pattern": f"^[0-9a-fA-F]{{{digits}}}$", "description": f"{name.upper()} in hexadecimal"}
    for name, digits in DIGITS.items()
}
_QUALITY = {"type": "integer", "minimum": 0, "maximum": 100, "description": "quality of the PDQ hash"}
_FILE = {"schema": {"type": "string", "format": "binary"}}


def _object(properties: dict[str, Any], *, needed: Sequence[str] = (), least: int = 0) -> dict[str, Any]:
    bound = {"minProperties": least} if least else {}
    return {
        "type": "object",
        "properties": properties,
        "required": list(needed),
        "additionalProperties": False,
        **bound,
    }


def _schema(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


_CLASS = {"type": "string", "enum": ["exact", "near", "none"]}
SCHEMAS: dict[str, dict[str, Any]] = {
    "Question": _object({**_HASHES, "quality": _QUALITY}, least=1),
    "LookUp": {
        "oneOf": [
            _object({"url": {"type": "string", "format": "uri"}}, needed=["url"]),
            _object(
                {
                    "algorithm": {"type": "string", "enum": list(DIGITS)},
                    "hash": {"type": "string"},
                    "quality": _QUALITY,
                },
                needed=["algorithm", "hash"],
            ),
        ]
    },
    "Batch": _object(
        {"questions": {"type": "array", "minItems": 1, "maxItems": 500, "items": _schema("Question")}},
        needed=["questions"],
    ),
    "Pair": _object(
        {
            "algorithm": {"type": "string", "enum": list(DIGITS)},
            "hashes": {"type": "array", "minItems": 2, "maxItems": 2, "items": {"type": "string"}},
        },
        needed=["algorithm", "hashes"],
    ),
    "Answer": _object({"class": _CLASS}, needed=["class"]),
    "Answers": _object({"answers": {"type": "array", "items": _schema("Answer")}}, needed=["answers"]),
    "Fingerprints": _object(
        {
            **{name: {"type": ["string", "null"]} for name in (*DIGITS, "kind", "problem")},
            "size": {"type": "integer"},
            "pdq_quality": {"type": ["integer", "null"]},
        },
        needed=["sha256", "sha1", "md5", "size", "kind"],
    ),
    "Problem": {
        "type": "object",
        "properties": {
            "type": {"type": "string"},
            "title": {"type": "string"},
            "status": {"type": "integer"},
            "kind": {"type": "string"},
            "detail": {"type": "string"},
            "place": {"type": "string"},
            "reference": {"type": "string"},
        },
        "required": ["type", "title", "status", "detail"],
    },
}
REFUSALS = {
    "400": "the request cannot be used",
    "401": "no valid token",
    "403": "not allowed, or suspended",
    "413": "too large",
    "429": "the budget is spent; Retry-After says when it is new",
    "503": "not ready; nothing is answered",
}


def described(routes: Sequence[Route]) -> dict[str, Any]:
    paths: dict[str, dict[str, Any]] = {}
    for route in routes:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Tutela match service",
            "version": "1",
            "description": "Whether a fingerprint is known: exact, near or none. Errors are problems (RFC 9457).",
        },
        "paths": paths,
        "components": {
            "schemas": SCHEMAS,
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer"},
                "password": {"type": "http", "scheme": "basic"},
            },
        },
    }


def _operation(route: Route) -> dict[str, Any]:
    told: dict[str, Any] = {"summary": route.summary, "operationId": route.path.strip("/").replace("/", "_") or "start"}
    answers: dict[str, Any] = {"200": {"description": "answered"}}
    if route.gives:
        answers["200"]["content"] = {"application/json": {"schema": _schema(route.gives)}}
    if route.takes:
        told["requestBody"] = {"required": True, "content": _taken(route.takes)}
    if route.who != "public":
        told["security"] = [{"token": []}, {"password": []}]
        for status, text in REFUSALS.items():
            content = {"application/problem+json": {"schema": _schema("Problem")}}
            answers[status] = {"description": text, "content": content}
    elif route.path == "/ready":
        answers["503"] = {"description": "not ready"}
    return {**told, "responses": answers}


def _taken(name: str) -> dict[str, Any]:
    if name == "File":
        return {"application/octet-stream": _FILE}
    body: dict[str, Any] = {"application/json": {"schema": _schema(name)}}
    return {**body, "application/octet-stream": _FILE} if name == "LookUp" else body
