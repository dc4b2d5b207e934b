"""Evidence leaves: proposed by one person, approved by another, built by the worker, fetched under a log entry."""

from pathlib import Path
from uuid import UUID

from django.db import transaction

from tutela_node.evidence import actions as evidence
from tutela_node.evidence import packaging
from tutela_node.foundation.permissions import SYSTEM, Actor
from tutela_node.journeys.steps import begin, register
from tutela_node.review import queries as review

JOURNEY = "package_released"


def propose(actor: Actor, *, items: tuple[UUID, ...], legal_basis: str, recipient: UUID, reason: str) -> UUID:
    with transaction.atomic():
        return evidence.propose_package(actor, items=items, legal_basis=legal_basis, recipient=recipient, reason=reason)


def approve(actor: Actor, *, package: UUID) -> None:
    with transaction.atomic():
        evidence.approve_package(actor, package=package)
        begin(JOURNEY, package, "build")


def fetch(actor: Actor, *, package: UUID) -> Path:
    with transaction.atomic():
        return evidence.fetch_package(actor, package=package)


def _build(package: UUID) -> packaging.Built:
    """Writes the package file, sealed to its recipient; the verdicts it reports come from review."""
    codes = {}
    for item in packaging.items_of(package):
        if verdict := review.verdict_of(item):
            codes[item] = (verdict.scheme, verdict.code)
    return packaging.build(package, verdicts=codes)


@register(JOURNEY, "build", prepare=_build)
def build(package: UUID, built: packaging.Built) -> None:
    evidence.name_package(SYSTEM, package=package, built=built)
