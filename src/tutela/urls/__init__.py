"""Web addresses: one canonical form, the expressions under which a list may name them, and keyed look-ups.

Words: canonical form, host, registrable domain, expression, keyed hash, problem.
Verbs: canonicalise, check_reported, expressions, keyed_hash, redact.
Does not know: networks, DNS, lists, reports, who asks. It never fetches or resolves anything.
"""

from tutela.urls.canonical import DEFAULT_LIMIT, WEB_SCHEMES, Canonical, canonicalise
from tutela.urls.hosts import Host, canonical_host, is_dns_name
from tutela.urls.lookups import keyed_hash, redact
from tutela.urls.patterns import expressions
from tutela.urls.problems import BadAddress, Problem
from tutela.urls.reported import check_reported
from tutela.urls.suffixes import registrable_domain

__all__ = [
    "DEFAULT_LIMIT",
    "WEB_SCHEMES",
    "BadAddress",
    "Canonical",
    "Host",
    "Problem",
    "canonical_host",
    "canonicalise",
    "check_reported",
    "expressions",
    "is_dns_name",
    "keyed_hash",
    "redact",
    "registrable_domain",
]
