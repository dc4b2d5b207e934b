"""Calls the addresses that organisations registered, signed, with what waits in the outbox for them.

Rules:
- the address and the secret are those of the moment of the call; what waits for an address that was removed ends
- 2xx is taken, 410 ends it, anything else goes again after growing pauses; no redirect is followed
- only the worker calls; addresses inside our networks are refused, but for an exercise's own
"""

from django.conf import settings

from tutela.wire.webhooks import sign
from tutela_node.accounts import queries
from tutela_node.accounts.rules import WEBHOOK_KIND
from tutela_node.foundation import clock, delivering, outbox
from tutela_node.foundation.errors import Invalid, Unavailable
from tutela_node.foundation.fetcher import FetchPolicy, Resolver, post

SECONDS = 10
GONE = 410
AGENT = "tutela-webhook/1"


def deliver_due(*, limit: int = 20, roots: str = "") -> int:
    """Calls what is due and says how many receivers took it. `roots`: certificate roots, where not the usual ones."""

    def call(message: delivering.Message) -> None:
        hook = queries.webhook(message.subject)
        if hook is None or hook.removed_at is not None:
            raise Invalid("the address was removed", place="webhook")
        body = outbox.payload(message)["body"].encode()
        headers = sign(url=hook.address, body=body, key_id=hook.id.hex, secret=hook.secret, at=clock.now())
        _check(post(hook.address, body=body, headers=headers, policy=_policy(roots), resolver=_resolver()))

    return delivering.deliver_due(WEBHOOK_KIND, call, limit=limit)


def _check(status: int) -> None:
    if status == GONE:
        raise Invalid("the receiver says that it is gone (410)", place="webhook")
    if not 200 <= status < 300:
        raise Unavailable(f"the receiver answered {status}", place="webhook")


def _policy(roots: str) -> FetchPolicy:
    network = settings.TUTELA.exercise_network
    return FetchPolicy(seconds=SECONDS, exercise_network=network, user_agent=AGENT, roots=roots)


def _resolver() -> Resolver:
    return Resolver(settings.TUTELA.dns)
