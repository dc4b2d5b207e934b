"""Takedown: find out where something is hosted, and ask the host to remove it.

Job: trace a sighting's host from several sources, write and send notices in the host's language, take the answers,
and stay silent while the police hold a sighting.
Words: Trace, source, Contact, Hold, Notice, one-time code.
Verbs: trace_host, record_trace, override_trace, approve_contact, place_hold, lift_hold, write_notice, send,
answer_notice, close_notice.
Does not know: items, verdicts, reports, who decided; the steps that call it; the mail server.
"""
