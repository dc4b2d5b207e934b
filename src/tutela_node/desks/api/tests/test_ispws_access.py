"""Who may use the CyberTipline interface, and with which credentials."""

import base64
from dataclasses import replace
from uuid import UUID

import pytest
from django.test import Client

from tutela.wire.cybertip.answers import Code, read_response
from tutela_node.accounts import actions as accounts
from tutela_node.desks.api.tests.callers import agree, token_for
from tutela_node.desks.api.tests.filing import Filer, basic
from tutela_node.foundation.permissions import SYSTEM


def ask(header):
    response = Client(headers={"Authorization": header} if header else {}).get("/ispws/status")
    return response, read_response(response.content)


def test_the_ways_to_write_credentials(quay):
    raw = token_for(quay)
    _, id, secret = raw.split("_")
    for user in ("Quay Cloud", "quay cloud", str(quay), quay.hex, id):
        for password in (raw, secret):
            assert ask(basic(user, password))[1].code == 0, user
    assert ask(f"Bearer {raw}")[1].code == 0


def test_what_is_no_pair_of_credentials_is_refused(quay):
    raw = token_for(quay)
    other = token_for(agree("Far Host", "intake"))
    wrong = [
        "", "Basic", "Basic !", "Basic " + base64.b64encode(b"nocolon").decode(), "Digest x", basic("", raw),
        basic("Far Host", raw), basic("Quay Cloud", ""), basic("Quay Cloud", "0" * 64), basic("Quay Cloud", other),
        basic("x" * 5000, raw), "Basic " + base64.b64encode(b"\xff\xfe:\x00").decode(),
        basic("Quay Cloud", raw[:-1] + "g"),
    ]  # fmt: skip
    for header in wrong:
        response, answer = ask(header)
        assert (response.status_code, answer.code) == (401, Code.NOT_AUTHENTICATED), header
        assert response.headers["WWW-Authenticate"].startswith("Basic ")


def test_a_revoked_token_and_one_without_the_scope(quay):
    raw = token_for(quay)
    accounts.revoke_token(SYSTEM, token=UUID(hex=raw.split("_")[1]))
    assert ask(basic("Quay Cloud", raw))[1].code == Code.NOT_AUTHENTICATED
    assert ask(basic("Quay Cloud", token_for(quay, ("hashlists.look_up",))))[1].code == Code.NOT_AUTHORISED


def test_without_an_agreement_nothing_is_taken(db):
    filer = Filer("Far Host", token_for(agree("Far Host")))
    assert filer.submit().code == Code.NOT_AUTHORISED
    assert filer.status == 403


@pytest.mark.parametrize(("secure", "code"), [(True, 0), (False, Code.NOT_AUTHORISED)])
def test_in_production_credentials_are_taken_over_tls_alone(quay, settings, secure, code):
    settings.TUTELA = replace(settings.TUTELA, production=True)
    filer = Filer("Quay Cloud", token_for(quay))
    assert filer.read(filer.get("/ispws/status", secure=secure)).code == code
