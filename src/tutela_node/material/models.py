"""Tables of material: items, their fingerprints, their sightings, and what lies inside of items.

Rules:
- an address, a host and a fingerprint are sealed, and found again by a keyed hash
- what a stranger called a file inside of an archive is sealed
- an address that waits for its capture stands once; it stands again, once, for each item captured from it
- a sighting that turned out to be another one stays, and leads to it: ids held elsewhere keep their meaning
"""

from django.db import models

from tutela_node.foundation.ids import new_id
from tutela_node.material.rules import ItemState, SightingState


def _choices(states: type[ItemState | SightingState]) -> list[tuple[str, str]]:
    return [(str(state), str(state)) for state in states]


class Item(models.Model):
    """One piece of content. `object_id` names its bytes in the vault; null when there are none (any more).

    `forms_sealed`: PDQ hashes of its other forms and of its frames, as JSON, compared with lists and never looked up.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    reference = models.CharField(max_length=40, unique=True)
    object_id = models.UUIDField(null=True, db_index=True)
    kind = models.CharField(max_length=10, blank=True)
    size = models.PositiveBigIntegerField()
    width = models.PositiveIntegerField(null=True)
    height = models.PositiveIntegerField(null=True)
    truncated = models.BooleanField(default=False)
    problem = models.CharField(max_length=300, blank=True)
    forms_sealed = models.BinaryField(null=True)
    state = models.CharField(max_length=14, choices=_choices(ItemState), default=ItemState.RECEIVED)

    class Meta:
        indexes = (models.Index(fields=["state"], name="item_state"),)


class Fingerprint(models.Model):
    """One value of one algorithm. `quality` is 0 to 100, null where the algorithm has none."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="fingerprints")
    algorithm = models.CharField(max_length=20)
    value_sealed = models.BinaryField()
    lookup = models.CharField(max_length=64, db_index=True)
    quality = models.PositiveSmallIntegerField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["item", "algorithm"], name="fingerprint_once"),)


class Sighting(models.Model):
    """One address, as somebody reported it or as we found it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    url_sealed = models.BinaryField()
    url_lookup = models.CharField(max_length=64, db_index=True)
    host_sealed = models.BinaryField()
    host_lookup = models.CharField(max_length=64, db_index=True)
    domain_lookup = models.CharField(max_length=64, db_index=True)
    item = models.ForeignKey(Item, null=True, on_delete=models.PROTECT, related_name="sightings")
    merged_into = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="merged")
    first_seen = models.DateTimeField()
    last_seen = models.DateTimeField()
    state = models.CharField(max_length=12, choices=_choices(SightingState), default=SightingState.REPORTED)
    problem = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["url_lookup", "item"], condition=models.Q(merged_into=None), name="sighting_of_item_once"
            ),
            models.UniqueConstraint(
                fields=["url_lookup"], condition=models.Q(item=None, merged_into=None), name="sighting_waits_once"
            ),
        )


class Contents(models.Model):
    """How far an item was looked into that holds others; see `rules.Contents`."""

    container = models.OneToOneField(Item, on_delete=models.CASCADE, primary_key=True, related_name="contents")
    read_to = models.PositiveIntegerField(default=0)
    closed = models.JSONField(default=list)
    left_out = models.JSONField(default=dict)
    is_over = models.BooleanField(default=False)
    is_archive = models.BooleanField(default=False)


class Inside(models.Model):
    """An item that lies inside of another one, once for each place there: from 1, in the order of the container."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    container = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="holds")
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="lies_in")
    place = models.PositiveIntegerField()
    name_sealed = models.BinaryField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["container", "place"], name="inside_once"),)
