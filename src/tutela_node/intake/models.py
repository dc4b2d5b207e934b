"""Tables of intake: what the public desk dropped, the reports made of it, what they name, what was answered.

Rules:
- a drop is ciphertext to the worker alone; once opened it is emptied, since the report keeps the sealed original
- the public role needs only `Drop` (insert, and its step, draft, kind, locator, proof, received_at), `Reply` (insert,
  and its step, locator, received_at), and `Answer` and `Question` by locator
- nothing here names a reporter, and no address of a machine is kept anywhere
"""

from enum import StrEnum

from django.db import models

from tutela_node.foundation.ids import new_id
from tutela_node.intake.facts import Concern
from tutela_node.intake.filings import DocumentState, FilingState
from tutela_node.intake.floods import Lane, Standing
from tutela_node.intake.marks import MarkKind
from tutela_node.intake.rules import Channel, DropKind, Form, ReferralState, ReportState, Sentence, Voice
from tutela_node.intake.sense import Band


def _choices(states: type[StrEnum]) -> list[tuple[str, str]]:
    return [(str(state), str(state)) for state in states]


class Drop(models.Model):
    """One sealed answer sheet. `step` makes a repeated page store nothing twice; `draft` ties the pages together.

    `proof` are the bits of work that came with it, 0 for none.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    step = models.CharField(max_length=32, unique=True)
    draft = models.CharField(max_length=32, db_index=True)
    kind = models.CharField(max_length=6, choices=_choices(DropKind))
    sealed = models.BinaryField()
    locator = models.CharField(max_length=64, blank=True, db_index=True)
    mailbox = models.BinaryField()
    proof = models.PositiveSmallIntegerField(default=0)
    received_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (
            models.Index(fields=["opened_at", "received_at"], name="drop_waiting"),
            models.Index(fields=["kind", "received_at"], name="drop_pressure"),
        )


READ_BY_COUNTS = ("open_count", "urgency", "channel")  # what counting a period asks of each bundle: no row is looked at


class Bundle(models.Model):
    """Reports that belong together, shown as one. Every weighed report is in one bundle, most of them alone.

    `head` is its most urgent open report, whose urgency, band, concern and channel are repeated here; `senders` counts
    the organisations, all of the public as one. `taken_by` is the person who works on it since `taken_at`.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    head = models.UUIDField()
    urgency = models.PositiveSmallIntegerField()
    band = models.CharField(max_length=5, choices=_choices(Band))
    concern = models.CharField(max_length=11, blank=True, choices=_choices(Concern))
    channel = models.CharField(max_length=8, choices=_choices(Channel))
    count = models.PositiveIntegerField(default=0)
    open_count = models.PositiveIntegerField(default=0)
    senders = models.PositiveIntegerField(default=0)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    read_by = models.CharField(max_length=200, blank=True)
    taken_by = models.UUIDField(null=True)
    taken_name = models.CharField(max_length=200, blank=True)
    taken_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (
            models.Index(
                fields=["-urgency", "first_at", "id"], condition=models.Q(open_count__gt=0), name="bundle_triage"
            ),
            models.Index(
                fields=["concern", "-urgency", "first_at"],
                condition=models.Q(open_count__gt=0),
                name="bundle_triage_concern",
            ),
            models.Index(
                fields=["channel", "-urgency", "first_at"],
                condition=models.Q(open_count__gt=0),
                name="bundle_triage_channel",
            ),
            models.Index(
                fields=["last_at", *READ_BY_COUNTS], condition=models.Q(open_count__gt=0), name="bundle_recent"
            ),
            models.Index(
                fields=["concern", "last_at", *READ_BY_COUNTS],
                condition=models.Q(open_count__gt=0),
                name="bundle_recent_concern",
            ),
            models.Index(fields=["-last_at"], condition=models.Q(open_count=0), name="bundle_over"),
        )


class Apart(models.Model):
    """Two bundles that a person took apart: no report makes them one again. `one` has the smaller id."""

    id = models.BigAutoField(primary_key=True)
    one = models.ForeignKey(Bundle, on_delete=models.CASCADE, related_name="+")
    other = models.ForeignKey(Bundle, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = (models.UniqueConstraint(fields=["one", "other"], name="apart_once"),)


class Report(models.Model):
    """What somebody sent. `draft` is empty but for the public pages; `repeat_lookup` finds one that is sent again.

    `original_sealed` holds the bytes as they came; `said_sealed` what could be read of them. `original_sha256` stands
    for a salted original; of bytes as they came, whose digest could be guessed at, it is a keyed hash, and the digest
    itself is sealed. `problem` says why a report could not be read, so that people read the original.

    `form` and `lane` are those of the public pages, empty for what came another way. `standing`, `lane` and `credit`
    are what `floods` made of it; `likeness` finds words that come again and again.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    reference = models.CharField(max_length=20, unique=True)
    channel = models.CharField(max_length=8, choices=_choices(Channel))
    organisation = models.ForeignKey("accounts.Organisation", null=True, on_delete=models.PROTECT, related_name="+")
    draft = models.CharField(max_length=32, null=True, unique=True)
    repeat_lookup = models.CharField(max_length=64, null=True, unique=True)
    received_at = models.DateTimeField(db_index=True)
    original_sealed = models.BinaryField()
    original_sha256 = models.CharField(max_length=64)
    said_sealed = models.BinaryField(default=b"")
    problem = models.CharField(max_length=300, blank=True)
    locator = models.CharField(max_length=64, blank=True, db_index=True)
    mailbox = models.BinaryField()
    language = models.CharField(max_length=10)
    voice = models.CharField(max_length=5, choices=_choices(Voice))
    state = models.CharField(max_length=8, choices=_choices(ReportState), default=ReportState.RECEIVED)
    words_sealed = models.BinaryField()
    bundle = models.ForeignKey(Bundle, null=True, on_delete=models.PROTECT, related_name="reports")
    duplicate_of = models.UUIDField(null=True)
    urgency = models.PositiveSmallIntegerField(null=True)
    completeness = models.PositiveSmallIntegerField(null=True)
    band = models.CharField(max_length=5, blank=True, choices=_choices(Band))
    concern = models.CharField(max_length=11, blank=True, choices=_choices(Concern))
    reasons = models.JSONField(default=list)
    lacks = models.JSONField(default=list)
    rule = models.CharField(max_length=40, blank=True)
    form = models.CharField(max_length=8, choices=_choices(Form), blank=True)
    happening = models.CharField(max_length=10, blank=True)
    standing = models.CharField(max_length=11, choices=_choices(Standing), default=Standing.OPEN)
    lane = models.CharField(max_length=6, choices=_choices(Lane), blank=True)
    credit = models.SmallIntegerField(default=0)
    likeness = models.CharField(max_length=64, blank=True)

    class Meta:
        indexes = (
            models.Index(fields=["bundle", "-urgency", "received_at"], name="report_in_bundle"),
            models.Index(fields=["organisation", "id"], name="report_of_sender"),
            models.Index(fields=["standing", "-credit", "received_at"], name="report_standing"),
            models.Index(fields=["form", "standing", "lane", "received_at"], name="report_lane"),
            models.Index(fields=["likeness", "received_at"], name="report_likeness"),
        )


class Mark(models.Model):
    """That a report names an account, an address, a host, a file. `lookup` is half of a keyed hash."""

    id = models.BigAutoField(primary_key=True)
    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="marks")
    kind = models.CharField(max_length=7, choices=_choices(MarkKind))
    lookup = models.CharField(max_length=32)
    at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["report", "lookup"], name="mark_once"),)
        indexes = (models.Index(fields=["lookup", "at"], name="mark_met"),)


class ReportItem(models.Model):
    """That a report names an item or an address (rows of material). `is_sent`: its sender sent the very file."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="named")
    item = models.UUIDField(null=True, db_index=True)
    sighting = models.UUIDField(null=True, db_index=True)
    is_sent = models.BooleanField(default=False)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["report", "item"], name="report_item_once"),
            models.UniqueConstraint(fields=["report", "sighting"], name="report_sighting_once"),
            models.CheckConstraint(
                condition=models.Q(item__isnull=True) ^ models.Q(sighting__isnull=True), name="report_names_one"
            ),
        )


class Answer(models.Model):
    """A sentence for a reporter. `sealed` stays empty until the report has a mailbox."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="answers")
    locator = models.CharField(max_length=64, blank=True, db_index=True)
    sealed = models.BinaryField()
    sentence = models.CharField(max_length=20, choices=_choices(Sentence))
    at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["report", "sentence"], name="report_sentence_once"),)


class Question(models.Model):
    """What we ask a reporter, sealed to the mailbox; the desk keeps its own sealed copy."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="questions")
    locator = models.CharField(max_length=64, db_index=True)
    sealed = models.BinaryField()
    text_sealed = models.BinaryField()
    asked_by = models.UUIDField()
    asked_at = models.DateTimeField()


class Reply(models.Model):
    """What a reporter adds with the code: ciphertext to the worker alone, and once opened the report's."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    step = models.CharField(max_length=32, unique=True)
    locator = models.CharField(max_length=64, db_index=True)
    sealed = models.BinaryField()
    received_at = models.DateTimeField(db_index=True)
    opened_at = models.DateTimeField(null=True)
    report = models.ForeignKey(Report, null=True, on_delete=models.CASCADE, related_name="replies")
    text_sealed = models.BinaryField()


class Referral(models.Model):
    """A report that the police read instead of reviewers: the profile says which."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    report = models.OneToOneField(Report, on_delete=models.CASCADE, related_name="referral")
    happening = models.CharField(max_length=10)
    state = models.CharField(max_length=8, choices=_choices(ReferralState), default=ReferralState.NEW)
    referred_at = models.DateTimeField()
    due_at = models.DateTimeField()
    taken_by = models.UUIDField(null=True)
    taken_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=20, blank=True)
    note_sealed = models.BinaryField()

    class Meta:
        indexes = (models.Index(fields=["state", "due_at"], name="referral_waiting"),)


class EntryDraft(models.Model):
    """What somebody of the staff is writing down for a caller; kept as it is typed, for that person alone."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person = models.UUIDField(db_index=True)
    answers_sealed = models.BinaryField()
    begun_at = models.DateTimeField()
    saved_at = models.DateTimeField()


class Tally(models.Model):
    """How many public reports were begun and finished, by day, language and form. No report can be found by it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    day = models.DateField()
    language = models.CharField(max_length=10)
    form = models.CharField(max_length=8, choices=_choices(Form))
    begun = models.PositiveIntegerField(default=0)
    finished = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["day", "language", "form"], name="tally_once"),)


class Filing(models.Model):
    """A report that comes in several requests. `number` is the one its report has, once it is finished.

    A filing that was tried only, taken back or forgotten stays as a row that says so, without anything it held.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    number = models.CharField(max_length=20, unique=True)
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, related_name="+")
    is_test = models.BooleanField(default=False)
    state = models.CharField(max_length=9, choices=_choices(FilingState), default=FilingState.OPEN)
    opened_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    report = models.UUIDField(null=True)

    class Meta:
        indexes = (models.Index(fields=["organisation", "state"], name="filing_of_sender"),)


class FiledFile(models.Model):
    """A file of a filing. Its bytes are an object of the vault (`object_id`), but for one that was tried only."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    filing = models.ForeignKey(Filing, on_delete=models.CASCADE, related_name="files")
    file_id = models.CharField(max_length=32, unique=True)
    object_id = models.UUIDField(null=True)
    size = models.BigIntegerField()
    digests_sealed = models.BinaryField()
    at = models.DateTimeField()


class FiledDocument(models.Model):
    """A document as it came, sealed before it was read: a report, or the details of a file.

    `findings_sealed` says what was wrong or tolerated: JSON, sealed because it names elements as their sender did.
    `original_lookup` is a keyed hash of the bytes.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, related_name="+")
    filing = models.ForeignKey(Filing, null=True, on_delete=models.CASCADE, related_name="documents")
    file = models.OneToOneField(FiledFile, null=True, on_delete=models.CASCADE, related_name="details")
    state = models.CharField(max_length=8, choices=_choices(DocumentState), default=DocumentState.RECEIVED)
    original_sealed = models.BinaryField()
    original_lookup = models.CharField(max_length=64)
    size = models.BigIntegerField()
    findings_sealed = models.BinaryField(default=b"")
    received_at = models.DateTimeField(db_index=True)


class MailDrop(models.Model):
    """A mail as it came, sealed to the node by a process that cannot open it; emptied once it is opened."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    sealed = models.BinaryField()
    received_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True, db_index=True)


class GivenAnswer(models.Model):
    """What a program was told under a key of its own, so that it is told the same when it asks again."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=64, unique=True)
    body = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(default=0)
    told = models.JSONField(default=dict)
    at = models.DateTimeField(db_index=True)
