"""Fetches one address from a host that may be hostile, straight into a sink.

Rules (design, section 4, decision 4):
- each hop: resolve once, check every address, connect to a checked address; so also after a redirect
- bounded: redirects, header bytes, body bytes on the wire and unpacked, and one deadline over all of it
- certificates are verified; no cookie, no credential, no referrer, no script; HTTP/1.1, one connection a hop
- errors say what went wrong and never where: no message holds the address
"""

import hashlib
import ssl
from collections.abc import Callable
from functools import lru_cache

import certifi
import httpcore

from tutela_node.foundation.errors import Limited, Unavailable
from tutela_node.foundation.fetcher import addresses, targets
from tutela_node.foundation.fetcher.bodies import Body, body_for
from tutela_node.foundation.fetcher.resolver import Resolver
from tutela_node.foundation.fetcher.targets import Target
from tutela_node.foundation.fetcher.values import Deadline, Fetched, FetchPolicy, Tls
from tutela_node.foundation.fetcher.wire import PinnedBackend

REDIRECTS = frozenset({301, 302, 303, 307, 308})
type_sink = Callable[[bytes], None]


def fetch(url: str, *, sink: type_sink, policy: FetchPolicy, resolver: Resolver) -> Fetched:
    """Reads an address into `sink`, in pieces of at most 64 KiB.

    The sink gets bytes only of an answer with a status from 200 to 299. Raises Forbidden for what may not be fetched,
    Limited beyond a limit, Missing for a name that does not exist, Unavailable for a host that does not answer well,
    Invalid for what is no address; and whatever the sink raises.
    """
    deadline = Deadline(policy.seconds)
    target = targets.read(url)
    for hop in range(policy.redirects + 1):
        answer = _ask(target, policy, resolver, deadline, sink)
        if isinstance(answer, str):
            target = targets.after_redirect(target, answer)
            continue
        return Fetched(
            status=answer[0], final_url=target.url, content_type=answer[1], size=answer[2], redirects=hop, tls=answer[3]
        )
    raise Limited(f"more than {policy.redirects} redirects", place="redirects")


type_answer = tuple[int, str, int, Tls | None]


def _ask(
    target: Target, policy: FetchPolicy, resolver: Resolver, deadline: Deadline, sink: type_sink
) -> type_answer | str:
    """One hop: the answer, or the address that a redirect names."""
    found = resolver.addresses(target.host, seconds=min(5.0, deadline.left()))
    addresses.check(found, target.port, policy.allowed)
    backend = PinnedBackend(found, deadline, policy.header_bytes)
    context = trust(policy.roots or certifi.where())
    try:
        with httpcore.ConnectionPool(ssl_context=context, network_backend=backend, retries=0) as pool:
            response = pool.handle_request(_request(target, policy))
            try:
                return _read(response, policy, deadline, sink)
            finally:
                response.close()
    except httpcore.ConnectTimeout:
        raise Unavailable("the host does not take connections in time", place="time") from None
    except httpcore.TimeoutException:
        raise Limited(f"the answer took longer than {policy.seconds:g} seconds", place="time") from None
    except (httpcore.NetworkError, httpcore.ProtocolError, httpcore.UnsupportedProtocol) as error:
        raise Unavailable(sentence(error), place="host") from None
    except (UnicodeError, OSError):
        raise Unavailable("the host could not be asked", place="host") from None


def _request(target: Target, policy: FetchPolicy) -> httpcore.Request:
    headers: list[tuple[bytes | str, bytes | str]] = [
        ("Host", target.authority),
        ("User-Agent", policy.user_agent),
        ("Accept", policy.accept),
        ("Accept-Encoding", "identity"),
        ("Connection", "close"),
    ]
    url = httpcore.URL(scheme=target.scheme, host=target.host, port=target.port, target=target.path)
    return httpcore.Request("GET", url, headers=headers)


def _read(response: httpcore.Response, policy: FetchPolicy, deadline: Deadline, sink: type_sink) -> type_answer | str:
    headers = {name.lower().decode("latin-1"): value.decode("latin-1") for name, value in response.headers}
    if response.status in REDIRECTS and headers.get("location"):
        return headers["location"].encode("latin-1").decode("utf-8", "replace")
    body = body_for(headers.get("content-encoding", "").strip().lower(), sink, policy.max_bytes)
    if 200 <= response.status < 300:
        _pour(response, body, policy, deadline)
    kind = headers.get("content-type", "")[:200]
    return response.status, kind, body.size, _tls(response)


def _pour(response: httpcore.Response, body: Body, policy: FetchPolicy, deadline: Deadline) -> None:
    stream = response.extensions["network_stream"].get_extra_info("bounded")
    stream.budget = 2 * policy.max_bytes + policy.header_bytes  # chunked framing may double small pieces
    for piece in response.iter_stream():
        body.feed(piece)
        deadline.left()
    body.close()


def _tls(response: httpcore.Response) -> Tls | None:
    secured = response.extensions["network_stream"].get_extra_info("ssl_object")
    if secured is None:
        return None
    certificate = secured.getpeercert(True) or b""
    return Tls(version=secured.version() or "", certificate=hashlib.sha256(certificate).hexdigest())


def sentence(error: Exception) -> str:
    """What went wrong on the way, in words that name no address."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return "the host's certificate does not hold"
        cause = cause.__cause__ or cause.__context__
    if isinstance(error, httpcore.ConnectError):
        return "the host does not take connections"
    if isinstance(error, httpcore.ProtocolError):
        return "the host does not speak HTTP, or stopped before its end"
    return "the connection broke"


@lru_cache(maxsize=8)
def trust(roots: str) -> ssl.SSLContext:
    """Certificates under these roots hold, and no others."""
    context = ssl.create_default_context(cafile=roots)
    context.set_alpn_protocols(["http/1.1"])
    return context
