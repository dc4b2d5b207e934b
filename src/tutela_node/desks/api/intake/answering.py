"""The key under which a request is done once, and the answer that is given under it."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse

from tutela_node.intake.once import Reply

KEY = "Idempotency-Key"


def key_of(request: HttpRequest) -> str:
    return request.headers.get(KEY, "").strip()


def key_parameter() -> dict[str, Any]:
    return {
        "name": KEY,
        "in": "header",
        "required": False,
        "schema": {"type": "string", "maxLength": 200},
        "description": "a new one for each request; the same key with the same body gets the same answer for 48 hours",
    }


def given(reply: Reply) -> HttpResponse:
    response = JsonResponse(reply.told, status=reply.status)
    if reply.again:
        response.headers["Idempotency-Replayed"] = "true"
    return response
