"""What a fetch may do and what came of it, as frozen values."""

import time
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_network

from tutela_node.foundation.errors import Limited

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchPolicy:
    """Limits of one fetch. `exercise_network` (CIDR) is the only private network allowed, with any port in it."""

    max_bytes: int = 50_000_000
    seconds: float = 30
    redirects: int = 5
    header_bytes: int = 32 * 1024
    exercise_network: str = ""
    accept: str = "*/*"
    user_agent: str = BROWSER
    roots: str = ""  # PEM file of the certificate roots; empty: those of certifi

    @property
    def allowed(self) -> Network | None:
        return ip_network(self.exercise_network) if self.exercise_network else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tls:
    """How the last answer was protected: `version` as in TLSv1.3, `certificate` the SHA-256 of the leaf in hex."""

    version: str
    certificate: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """The last answer. `size` counts the bytes given to the sink: none unless the status is 200 to 299."""

    status: int
    final_url: str
    content_type: str
    size: int
    redirects: int
    tls: Tls | None


@dataclass(slots=True)
class Deadline:
    """The moment at which a fetch ends, whatever the server does. Seconds on the monotonic clock."""

    seconds: float
    ends: float = field(init=False)

    def __post_init__(self) -> None:
        self.ends = time.monotonic() + self.seconds

    def left(self) -> float:
        """Seconds that remain; raises Limited when there are none."""
        left = self.ends - time.monotonic()
        if left <= 0:
            raise Limited(f"the answer took longer than {self.seconds:g} seconds", place="time")
        return left
