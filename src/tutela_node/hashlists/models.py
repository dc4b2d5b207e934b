"""Tables of hash lists. Values are sealed; `lookup` finds an exact one; `seq` lets every index read its tail.

The contract with whoever keeps an index of the entries:
- `HashList.number` (1, 2, 3, ..., never given twice) names a list in an index: it is the group of its entries
- `HashList.seq` and `Entry.seq` come from one counter. A list takes a new one with every change of its `purpose`,
  `state` or `threshold`; an entry with every change of its value or of whether it may match. Whoever has read all rows
  up to a `seq` finds every later change above it (`numbering.py`)
- an entry may match on a day when it is not withdrawn, not in quarantine, and not expired: `live(today)` of
  `standing.py` as a query, `rules.may_match` as a predicate. `expires_on` is the first day on which it matches no more
- expiry needs no write: a reader keeps the date and compares it, or compares it for each hit. The sweep marks what has
  expired (`expired_at`) with a new `seq`, so that a reader that does not keep the date drops it with its next question
- a list is asked when it is `active` and its purpose is `known`: `asked()` of `standing.py`. An entry of a `known_good`
  list never counts as known. Lists keep their entries in an index while they are paused
"""

from django.conf import settings
from django.db import models

from tutela_node.foundation.ids import new_id
from tutela_node.hashlists.rules import (
    SOUND,
    THRESHOLD,
    Closeness,
    CopyState,
    FloodState,
    Heard,
    ImportState,
    ListState,
    Origin,
    Purpose,
    SentState,
)

CLOSENESS = [(str(each), str(each)) for each in Closeness]
LONGEST_SCHEME, LONGEST_CODE = 40, 20


def _no_problems() -> list[dict[str, str]]:
    return []


def _no_reasons() -> list[str]:
    return []


def _nothing() -> dict[str, object]:
    return {}


class HashList(models.Model):
    """One list: somebody else's, or one of our own.

    `live`, `waiting` and `withdrawn` count its entries and change in the transaction that changes them. `growth_limit`
    is the number of entries a day may add (None: as the profile says); `filled_at` is when the first import was whole.
    `is_unverified`: what people sent of their own pictures, seen by nobody. Such a list is never trusted, and no
    outsider is answered by it.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    number = models.PositiveIntegerField(unique=True)
    seq = models.BigIntegerField(default=0, db_index=True)
    name = models.CharField(max_length=120, unique=True)
    purpose = models.CharField(max_length=12, default=Purpose.KNOWN, choices=[(str(e), str(e)) for e in Purpose])
    state = models.CharField(max_length=8, default=ListState.ACTIVE, choices=[(str(e), str(e)) for e in ListState])
    threshold = models.PositiveSmallIntegerField(default=THRESHOLD)
    growth_limit = models.PositiveIntegerField(null=True)
    is_national = models.BooleanField(default=False)
    is_trusted = models.BooleanField(default=False)
    is_unverified = models.BooleanField(default=False)
    made_at = models.DateTimeField()
    filled_at = models.DateTimeField(null=True)
    live = models.PositiveIntegerField(default=0)
    waiting = models.PositiveIntegerField(default=0)
    withdrawn = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=models.Q(threshold__lte=THRESHOLD), name="list_threshold_in_bits"),
        )


class ListImport(models.Model):
    """One import into a list: of a file, or of what an exchange gave. `position` counts the rows that are taken.

    `size`: octets of the file. `key_wrapped`: opens the sealed file, empty once it is removed. `speed`: rows a second.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    list = models.ForeignKey(HashList, on_delete=models.PROTECT)
    origin = models.CharField(max_length=8, default=Origin.IMPORT, choices=[(str(e), str(e)) for e in Origin])
    state = models.CharField(max_length=9, default=ImportState.DONE, choices=[(str(e), str(e)) for e in ImportState])
    format = models.CharField(max_length=20)
    mapping = models.JSONField(default=_nothing)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True)
    by_name = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    sha256 = models.CharField(max_length=64)
    size = models.BigIntegerField(default=0)
    key_wrapped = models.BinaryField(default=b"")
    position = models.BigIntegerField(default=0)
    octets_read = models.BigIntegerField(default=0)
    seconds = models.FloatField(default=0.0)
    read = models.PositiveIntegerField(default=0)
    added = models.PositiveIntegerField(default=0)
    withdrawn = models.PositiveIntegerField(default=0)
    quarantined = models.PositiveIntegerField(default=0)
    problem_count = models.PositiveIntegerField(default=0)
    problems = models.JSONField(default=_no_problems)
    trouble = models.CharField(max_length=300, blank=True)


class Flood(models.Model):
    """What one import added beyond the growth limit of its list: it waits until people decide.

    `wanted` is what the first person asked for where two are needed. `left` counts entries not yet moved.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    list = models.ForeignKey(HashList, on_delete=models.PROTECT)
    brought_by = models.OneToOneField(ListImport, on_delete=models.PROTECT)
    at = models.DateTimeField()
    limit = models.PositiveIntegerField()
    count = models.PositiveIntegerField(default=0)
    left = models.PositiveIntegerField(default=0)
    state = models.CharField(max_length=10, default=FloodState.WAITING, choices=[(str(e), str(e)) for e in FloodState])
    wanted = models.CharField(max_length=10, blank=True)
    proposed_by = models.UUIDField(null=True)
    proposed_name = models.CharField(max_length=200, blank=True)
    proposed_at = models.DateTimeField(null=True)
    proposed_reason = models.TextField(blank=True)
    decided_by = models.UUIDField(null=True)
    decided_name = models.CharField(max_length=200, blank=True)
    decided_at = models.DateTimeField(null=True)
    reason = models.TextField(blank=True)


class Subscription(models.Model):
    """A list that is fetched from an exchange. Its credentials are sealed, used by the worker alone, shown to nobody.

    `checkpoint_sealed` says how far everything is taken; it changes in the transaction that takes what came before it.
    `round` names the fetch that is going on or comes next; `fetching` is the import that collects what it brings.
    `caught_up_at` is when the last round was whole, `reaches_to` up to which moment the service says it had told all.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    list = models.OneToOneField(HashList, on_delete=models.PROTECT)
    kind = models.CharField(max_length=20)
    settings = models.JSONField(default=_nothing)
    credentials_sealed = models.BinaryField()
    checkpoint_sealed = models.BinaryField(default=b"")
    state = models.CharField(max_length=8, default=ListState.ACTIVE, choices=[(str(e), str(e)) for e in ListState])
    minutes = models.PositiveIntegerField()
    made_by = models.UUIDField(null=True)
    made_by_name = models.CharField(max_length=200, blank=True)
    made_at = models.DateTimeField()
    round = models.UUIDField(unique=True, default=new_id)
    fetching = models.ForeignKey(ListImport, on_delete=models.PROTECT, null=True)
    next_at = models.DateTimeField(null=True)
    asked_at = models.DateTimeField(null=True)
    caught_up_at = models.DateTimeField(null=True)
    reaches_to = models.DateTimeField(null=True)
    failures = models.PositiveSmallIntegerField(default=0)
    trouble = models.CharField(max_length=300, blank=True)
    standing = models.JSONField(default=_nothing)
    checked_at = models.DateTimeField(null=True)


class Opinion(models.Model):
    """What one of our people found of an entry: that it is what the list says, or that it is not.

    `sent_state`: what became of it at the exchange; kept here only when the list has none that takes opinions.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    entry = models.ForeignKey("Entry", on_delete=models.PROTECT)
    by = models.UUIDField()
    by_name = models.CharField(max_length=200)
    at = models.DateTimeField()
    affirmative = models.BooleanField()
    reasons = models.JSONField(default=_no_reasons)
    note = models.TextField(blank=True)
    sent_state = models.CharField(max_length=8, choices=[(str(e), str(e)) for e in SentState])
    sent_at = models.DateTimeField(null=True)
    answer = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["entry", "by"], name="opinion_once_a_person"),)


class Entry(models.Model):
    """One fingerprint on one list. A changed or withdrawn entry takes a new `seq`, so that a tail read sees it.

    `withdrawn_by` is the person who withdrew it here; None when its list did. `origin` says how it was admitted, and
    `brought_by` by which import. `told_sealed` is what the list says about it (`provenance.py`): its own id, the member
    who gave it, tags, times. `expired_at` is when the sweep marked it, after `expires_on` had come.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    list = models.ForeignKey(HashList, on_delete=models.PROTECT, db_index=False)
    seq = models.BigIntegerField(unique=True)
    number = models.BigIntegerField(unique=True)
    key_lookup = models.CharField(max_length=64)
    algorithm = models.CharField(max_length=64)
    value_sealed = models.BinaryField()
    lookup = models.CharField(max_length=64, db_index=True)
    scheme = models.CharField(max_length=LONGEST_SCHEME, blank=True)
    code = models.CharField(max_length=LONGEST_CODE, blank=True)
    told_sealed = models.BinaryField(default=b"")
    origin = models.CharField(max_length=8, default=Origin.IMPORT, choices=[(str(e), str(e)) for e in Origin])
    brought_by = models.ForeignKey(ListImport, on_delete=models.PROTECT, null=True, db_index=False)
    admitted_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.UUIDField(null=True)
    quarantined_at = models.DateTimeField(null=True)
    flood = models.ForeignKey(Flood, on_delete=models.PROTECT, null=True, db_index=False)
    expires_on = models.DateField(null=True)
    expired_at = models.DateTimeField(null=True)
    item = models.UUIDField(null=True)
    verdict = models.UUIDField(null=True)
    decided_on = models.DateField(null=True)
    people = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["list", "key_lookup", "algorithm"], name="entry_once_per_algorithm"),
        )
        indexes = (
            models.Index(fields=["expires_on"], name="entry_to_expire", condition=models.Q(expires_on__isnull=False)),
            models.Index(fields=["item"], name="entry_of_item", condition=models.Q(item__isnull=False)),
            models.Index(fields=["flood"], name="entry_in_flood", condition=models.Q(flood__isnull=False)),
            models.Index(fields=["seq"], name="entry_of_sound", condition=models.Q(algorithm=SOUND)),
        )


class ListChange(models.Model):
    """History: what changed of a list, or of one entry of it, when, by whom, why. Never changed, never removed.

    `by` is None for the node itself and for what a list said; `brought_by` names the import in which it said so.
    `was` and `now` hold plain values without any hash.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    list = models.ForeignKey(HashList, on_delete=models.PROTECT)
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, null=True)
    at = models.DateTimeField()
    by = models.UUIDField(null=True)
    by_name = models.CharField(max_length=200, blank=True)
    brought_by = models.ForeignKey(ListImport, on_delete=models.PROTECT, null=True)
    what = models.CharField(max_length=20)
    was = models.CharField(max_length=200, blank=True)
    now = models.CharField(max_length=200, blank=True)
    reason = models.TextField(blank=True)


class Measure(models.Model):
    """The size of a list on a day, for its growth over time; `added` counts what the day brought."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    list = models.ForeignKey(HashList, on_delete=models.PROTECT)
    day = models.DateField()
    before = models.PositiveIntegerField()
    live = models.PositiveIntegerField()
    added = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["list", "day"], name="measure_once_a_day"),)


class Match(models.Model):
    """An item met an entry."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    item = models.UUIDField(db_index=True)
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT)
    distance = models.PositiveSmallIntegerField()
    closeness = models.CharField(max_length=5, choices=CLOSENESS)
    via = models.CharField(max_length=40)
    quality = models.PositiveSmallIntegerField(null=True)
    at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["item", "entry"], name="match_once"),)


class OwnCode(models.Model):
    """That an entry came with a report of somebody's own picture, so that whoever sent it can take it back."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    report = models.UUIDField(db_index=True)
    entry = models.OneToOneField(Entry, on_delete=models.PROTECT)


class ListCopy(models.Model):
    """A copy of a list for one recipient: proposed by one person, approved by another, built, fetched.

    `version` is the highest `seq` of what it holds; `content` the mark that all copies of a version share, without
    their canaries. `canaries_sealed`: its canaries as lines, so that the next copy has the same ones. `recipient` is a
    key of accounts. The file is sealed to that key: we cannot open it again.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    reference = models.CharField(max_length=40, unique=True)
    list = models.ForeignKey(HashList, on_delete=models.PROTECT)
    recipient = models.UUIDField()
    organisation = models.UUIDField(db_index=True)
    recipient_name = models.CharField(max_length=500)
    legal_basis = models.CharField(max_length=40)
    reason = models.TextField()
    state = models.CharField(max_length=8, default=CopyState.PROPOSED, choices=[(str(e), str(e)) for e in CopyState])
    proposed_by = models.UUIDField()
    proposed_name = models.CharField(max_length=200)
    proposed_at = models.DateTimeField()
    decided_by = models.UUIDField(null=True)
    decided_name = models.CharField(max_length=200, blank=True)
    decided_at = models.DateTimeField(null=True)
    refused_because = models.TextField(blank=True)
    version = models.BigIntegerField(default=0)
    entries = models.PositiveIntegerField(default=0)
    content = models.CharField(max_length=80, blank=True)
    expires_on = models.DateField(null=True)
    canaries_sealed = models.BinaryField(default=b"")
    file = models.CharField(max_length=80, blank=True)
    size = models.BigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    built_at = models.DateTimeField(null=True)
    fetched = models.PositiveIntegerField(default=0)


class Canary(models.Model):
    """One value of a canary, found again by the look-up that an entry of that value would have."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    copy = models.ForeignKey(ListCopy, on_delete=models.PROTECT)
    number = models.PositiveIntegerField()
    lookup = models.CharField(max_length=64, db_index=True)


class CanaryAlarm(models.Model):
    """A canary was met where it should never be. `by` says who brought it: an organisation, a list, an item."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    copy = models.ForeignKey(ListCopy, on_delete=models.PROTECT)
    at = models.DateTimeField()
    heard = models.CharField(max_length=8, choices=[(str(e), str(e)) for e in Heard])
    by = models.CharField(max_length=200, blank=True)
    count = models.PositiveIntegerField(default=1)


class EntryNumbers(models.Model):
    """The last numbers given out: one row, locked until the transaction that takes from it ends."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    seq = models.BigIntegerField(default=0)
    number = models.BigIntegerField(default=0)
    list = models.PositiveIntegerField(default=0)
