"""What is blocked, why, until when, and the signed list that resolvers load.

Job: a domain is proposed with its grounds, decided by a second person, listed for a limited time, released, appealed.
Words: Listing (a decision to block), Release (a signed publication of the list), grounds, statement, facts.
Verbs: propose, approve, refuse, withdraw, expire, write (a release), publish.
Does not know: whose visits a resolver turns away; reports; what the material is.
"""
