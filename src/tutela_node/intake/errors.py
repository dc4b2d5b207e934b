"""Errors of intake."""

from tutela.errors import Invalid, Missing


class NoSuchReport(Missing):
    """No report has this id."""


class BadDrop(Invalid):
    """What the public desk hands over breaks the form of a drop."""
