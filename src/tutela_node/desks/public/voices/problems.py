"""What to put right in an answer: a short line for the summary, a sentence above the field."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tutela_node.intake.rules import MAX_URLS, MAX_WORDS

Text = str | Promise


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrong:
    """`long` may hold %(most)s, the bound that was passed."""

    short: Text
    long: Text
    most: int = 0


NOT_READ = Wrong(
    short=_("Copy the address again"),
    long=_(
        "This is no address that a browser could open. We kept what you wrote: please copy it from the top of the page."
    ),
)
WRONGS: Mapping[str, Wrong] = {
    "empty": Wrong(
        short=_("Write the address, or go on without one"),
        long=_("There is nothing here yet. If you have no address, choose “I have no address”."),
    ),
    "spaces": Wrong(
        short=_("Write the address without spaces"),
        long=_("This address has spaces in it. We kept what you wrote: please take the spaces out."),
    ),
    "several": Wrong(
        short=_("Put each address on its own line"),
        long=_("There is more than one address on a line. We kept what you wrote: please start a new line for each."),
    ),
    "scheme": Wrong(
        short=_("Write an address that starts with http"),
        long=_(
            "This address does not start with http:// or https://. "
            "We kept what you wrote: please look at its beginning."
        ),
    ),
    "word": Wrong(
        short=_("Write the whole address"),
        long=_("This is a word, not an address. An address has a dot in it. We kept what you wrote."),
    ),
    "public_suffix": Wrong(
        short=_("Write the whole address"),
        long=_(
            "This is the ending of many addresses, not one site. "
            "We kept what you wrote: please add what comes before it."
        ),
    ),
    "long": Wrong(
        short=_("Shorten what you wrote"),
        long=_("This is too long to be an address. Please copy only the address, one on each line."),
    ),
    "many": Wrong(
        short=_("Write fewer addresses"),
        long=_(
            "We can take %(most)s addresses at a time. We kept what you wrote: please send the others as a new report."
        ),
        most=MAX_URLS,
    ),
    "wordy": Wrong(
        short=_("Shorten what you wrote"),
        long=_("This is longer than the %(most)s characters we can take. We kept what you wrote: please shorten it."),
        most=MAX_WORDS,
    ),
    "too_long": Wrong(
        short=_("Shorten what you wrote"),
        long=_("This was so long that we could not take it. What you saved before is safe: please write it shorter."),
    ),
    "wordless": Wrong(
        short=_("Write a few words"),
        long=_("Without an address we need a few words from you. One sentence is enough."),
    ),
    "empty_reply": Wrong(short=_("Write a few words"), long=_("There is nothing here yet. One sentence is enough.")),
    "choice": Wrong(
        short=_("Choose one of the answers"), long=_("We did not recognise this choice. Please choose again.")
    ),
}


def wrong(code: str) -> Wrong:
    return WRONGS.get(code, NOT_READ)
