"""Exampleland: the fictitious State of tests and exercises, as a small working world on loopback.

It stands in for what a node meets outside: a hosting company's web server with generated pictures, the DNS, the RDAP
servers of registries, a mail server, and a resolver (a real BIND) that loads the node's list. It knows nothing of the
node and imports nothing of it.
"""
