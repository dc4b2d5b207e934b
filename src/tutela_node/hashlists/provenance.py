"""What a list says of an entry beside its values: its own id there, the member who gave it, tags, when, for how long.

Rules:
- it is sealed: a member's name beside a fingerprint says who found it
- it is read back for one entry at a time, and that read is written down by whoever asks
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from tutela.hashlists import ListEntry
from tutela_node.foundation.sealed import unseal

PURPOSE = "entry-told"
MOST_TAGS, LONGEST_TAG = 20, 80
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """`key` is the entry's key there (source, kind, id), which feedback needs. `opinions`: algorithm, for, against."""

    key: tuple[str, str, str] = ("", "", "")
    source: str = ""
    source_name: str = ""
    kind: str = ""
    own_id: str = ""
    at: datetime | None = None
    tags: tuple[str, ...] = ()
    opinions: tuple[tuple[str, int, int], ...] = field(default=())


def told_of(entry: ListEntry) -> bytes:
    """What is kept of an entry, as plain bytes to be sealed under `PURPOSE`."""
    source = entry.source
    said: dict[str, object] = {"id": entry.id}
    if source is not None:
        said |= {"source": source.id, "name": source.name}
    if entry.kind is not None:
        said["kind"] = str(entry.kind)
    if entry.timestamp is not None:
        said["at"] = entry.timestamp.astimezone(UTC).isoformat()
    if tags := [str(tag)[:LONGEST_TAG] for tag in entry.tags[:MOST_TAGS]]:
        said["tags"] = tags
    if entry.feedback:
        said["opinions"] = [[each.algorithm, each.affirmative, each.negative] for each in entry.feedback[:MOST_TAGS]]
    return _encode(said).encode()


def told(sealed: bytes | memoryview) -> Told:
    """What was kept; empty for an entry that has nothing. Raises VerificationFailed when the bytes were changed."""
    if not sealed:
        return Told()
    said: Mapping[str, Any] = json.loads(unseal(PURPOSE, sealed))
    source, kind, own = str(said.get("source", "")), str(said.get("kind", "")), str(said.get("id", ""))
    return Told(
        key=(source, kind, own),
        source=source,
        source_name=str(said.get("name", "")),
        kind=kind,
        own_id=own,
        at=datetime.fromisoformat(said["at"]) if "at" in said else None,
        tags=tuple(said.get("tags", ())),
        opinions=tuple((str(name), int(good), int(bad)) for name, good, bad in said.get("opinions", ())),
    )
