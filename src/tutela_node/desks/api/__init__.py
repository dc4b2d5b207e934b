"""The desk of providers: reports and look-ups by token, and the page on which a host answers a notice.

Job: let programs and hosts in, translate errors, hand over. One call in, one answer out.
Words: problem (RFC 9457), token, scope, agreement, code.
Does not know: any rule of a room.
"""
