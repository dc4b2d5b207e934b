"""Errors of intake."""

from tutela.errors import Conflict, Invalid, Missing


class NoSuchReport(Missing):
    """No report has this id."""


class TakenByAnother(Conflict):
    """A colleague works on this case."""


class BadDrop(Invalid):
    """What the public desk hands over breaks the form of a drop."""
