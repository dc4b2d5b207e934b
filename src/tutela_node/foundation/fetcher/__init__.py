"""The one way out to hosts that somebody else named: a fetcher that expects hostile servers.

Job: read one web address into a sink, bounded in bytes, redirects and time, and never an address inside our networks.
Words: policy, sink, pinned address, exercise network, deadline.
Verbs: fetch, post, resolve.
Does not know: the vault, sightings, what the bytes mean. It runs no script and keeps no cookie.
"""

from tutela_node.foundation.fetcher.fetch import fetch
from tutela_node.foundation.fetcher.post import post
from tutela_node.foundation.fetcher.resolver import NameNotFound, Resolver
from tutela_node.foundation.fetcher.values import Deadline, Fetched, FetchPolicy, Tls

__all__ = ["Deadline", "FetchPolicy", "Fetched", "NameNotFound", "Resolver", "Tls", "fetch", "post"]
