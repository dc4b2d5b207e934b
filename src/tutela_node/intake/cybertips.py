"""A report of the CyberTipline interface in our words: its facts, its addresses, and what its sender wrote.

Rules:
- a file was viewed only where its sender says so of that file
- “escalated” is the interface's own word for an immediate risk to a child: it is taken at that
- a report with more files, addresses or notes than are read is a report all the same; its original has them all
- what has no place in the facts is kept as the sender's context, by the element it stood in
"""

import re
from collections.abc import Iterable, Sequence

from tutela.wire.cybertip.limits import digits_of
from tutela.wire.cybertip.saying import Account, FileSaid, ReportSaid
from tutela_node.intake.documents import MAX_SAID_URLS, Document
from tutela_node.intake.facts import MAX_TEXT, Concern, Facts, FileFacts, bounded
from tutela_node.intake.filings import FileValue
from tutela_node.intake.rules import Channel

CONCERNS = {
    "Child Pornography (possession, manufacture, and distribution)": Concern.MATERIAL,
    "Child Sex Trafficking": Concern.TRAFFICKING,
    "Child Sex Tourism": Concern.ABUSE,
    "Child Sexual Molestation": Concern.ABUSE,
    "Online Enticement of Children for Sexual Acts": Concern.GROOMING,
}
HEX = re.compile(r"[0-9a-f]+", re.ASCII)
MOST_FILES = 1000
MOST_WORDS = 20_000
MOST_CONTEXT = 200
MOST_NOTES = 200
Files = Sequence[tuple[FileValue, FileSaid | None]]


def document(*, original: bytes, said: ReportSaid, files: Files, notes: Iterable[str], service: str) -> Document:
    """The report as intake keeps it. `service` stands where an account's own service is not said."""
    details = [each for _, each in files if each is not None]
    urls = [*said.urls, *(each.url for each in details if each.url)]
    words = [*said.words, *(word for each in details for word in each.words)]
    return Document(
        channel=Channel.CYBERTIP,
        original=original,
        facts=_facts(said, files, details, notes=notes, service=service),
        urls=tuple(dict.fromkeys(urls))[:MAX_SAID_URLS],
        words=_words(words),
        context=_context(said, files),
    )


def _facts(said: ReportSaid, files: Files, details: Sequence[FileSaid], *, notes: Iterable[str], service: str) -> Facts:
    return Facts(
        concern=_concern(said),
        at_risk=bool(said.escalated_for),
        escalated=bool(said.escalated_for),
        escalated_for=said.escalated_for[:MAX_TEXT],
        informational="informational" in said.annotations,
        viral=said.batched == "VIRAL_POTENTIAL_MEME",
        generated=any("generativeAi" in each.annotations for each in details),
        happened_at=said.happened_at,
        victim_known=said.victim_named,
        suspect_known=said.suspect_named,
        accounts=bounded(_account(each, said.platform or service) for each in said.accounts),
        ips=bounded([*said.ips, *(ip for each in details for ip in each.ips)]),
        mails=bounded(said.mails),
        phones=bounded(said.phones),
        hashes=bounded(_hashes(details)),
        files=tuple(_file(file, each) for file, each in files[:MOST_FILES]),
        prior=bounded(said.prior),
        notes=bounded(note[:MAX_TEXT] for note in notes)[:MOST_NOTES],
    )


def _concern(said: ReportSaid) -> Concern:
    if "sextortion" in said.annotations:
        return Concern.EXTORTION
    return CONCERNS.get(said.incident, Concern.OTHER)


def _account(account: Account, service: str) -> str:
    return f"{account.service or service}:{account.name}".casefold()


def _hashes(details: Iterable[FileSaid]) -> Iterable[str]:
    """Hashes of files as they were before their sender changed them, of the kinds whose length is known."""
    for kind, value in (each for said in details for each in said.hashes):
        digits, plain = digits_of(kind), value.lower()
        if digits and len(plain) == digits and HEX.fullmatch(plain):
            yield f"{kind.strip().lower().replace('-', '')}:{plain}"


def _file(file: FileValue, said: FileSaid | None) -> FileFacts:
    if said is None:
        return FileFacts(name=file.file_id, sha256=file.sha256)
    return FileFacts(
        name=file.file_id,
        sha256=file.sha256,
        viewed=said.viewed,
        public=said.public,
        label=said.classification[:MAX_TEXT],
        viral=said.meme or bool({"viral", "potentialMeme"} & said.annotations),
    )


def _words(words: Iterable[tuple[str, str]]) -> str:
    return "\n\n".join(text for _, text in words)[:MOST_WORDS]


def _context(said: ReportSaid, files: Files) -> dict[str, object]:
    """Plain values by the element they stood in, for whoever reads the report."""
    plain: dict[str, object] = {
        "incidentType": said.incident,
        "platform": said.platform,
        "batchedReport": said.batched,
        "reportAnnotations": ", ".join(sorted(said.annotations)),
    }
    for number, (file, each) in enumerate(files[:MOST_CONTEXT], start=1):
        plain[f"file {number}"] = file.file_id
        if each is not None:
            plain[f"file {number} originalFileName"] = each.name
            plain[f"file {number} fileAnnotations"] = ", ".join(sorted(each.annotations))
            plain[f"file {number} fileRelevance"] = "Supplemental Reported" if each.supplemental else "Reported"
    return {name: value for name, value in plain.items() if value}
