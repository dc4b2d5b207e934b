"""A XARF 4 report as bytes, checked before it leaves.

Rules:
- what is written is read back without a fault or a warning, or nothing is written
- evidence carries its hash and size; the operational member `_internal` never leaves
- members in the order of the form, so equal reports are equal bytes
"""

import base64
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from tutela.errors import Invalid
from tutela.wire.findings import Weight
from tutela.wire.xarf.evidence import digests
from tutela.wire.xarf.read import read
from tutela.wire.xarf.rules import shared_fields

VERSION = "4.2.0"


def party(*, org: str, contact: str, domain: str) -> dict[str, str]:
    """Who reports or sends: an organisation, its e-mail address, its domain."""
    return {"org": org, "contact": contact, "domain": domain}


def item(*, content_type: str, data: bytes, description: str) -> dict[str, Any]:
    """One piece of evidence with its SHA-256 and size. `data`: at most 5 MiB."""
    told = {"content_type": content_type, "description": description}
    return {**told, "payload": base64.b64encode(data).decode(), "hash": f"sha256:{digests(data)['sha256']}",
            "size": len(data)}  # fmt: skip


def write(fields: Mapping[str, Any], *, report_id: UUID, at: datetime) -> bytes:
    """The report of these fields; `at` is when it happened. Raises Invalid with the place of what breaks the form."""
    report = {
        "xarf_version": VERSION,
        "report_id": str(report_id),
        "timestamp": at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        **{name: value for name, value in fields.items() if name != "_internal"},
    }
    usual = list(shared_fields())
    ordered = dict(sorted(report.items(), key=lambda each: usual.index(each[0]) if each[0] in usual else len(usual)))
    try:
        data = json.dumps(ordered, ensure_ascii=False, allow_nan=False, indent=2).encode()
    except (TypeError, ValueError):
        raise Invalid("a field holds what JSON cannot carry") from None
    for each in read(data)[0].findings:
        if each.weight is not Weight.NOTE:
            raise Invalid(each.message, place=each.place)
    return data
