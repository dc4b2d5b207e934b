"""Room: fetch hash lists from outside services and tell them what we found. The one room of the kit with a network.

Words: exchange (a service that hands out a list), client (speaks its protocol, knows nothing of us), adapter (its
words to our entries), checkpoint (how far we have read), batch, opinion (what we found of an entry), standing (who we
are to the service).
Verbs: fetch, send, check, ask.
Does not know: where lists are kept, when to fetch, whose credentials these are.
"""

from tutela.exchanges.exchange import Batch, Exchange, Opinion, Reason, Sent, Standing, Verdict
from tutela.exchanges.kinds import KINDS, ExchangeKind, Field, open_exchange
from tutela.exchanges.transport import Transport

__all__ = [
    "KINDS",
    "Batch",
    "Exchange",
    "ExchangeKind",
    "Field",
    "Opinion",
    "Reason",
    "Sent",
    "Standing",
    "Transport",
    "Verdict",
    "open_exchange",
]
