"""A million reports: how long the triage list, its pages and the search take.

Rules:
- rows are written in bulk as weighing writes them: nine of ten reports alone, the others in bundles of 2 to 10,000
- each question is asked through the whole page (view, queries, template), signed in as an officer
- the questions go round, so that no answer is the one just given
"""

import os
import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

BATCH = 5000
MARKS = ("account", "ip", "host")
DAYS = 365


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One kind of question: how it is asked, and how long each took, in milliseconds."""

    name: str
    ask: Callable[[Any, int], Any]


def load_django(data: Path, database: str) -> None:
    """Makes an empty node in a folder; the settings of the workbench are in force afterwards."""
    os.environ |= {"TUTELA_DATA": str(data), "DJANGO_SETTINGS_MODULE": "tutela_node.site.settings.workbench"}
    os.environ |= {"TUTELA_DATABASE": database} if database else {}
    import django

    django.setup()
    from django.core.management import call_command

    from tutela_node.foundation import keys

    keys.make_missing()
    call_command("migrate", verbosity=0, interactive=False)


def fill(rows: int, told: Callable[[int], None]) -> None:
    """Writes that many reports with their marks and bundles."""
    from django.db import transaction

    from tutela_node.foundation import clock
    from tutela_node.foundation.sealed import seal
    from tutela_node.intake.models import Bundle, Mark, Report

    rng, now, done = random.Random(20261126), clock.now(), 0
    said = seal("words", b'{"urls":[]}')
    sizes = _bundles(rows, rng)
    while group := list(islice(sizes, BATCH // 5)):
        bundles, reports, marks = [], [], []
        for size, account in group:
            made = _reports(size, account, rng, now, said)
            bundles.append(_bundle(made))
            for each in made:
                each.bundle = bundles[-1]
            reports += made
            marks += [mark for each in made for mark in _marks(each, account, rng)]
        with transaction.atomic():
            Bundle.objects.bulk_create(bundles, BATCH)
            Report.objects.bulk_create(reports, BATCH)
            Mark.objects.bulk_create(marks, BATCH)
        done += len(reports)
        told(done)


def references() -> set[str]:
    """The numbers of all reports in the database."""
    from tutela_node.intake.models import Report

    return set(Report.objects.values_list("reference", flat=True))


def measure(asked: Asked, times: int, *, role: str = "police") -> list[float]:
    """Milliseconds of each call, by somebody who holds the role."""
    from django.db import close_old_connections

    client, taken = signed_in(role), []
    for number in range(times):
        begun = time.perf_counter()
        asked.ask(client, number)
        taken.append((time.perf_counter() - begun) * 1000)
    close_old_connections()
    return taken


def questions(rows: int) -> tuple[Asked, ...]:
    concerns = ("grooming", "extortion", "abuse", "material")
    return (
        Asked(name="the list", ask=lambda client, _: _page(client, "/triage/")),
        Asked(name="one band", ask=lambda client, n: _page(client, f"/triage/?band={('now', 'later')[n % 2]}")),
        Asked(
            name="one concern, last days",
            ask=lambda client, n: _page(client, f"/triage/?concern={concerns[n % 4]}&days={(1, 7, 30)[n % 3]}"),
        ),
        Asked(name="one channel", ask=lambda client, n: _page(client, f"/triage/?channel={('xarf', 'arf')[n % 2]}")),
        Asked(name="a page far down", ask=_far_down),
        Asked(name="closed", ask=lambda client, _: _page(client, "/triage/?over=1")),
        Asked(name="search: number", ask=lambda client, n: _search(client, str(200_000 + n * 7919 % rows))),
        Asked(name="search: account", ask=lambda client, n: _search(client, f"chat.example:user{n * 31}")),
        Asked(name="search: large host", ask=lambda client, n: _search(client, f"host{n % 20}.example")),
        Asked(name="search: nothing", ask=lambda client, n: _search(client, f"nobody{n}@mail.example")),
    )


def pages(*paths: str) -> tuple[Asked, ...]:
    return tuple(Asked(name=path, ask=lambda client, _, path=path: _page(client, path)) for path in paths)


def signed_in(role: str = "police") -> Any:
    from django.contrib.auth import get_user_model
    from django.test import Client

    from tutela_node.accounts import actions
    from tutela_node.foundation.permissions import SYSTEM

    people = get_user_model().objects
    email = f"{role}@bench.example"
    person = people.filter(email=email).first()
    if person is None:
        home = actions.create_organisation(
            SYSTEM, name=f"Bench {role}", kind="police" if role == "police" else "hotline", country="XA", email=""
        )
        id = actions.add_person(SYSTEM, email=email, name="Officer", organisation=home, password="a long sentence here")
        actions.grant_role(SYSTEM, person=id, role=role)
        person = people.get(id=id)
    client = Client(HTTP_HOST="localhost")
    client.force_login(person)
    return client


def _page(client: Any, path: str) -> str:
    answer = client.get(path)
    if answer.status_code != 200:
        raise RuntimeError(f"{path.split('?')[0]} answered {answer.status_code}")
    return str(answer.content.decode())


def _far_down(client: Any, number: int) -> None:
    from tutela_node.intake.models import Bundle

    urgency = (24, 25, 40)[number % 3]
    row = Bundle.objects.filter(open_count__gt=0, urgency=urgency).order_by("-urgency", "first_at", "id").first()
    if row is not None:
        at = row.first_at + timedelta(days=number % DAYS)
        _page(client, f"/triage/?after={urgency}.{at.isoformat().replace('+', '%2B')}.{row.id}")


def _search(client: Any, text: str) -> None:
    answer = client.post("/triage/search", {"text": text}, headers={"Origin": "http://localhost"})
    if answer.status_code != 200:
        raise RuntimeError(f"the search answered {answer.status_code}")


def _bundles(rows: int, rng: random.Random) -> Iterator[tuple[int, int]]:
    """Sizes that add up to `rows`, each with the number of its account."""
    left, number = rows, 0
    while left > 0:
        size = 1 if rng.random() < 0.9 else min(10_000, int(2 + rng.paretovariate(1.1)))
        size = min(size, left)
        yield size, number
        left -= size
        number += 1


def _reports(size: int, account: int, rng: random.Random, now: datetime, said: bytes) -> list[Any]:
    from tutela_node.foundation import profile
    from tutela_node.intake.models import Report
    from tutela_node.intake.sense import band_of

    made, concern = [], rng.choice(("material", "material", "material", "grooming", "extortion", "abuse", ""))
    for _ in range(size):
        urgency = min(100, max(0, int(rng.gauss(27, 12))))
        _reports.number += 1  # type: ignore[attr-defined]  # consecutive over the whole filling
        made.append(
            Report(
                reference=str(200_000 + _reports.number),  # type: ignore[attr-defined]  # as above
                channel=rng.choice(("cybertip", "xarf", "arf", "provider", "public")),
                received_at=now - timedelta(seconds=rng.randrange(DAYS * 86_400)),
                original_sealed=said,
                original_sha256="0" * 64,
                said_sealed=said,
                mailbox=b"",
                language="en",
                voice="adult",
                words_sealed=said,
                state="closed" if rng.random() < 0.3 else "open",
                urgency=urgency,
                completeness=rng.randrange(101),
                band=band_of(urgency, profile.current().triage),
                concern=concern,
                reasons=[["received", 25]],
                lacks=["account"],
                rule="2026.1",
            )
        )
    return made


_reports.number = 0  # type: ignore[attr-defined]  # as above


def _bundle(reports: list[Any]) -> Any:
    from tutela_node.intake.models import Bundle

    waiting = [each for each in reports if each.state != "closed"]
    head = max(waiting or reports, key=lambda each: each.urgency)
    moments = [each.received_at for each in reports]
    return Bundle(
        head=head.id,
        urgency=head.urgency,
        band=head.band,
        concern=head.concern,
        channel=head.channel,
        count=len(reports),
        open_count=len(waiting),
        senders=1,
        first_at=min(moments),
        last_at=max(moments),
    )


def _marks(report: Any, account: int, rng: random.Random) -> list[Any]:
    from tutela_node.intake.bundling import ties_of
    from tutela_node.intake.marks import MarkKind, MarkValue
    from tutela_node.intake.models import Mark

    named = (
        MarkValue(kind=MarkKind.ACCOUNT, value=f"chat.example:user{account}"),
        MarkValue(kind=MarkKind.IP, value=f"198.51.{rng.randrange(256)}.{rng.randrange(256)}"),
        MarkValue(kind=MarkKind.HOST, value=f"host{int(rng.paretovariate(0.7)) % 5000}.example"),
    )
    return [Mark(report=report, kind=t.kind, lookup=t.lookup, at=report.received_at) for t in ties_of(named)]
