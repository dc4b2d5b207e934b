"""What all mailboxes of a node share: the salt of their keys, which comes from the locator key and never changes."""

import hashlib
import hmac

from tutela_node.foundation import keys


def salt() -> bytes:
    return hmac.new(keys.secret("locator"), b"mailbox-salt", hashlib.sha256).digest()[:16]
