"""What the tests of the workbench's pages share: somebody of the cast, signed in."""

import pytest
from django.test import Client


@pytest.fixture
def sign_in():
    from tutela_node.accounts.models import Person

    def run(actor, **options):
        client = Client(**options)
        client.force_login(Person.objects.get(id=actor.id))
        return client

    return run
