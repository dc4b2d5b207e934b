"""`kill -9` of the process that takes mail, again and again: what it said 250 to is there, once."""

import json
import os
import random
import signal
import smtplib
import subprocess
import sys
import threading
import time
from contextlib import suppress

import pytest

from tutela_node.desks.cli.exampleland.dns_world import free_port
from tutela_node.desks.mail.tests.postal import HERE, mail

ROUNDS, SENDERS = 4, 4
READ = """
import django, json
django.setup()
from tutela_node.foundation.permissions import SYSTEM
from tutela_node.intake import queries
from tutela_node.journeys import steps
while steps.sweep():
    pass
rows = [queries.report(SYSTEM, each.id) for each in queries.reports(SYSTEM, limit=5000)]
print(json.dumps([each.sender_reference for each in rows]))
"""


class Node:
    """A node's data, and its mail role as a process of its own."""

    def __init__(self, folder):
        self.port = free_port()
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("TUTELA_", "DJANGO_"))}
        mails = {"TUTELA_MAIL": f"smtp://127.0.0.1:{self.port}", "TUTELA_MAIL_TO": HERE}
        self.environment = {**kept, "TUTELA_DATA": str(folder), **mails}
        self.run("-m", "tutela.cli.main", "node", "init")

    def run(self, *arguments, **more):
        command = [sys.executable, *arguments]
        done = subprocess.run(command, env={**self.environment, **more}, capture_output=True, check=True, text=True)
        return done.stdout

    def start(self):
        command = [sys.executable, "-m", "tutela.cli.main", "node", "serve", "--role", "mail"]
        self.process = subprocess.Popen(command, env=self.environment)
        for _ in range(200):
            with suppress(OSError), smtplib.SMTP("127.0.0.1", self.port, timeout=5):
                return
            time.sleep(0.1)
        raise AssertionError("the mail role does not listen")

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()


def sending(node, kept, stop, number):
    """Sends mail after mail over one line after the other; keeps the ids of those that were answered with 250."""
    count = 0
    while not stop.is_set():
        with suppress(smtplib.SMTPException, OSError), smtplib.SMTP("127.0.0.1", node.port, timeout=10) as client:
            while not stop.is_set():
                count += 1
                id = f"<{number}-{count}@a.example>"
                client.sendmail("a@b.example", [HERE], mail(Message_ID=id).as_bytes())
                kept.append(id)
        time.sleep(0.02)


@pytest.mark.slow
def test_mail_that_was_acknowledged_is_never_lost(tmp_path):
    node, kept, stop = Node(tmp_path / "data"), [], threading.Event()
    node.start()
    senders = [threading.Thread(target=sending, args=(node, kept, stop, number)) for number in range(SENDERS)]
    for each in senders:
        each.start()
    for _ in range(ROUNDS):
        time.sleep(random.uniform(0.5, 1.5))
        node.kill()
        node.start()
    stop.set()
    for each in senders:
        each.join()
    node.kill()
    there = json.loads(node.run("-c", READ, DJANGO_SETTINGS_MODULE="tutela_node.site.settings.worker"))
    print(f"{len(kept)} acknowledged, {len(there)} there")
    assert kept
    assert set(kept) <= set(there)
    assert len(there) == len(set(there))
