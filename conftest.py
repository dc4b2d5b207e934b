"""Settings of the node's tests: a data folder of their own, made before Django reads its settings.

Rules:
- no test touches a real node: the folder, the keys and every `TUTELA_` setting are replaced
- `TUTELA_DATABASE` alone is kept: the same suite runs on PostgreSQL when it is set
- a run of kit tests alone starts no Django at all
- the settings are chosen here: read any earlier, they would be those of a real data folder
"""

import os
import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import settings as laws

ROOT = Path(__file__).resolve().parent
KIT = (ROOT / "src" / "tutela", ROOT / "tests" / "conformance", ROOT / "benchmarks")
KEPT = {
    "TUTELA_DATABASE",
    "TUTELA_CASES",
    "TUTELA_REQUIRE_CASES",
    "TUTELA_KILLS",
    "TUTELA_KILL_SEED",
    "TUTELA_PROXY_MIB",
}
_folders: list[Path] = []

# A busy machine is no defect; under CI the same examples every time, elsewhere new ones
laws.register_profile("house", deadline=None, derandomize=bool(os.environ.get("CI")))
laws.load_profile("house")


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    if "DJANGO_SETTINGS_MODULE" in os.environ:
        raise pytest.UsageError("unset DJANGO_SETTINGS_MODULE: the tests choose their settings and their data folder")
    if all(_is_kit(argument, config) for argument in config.args):
        return
    folder = Path(tempfile.mkdtemp(prefix="tutela-test-"))
    _folders.append(folder)
    for name in [name for name in os.environ if name.startswith("TUTELA_") and name not in KEPT]:
        del os.environ[name]
    os.environ["TUTELA_DATA"] = str(folder)
    os.environ["DJANGO_SETTINGS_MODULE"] = "tutela_node.site.settings.all"
    _settle(folder)
    del os.environ["DJANGO_SETTINGS_MODULE"]  # parallel workers start from here and choose their own folder


def pytest_unconfigure() -> None:
    while _folders:
        shutil.rmtree(_folders.pop(), ignore_errors=True)


def _is_kit(argument: str, config: pytest.Config) -> bool:
    path = (config.invocation_params.dir / argument.partition("::")[0]).resolve()
    return any(path.is_relative_to(folder) for folder in KIT)


def _settle(folder: Path) -> None:
    """Keys, the folder of static files, a database file (threads share it) that need not outlive a power cut."""
    import django
    from django.conf import settings

    from tutela_node.foundation import keys

    keys.make_missing()
    (folder / "static").mkdir()
    database = settings.DATABASES["default"]
    database["CONN_MAX_AGE"] = 0  # a live server's connection must not outlive its request
    if database["ENGINE"].endswith("sqlite3"):
        database.setdefault("TEST", {})["NAME"] = folder / "test.sqlite3"
        database["OPTIONS"]["init_command"] = (
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF; PRAGMA busy_timeout=30000;"
        )
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    django.setup()
