"""The policy file: which keys a verifier trusts. It comes from the verifier's side, never with what is verified.

Rules:
- JSON of one form: `{"logs": [{"origin": "...", "keys": ["name+hash+base64"]}], "package_keys": ["name+hash+base64"]}`
- unknown fields are refused, so that a mistyped name cannot drop a check
- at most 64 KiB, 64 logs and 64 keys each
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from tutela.custody.note import VerifierKey, parse_note
from tutela.errors import Invalid, Limited, VerificationFailed

MAX_POLICY = 64 * 1024
MAX_KEYS = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """Log keys by origin, and the keys that may sign packages."""

    logs: dict[str, tuple[VerifierKey, ...]]
    package_keys: tuple[VerifierKey, ...] = ()

    def log_keys(self, checkpoint: bytes) -> tuple[str, tuple[VerifierKey, ...]]:
        """The origin that a signed checkpoint names and its trusted keys; VerificationFailed for an unknown log."""
        origin = parse_note(checkpoint).text.split("\n", 1)[0]
        if origin not in self.logs:
            raise VerificationFailed("the policy does not name the log of this checkpoint", place="checkpoint")
        return origin, self.logs[origin]

    def to_bytes(self) -> bytes:
        """The policy file, for a node to hand to its partners over another way than the package."""
        logs = [{"origin": origin, "keys": [str(key) for key in keys]} for origin, keys in self.logs.items()]
        value = {"logs": logs, "package_keys": [str(key) for key in self.package_keys]}
        return json.dumps(value, indent=2, ensure_ascii=False).encode() + b"\n"


def parse_policy(data: bytes) -> Policy:
    """Raises Limited or Invalid with the field when the bytes are not a policy file."""
    if len(data) > MAX_POLICY:
        raise Limited(f"a policy file has at most {MAX_POLICY} bytes, not {len(data)}")
    try:
        value = json.loads(data)
    except (ValueError, RecursionError):
        raise Invalid("a policy file is JSON", place="policy") from None
    fields = _fields(value, {"logs", "package_keys"}, "policy")
    logs = [_log(entry, f"logs[{number}]") for number, entry in enumerate(_list(fields.get("logs", []), "logs"))]
    return Policy(logs=dict(logs), package_keys=_keys(fields.get("package_keys", []), "package_keys"))


def _log(value: object, place: str) -> tuple[str, tuple[VerifierKey, ...]]:
    fields = _fields(value, {"origin", "keys"}, place)
    origin = fields.get("origin")
    if not isinstance(origin, str) or not origin:
        raise Invalid("a log has an origin", place=f"{place}.origin")
    return origin, _keys(fields.get("keys", []), f"{place}.keys")


def _keys(value: object, place: str) -> tuple[VerifierKey, ...]:
    return tuple(_key(item, f"{place}[{number}]") for number, item in enumerate(_list(value, place)))


def _key(value: object, place: str) -> VerifierKey:
    if not isinstance(value, str):
        raise Invalid("a verifier key is text", place=place)
    try:
        return VerifierKey.parse(value)
    except Invalid as error:
        raise Invalid(error.message, place=place) from None


def _list(value: object, place: str) -> Sequence[object]:
    if not isinstance(value, list) or len(value) > MAX_KEYS:
        raise Invalid(f"a list of at most {MAX_KEYS} was expected", place=place)
    return value


def _fields(value: object, known: set[str], place: str) -> dict[str, object]:
    if not isinstance(value, dict) or not value.keys() <= known:
        raise Invalid(f"only the fields {', '.join(sorted(known))} are known here", place=place)
    return value
