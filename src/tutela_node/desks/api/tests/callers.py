"""Programs that call the API, with a token of their organisation."""

import json

from django.test import Client

from tutela_node.accounts import actions as accounts
from tutela_node.foundation.permissions import SYSTEM

SCOPES = ("intake.report", "intake.read_own", "hashlists.look_up")


def token_for(organisation, scopes=SCOPES):
    return accounts.issue_token(SYSTEM, organisation=organisation, name="tests", scopes=scopes, days=1)


def agree(name, *kinds):
    """An organisation of this name with agreements of these kinds."""
    id = accounts.create_organisation(SYSTEM, name=name, kind="provider", country="XA", email="")
    for kind in kinds:
        accounts.sign_agreement(SYSTEM, organisation=id, kind=kind, basis="XA-CPA-12", days=30)
    return id


class Machine(Client):
    """A client with a token."""

    def __init__(self, token):
        super().__init__(headers={"Authorization": f"Bearer {token}"}, raise_request_exception=False)

    def ask(self, path, value):
        return self.post(f"/api/v1{path}", json.dumps(value), content_type="application/json")
