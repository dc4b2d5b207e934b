"""An import whose process is killed, again and again, takes every row once."""

import hashlib
import os
import subprocess
import sys
import time

import pytest

pytestmark = [pytest.mark.system, pytest.mark.slow]
ROWS = 60_000
NODE = [sys.executable, "-m", "tutela.cli.main", "node"]
SETUP = """import os, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "tutela_node.site.settings.all"
import django
django.setup()
from tutela_node.hashlists.models import Entry, HashList, ListImport
"""
GO_ON = """from tutela_node.journeys import list_imported
made = ListImport.objects.get()
while ListImport.objects.get().state == "running":
    list_imported.advance(made.id)
"""
TOLD = """made, found = ListImport.objects.get(), HashList.objects.get()
lookups = set(Entry.objects.values_list("lookup", flat=True))
print(made.state, made.position, made.added, Entry.objects.count(), len(lookups), found.live, bytes(made.key_wrapped))
"""


@pytest.fixture
def environment(tmp_path):
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("TUTELA_", "DJANGO_"))}
    return {**kept, "TUTELA_DATA": str(tmp_path / "node")}


def run(code, environment):
    done = subprocess.run(
        [sys.executable, "-c", SETUP + code], env=environment, capture_output=True, text=True, check=True, timeout=120
    )
    return done.stdout.split(maxsplit=6)


def killed_after(command, environment, seconds):
    """True when it was killed before it ended by itself."""
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        process.wait(timeout=seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        return True
    return False


def test_every_row_is_taken_once_whatever_is_killed(environment, tmp_path):
    path = tmp_path / "list.csv"
    lines = (f"{number},{hashlib.md5(str(number).encode()).hexdigest()}\n" for number in range(ROWS))
    path.write_text("id,md5\n" + "".join(lines))
    subprocess.run([*NODE, "init"], env=environment, check=True, capture_output=True, timeout=60)
    process = subprocess.Popen(
        [*NODE, "lists", "import", str(path), "--name", "Far"], env=environment, stdout=subprocess.DEVNULL
    )
    deadline = time.monotonic() + 60
    while not list((tmp_path / "node" / "imports").glob("*")) and time.monotonic() < deadline:
        time.sleep(0.05)
    time.sleep(1.5)
    process.kill()
    process.wait()
    for seconds in (1.2, 1.6, 2.0):
        killed_after([sys.executable, "-c", SETUP + GO_ON], environment, seconds)
    time.sleep(6.5)  # the beats of the dead go stale: their leases are free
    run(GO_ON, environment)
    state, position, added, entries, lookups, live, key = run(TOLD, environment)
    assert (state, int(position), int(added), key.strip()) == ("done", ROWS, ROWS, "b''")
    assert int(entries) == int(lookups) == int(live) == ROWS
    assert not list((tmp_path / "node" / "imports").glob("*"))
