"""Which network addresses the fetcher may connect to. Said positively: what is not global unicast is refused.

Rules (IANA special-purpose registries for IPv4 and IPv6, RFC 6890; RFC 7526 and RFC 6052 for translated addresses):
- IPv4: everything but the special blocks, among them loopback, private, link-local, carrier-grade NAT, multicast
- IPv6: only 2000::/3, less documentation, Teredo and other protocol blocks, 6to4. Unique local, link-local, multicast,
  IPv4-mapped and NAT64 addresses lie outside and are refused
- one exercise network may be allowed; every answer for a name must pass, not only the first
"""

from ipaddress import IPv4Address, ip_network

from tutela_node.foundation.errors import Forbidden
from tutela_node.foundation.fetcher.values import Address, Network

WEB_PORTS = frozenset({80, 443})
GLOBAL_V6 = ip_network("2000::/3")
CLOSED_V6 = tuple(ip_network(each) for each in ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"))
CLOSED_V4 = tuple(
    ip_network(each)
    for each in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
    )
)


def is_public(address: Address) -> bool:
    if isinstance(address, IPv4Address):
        return not any(address in network for network in CLOSED_V4)
    return address in GLOBAL_V6 and not any(address in network for network in CLOSED_V6)


def check(addresses: tuple[Address, ...], port: int, allowed: Network | None) -> None:
    """Raises Forbidden unless every address may be connected to on this port."""
    for address in addresses:
        if allowed is not None and address.version == allowed.version and address in allowed:
            continue
        if not is_public(address):
            raise Forbidden("the name leads into a network that is not public", place="address")
        if port not in WEB_PORTS:
            raise Forbidden("only the ports 80 and 443 are fetched", place="port")
