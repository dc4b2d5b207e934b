"""What the tests of this room share: bytes in the vault, an item with an exhibit, a recipient's key."""

from uuid import UUID

import pytest

BYTES = bytes(range(256)) * 700  # more than one chunk of the sealed form
RECIPIENT = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p"  # the public example of the format


@pytest.fixture
def take(db):
    """Receives bytes and admits them; gives what was received."""
    from tutela_node.evidence.actions import admit_object
    from tutela_node.evidence.vault import receive
    from tutela_node.foundation.permissions import SYSTEM

    def run(content: bytes = BYTES):
        with receive(10_000_000) as receiver:
            receiver.write(content)
            received = receiver.seal()
        admit_object(SYSTEM, received=received, source="test")
        return received

    return run


@pytest.fixture
def make_item(take):
    """An item with its bytes in the vault: (item, object)."""
    from tutela_node.foundation.permissions import SYSTEM
    from tutela_node.material.actions import register_item

    def run() -> tuple[UUID, UUID]:
        received = take()
        item = register_item(SYSTEM, object_id=received.object_id, size=received.size)
        return item, received.object_id

    return run


@pytest.fixture
def exhibit(make_item):
    """An item that a verdict made evidence."""
    from tutela_node.evidence.actions import make_exhibit
    from tutela_node.foundation.permissions import SYSTEM

    item, object_id = make_item()
    make_exhibit(SYSTEM, item=item, object_id=object_id)
    return item


@pytest.fixture
def police_key(pavel):
    from tutela_node.accounts.actions import register_recipient_key
    from tutela_node.foundation.permissions import SYSTEM

    return register_recipient_key(SYSTEM, organisation=pavel.organisation, public=RECIPIENT, label="evidence desk")
