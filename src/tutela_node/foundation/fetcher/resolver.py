"""Asks DNS for the addresses of a host, bounded in time. The only resolver of the node.

Rules:
- one configured server (host:port), or those of the system; the hosts file is never read
- an answer that fails, is empty or is late is an error; nothing is remembered from one question to the next
"""

from ipaddress import IPv4Address, IPv6Address, ip_address

import dns.exception
import dns.name
import dns.resolver
import dns.reversename

from tutela_node.foundation.errors import Invalid, Missing, Unavailable
from tutela_node.foundation.fetcher.values import Address

MOST_ADDRESSES = 32


class NameNotFound(Missing):
    """The name does not exist, or has no address."""


class Resolver:
    """Asks `server`, an (address, port) pair, or the system's servers when it is None."""

    def __init__(self, server: tuple[str, int] | None = None) -> None:
        self._server = server

    def addresses(self, host: str, *, seconds: float = 5) -> tuple[Address, ...]:
        """All addresses of a host, IPv4 first; an address stands for itself. Raises NameNotFound or Unavailable."""
        try:
            return (ip_address(host),)
        except ValueError:
            name = _name(host)
        found: list[Address] = [IPv4Address(text) for text in self._ask(name, "A", seconds)]
        found += [IPv6Address(text) for text in self._ask(name, "AAAA", seconds)]
        if not found:
            raise NameNotFound("the name has no address", place="dns")
        return tuple(found[:MOST_ADDRESSES])

    def names(self, address: Address, *, seconds: float = 5) -> tuple[str, ...]:
        """The names that the holder of an address gives it (PTR); empty when there are none."""
        try:
            texts = self._ask(dns.reversename.from_address(str(address)), "PTR", seconds)
        except NameNotFound:
            return ()
        return tuple(text.rstrip(".").lower() for text in texts)

    def _ask(self, name: dns.name.Name, kind: str, seconds: float) -> list[str]:
        try:
            answer = self._client().resolve(name, kind, lifetime=seconds, raise_on_no_answer=False, search=False)
        except dns.resolver.NXDOMAIN:
            raise NameNotFound("the name does not exist", place="dns") from None
        except (dns.exception.DNSException, OSError):
            raise Unavailable("the name could not be resolved", place="dns") from None
        return [record.to_text() for record in answer.rrset or ()]

    def _client(self) -> dns.resolver.Resolver:
        try:
            client = dns.resolver.Resolver(configure=self._server is None)
            if self._server is not None:
                client.nameservers = [self._server[0]]
                client.port = self._server[1]
        except dns.resolver.NoResolverConfiguration:
            raise Unavailable("the system names no DNS server: set TUTELA_DNS", place="dns") from None
        except ValueError:
            raise Invalid("the DNS server must be given as an address, such as 127.0.0.1:53", place="dns") from None
        return client


def _name(host: str) -> dns.name.Name:
    try:
        return dns.name.from_text(host.rstrip(".") + ".")
    except (dns.exception.DNSException, UnicodeError):
        raise NameNotFound("this is no name that DNS can hold", place="dns") from None
