"""Posts a few bytes to an address that somebody else named, and hears the status alone.

Rules:
- addresses are checked and connected to as in `fetch`; no redirect is followed; nothing of the answer's body is read
- certificates are verified; one deadline over all of it
"""

from collections.abc import Mapping

import certifi
import httpcore

from tutela_node.foundation.errors import Limited, Unavailable
from tutela_node.foundation.fetcher import addresses, targets
from tutela_node.foundation.fetcher.fetch import sentence, trust
from tutela_node.foundation.fetcher.resolver import Resolver
from tutela_node.foundation.fetcher.values import Deadline, FetchPolicy
from tutela_node.foundation.fetcher.wire import PinnedBackend


def post(url: str, *, body: bytes, headers: Mapping[str, str], policy: FetchPolicy, resolver: Resolver) -> int:
    """The status of the answer. Raises as `fetch` does."""
    deadline, target = Deadline(policy.seconds), targets.read(url)
    found = resolver.addresses(target.host, seconds=min(5.0, deadline.left()))
    addresses.check(found, target.port, policy.allowed)
    backend = PinnedBackend(found, deadline, policy.header_bytes)
    sent = {
        "Host": target.authority,
        "User-Agent": policy.user_agent,
        "Content-Length": str(len(body)),
        "Connection": "close",
        **headers,
    }
    request = httpcore.Request(
        "POST",
        httpcore.URL(scheme=target.scheme, host=target.host, port=target.port, target=target.path),
        headers=list(sent.items()),
        content=body,
    )
    try:
        with httpcore.ConnectionPool(
            ssl_context=trust(policy.roots or certifi.where()), network_backend=backend, retries=0
        ) as pool:
            response = pool.handle_request(request)
            response.close()
            return response.status
    except httpcore.TimeoutException:
        raise Limited(f"no answer within {policy.seconds:g} seconds", place="time") from None
    except (httpcore.NetworkError, httpcore.ProtocolError, httpcore.UnsupportedProtocol) as error:
        raise Unavailable(sentence(error), place="host") from None
    except (UnicodeError, OSError):
        raise Unavailable("the host could not be asked", place="host") from None
