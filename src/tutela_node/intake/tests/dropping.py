"""What the public desk would drop, for the tests of the room."""

import secrets
from dataclasses import dataclass, field

from tutela.sealing import BoxKey, seal_to
from tutela_node.foundation import keys
from tutela_node.intake import actions
from tutela_node.intake.rules import DROP_INFO, Sheet, write_sheet


@dataclass(frozen=True, kw_only=True)
class Reporter:
    """Somebody who reports: a draft, and a mailbox that only their code opens."""

    draft: str = field(default_factory=lambda: secrets.token_hex(16))
    mailbox: BoxKey = field(default_factory=lambda: BoxKey.from_private_bytes(secrets.token_bytes(32)))
    locator: str = field(default_factory=lambda: secrets.token_hex(32))
    proof: int = 16  # bits of work that come along

    def answer(self, sheet: Sheet, *, step: str = "") -> str:
        return self._drop("answer", sheet, step)

    def finish(self, sheet: Sheet, *, step: str = "") -> str:
        return self._drop("finish", sheet, step, locator=self.locator, mailbox=self.mailbox.public)

    def _drop(self, kind: str, sheet: Sheet, step: str, **more) -> str:
        step = step or secrets.token_hex(16)
        sealed = seal_to(keys.intake_public(), write_sheet(sheet, b"salt"), info=DROP_INFO + self.draft.encode())
        actions.drop(step=step, draft=self.draft, kind=kind, sealed=sealed, proof=self.proof, **more)
        return step
