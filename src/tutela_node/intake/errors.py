"""Errors of intake."""

from tutela.errors import Conflict, Invalid, Missing


class NoSuchReport(Missing):
    """No report has this id."""


class TakenByAnother(Conflict):
    """A colleague works on this case."""


class BadDrop(Invalid):
    """What the public desk hands over breaks the form of a drop."""


class NoMailbox(Conflict):
    """The reporter of this report has no code: nothing can be sent to them."""


class Taken(Conflict):
    """A referral is not in the state that this needs."""
