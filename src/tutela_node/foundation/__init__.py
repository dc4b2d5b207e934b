"""The ground under every room.

Job: errors, ids, the clock, actors and permissions, the ledger (audit record and custody event in one call), keys and
small sealed fields, the outbox, job hints, the national profile, the hardened fetcher, health.
Words: Actor, Permission, Role, AuditRecord, CustodySubject, PendingEvent, OutboxMessage.
Verbs: require, record, record_read, seal, open, lookup, post.
Does not know: any room above it.
"""
