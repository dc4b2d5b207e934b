"""Writing Tutela's own list, format 2: entries and canaries in one order, then the count, then the signature.

Rules:
- entries rise by key (source, kind, id; by code points), none twice: one content has one spelling, and two are compared
  line by line without holding either
- a canary stands where its key puts it among the entries, so that its place says nothing
- the mark of content leaves the canaries out; with canaries it is keyed, since a plain digest would let a holder find
  them by trying which lines to leave out
"""

import hashlib
import heapq
import hmac
from collections.abc import Iterable, Iterator
from typing import BinaryIO

from tutela.errors import Invalid
from tutela.hashlists.canonlines import dumped
from tutela.hashlists.entry import ListEntry
from tutela.hashlists.keyedlines import Line
from tutela.hashlists.native_entry import as_line
from tutela.hashlists.signed import Key, Signed
from tutela.hashlists.signed_header import FORMAT, Footer, SignedHeader, message, signature_line
from tutela.sealing import Signer, key_id

CONTENT_KEY = 32


def sign(
    entries: Iterable[ListEntry],
    out: BinaryIO,
    *,
    header: SignedHeader,
    signer: Signer,
    canaries: Iterable[ListEntry] = (),
    content_key: bytes = b"",
) -> Signed:
    """Writes a signed list. `entries` rise by key (`in_order` brings any into order); `canaries` come in any order.

    `content_key` (32 bytes, `Marking.content_key`) makes the mark of content one that only the publisher computes.
    Raises Invalid for an entry out of order or form, and for a signer that is not the header's.
    """
    lines = ((entry.key, as_line(entry)) for entry in entries)
    return sign_lines(lines, out, header=header, signer=signer, canaries=canaries, content_key=content_key)


def sign_lines(
    lines: Iterable[Line],
    out: BinaryIO,
    *,
    header: SignedHeader,
    signer: Signer,
    canaries: Iterable[ListEntry] = (),
    content_key: bytes = b"",
) -> Signed:
    """As `sign`, for lines that `as_line` made, each with its entry's key."""
    extra = sorted((entry.key, as_line(entry)) for entry in canaries)
    if (header.publisher, header.key) != (signer.name, key_id(signer.public)):
        raise Invalid("the header names another key than the signer's", place="key")
    if len(content_key) not in (0, CONTENT_KEY) or (extra and not (content_key and header.recipient)):
        raise Invalid(f"canaries need a recipient and a content key of {CONTENT_KEY} bytes", place="canaries")
    body, content, count = hashlib.sha256(), hashlib.sha256(header.content_line()), 0

    def put(line: bytes) -> None:
        body.update(line)
        out.write(line)

    put(dumped(header.as_json()))
    for line, is_content in _merged(lines, extra):
        put(line)
        count += 1
        if is_content:
            content.update(line)
    mark = mark_of(content.digest(), content_key)
    put(Footer(entries=count, sha256=body.hexdigest(), content=mark).line())
    out.write(signature_line(signer.sign(message(FORMAT, body.digest()))))
    return Signed(header=header, entries=count, digest=body.hexdigest(), content=mark)


def _merged(lines: Iterable[Line], extra: list[Line]) -> Iterator[tuple[bytes, bool]]:
    """Lines in their order, each with whether it is content. Raises Invalid unless the keys rise."""
    marked = ((key, line, True) for key, line in lines)
    before: Key | None = None
    both = heapq.merge(marked, ((key, line, False) for key, line in extra)) if extra else marked
    for number, (key, line, is_content) in enumerate(both, start=1):
        if before is not None and key <= before:
            raise Invalid("entries (and canaries) rise by source, kind and id, none twice", place=f"entry {number}")
        before = key
        yield line, is_content


def mark_of(digest: bytes, content_key: bytes) -> str:
    """The mark of a content with this SHA-256; plain without a key."""
    if not content_key:
        return f"sha256:{digest.hex()}"
    return f"hmac-sha256:{hmac.digest(content_key, digest, 'sha256').hex()}"
