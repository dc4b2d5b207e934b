"""Services by name, and what they must be told."""

import subprocess
import sys

import pytest

from tutela.errors import Invalid
from tutela.exchanges import KINDS, open_exchange
from tutela.exchanges.kinds import NCMEC_ENVIRONMENTS
from tutela.exchanges.tests.opening import transport

ACCOUNT = {"username": "node", "password": "word"}


def test_the_room_is_imported_without_its_network() -> None:
    code = "import sys, tutela.exchanges; print({'httpx', 'httpcore', 'h11', 'certifi'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"


@pytest.mark.parametrize("environment", NCMEC_ENVIRONMENTS)
def test_every_environment_can_be_opened(environment: str) -> None:
    assert len(NCMEC_ENVIRONMENTS) == 14
    open_exchange("ncmec", {"environment": environment}, ACCOUNT, transport=transport()).close()


@pytest.mark.parametrize("name", ["stopncii", "tat"])
def test_a_service_has_an_address_of_its_own(name: str) -> None:
    secret = {each.name: "x" for each in KINDS[name].credentials if not each.is_optional}
    exchange = open_exchange(name, {}, secret, transport=transport())
    assert exchange.name == name
    exchange.close()


@pytest.mark.parametrize(
    ("kind", "settings", "credentials", "place"),
    [
        ("pnwned", {}, ACCOUNT, "kind"),
        ("ncmec", {}, ACCOUNT, "settings"),
        ("ncmec", {"environment": "ngo", "address": "https://a.example"}, ACCOUNT, "settings"),
        ("ncmec", {"environment": "industrie"}, ACCOUNT, "settings, environment"),
        ("ncmec", {"environment": "ngo", "members": "1;2"}, ACCOUNT, "settings, members"),
        ("ncmec", {"environment": "ngo"}, {"username": "node"}, "credentials, password"),
        ("ncmec", {"environment": "ngo"}, {"username": "a:b", "password": "c"}, "credentials, username"),
        ("ncmec", {"environment": "ngo"}, ACCOUNT | {"key": "x"}, "credentials"),
        ("tat", {"ideology": "none"}, ACCOUNT, "settings, ideology"),
        ("tat", {"address": "https://a.example\n"}, ACCOUNT | {"password": "a\nb"}, "credentials, password"),
        ("stopncii", {}, {"subscription_key": "x"}, "credentials, fetch_key"),
    ],
)
def test_what_is_missing_or_wrong(kind: str, settings: dict[str, str], credentials: dict[str, str], place: str) -> None:
    with pytest.raises(Invalid) as caught:
        open_exchange(kind, settings, credentials, transport=transport())
    assert caught.value.place == place
