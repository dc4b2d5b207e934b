"""Asks the address and domain registries (RDAP, RFC 9082 and 9083) through the hardened fetcher; `whoisit` reads them.

Rules:
- the registry for a question comes from IANA's bootstrap files (RFC 9224), fetched once a week and kept on disk; one
  server may be set instead, for exercises and tests: it may then be in a private network and speak plain http
- an answer is bounded in bytes, depth and members before `whoisit` sees it, and cut down to what is read of it
- a registry that does not answer is Unavailable; one that knows nothing is Missing; nonsense is Invalid
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from whoisit.bootstrap import BaseBootstrap
from whoisit.errors import WhoisItError
from whoisit.parser import parse
from whoisit.query import QueryBuilder

from tutela_node.foundation.errors import Invalid, Missing, Unavailable
from tutela_node.foundation.fetcher import FetchPolicy, Resolver, fetch

IANA = "https://data.iana.org/rdap/"
FILES = {"asn": "asn.json", "dns": "dns.json", "ipv4": "ipv4.json", "ipv6": "ipv6.json", "object": "object-tags.json"}
FRESH = timedelta(days=7)
MAX_BYTES = 512 * 1024
MAX_BOOTSTRAP = 8 * 1024 * 1024
MAX_DEPTH = 24
MAX_MEMBERS = 20_000
SECONDS = 8
CLASSES = {"ip": "ip network", "domain": "domain"}
READ = ("objectClassName", "handle", "name", "country", "ldhName", "roles", "vcardArray")
BROKEN = (WhoisItError, AttributeError, TypeError, ValueError, KeyError, IndexError, RecursionError, OverflowError)


@dataclass(frozen=True, slots=True, kw_only=True)
class Registered:
    """What a registry says. `abuse` and `nameservers` are as they were given: not yet checked."""

    organisation: str
    country: str
    abuse: str
    nameservers: tuple[str, ...]


class Registries:
    """The registries behind the bootstrap, or one server in their place."""

    def __init__(self, *, resolver: Resolver, base: str = "", bootstrap: BaseBootstrap | None = None) -> None:
        self._resolver, self._base = resolver, base
        self._bootstrap = bootstrap or BaseBootstrap()
        self._policy = FetchPolicy(
            max_bytes=MAX_BYTES,
            seconds=SECONDS,
            accept="application/rdap+json, application/json",
            exercise_network=own_network(base),
        )

    def network(self, address: str) -> Registered:
        """Who runs the network of an IP address."""
        return self._ask("ip", address)

    def domain(self, name: str) -> Registered:
        """Who registered a domain, and its name servers."""
        return self._ask("domain", name)

    def _ask(self, kind: str, value: str) -> Registered:
        raw = self._fetched(self._question(kind, value))
        if raw.get("objectClassName") != CLASSES[kind]:
            raise Invalid("the registry answered another question", place=kind)
        try:
            return _registered(parse(self._bootstrap, kind, value, {"handle": "unnamed", **_slim(raw)}))
        except BROKEN:
            raise Invalid("the registry's answer is no RDAP", place=kind) from None

    def _question(self, kind: str, value: str) -> str:
        if self._base:
            return f"{self._base.rstrip('/')}/{kind}/{quote(value, safe=':')}"
        try:
            url: str = QueryBuilder(self._bootstrap).build(query_type=kind, query_value=value)[1]
        except WhoisItError:
            raise Missing("no registry is known for this", place=kind) from None
        return url

    def _fetched(self, url: str) -> dict[str, Any]:
        pieces: list[bytes] = []
        answer = fetch(url, sink=pieces.append, policy=self._policy, resolver=self._resolver)
        if answer.status == 404:
            raise Missing("the registry knows nothing of this", place="rdap")
        if answer.status != 200:
            raise Unavailable(f"the registry answered {answer.status}", place="rdap")
        return _object(b"".join(pieces))


def public_registries(*, resolver: Resolver, cache: Path, now: datetime, source: str = IANA) -> Registries:
    """The registries that IANA names. Bootstrap files older than a week are fetched anew; old ones serve until then."""
    kept = _kept(cache)
    if kept is None or now - kept[0] > FRESH:
        try:
            kept = now, _download(resolver, source)
            _keep(cache, *kept)
        except (Unavailable, Missing):
            if kept is None:
                raise
    bootstrap = BaseBootstrap()
    try:
        loaded = {"timestamp": int(kept[0].timestamp()), **kept[1]}
        bootstrap.load_bootstrap_data(loaded, overrides=True, allow_insecure=source != IANA, from_json=False)
    except BROKEN:
        raise Unavailable("the bootstrap files of the registries cannot be read", place="rdap") from None
    return Registries(resolver=resolver, bootstrap=bootstrap)


def _download(resolver: Resolver, source: str) -> dict[str, Any]:
    policy = FetchPolicy(max_bytes=MAX_BOOTSTRAP, seconds=30, exercise_network=own_network(source))
    files = {}
    for name, file in FILES.items():
        pieces: list[bytes] = []
        answer = fetch(source + file, sink=pieces.append, policy=policy, resolver=resolver)
        if answer.status != 200:
            raise Unavailable(f"the bootstrap files answered {answer.status}", place="rdap")
        files[name] = _object(b"".join(pieces), bounded=False)
    return files


def _kept(cache: Path) -> tuple[datetime, dict[str, Any]] | None:
    try:
        content = json.loads(cache.read_bytes())
        return datetime.fromisoformat(content["at"]), content["files"]
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return None


def _keep(cache: Path, at: datetime, files: dict[str, Any]) -> None:
    cache.parent.mkdir(parents=True, exist_ok=True)
    fresh = cache.with_suffix(".new")
    fresh.write_text(json.dumps({"at": at.isoformat(), "files": files}))
    fresh.replace(cache)


def own_network(base: str) -> str:
    """The network of the one server that an operator set by its address; nothing for a name."""
    try:
        address = ip_address(urlsplit(base).hostname or "")
    except ValueError:
        return ""
    return f"{address}/{address.max_prefixlen}"


def _object(data: bytes, *, bounded: bool = True) -> dict[str, Any]:
    try:
        found = json.loads(data)
    except (ValueError, RecursionError):
        raise Invalid("the registry's answer is no JSON", place="rdap") from None
    if not isinstance(found, dict):
        raise Invalid("the registry's answer is no JSON object", place="rdap")
    if bounded:
        _check_size(found)
    return found


def _check_size(found: Any) -> None:
    waiting, members = [(found, 0)], 0
    while waiting:
        value, depth = waiting.pop()
        inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
        members += len(inside)
        if depth > MAX_DEPTH or members > MAX_MEMBERS:
            raise Invalid("the registry's answer is deeper or larger than we accept", place="rdap")
        waiting.extend((each, depth + 1) for each in inside)


def _slim(raw: Mapping[str, Any]) -> dict[str, Any]:
    """Only what is read: `whoisit` parses dates and ranges whose cost a hostile registry could choose."""
    slim: dict[str, Any] = {name: raw[name] for name in READ if name in raw}
    slim["nameservers"] = [each for each in raw.get("nameservers") or [] if isinstance(each, dict)][:20]
    slim["entities"] = [_slim(each) for each in raw.get("entities") or [] if isinstance(each, dict)][:20]
    return slim


def _registered(found: Mapping[str, Any]) -> Registered:
    people: dict[str, list[dict[str, Any]]] = found["entities"]
    holders = [each for role in ("registrant", "registrar", "administrative") for each in people.get(role, [])]
    named = next((str(each["name"]) for each in holders if each.get("name")), "")
    abuse = next((str(each["email"]) for each in people.get("abuse", []) if each.get("email")), "")
    return Registered(
        organisation=named or str(found.get("name", "")),
        country=str(found.get("country", "")),
        abuse=abuse,
        nameservers=tuple(str(each) for each in found.get("nameservers", [])),
    )
