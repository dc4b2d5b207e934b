"""The world as one value: started together, told to the node by its settings, stopped together."""

from contextlib import ExitStack
from types import TracebackType
from typing import Self

from tutela_node.desks.cli.exampleland.dns_world import DnsWorld
from tutela_node.desks.cli.exampleland.mailbox import Mailbox
from tutela_node.desks.cli.exampleland.rdap_server import Operator, RdapServer
from tutela_node.desks.cli.exampleland.web_host import WebHost

SHARED = "pictures.harbour.example"
DEDICATED = "given-over-entirely.example"
INNOCENT = "weather.example"
HARBOUR = Operator(name="Harbour Hosting", country="XA", abuse="abuse@harbour.example")
ADDRESS = "127.0.0.2"


class World:
    """A hosting company with customers, a registry, a mail server, the DNS. `with World() as world:`"""

    def __init__(self) -> None:
        self.host = WebHost(address=ADDRESS)
        self.mailbox = Mailbox()
        self.registry = RdapServer()
        self.registry.network("127.0.0.0/24", HARBOUR)
        for domain in ("harbour.example", DEDICATED, INNOCENT):
            self.registry.domain(domain, HARBOUR, (f"ns.{domain}",))
        self.registry.bootstrap()
        self.dns = DnsWorld({name: [("A", ADDRESS)] for name in (SHARED, DEDICATED, INNOCENT, "harbour.example")})
        self._open = ExitStack()

    def __enter__(self) -> Self:
        for part in (self.host, self.mailbox, self.registry, self.dns):
            self._open.enter_context(part)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._open.close()

    def settings(self) -> dict[str, str]:
        """What a node must be set to in order to live in this world."""
        return {
            "TUTELA_SMTP": f"{self.mailbox.host}:{self.mailbox.port}",
            "TUTELA_DNS": f"127.0.0.1:{self.dns.port}",
            "TUTELA_RDAP": self.registry.base,
            "TUTELA_EXERCISE_NETWORK": "127.0.0.0/8",
        }
