"""Errors of intake."""

from tutela.errors import Conflict, Invalid, Limited, Missing


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


class NoSuchFiling(Missing):
    """No report of this number was opened by this organisation."""


class NoSuchFile(Missing):
    """No file of this id was uploaded to the report."""


class AlreadyFinished(Conflict):
    """The report was finished: nothing of it can be changed."""


class AlreadyRetracted(Conflict):
    """The report was taken back by its sender."""


class FilingFull(Limited):
    """The report holds as many files, or as much about them, as one report may."""


class DetailsGiven(Conflict):
    """The details of this file were given already; they are given once."""
