"""Tables of the blocking list. Domains are sealed: the list is dangerous."""

from django.conf import settings
from django.db import models

from tutela_node.blocking.rules import ListingState
from tutela_node.foundation.ids import new_id

STATES = [(str(state), str(state)) for state in ListingState]


class Listing(models.Model):
    """A decision to block one domain, with its grounds, its law, its two people and its end."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    reference = models.CharField(max_length=30, unique=True)
    domain_sealed = models.BinaryField()
    domain_lookup = models.CharField(max_length=64, db_index=True)
    grounds_sealed = models.BinaryField()
    evidence_sealed = models.BinaryField()
    legal_basis = models.CharField(max_length=60)
    days = models.PositiveSmallIntegerField()
    facts = models.JSONField()
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    reason_sealed = models.BinaryField(null=True)
    state = models.CharField(max_length=10, choices=STATES, default=ListingState.PROPOSED)
    expires_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["domain_lookup"],
                condition=models.Q(state__in=["proposed", "approved"]),
                name="listing_once_at_a_time",
            ),
        )


class Release(models.Model):
    """One publication of the whole list: its files, their digest and its place in the sequence."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    number = models.PositiveIntegerField(unique=True)
    serial = models.BigIntegerField(unique=True)
    folder = models.CharField(max_length=40)
    sha256 = models.CharField(max_length=64)
    entries = models.PositiveIntegerField()
    at = models.DateTimeField()
