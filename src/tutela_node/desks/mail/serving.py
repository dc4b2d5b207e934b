"""Serves the mail role: listens where the setting says until the process is told to stop.

Rules:
- conversations that are under way when it stops get what they were told already; nothing is told before its commit
"""

import asyncio
import signal
import ssl
from typing import TYPE_CHECKING, Any

from tutela_node.desks.mail.receiver import MOST_CONNECTIONS, Counted, Desk, protocol_of
from tutela_node.foundation.errors import Invalid

if TYPE_CHECKING:
    from tutela_node.site.config import Listening


def serve(listening: "Listening | None") -> None:
    """Blocks until the process is told to stop. Raises Invalid where no address is set."""
    if listening is None:
        raise Invalid("names no address where mail comes in", place="TUTELA_MAIL")
    asyncio.run(_serve(listening))


async def _serve(listening: "Listening") -> None:
    loop, stop = asyncio.get_running_loop(), asyncio.Event()
    for each in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(each, stop.set)
    async with await listen(listening, loop):
        await stop.wait()


async def listen(
    listening: "Listening", loop: asyncio.AbstractEventLoop, *, most: int = MOST_CONNECTIONS
) -> asyncio.Server:
    """The server, listening; at most so many conversations at once."""
    desk = Desk(listening.recipients, is_lmtp=listening.protocol == "lmtp")
    options: dict[str, Any] = {"loop": loop, **_tls(listening)}
    counted = Counted(lambda: protocol_of(listening.protocol, desk, **options), most=most)
    return await loop.create_server(counted, host=listening.host, port=listening.port)


def _tls(listening: "Listening") -> dict[str, Any]:
    if listening.tls is None:
        return {}
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*listening.tls)
    return {"tls_context": context}
