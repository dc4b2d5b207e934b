"""What can be wrong with an answer, a hold or a contact. Desks word each class for their readers."""

from enum import StrEnum

from tutela.errors import Invalid


class Wrong(StrEnum):
    """Which part of an answer is missing or cannot be read."""

    OUTCOME = "outcome"
    REMOVED_AT = "removed_at"
    COPIES = "copies"
    MOVED_TO = "moved_to"
    REASON = "reason"


class BadAnswer(Invalid):
    """An answer is not complete. `wrong` holds every field that needs another look, in the order of the page."""

    def __init__(self, wrong: tuple[Wrong, ...]) -> None:
        super().__init__("the answer is not complete", place=", ".join(wrong))
        self.wrong = wrong


class BadContact(Invalid):
    """This is no mail address that a notice can go to."""
