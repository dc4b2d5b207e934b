"""What can go wrong when a domain is listed."""

from tutela.errors import Conflict


class Refused(Conflict):
    """The rules of the list forbid this listing, whoever asks for it. The message says which rule."""
