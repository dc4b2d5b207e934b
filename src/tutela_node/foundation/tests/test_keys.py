"""The keystore and the small sealed fields: made once, held by role, whole or refused."""

import stat
from dataclasses import replace

import pytest
from django.conf import settings as known

from tutela.errors import VerificationFailed
from tutela_node.foundation import keys, sealed
from tutela_node.foundation.errors import Conflict, Unavailable


@pytest.fixture
def store(tmp_path, settings):
    settings.TUTELA = replace(known.TUTELA, data=tmp_path, role="all")
    return tmp_path / "keys"


def as_role(settings, role):
    settings.TUTELA = replace(settings.TUTELA, role=role)


def test_keys_are_for_the_nodes_user_alone(store):
    assert set(keys.make_missing()) == set(keys.SECRETS)
    assert stat.S_IMODE(store.stat().st_mode) == 0o700
    assert {path.name for path in store.iterdir()} == {*keys.SECRETS, "intake.pub", "matcher.pub"}
    assert {stat.S_IMODE(path.stat().st_mode) for path in store.iterdir()} == {0o600}


def test_a_key_is_never_replaced(store):
    keys.make_missing()
    before = {path.name: path.read_bytes() for path in store.iterdir()}
    (store / "log").unlink()
    assert keys.make_missing() == ["log"]
    after = {path.name: path.read_bytes() for path in store.iterdir()}
    assert {name for name in before if before[name] != after[name]} == {"log"}


def test_a_missing_key_is_named(store):
    with pytest.raises(Unavailable, match=r"“vault” was never made.*init") as caught:
        keys.secret("vault")
    assert caught.value.place == "vault"


@pytest.mark.parametrize("name", ["fields", "intake", "intake.pub"])
def test_a_key_that_was_cut_is_refused(store, name):
    keys.make_missing()
    (store / name).write_bytes(b"")
    with pytest.raises(Unavailable, match=f"“{name}” has 0 octets"):
        keys.intake_public() if name == "intake.pub" else keys.secret(name)


def test_a_key_that_cannot_be_read_is_named(store):
    keys.make_missing()
    (store / "log").unlink()
    (store / "log").mkdir()
    with pytest.raises(Unavailable, match="“log” cannot be read"):
        keys.secret("log")


def test_the_secret_of_the_intake_key_is_not_made_anew_beside_its_public_half(store):
    keys.make_missing()
    (store / "intake").unlink()
    with pytest.raises(Conflict, match=r"intake\.pub"):
        keys.make_missing()
    assert not (store / "intake").exists()


def test_a_role_gets_no_key_it_does_not_name(store, settings):
    keys.make_missing()
    as_role(settings, "public")
    assert keys.secret("locator")
    with pytest.raises(Unavailable, match="“public” does not hold the key “vault”"):
        keys.secret("vault")


def test_a_signer_has_the_name_of_its_node_and_key(store):
    keys.make_missing()
    assert keys.signer("log").name == f"{known.TUTELA.origin}/log"
    assert keys.signer("log").public != keys.signer("package").public


def test_a_sealed_field_opens_under_its_own_purpose_only(store):
    keys.make_missing()
    hidden = sealed.seal("url", b"https://site.example/")
    assert b"site" not in hidden
    assert sealed.unseal("url", memoryview(hidden)) == b"https://site.example/"
    with pytest.raises(VerificationFailed):
        sealed.unseal("host", hidden)


@pytest.mark.parametrize("place", [0, 13, -1])
def test_a_changed_field_is_refused(store, place):
    keys.make_missing()
    hidden = bytearray(sealed.seal("url", b"https://site.example/"))
    hidden[place] ^= 1
    with pytest.raises(VerificationFailed):
        sealed.unseal("url", bytes(hidden))


def test_look_ups_meet_within_a_purpose_and_a_node(store):
    keys.make_missing()
    found = sealed.lookup("url", "a")
    assert found == sealed.lookup("url", b"a")
    assert len({found, sealed.lookup("host", "a"), sealed.lookup("url", "b")}) == 3
    (store / "lookups").unlink()
    keys.make_missing()
    assert sealed.lookup("url", "a") != found
