"""Room: fetch hash lists from outside services and tell them what we found. The one room of the kit with a network.

Words: exchange (a service that hands out a list), client (speaks its protocol, knows nothing of us), adapter (its
words to our entries), checkpoint (how far we have read), batch, feedback.
Verbs: fetch, send feedback, check.
Does not know: where lists are kept, when to fetch, whose credentials these are.
"""
