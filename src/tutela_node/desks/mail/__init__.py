"""The desk of mail: takes mail with reports from the site's own mail server, over SMTP or LMTP.

Job: let mail for the configured addresses in, bounded; say 250 only after it is committed.
Words: drop, recipient, material.
Does not know: any rule of a room, how a mail is read, what becomes of it. It can seal and not open.
"""
