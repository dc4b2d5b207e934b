"""Copies of the national list: one waits for a second person, one is built, and a canary of it came back."""

from uuid import UUID, uuid4

from django.db import transaction

from tutela_node.accounts import actions as accounts
from tutela_node.accounts import queries as organisations
from tutela_node.foundation.permissions import SYSTEM, Actor
from tutela_node.hashlists import actions, alarms, copy_actions, copy_building
from tutela_node.hashlists.models import Canary, HashList
from tutela_node.hashlists.rules import Heard
from tutela_node.journeys import list_handed_out

WHY = "Asked for by letter of 4 November, agreement of May."


def stage(who: dict[str, Actor], key: str) -> dict[str, str]:
    for number in range(1, 6):
        prints = {"sha256": (f"{number:064x}", None), "pdq": (f"{number:x}" * 64, 80)}
        actions.admit(SYSTEM, item=uuid4(), fingerprints=prints, verdict=uuid4(), scheme="XA", code="A", people=2)
    national = HashList.objects.get(is_national=True).id
    organisation = organisations.recipient_key(UUID(key)).organisation
    accounts.sign_agreement(
        SYSTEM, organisation=organisation, kind="hashlists", basis="Agreement of May, section 3", days=180
    )
    asked = {"list_id": national, "recipient": UUID(key), "legal_basis": "XA-PC-184", "reason": WHY}
    built = copy_actions.propose_copy(who["timo"], **asked)
    list_handed_out.approve(who["noor"], copy=built)
    with transaction.atomic():
        list_handed_out.build(built, copy_building.build(built))
    met = Canary.objects.filter(copy=built).values_list("lookup", flat=True)[:1]
    alarms.hear(met, heard=Heard.LOOK_UP, by="Harbour Hosting: filter")
    return {
        "national": str(national),
        "copy_built": str(built),
        "copy_proposed": str(copy_actions.propose_copy(who["timo"], **asked)),
    }
