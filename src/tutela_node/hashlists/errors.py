"""What can go wrong with lists."""

from tutela.errors import Invalid, Unavailable


class BadList(Invalid):
    """The file as a whole cannot be read as a list of this format; single bad rows are no error."""


class IndexNotLoaded(Unavailable):
    """This process has not loaded its index yet: it must not answer “nothing known”."""
