"""Stands in for the RDAP servers of registries (RFC 9083 answers over HTTP) and for the bootstrap files (RFC 9224).

A world of its own: networks with an operator and an abuse contact, domains with a registrar and name servers. It can
also lie: `say(path, bytes)` answers a path with anything.
"""

import json
import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address, ip_network
from typing import Any, ClassVar

JSON = "application/rdap+json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Operator:
    """Who runs a network, or registers domains."""

    name: str
    country: str = ""
    abuse: str = ""


def card(name: str, email: str = "", kind: str = "org") -> list[Any]:
    """A jCard (RFC 7095)."""
    fields: list[Any] = [["version", {}, "text", "4.0"], ["fn", {}, "text", name], ["kind", {}, "text", kind]]
    if email:
        fields.append(["email", {"type": "work"}, "text", email])
    return ["vcard", fields]


def entity(handle: str, role: str, name: str, email: str = "", inside: tuple[Any, ...] = ()) -> dict[str, Any]:
    """An entity object (RFC 9083 5.1), with those inside it."""
    return {
        "objectClassName": "entity",
        "handle": handle,
        "roles": [role],
        "vcardArray": card(name, email),
        "entities": list(inside),
    }


class RdapServer:
    """An RDAP server on loopback. `base` is what TUTELA_RDAP is set to."""

    def __init__(self, *, host: str = "127.0.0.1", port: int = 0) -> None:
        self.asked: list[str] = []
        self._networks: dict[str, Operator] = {}
        self._domains: dict[str, tuple[Operator, tuple[str, ...]]] = {}
        self._said: dict[str, tuple[int, bytes]] = {}
        handler = type("Registry", (_Registry,), {"registry": self})
        self._server = ThreadingHTTPServer((host, port), handler)
        self._server.daemon_threads = True
        self.host, self.port = host, int(self._server.server_address[1])
        self.base = f"http://{host}:{self.port}/"

    def start(self) -> "RdapServer":
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def __enter__(self) -> "RdapServer":
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def network(self, prefix: str, operator: Operator) -> None:
        """Registers a network, such as 127.0.0.0/24. The narrowest that holds an address answers for it."""
        self._networks[prefix] = operator

    def domain(self, name: str, registrar: Operator, nameservers: tuple[str, ...] = ()) -> None:
        self._domains[name] = (registrar, nameservers)

    def say(self, path: str, answer: bytes, status: int = 200) -> None:
        self._said[path] = (status, answer)

    def bootstrap(self) -> None:
        """Serves RFC 9224 bootstrap files below /bootstrap/ that lead every question here."""
        for name, selectors in {
            "dns": sorted({each.rpartition(".")[2] for each in self._domains}) or ["example"],
            "ipv4": ["0.0.0.0/0"],
            "ipv6": ["::/0"],
            "asn": ["1-4294967294"],
        }.items():
            self._file(name, [[selectors, [self.base]]])
        self._file("object-tags", [[["nobody@registry.example"], ["EXAMPLE"], [self.base]]])

    def answer(self, path: str) -> tuple[int, bytes]:
        self.asked.append(path)
        if path in self._said:
            return self._said[path]
        kind, _, value = path.strip("/").partition("/")
        found = self._ip(value) if kind == "ip" else self._domain(value) if kind == "domain" else None
        if found is None:
            return 404, json.dumps({"errorCode": 404, "title": "not here"}).encode()
        return 200, json.dumps({"rdapConformance": ["rdap_level_0"], **found}).encode()

    def _file(self, name: str, services: list[Any]) -> None:
        content = {"version": "1.0", "publication": "2026-01-01T00:00:00Z", "services": services}
        self.say(f"/bootstrap/{name}.json", json.dumps(content).encode())

    def _ip(self, text: str) -> dict[str, Any] | None:
        address = ip_address(text)
        fitting = [ip_network(each) for each in self._networks if address in ip_network(each)]
        if not fitting:
            return None
        network = max(fitting, key=lambda each: each.prefixlen)
        operator = self._networks[str(network)]
        abuse = entity("ABUSE-XA", "abuse", f"{operator.name} abuse desk", operator.abuse)
        holder = entity("ORG-XA", "registrant", operator.name, inside=(abuse,) if operator.abuse else ())
        return {
            "objectClassName": "ip network",
            "handle": f"NET-{network.network_address}",
            "startAddress": str(network[0]),
            "endAddress": str(network[-1]),
            "ipVersion": f"v{network.version}",
            "name": operator.name.upper().replace(" ", "-"),
            "country": operator.country,
            "entities": [holder],
            "status": ["active"],
        }

    def _domain(self, name: str) -> dict[str, Any] | None:
        if name not in self._domains:
            return None
        registrar, nameservers = self._domains[name]
        return {
            "objectClassName": "domain",
            "handle": f"DOM-{len(name)}",
            "ldhName": name,
            "nameservers": [{"objectClassName": "nameserver", "ldhName": each} for each in nameservers],
            "entities": [entity("REG-XA", "registrar", registrar.name, registrar.abuse)],
        }


class _Registry(BaseHTTPRequestHandler):
    registry: ClassVar[RdapServer]

    def do_GET(self) -> None:
        status, body = self.registry.answer(self.path)
        self.send_response(status)
        self.send_header("Content-Type", JSON)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """A simulator is quiet."""
