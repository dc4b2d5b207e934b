"""A reporter as the public desk serves them: sealed answers in, sealed sentences out."""

import secrets
from dataclasses import dataclass, field
from datetime import timedelta

from tutela.sealing import BoxKey, open_with, seal_to
from tutela_node.foundation import clock, keys
from tutela_node.intake import queries
from tutela_node.intake.models import Report
from tutela_node.intake.rules import ANSWER_INFO, DROP_INFO, Form, Sheet, read_told, write_sheet
from tutela_node.journeys.public_dropped import public_drop

AFTER = timedelta(days=3)


@dataclass(frozen=True, kw_only=True)
class Reporter:
    """Somebody who reports; only they can open what they are told."""

    draft: str = field(default_factory=lambda: secrets.token_hex(16))
    mailbox: BoxKey = field(default_factory=lambda: BoxKey.from_private_bytes(secrets.token_bytes(32)))
    locator: str = field(default_factory=lambda: secrets.token_hex(32))
    proof: int = 16  # bits of work that come along: the quick lane

    def begin(self, *urls, words=""):
        self._drop("answer", Sheet(urls=urls, words=words))
        return self

    def tell(self, *urls, words=""):
        self._drop("finish", Sheet(urls=urls, words=words, turn=1), locator=self.locator, mailbox=self.mailbox.public)
        return self

    def say(self, sheet):
        self._drop("finish", sheet, locator=self.locator, mailbox=self.mailbox.public)
        return self

    def send(self, *codes):
        """Codes of own pictures, as their browser made them."""
        return self.say(Sheet(own=codes, turn=1, form=Form.PICTURE, pace=30))

    def report(self):
        """The row that became of it."""
        return Report.objects.get(draft=self.draft)

    def told(self):
        """The sentences, as the reporter can read them with their code when their time has come."""
        sealed = queries.answers(self.locator, clock.now() + AFTER)
        return [str(read_told(open_with(self.mailbox.private, each, info=ANSWER_INFO)).sentence) for each in sealed]

    def _drop(self, kind, sheet, **more):
        sealed = seal_to(keys.intake_public(), write_sheet(sheet, b"salt"), info=DROP_INFO + self.draft.encode())
        public_drop(step=secrets.token_hex(16), draft=self.draft, kind=kind, sealed=sealed, proof=self.proof, **more)
