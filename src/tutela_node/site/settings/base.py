"""Settings that every role shares. A role's own module adds its desks, its URL list and nothing else.

`build(role)` returns the settings as a mapping, so that a role's module is three lines and cannot drift.
"""

from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from tutela_node.foundation import keys
from tutela_node.site import languages
from tutela_node.site.config import Config, read

HERE = Path(__file__).resolve().parents[2]
ROOMS: list[str] = [
    "tutela_node.foundation",
    "tutela_node.accounts",
    "tutela_node.material",
    "tutela_node.evidence",
    "tutela_node.intake",
    "tutela_node.review",
    "tutela_node.hashlists",
    "tutela_node.takedown",
    "tutela_node.blocking",
    "tutela_node.providers",
    "tutela_node.journeys",
]
DJANGO: list[str] = ["django.contrib.auth", "django.contrib.contenttypes", "django_tasks", "django_tasks_db"]
PRAGMAS = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA busy_timeout=30000;"


def build(role: str) -> dict[str, Any]:
    config = read(role)
    spoken = languages.languages(HERE, role, config.locale)
    return {
        "TUTELA": config,
        "DEBUG": False,
        "SECRET_KEY": _secret_key(config),
        "ALLOWED_HOSTS": _hosts(config),
        "USE_TZ": True,
        "TIME_ZONE": "UTC",
        "DATABASES": {"default": _database(config)},
        "DEFAULT_AUTO_FIELD": "django.db.models.BigAutoField",
        "AUTH_USER_MODEL": "accounts.Person",
        "PASSWORD_HASHERS": ["django.contrib.auth.hashers.Argon2PasswordHasher"],
        "LANGUAGES": spoken,
        "LANGUAGES_BIDI": languages.from_right_to_left(code for code, _ in spoken),
        "LANGUAGE_CODE": "en",
        "LOCALE_PATHS": [str(HERE / "locale"), *([str(config.locale)] if config.locale else [])],
        "USE_I18N": True,
        "TASKS": {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default"]}},
        "LOGGING": _logging(),
        "STATIC_URL": "/static/",
        "STATICFILES_DIRS": [str(HERE / "desks" / "static")],
        "WHITENOISE_USE_FINDERS": True,
        "WHITENOISE_MAX_AGE": 300,
        **_security(config),
    }


def templates(*processors: str) -> list[dict[str, Any]]:
    return [
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "APP_DIRS": True,
            "OPTIONS": {"context_processors": ["django.template.context_processors.request", *processors]},
        }
    ]


def _secret_key(config: Config) -> str:
    path = config.data / "keys" / "session"
    if "session" in keys.ROLE_KEYS[config.role] and path.exists():
        return path.read_bytes().hex()
    return "the public desk signs nothing; the keystore is made by `tutela node init`"


def _hosts(config: Config) -> list[str]:
    named = {urlsplit(url).hostname or "" for url in (config.public_url, config.workbench_url, config.api_url)}
    return sorted(named | (set() if config.production else {"127.0.0.1", "localhost", "testserver"}))


def _database(config: Config) -> dict[str, Any]:
    if config.database:
        parts = urlsplit(config.database)
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": parts.path.lstrip("/"),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": parts.hostname or "",
            "PORT": str(parts.port or ""),
            "CONN_MAX_AGE": 60,
            "CONN_HEALTH_CHECKS": True,
        }
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": config.data / "node.sqlite3",
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 30,
            "init_command": f"{PRAGMAS} {_spill(config)}",
        },
    }


def _spill(config: Config) -> str:
    """The desks of outsiders leave nothing in a temporary folder, which may lie outside of the encrypted volume.

    Their transactions are small; those of the others may not fit into memory.
    """
    return "PRAGMA temp_store=MEMORY;" if config.role in ("public", "api") else ""


def _security(config: Config) -> dict[str, Any]:
    return {
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": config.production,
        "SESSION_COOKIE_AGE": 8 * 3600,
        "CSRF_COOKIE_SECURE": config.production,
        "CSRF_COOKIE_HTTPONLY": True,
        "SECURE_SSL_REDIRECT": config.production,  # pages; machines below these two are refused with their credentials
        "SECURE_REDIRECT_EXEMPT": [r"^(health|ready)$", r"^(api|ispws)/"],
        "X_FRAME_OPTIONS": "DENY",
        "SECURE_CONTENT_TYPE_NOSNIFF": True,
        "SECURE_REFERRER_POLICY": "no-referrer",
        "SECURE_CROSS_ORIGIN_OPENER_POLICY": "same-origin",
        "DATA_UPLOAD_MAX_MEMORY_SIZE": 1024 * 1024,
        "DATA_UPLOAD_MAX_NUMBER_FIELDS": 200,
        "FILE_UPLOAD_HANDLERS": [],
    }


def _logging() -> dict[str, Any]:
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "plain"}},
        "root": {"handlers": ["stderr"], "level": "WARNING"},
        "loggers": {
            "tutela_node": {"level": "INFO"},
            "django.request": {"level": "CRITICAL"},  # each desk says what went wrong, once, with its reference
        },
    }
