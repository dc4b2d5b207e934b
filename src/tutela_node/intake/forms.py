"""What was read of a report in somebody else's form, as a document of ours. The forms themselves are `tutela.wire`.

Rules:
- the bytes that came are the original; what is said here is what the sender said, and nothing is guessed
- a sender who says that a hash list found a file has not looked at it; “manual review” is a person who looked
- what was wrong with the form goes into the notes by its place and rule
"""

from collections.abc import Iterable
from hashlib import sha256

from tutela.wire.arf import ArfReport
from tutela.wire.csvreports import CsvReport
from tutela.wire.form import Finding, Weight
from tutela.wire.mailread import Mail
from tutela.wire.xarf import XarfReport
from tutela.wire.xarf.formats import is_host, is_ip
from tutela_node.intake.documents import Document
from tutela_node.intake.facts import MAX_TEXT, Concern, Facts, FileFacts, bounded
from tutela_node.intake.rules import MAX_WORDS, Channel

MOST_NOTES = 50
_EXPLOITATION = {
    "grooming": Concern.GROOMING,
    "solicitation": Concern.GROOMING,
    "sextortion": Concern.EXTORTION,
    "trafficking": Concern.TRAFFICKING,
    "production": Concern.ABUSE,
    "distribution": Concern.MATERIAL,
    "possession": Concern.MATERIAL,
}
_CLASSIFIED = ("category", "type", "classification", "exploitation_type", "detection_method", "report_id")


def of_xarf(report: XarfReport) -> Document:
    party = report.value.get("reporter")
    name = party.get("org") if isinstance(party, dict) else None
    context = {each: report.text(each)[:200] for each in _CLASSIFIED if report.text(each)}
    return Document(
        channel=Channel.XARF,
        original=report.raw,
        facts=_xarf_facts(report),
        urls=tuple(each for each in report.addresses if each.lower().startswith(("http://", "https://"))),
        words=report.text("description")[:MAX_WORDS],
        reference=report.text("report_id")[:100],
        context=context | ({"reporter": name[:200]} if isinstance(name, str) else {}),
        repeat=sha256(report.raw).hexdigest(),
    )


def of_csv(row: CsvReport, *, table: str) -> Document:
    """A row of a table, with the table's first row above it. `table` is the digest of the whole."""
    return Document(
        channel=Channel.CSV,
        original=f"{row.head}\n{row.text}\n".encode(),
        facts=Facts(
            escalated=row.is_urgent,
            happened_at=row.seen_at,
            accounts=bounded([row.account.lower()]),
            ips=bounded([row.ip]),
            hosts=bounded([row.host]),
            hashes=bounded(row.hashes),
            files=_csv_file(row),
        ),
        urls=(row.address,) if row.address else (),
        words=row.note[:MAX_WORDS],
        reference=row.reference[:100],
        context={"line": row.line, "table": table},
        repeat=f"{table} {row.line}",
    )


def of_arf(report: ArfReport, *, raw: bytes) -> Document:
    return Document(
        channel=Channel.ARF,
        original=raw,
        facts=Facts(
            happened_at=report.arrived_at,
            ips=bounded(report.source_ips),
            hosts=bounded(report.domains),
            mails=bounded(report.senders),
            notes=notes(report.findings),
        ),
        urls=tuple(each for each in report.addresses if each.lower().startswith(("http://", "https://"))),
        words=report.mail.words()[:MAX_WORDS],
        reference=report.mail.message_id[:100],
        context={
            "feedback_type": report.feedback_type,
            "incidents": report.incidents,
            "user_agent": report.field("User-Agent")[:200],
            "sender": ", ".join(report.mail.senders)[:500],
        },
        repeat=_repeat(report.mail, raw),
    )


def of_mail(mail: Mail, *, raw: bytes, problem: str = "") -> Document:
    """A mail that is read by people."""
    return Document(
        channel=Channel.MAIL,
        original=raw,
        words=f"{mail.subject}\n\n{mail.words()}".strip()[:MAX_WORDS],
        reference=mail.message_id[:100],
        context={"sender": ", ".join(mail.senders)[:500]},
        problem=problem,
        repeat=_repeat(mail, raw),
    )


def unread(channel: Channel, raw: bytes, problem: str) -> Document:
    """Bytes that could not be read: a report with the reason, for people."""
    return Document(channel=channel, original=raw, problem=problem[:300], repeat=sha256(raw).hexdigest())


def notes(findings: Iterable[Finding]) -> tuple[str, ...]:
    """Where a form was not kept, without what is merely advised."""
    told = (f"{each.place}: {each.message}" for each in findings if each.weight is not Weight.NOTE)
    return bounded(each[:MAX_TEXT] for each in told)[:MOST_NOTES]


def _xarf_facts(report: XarfReport) -> Facts:
    who = report.value.get("perpetrator_indicators")
    indicators = who if isinstance(who, dict) else {}
    account, ips = indicators.get("account_id"), indicators.get("ip_addresses")
    source = report.text("source_identifier")
    service = report.text("platform") or report.text("domain")
    named = f"{service}:{account}" if service else account
    hashes = tuple(f"{algorithm}:{digits}" for algorithm, digits in report.hashes)
    return Facts(
        concern=_concern(report),
        happened_at=report.occurred_at,
        suspect_known=isinstance(account, str) and bool(account),
        accounts=bounded([named.lower()]) if isinstance(account, str) and account and isinstance(named, str) else (),
        ips=bounded(each for each in (source, *(ips if isinstance(ips, list) else ())) if _is_ip(each)),
        hosts=bounded(
            each.lower()
            for each in (report.text("domain"), source)
            if "." in each and is_host(each) and not is_ip(each)
        ),
        hashes=hashes,
        files=_xarf_file(report, hashes),
        notes=notes(report.findings),
    )


def _concern(report: XarfReport) -> Concern:
    if report.text("category") != "content":
        return Concern.OTHER
    if report.text("type") == "csam":
        return Concern.MATERIAL
    if report.text("type") == "csem":
        return _EXPLOITATION.get(report.text("exploitation_type"), Concern.UNSAID)
    return Concern.OTHER


def _xarf_file(report: XarfReport, hashes: tuple[str, ...]) -> tuple[FileFacts, ...]:
    if not report.is_about_children or not hashes:
        return ()
    how = report.text("detection_method")
    label = report.text("classification")[:100]
    return (FileFacts(viewed=how == "manual_review", label=label, known=how == "hash_match"),)


def _csv_file(row: CsvReport) -> tuple[FileFacts, ...]:
    return (FileFacts(viewed=row.is_viewed),) if row.hashes or row.is_viewed else ()


def _repeat(mail: Mail, raw: bytes) -> str:
    """The same Message-ID with the same content is the same mail, whatever way it came; else the same bytes are."""
    if not mail.message_id:
        return sha256(raw).hexdigest()
    content = sha256()
    for part in mail.parts:
        content.update(sha256(part.data).digest())
    return f"{mail.message_id[:500]} {content.hexdigest()}"


def _is_ip(value: object) -> bool:
    return isinstance(value, str) and is_ip(value)
