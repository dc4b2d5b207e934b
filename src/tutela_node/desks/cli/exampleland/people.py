"""The people and organisations of Exampleland, the fictitious State of tests and exercises."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Somebody:
    email: str
    name: str
    organisation: str
    roles: tuple[str, ...]
    language: str = "en"


HOTLINE = "Reporting line Exampleland"
POLICE = "Exampleland Police, child protection unit"
PROVIDER = "Harbour Hosting"
ORGANISATIONS = ((HOTLINE, "hotline"), (POLICE, "police"), (PROVIDER, "provider"))
PEOPLE = (
    Somebody(
        email="mira@hotline.exampleland.example", name="Mira Kade", organisation=HOTLINE, roles=("analyst", "senior")
    ),
    Somebody(
        email="timo@hotline.exampleland.example", name="Timo Aho", organisation=HOTLINE, roles=("analyst", "senior")
    ),
    Somebody(
        email="olga@hotline.exampleland.example", name="Olga Weiss", organisation=HOTLINE, roles=("operator", "auditor")
    ),
    Somebody(email="pavel@police.exampleland.example", name="Pavel Novak", organisation=POLICE, roles=("police",)),
)
SCOPES = ("intake.report", "intake.read_own", "hashlists.look_up")
