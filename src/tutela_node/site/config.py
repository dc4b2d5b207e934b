"""What an operator can set, read once from the environment.

Rules:
- every setting is here, with its default and meaning, and in `docs/guides/settings.md` (a test compares them)
- a wrong value stops the start with a sentence that names the setting and what would be right
- an exercise network is refused in production
"""

import ipaddress
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from tutela.errors import Invalid, TutelaError
from tutela_node.foundation.profile.load import load

ORIGIN = re.compile(r"[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?:/[a-z0-9._-]+)*", re.ASCII)
MAILBOX = re.compile(r"[^\s@,]{1,64}@[a-z0-9.-]{1,190}", re.ASCII)
ROLES = ("public", "workbench", "api", "matcher", "mail", "worker", "all")
SETTINGS = {
    "TUTELA_DATA": "folder of the database, the vault, the keys and the releases (./data)",
    "TUTELA_DATABASE": "postgresql://user:password@host:port/name, or empty for SQLite in the data folder",
    "TUTELA_PROFILE": "national profile: a code that ships with Tutela (XA) or the path of a profile.toml",
    "TUTELA_LOCALE": "folder of more catalogues (<code>/LC_MESSAGES/django.mo), or empty",
    "TUTELA_ORIGIN": "name of this node in its log and signatures (exampleland.example/node)",
    "TUTELA_PRODUCTION": "1 refuses exercise settings and demands HTTPS cookies (0)",
    "TUTELA_PUBLIC_URL": "address of the public pages (http://127.0.0.1:8000)",
    "TUTELA_WORKBENCH_URL": "address of the workbench (http://localhost:8001)",
    "TUTELA_API_URL": "address of the API and the provider desk (http://127.0.0.1:8002)",
    "TUTELA_MATCHER_URL": "address of the match service (http://127.0.0.1:8003)",
    "TUTELA_PUBLIC_LISTEN": "host:port where the public desk listens behind a proxy; empty: see its address",
    "TUTELA_WORKBENCH_LISTEN": "host:port where the workbench listens behind a proxy; empty: see its address",
    "TUTELA_API_LISTEN": "host:port where the API listens behind a proxy; empty: see its address",
    "TUTELA_MATCHER_LISTEN": "host:port where a matcher listens behind a proxy; empty: see its address",
    "TUTELA_SMTP": "host:port of the mail server that takes notices (127.0.0.1:25)",
    "TUTELA_MAIL": "where mail with reports comes in, such as lmtp://127.0.0.1:2424 or smtp://…; empty: none is taken",
    "TUTELA_MAIL_TO": "addresses that take reports, separated by commas; mail for others is refused",
    "TUTELA_MAIL_TLS": "certificate.pem,key.pem for STARTTLS; empty: none is offered",
    "TUTELA_DNS": "host:port of the resolver used for capture and tracing; empty for the system's resolver",
    "TUTELA_RDAP": "base address of one RDAP server to ask instead of the public bootstrap; empty for the bootstrap",
    "TUTELA_VOLUME_IS_ENCRYPTED": "1 states that the data folder is on a volume encrypted below this machine (0)",
    "TUTELA_EXERCISE_NETWORK": "one network (CIDR) that an exercise may capture from; refused in production",
}
DESKS = {  # the default address of each desk that is served, and its port behind a proxy
    "public": "http://127.0.0.1:8000",
    "workbench": "http://localhost:8001",
    "api": "http://127.0.0.1:8002",
    "matcher": "http://127.0.0.1:8003",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Listening:
    """Where mail comes in: `protocol` is lmtp or smtp; `recipients` are in lower case; `tls` a certificate and key."""

    protocol: str
    host: str
    port: int
    recipients: frozenset[str]
    tls: tuple[Path, Path] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """`listen`: host and port by desk; the addresses are what people and programs outside see."""

    role: str
    data: Path
    database: str
    profile: str
    locale: Path | None
    origin: str
    production: bool
    public_url: str
    workbench_url: str
    api_url: str
    matcher_url: str
    listen: Mapping[str, tuple[str, int]]
    smtp: tuple[str, int]
    mail: Listening | None
    dns: tuple[str, int] | None
    rdap: str
    volume_is_encrypted: bool
    exercise_network: str


def read(role: str, environment: Mapping[str, str] = os.environ) -> Config:
    """Raises Invalid naming the setting that cannot be used."""
    if role not in ROLES:
        raise Invalid(f"is none of {', '.join(ROLES)}", place="role")
    get = environment.get
    production = _flag(environment, "TUTELA_PRODUCTION")
    urls = {desk: _address(environment, f"TUTELA_{desk.upper()}_URL", default) for desk, default in DESKS.items()}
    return Config(
        role=role,
        data=Path(get("TUTELA_DATA") or "data").absolute(),
        database=_database(environment),
        profile=_profile(environment),
        locale=_locale(environment),
        origin=_origin(environment),
        production=production,
        public_url=urls["public"],
        workbench_url=urls["workbench"],
        api_url=urls["api"],
        matcher_url=urls["matcher"],
        listen={desk: _listen(environment, desk, url) for desk, url in urls.items()},
        smtp=_endpoint(environment, "TUTELA_SMTP") or ("127.0.0.1", 25),
        mail=_mail(environment),
        dns=_resolver(environment),
        rdap=_address(environment, "TUTELA_RDAP", "") if get("TUTELA_RDAP") else "",
        volume_is_encrypted=_flag(environment, "TUTELA_VOLUME_IS_ENCRYPTED"),
        exercise_network=_network(environment, production=production),
    )


def _flag(environment: Mapping[str, str], name: str) -> bool:
    value = environment.get(name, "0") or "0"
    if value not in ("0", "1"):
        raise Invalid("must be 0 or 1", place=name)
    return value == "1"


def _address(environment: Mapping[str, str], name: str, default: str) -> str:
    value = environment.get(name) or default
    parts = _split(value, name)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise Invalid("must be an address that starts with http:// or https://", place=name)
    return value.rstrip("/")


def _listen(environment: Mapping[str, str], desk: str, url: str) -> tuple[str, int]:
    """Desks speak plain HTTP: an https address is that of a proxy, and the desk is behind it on this machine."""
    found = _endpoint(environment, f"TUTELA_{desk.upper()}_LISTEN")
    if found is not None:
        return found
    parts = urlsplit(DESKS[desk] if url.startswith("https:") else url)
    host = parts.hostname or ""
    return "127.0.0.1" if host == "localhost" else host, parts.port or 80


def _database(environment: Mapping[str, str]) -> str:
    value = environment.get("TUTELA_DATABASE", "")
    parts = _split(value, "TUTELA_DATABASE")
    if value and (parts.scheme not in ("postgresql", "postgres") or not parts.path.strip("/")):
        raise Invalid("must be postgresql://user:password@host:port/name, or empty for SQLite", place="TUTELA_DATABASE")
    return value


def _split(value: str, name: str) -> SplitResult:
    try:
        parts = urlsplit(value)
        _ = parts.port  # read only when asked for
    except ValueError:
        raise Invalid("must be an address; its host or its port cannot be read", place=name) from None
    return parts


def _profile(environment: Mapping[str, str]) -> str:
    value = environment.get("TUTELA_PROFILE") or "XA"
    try:
        load(value)
    except TutelaError as error:
        raise Invalid(f"names a profile that cannot be used: {error}", place="TUTELA_PROFILE") from None
    return value


def _locale(environment: Mapping[str, str]) -> Path | None:
    value = environment.get("TUTELA_LOCALE", "")
    if value and not Path(value).is_dir():
        raise Invalid("must be a folder of catalogues, or empty", place="TUTELA_LOCALE")
    return Path(value).absolute() if value else None


def _origin(environment: Mapping[str, str]) -> str:
    value = environment.get("TUTELA_ORIGIN") or "exampleland.example/node"
    if not ORIGIN.fullmatch(value):
        raise Invalid("must be a name such as hotline.example/node, in lower case", place="TUTELA_ORIGIN")
    return value


def _resolver(environment: Mapping[str, str]) -> tuple[str, int] | None:
    found = _endpoint(environment, "TUTELA_DNS")
    if found is None:
        return None
    try:
        return str(ipaddress.ip_address(found[0].strip("[]"))), found[1]
    except ValueError:
        raise Invalid("must name the resolver by its address, such as 127.0.0.1:53", place="TUTELA_DNS") from None


def _mail(environment: Mapping[str, str]) -> Listening | None:
    value = environment.get("TUTELA_MAIL", "")
    if not value:
        return None
    parts = _split(value, "TUTELA_MAIL")
    if parts.scheme not in ("lmtp", "smtp") or not parts.hostname or not parts.port or parts.path.strip("/"):
        raise Invalid("must be lmtp://host:port or smtp://host:port", place="TUTELA_MAIL")
    named = (each.strip().lower() for each in environment.get("TUTELA_MAIL_TO", "").split(","))
    recipients = frozenset(filter(None, named))
    if not recipients or not all(MAILBOX.fullmatch(each) for each in recipients):
        raise Invalid("must name the addresses that take reports, separated by commas", place="TUTELA_MAIL_TO")
    tls = tuple(Path(each.strip()) for each in environment.get("TUTELA_MAIL_TLS", "").split(",") if each.strip())
    if len(tls) not in (0, 2) or not all(each.is_file() for each in tls):
        raise Invalid("must name two files: the certificate and its key", place="TUTELA_MAIL_TLS")
    return Listening(
        protocol=parts.scheme,
        host=parts.hostname,
        port=parts.port,
        recipients=recipients,
        tls=(tls[0], tls[1]) if tls else None,
    )


def _endpoint(environment: Mapping[str, str], name: str) -> tuple[str, int] | None:
    value = environment.get(name, "")
    if not value:
        return None
    host, colon, port = value.rpartition(":")
    if not colon or not host or not port.isdecimal() or not 0 < int(port) < 65536:
        raise Invalid("must be host:port, such as 127.0.0.1:2525", place=name)
    return host, int(port)


def _network(environment: Mapping[str, str], *, production: bool) -> str:
    value = environment.get("TUTELA_EXERCISE_NETWORK", "")
    if not value:
        return ""
    if production:
        raise Invalid(
            "an exercise network is refused in production: unset one of the two", place="TUTELA_EXERCISE_NETWORK"
        )
    try:
        return str(ipaddress.ip_network(value))
    except ValueError:
        raise Invalid("must be a network such as 127.0.0.0/8", place="TUTELA_EXERCISE_NETWORK") from None
