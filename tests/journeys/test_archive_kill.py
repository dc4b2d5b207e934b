"""An archive whose worker is killed, again and again, gives every member once."""

import os
import subprocess
import sys
import time

import pytest

from tests.journeys.test_import_kill import killed_after

pytestmark = [pytest.mark.system, pytest.mark.slow]
MEMBERS = 260
NODE = [sys.executable, "-m", "tutela.cli.main", "node"]
SETUP = """import os
os.environ["DJANGO_SETTINGS_MODULE"] = "tutela_node.site.settings.all"
import django
django.setup()
from tutela_node.journeys import report_received, steps
from tutela_node.journeys.mail_received import MAIL
"""
SEND = f"""import io, zipfile
from tutela_node.evidence.vault import receive
from tutela_node.intake.documents import Document
from tutela_node.intake.rules import Channel
made = io.BytesIO()
with zipfile.ZipFile(made, "w") as archive:
    for number in range({MEMBERS}):
        archive.writestr(f"{{number}}.png", b"\\x89PNG\\r\\n\\x1a\\n" + number.to_bytes(2))
with receive(10_000_000) as receiver:
    receiver.write(made.getvalue())
    received = receiver.seal()
document = Document(channel=Channel.MAIL, original=b"words", reference="a", repeat="a")
report_received.provider_report(MAIL, document=document, received=received)
"""
GO_ON = """from tutela_node.hashlists import index
from tutela_node.journeys.models import Step
index.load()
while Step.objects.filter(state="due").exists():
    steps.beat()
    steps.sweep(limit=5)
"""
TOLD = """from tutela_node.evidence.models import VaultObject
from tutela_node.intake.models import ReportItem
from tutela_node.journeys.models import Step
from tutela_node.material.models import Inside, Item
names = Inside.objects.order_by("place").values_list("place", flat=True)
print(
    len(names), max(names), Item.objects.filter(state="queued").count(), Item.objects.count(),
    VaultObject.objects.count(), ReportItem.objects.count(), Step.objects.filter(state="failed").count(),
)
"""


@pytest.fixture
def environment(tmp_path):
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("TUTELA_", "DJANGO_"))}
    return {**kept, "TUTELA_DATA": str(tmp_path / "node")}


def run(code, environment):
    done = subprocess.run(
        [sys.executable, "-c", SETUP + code], env=environment, capture_output=True, text=True, check=True, timeout=300
    )
    return [int(each) for each in done.stdout.split()]


def test_every_member_is_an_item_once_whatever_is_killed(environment, tmp_path):
    subprocess.run([*NODE, "init"], env=environment, check=True, capture_output=True, timeout=60)
    run(SEND, environment)
    killed = 0
    for seconds in (3.0, 3.6, 4.2, 4.8):
        killed += killed_after([sys.executable, "-c", SETUP + GO_ON], environment, seconds)
        time.sleep(6.5)  # the beats of the dead go stale: their leases are free
    assert killed
    run(GO_ON, environment)
    everything = MEMBERS + 1
    assert run(TOLD, environment) == [MEMBERS, MEMBERS, everything, everything, everything, everything, 0]
