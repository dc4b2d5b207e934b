"""What can go wrong when people decide. Each class is one sentence on the workbench, in the reader's language."""

from tutela.errors import Conflict, Forbidden, Invalid


class ClaimedByAnother(Conflict):
    """Somebody else is working on the item until their claim ends."""


class NotOpen(Conflict):
    """The item is decided or closed, or was never queued."""


class AlreadyAssessed(Conflict):
    """One person has one assessment of an item."""


class TookEffect(Conflict):
    """The time to withdraw is over."""


class NotYours(Forbidden):
    """Only the person who made an assessment or a claim may take it back."""


class GroundRefused(Invalid):
    """What is known does not carry this ground."""


class CodeKept(GroundRefused):
    """A verdict that is taken over keeps its code."""


class CodeRefused(Invalid):
    """The scheme in force has no such code."""


class NotAlike(Conflict):
    """One of the reports that were to be decided alike is not of the case, or not to be decided by this person now."""
