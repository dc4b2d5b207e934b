"""A report that did not come by the public pages: its bytes, its sender's words, and what could be read of it.

Rules:
- the original is kept as it came, whatever it is; what could not be read is a report with a problem
- `repeat` names what makes the very same report the same to its sender; without it each is a report of its own
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from tutela.errors import Invalid, Limited
from tutela_node.intake.facts import Facts, facts_values
from tutela_node.intake.rules import Channel, Voice

MAX_ORIGINAL = 16 * 1024 * 1024
MAX_SAID_URLS = 10_000


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Document:
    """`urls` as written; `context` is plain JSON of the sender; `reference` is the sender's own, and may be empty."""

    channel: Channel
    original: bytes
    facts: Facts = field(default_factory=Facts)
    urls: tuple[str, ...] = ()
    words: str = ""
    reference: str = ""
    context: Mapping[str, object] = field(default_factory=dict)
    problem: str = ""
    language: str = "en"
    voice: Voice = Voice.ADULT
    repeat: str = ""

    def __repr__(self) -> str:
        """A document must not reach logs or tracebacks."""
        return f"Document(channel={self.channel!s}, ...)"


def document_values(document: Document) -> dict[str, object]:
    """What is kept beside the original, as plain JSON. Raises Limited for what no reader of ours would send."""
    if len(document.original) > MAX_ORIGINAL:
        raise Limited(f"a report has at most {MAX_ORIGINAL} bytes without its files", place="report")
    if len(document.urls) > MAX_SAID_URLS:
        raise Limited(f"a report names at most {MAX_SAID_URLS} addresses", place="urls")
    if not document.original:
        raise Invalid("a report has at least one byte", place="report")
    return {
        "urls": list(document.urls),
        "context": dict(document.context),
        "reference": document.reference,
        "facts": facts_values(document.facts),
    }
