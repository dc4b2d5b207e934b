"""The services by name: what they must be told, and how an exchange with one is opened.

Rules:
- settings may be shown; credentials are secret and belong sealed wherever they are kept
- a service is named by an environment of ours or by a free base address, so that a local server can stand in for it
- a client is loaded when an exchange is opened, not before: importing this room loads no network code
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from types import MappingProxyType
from typing import cast

from tutela.errors import Invalid
from tutela.exchanges.exchange import Exchange, Reason
from tutela.exchanges.transport import Transport

LONGEST_FIELD = 2048


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One thing a service must be told. With `choices`, the value is one of them; optional fields may be empty."""

    name: str
    title: str
    choices: tuple[str, ...] = ()
    default: str = ""
    is_optional: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ExchangeKind:
    """A service we can speak to. `reasons` are those every member may give; others come with `Standing.reasons`."""

    name: str
    title: str
    settings: tuple[Field, ...]
    credentials: tuple[Field, ...]
    takes_feedback: bool
    reasons: tuple[Reason, ...] = ()


_ADDRESS = Field(name="address", title="base address, when it is not the service's own", is_optional=True)
_USER = (Field(name="username", title="user name"), Field(name="password", title="password"))

NCMEC_ENVIRONMENTS: Mapping[str, str] = MappingProxyType(
    {
        "industry": "https://report.cybertip.org/hashsharing",
        "industry-exploitative": "https://report.cybertip.org/exploitative-hashsharing",
        "law-enforcement": "https://lesp.ncmec.org/csam-hashsharing",
        "ngo": "https://hashsharing.ncmec.org/npo",
        "exploitative": "https://hashsharing.ncmec.org/exploitative",
        "ngo-generative-ai": "https://hashsharing.ncmec.org/generative-ai-csam",
        "ngo-generative-ai-exploitative": "https://hashsharing.ncmec.org/generative-ai-exploitative",
        "test-industry": "https://exttest.cybertip.org/hashsharing",
        "test-industry-exploitative": "https://exttest.cybertip.org/exploitative-hashsharing",
        "test-law-enforcement": "https://betalesp.ncmec.org/csam-hashsharing",
        "test-ngo": "https://hashsharing-test.ncmec.org/npo",
        "test-exploitative": "https://hashsharing-test.ncmec.org/exploitative",
        "test-ngo-generative-ai": "https://hashsharing-test.ncmec.org/generative-ai-csam",
        "test-ngo-generative-ai-exploitative": "https://hashsharing-test.ncmec.org/generative-ai-exploitative",
    }
)

_ALL = (
    ExchangeKind(
        name="ncmec",
        title="NCMEC hash sharing, version 2",
        settings=(
            Field(
                name="environment",
                title="which of NCMEC's databases",
                choices=tuple(NCMEC_ENVIRONMENTS),
                is_optional=True,
            ),
            Field(name="address", title="base address, instead of an environment", is_optional=True),
            Field(name="members", title="take only entries of these member numbers (commas between)", is_optional=True),
        ),
        credentials=_USER,
        takes_feedback=True,
    ),
    ExchangeKind(
        name="stopncii",
        title="StopNCII.org, version 1",
        settings=(_ADDRESS,),
        credentials=(
            Field(name="subscription_key", title="subscription key"),
            Field(name="fetch_key", title="function key of FetchHashes"),
            Field(name="feedback_key", title="function key of SubmitFeedback", is_optional=True),
            Field(name="submit_key", title="function key of SubmitHashes", is_optional=True),
        ),
        takes_feedback=True,
    ),
    ExchangeKind(
        name="tat",
        title="Tech Against Terrorism hash list, version 2",
        settings=(
            _ADDRESS,
            Field(
                name="ideology", title="which part of the list", choices=("all", "islamist", "far-right"), default="all"
            ),
        ),
        credentials=_USER,
        takes_feedback=False,
    ),
)
KINDS: Mapping[str, ExchangeKind] = MappingProxyType({each.name: each for each in _ALL})


def open_exchange(
    kind: str, settings: Mapping[str, str], credentials: Mapping[str, str], *, transport: Transport
) -> Exchange:
    """An exchange with the service; it owns `transport` and closes it. Asks nothing yet.

    Raises Invalid for an unknown kind, a missing or unknown field, or a value that is none of its choices.
    """
    known = KINDS.get(kind)
    if known is None:
        raise Invalid(f"unknown exchange; use one of {', '.join(KINDS)}", place="kind")
    given = _checked(known.settings, settings, "settings")
    secret = _checked(known.credentials, credentials, "credentials")
    module = import_module(f"tutela.exchanges.{kind}_adapter")
    opened = cast(Callable[[Mapping[str, str], Mapping[str, str], Transport], Exchange], module.open_with)
    return opened(given, secret, transport)


def _checked(fields: tuple[Field, ...], given: Mapping[str, str], place: str) -> dict[str, str]:
    """Every field with its value, empty where it is optional and missing."""
    unknown = sorted(set(given) - {each.name for each in fields})
    if unknown:
        raise Invalid(f"unknown: {', '.join(unknown)[:100]}; use {', '.join(e.name for e in fields)}", place=place)
    return {each.name: _value(each, given.get(each.name, "").strip(), place) for each in fields}


def _value(field: Field, given: str, place: str) -> str:
    value = given or field.default
    if not value and not field.is_optional:
        raise Invalid("missing", place=f"{place}, {field.name}")
    if value and field.choices and value not in field.choices:
        raise Invalid(f"use one of {', '.join(field.choices)}", place=f"{place}, {field.name}")
    if len(value) > LONGEST_FIELD or not value.isprintable():
        raise Invalid(f"expected at most {LONGEST_FIELD} printable characters", place=f"{place}, {field.name}")
    return value
