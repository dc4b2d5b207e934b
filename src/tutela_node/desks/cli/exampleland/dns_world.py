"""A small DNS of its own on loopback: answers from a table, over UDP and TCP, and remembers what it was asked.

Rules:
- a name in the table answers its records of the asked type, following CNAMEs inside the table; no record: NODATA
- names in records may be written without the last dot
- any other name answers NXDOMAIN; names are compared without regard to case
- it answers nothing it cannot parse, and listens on loopback only
"""

import contextlib
import socket
import socketserver
import struct
import threading
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Any, Self

import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdata
import dns.rdatatype
import dns.rrset
from dns.rdtypes.ANY.CNAME import CNAME

TTL = 1
SOA = "ns.world.example. host.world.example. 1 60 60 60 1"
Records = Sequence[tuple[str, str]]


class DnsWorld:
    """`DnsWorld({"site.example": [("A", "127.0.0.2")]})`; a context manager, or `start()` and `stop()`."""

    def __init__(self, names: Mapping[str, Records], *, host: str = "127.0.0.1", port: int = 0) -> None:
        self.host, self.port = host, port
        self.asked: list[tuple[str, str]] = []
        self._names: dict[dns.name.Name, list[dns.rdata.Rdata]] = {}
        self._servers: list[socketserver.BaseServer] = []
        for name, records in names.items():
            self.set(name, records)

    def set(self, name: str, records: Records) -> None:
        """Give a name these (type, text) records instead of those it had."""
        rdatas = [
            dns.rdata.from_text("IN", kind, text, origin=dns.name.root, relativize=False) for kind, text in records
        ]
        self._names[dns.name.from_text(name)] = rdatas

    def remove(self, name: str) -> None:
        self._names.pop(dns.name.from_text(name), None)

    def start(self) -> Self:
        udp, tcp = _on_one_port(self)
        self.port, self._servers = udp.server_address[1], [udp, tcp]
        for server in self._servers:
            threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def stop(self) -> None:
        for server in self._servers:
            server.shutdown()
            server.server_close()
        self._servers = []

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()

    def answer(self, wire: bytes) -> bytes | None:
        """The reply to one message, or None for what is no query."""
        try:
            query = dns.message.from_wire(wire)
        except dns.exception.DNSException:
            return None
        if query.flags & dns.flags.QR or len(query.question) != 1:
            return None
        question = query.question[0]
        self.asked.append((question.name.to_text(omit_final_dot=True).lower(), dns.rdatatype.to_text(question.rdtype)))
        reply = dns.message.make_response(query)
        reply.flags |= dns.flags.AA
        self._fill(reply, question.name, question.rdtype)
        return reply.to_wire()

    def _fill(self, reply: dns.message.Message, name: dns.name.Name, kind: dns.rdatatype.RdataType) -> None:
        if name not in self._names:
            reply.set_rcode(dns.rcode.NXDOMAIN)
        seen: set[dns.name.Name] = set()
        while name in self._names and name not in seen:
            seen.add(name)
            aliases = [found for found in self._names[name] if isinstance(found, CNAME) and kind is not found.rdtype]
            asked = [rdata for rdata in self._names[name] if rdata.rdtype is kind]
            found: list[dns.rdata.Rdata] = [*aliases] or asked
            if found:
                reply.answer.append(dns.rrset.from_rdata_list(name, TTL, found))
            name = aliases[0].target if aliases else name
        if not reply.answer:
            reply.authority.append(dns.rrset.from_text(dns.name.root, TTL, "IN", "SOA", SOA))


class _Udp(socketserver.ThreadingUDPServer):
    daemon_threads = True
    world: DnsWorld


class _Tcp(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True
    world: DnsWorld


class _UdpHandler(socketserver.BaseRequestHandler):
    server: _Udp

    def handle(self) -> None:
        wire, back = self.request
        reply = self.server.world.answer(wire)
        if reply is not None:
            back.sendto(reply, self.client_address)


class _TcpHandler(socketserver.StreamRequestHandler):
    server: _Tcp
    timeout = 5

    def handle(self) -> None:
        with contextlib.suppress(TimeoutError, ConnectionError):
            while len(head := self.rfile.read(2)) == 2:
                reply = self.server.world.answer(self.rfile.read(struct.unpack("!H", head)[0]))
                if reply is None:
                    return
                self.wfile.write(struct.pack("!H", len(reply)) + reply)


def _on_one_port(world: DnsWorld) -> tuple[_Udp, _Tcp]:
    for _ in range(20):
        udp = _Udp((world.host, world.port), _UdpHandler)
        try:
            tcp = _Tcp((world.host, udp.server_address[1]), _TcpHandler)
        except OSError:
            udp.server_close()
            continue
        udp.world = tcp.world = world
        return udp, tcp
    raise OSError("no port is free for both UDP and TCP")


def free_port(host: str = "127.0.0.1") -> int:
    """A port that is free for UDP and TCP at this moment."""
    while True:
        with socket.socket() as tcp, socket.socket(type=socket.SOCK_DGRAM) as udp:
            tcp.bind((host, 0))
            port: Any = tcp.getsockname()[1]
            with contextlib.suppress(OSError):
                udp.bind((host, port))
                return int(port)
