"""The rows that the pages show: a small Exampleland in a data folder of its own, told on standard output as JSON.

Run as a program before the desks start (`python stage.py`, with `TUTELA_DATA` set). Every picture is a generated
pattern, every name ends in `.example`. Where a row needs age, the clock stands in the past while it is written.
"""

import io
import json
import os
import sys
from datetime import timedelta
from pathlib import Path

os.environ["DJANGO_SETTINGS_MODULE"] = "tutela_node.site.settings.all"
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import django

django.setup()

import pyrage  # noqa: E402
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes  # noqa: E402
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import transaction  # noqa: E402
from pages import (  # noqa: E402
    staged_copies,
    staged_inside,
    staged_lists,
    staged_own,
    staged_people,
    staged_removal,
    staged_review,
    staged_triage,
)

from tutela_node.accounts import actions as accounts  # noqa: E402
from tutela_node.accounts import queries as people  # noqa: E402
from tutela_node.accounts.models import Person  # noqa: E402
from tutela_node.blocking import actions as blocking  # noqa: E402
from tutela_node.blocking import releasing  # noqa: E402
from tutela_node.evidence.sequencer import sequence  # noqa: E402
from tutela_node.foundation import clock, keys  # noqa: E402
from tutela_node.foundation.permissions import SYSTEM, Actor  # noqa: E402
from tutela_node.journeys import list_imported, listing_decided, package_released  # noqa: E402

PASSWORD = "a long sentence for tests"
HOMES = {"hotline": "Reporting line Exampleland", "police": "Exampleland Police", "provider": "Harbour Hosting"}
CAST = {
    "mira": ("Mira Kade", "hotline", "analyst"),
    "timo": ("Timo Aho", "hotline", "analyst", "senior"),
    "noor": ("Noor Haddad", "hotline", "senior"),
    "pavel": ("Pavel Novak", "police", "police"),
    "ada": ("Ada Lind", "hotline", "auditor"),
    "olga": ("Olga Weiss", "hotline", "operator"),  # who has a second factor
}
LIST = b"id,md5\n1,0123456789abcdef0123456789abcdef\n2,not a hash\n3,fedcba9876543210fedcba9876543210\n"
DOMAINS = ("gallery.example", "harbour-mirror.example", "lantern.example")


def cast() -> tuple[dict[str, Actor], str]:
    """The people, and the key that the police registered."""
    homes = {
        kind: accounts.create_organisation(SYSTEM, name=name, kind=kind, country="XA", email="")
        for kind, name in HOMES.items()
    }
    for first, (name, home, *roles) in CAST.items():
        id = accounts.add_person(
            SYSTEM, email=f"{first}@{home}.example", name=name, organisation=homes[home], password=PASSWORD
        )
        for role in roles:
            accounts.grant_role(SYSTEM, person=id, role=role)
    public = str(pyrage.x25519.Identity.generate().to_public())
    key = accounts.register_recipient_key(
        SYSTEM, organisation=homes["police"], public=public, label="Child protection unit"
    )
    who = {first: people.actor_of(Person.objects.get(name=name)) for first, (name, *_) in CAST.items()}
    return who, str(key)


def second_factor() -> dict[str, list[str]]:
    """Olga's authenticator app, and recovery codes with which a test signs her in."""
    person = Person.objects.get(name="Olga Weiss")
    TOTP.activate(person, generate_totp_secret())
    return {"recovery": RecoveryCodes.activate(person).get_unused_codes()}


def lists(who: dict[str, Actor]) -> dict[str, str]:
    """A list with one row that cannot be read, imported by a senior."""
    made = list_imported.import_list(
        who["noor"], name="Partner list", format="csv", mapping={}, stream=io.BytesIO(LIST), trusted=True
    )
    return {"import": str(made.id)}


def blocked(who: dict[str, Actor]) -> dict[str, str]:
    """Three proposals: one waits, one was refused, one is in the published release."""
    basis, told = "XA-PC-184", {}
    for name, domain in zip(("proposed", "refused", "approved"), DOMAINS, strict=True):
        told[name] = listing_decided.propose(
            who["timo"],
            domain=domain,
            grounds="A court found the whole site unlawful on 12 November.",
            legal_basis=basis,
            days=30,
            statement={"wholly_dedicated": True, "evidence": "Two people opened every page of it on 20 November."},
        )
    listing_decided.refuse(who["noor"], listing=told["refused"], reason="The evidence is a year old.")
    listing_decided.approve(who["noor"], listing=told["approved"])
    with transaction.atomic():
        blocking.publish(SYSTEM, written=releasing.write())
    return {f"listing_{name}": str(id) for name, id in told.items()}


def packages(who: dict[str, Actor], told: dict[str, str], key: str) -> dict[str, str]:
    """Two packages of the decided item: one waits for a second person, one is built."""
    from uuid import UUID

    made = {}
    for name in ("proposed", "built"):
        made[name] = package_released.propose(
            who["timo"],
            items=(UUID(told["decided"]),),
            legal_basis="XA-PC-184",
            recipient=UUID(key),
            reason="The police asked for it in writing on 21 November, their reference 2026-411.",
        )
    package_released.approve(who["noor"], package=made["built"])
    sequence()
    with transaction.atomic():
        package_released.build(made["built"], package_released._build(made["built"]))
    return {f"package_{name}": str(id) for name, id in made.items()}


def main() -> None:
    keys.make_missing()
    call_command("migrate", verbosity=0, interactive=False)
    with transaction.atomic(), clock.standing_at(clock.now() - timedelta(hours=6)):
        who, key = cast()
    told = second_factor() | lists(who) | blocked(who)
    told |= staged_review.stage(who)
    told |= staged_inside.stage(told["look"])
    told |= packages(who, told, key)
    told |= staged_removal.stage(who)
    told |= staged_lists.stage(who)
    told |= staged_own.stage(who)
    told |= staged_copies.stage(who, key)
    told |= staged_triage.stage()
    told |= staged_people.stage(who)
    sequence()
    print(json.dumps(told))


if __name__ == "__main__":
    main()
