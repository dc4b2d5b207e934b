"""What an operator sets: a wrong value stops the start with a sentence that names the setting."""

import pytest

from tutela_node.foundation.errors import Invalid
from tutela_node.site.config import ROLES, read


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("TUTELA_PRODUCTION", "yes", "0 or 1"),
        ("TUTELA_PUBLIC_URL", "127.0.0.1:8000", "http://"),
        ("TUTELA_PUBLIC_URL", "http://", "http://"),
        ("TUTELA_WORKBENCH_URL", "ftp://desk.example", "http://"),
        ("TUTELA_API_URL", "http://api.example:99999", "port"),
        ("TUTELA_SMTP", "mail.example", "host:port"),
        ("TUTELA_SMTP", "mail.example:smtp", "host:port"),
        ("TUTELA_SMTP", "mail.example:²", "host:port"),
        ("TUTELA_SMTP", "mail.example:70000", "host:port"),
        ("TUTELA_DNS", ":53", "host:port"),
        ("TUTELA_DNS", "resolver.example:53", "by its address"),
        ("TUTELA_RDAP", "rdap.example", "http://"),
        ("TUTELA_DATABASE", "mysql://u:p@db.example/node", "postgresql://"),
        ("TUTELA_DATABASE", "postgresql://db.example", "postgresql://"),
        ("TUTELA_DATABASE", "postgresql://db.example:x/node", "port"),
        ("TUTELA_ORIGIN", "our node", "hotline.example/node"),
        ("TUTELA_ORIGIN", "hotline.example+1", "hotline.example/node"),
        ("TUTELA_PROFILE", "ZZ", "shipped: XA"),
        ("TUTELA_EXERCISE_NETWORK", "everything", "127.0.0.0/8"),
        ("TUTELA_EXERCISE_NETWORK", "127.0.0.1/8", "127.0.0.0/8"),
    ],
)
def test_a_wrong_value_names_its_setting(name, value, says):
    with pytest.raises(Invalid) as caught:
        read("all", {name: value})
    assert caught.value.place == name
    assert says in caught.value.message


def test_nothing_set_is_a_node_of_exampleland_on_this_machine():
    config = read("all", {})
    assert (config.profile, config.database, config.dns, config.production) == ("XA", "", None, False)
    assert config.data.is_absolute()


def test_empty_is_the_same_as_not_set():
    names = ("DATA", "DATABASE", "PROFILE", "ORIGIN", "PRODUCTION", "PUBLIC_URL", "SMTP", "DNS", "RDAP")
    assert read("all", {f"TUTELA_{name}": "" for name in names}) == read("all", {})


def test_production_refuses_an_exercise():
    settings = {"TUTELA_PRODUCTION": "1", "TUTELA_EXERCISE_NETWORK": "127.0.0.0/8"}
    with pytest.raises(Invalid, match="refused in production") as caught:
        read("worker", settings)
    assert caught.value.place == "TUTELA_EXERCISE_NETWORK"
    assert read("worker", settings | {"TUTELA_EXERCISE_NETWORK": ""}).production


def test_a_role_that_is_none_is_refused():
    with pytest.raises(Invalid, match="public, workbench") as caught:
        read("desk", {})
    assert caught.value.place == "role"
    assert all(read(role, {}).role == role for role in ROLES)


def test_values_are_read_as_they_are_used():
    config = read(
        "all", {"TUTELA_DNS": "[::1]:53", "TUTELA_SMTP": "relay.example:2525", "TUTELA_API_URL": "https://a.example/"}
    )
    assert (config.dns, config.smtp) == (("::1", 53), ("relay.example", 2525))
    assert config.api_url == "https://a.example"
