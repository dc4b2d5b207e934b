"""A report of XARF 3 as one of XARF 4: what has a place there is put there, the rest stays in the original.

Rules:
- what cannot be put anywhere is told as a fault of the original, with its place there; nothing is invented but the
  identity of the converted report, which is an argument
- `legacy_version` says that it was converted
Source: the conversion table of the XARF 4 specification and its published version 3 samples.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from tutela.wire.findings import Finding, fault, note

TYPES: Mapping[str, tuple[str, str]] = {
    "spam": ("messaging", "spam"),
    "login-attack": ("connection", "login_attack"),
    "port-scan": ("connection", "port_scan"),
    "ddos": ("connection", "ddos"),
    "phishing": ("content", "phishing"),
    "malware": ("content", "malware"),
    "botnet": ("infrastructure", "botnet"),
    "copyright": ("copyright", "copyright"),
}
NOTE = "was written in XARF 3 and is read as XARF 4"
_TEXTS = {  # of the report itself: where it stands in version 3, and in version 4
    "Date": ("timestamp", "first_seen"),
    "Protocol": ("protocol",),
    "Url": ("url", "infringing_url"),
    "SmtpMailFromAddress": ("smtp_from",),
    "SmtpRcptToAddress": ("smtp_to",),
    "SmtpMessageSubject": ("subject",),
    "DestinationIp": ("destination_ip",),
    "DestinationPort": ("destination_port",),
    "SourcePort": ("source_port",),
    "AttackDescription": ("description",),
}
_SAID_BESIDE = {  # what programs put under AdditionalInfo, and where it belongs
    "Protocol": "Protocol",
    "URL": "Url",
    "SMTPFrom": "SmtpMailFromAddress",
    "Subject": "SmtpMessageSubject",
    "DestinationIP": "DestinationIp",
    "DestinationPort": "DestinationPort",
}
_PLACES = {  # which of them belong to which category, beside those of every report
    "messaging": {"protocol", "smtp_from", "smtp_to", "subject", "source_port"},
    "connection": {"protocol", "first_seen", "destination_ip", "destination_port", "source_port"},
    "content": {"url"},
    "copyright": {"infringing_url"},
    "infrastructure": {"source_port"},
}
_EVERY = {"timestamp", "description"}


def is_v3(value: object) -> bool:
    return isinstance(value, dict) and str(value.get("Version")) in ("3", "3.0", "3.0.0") and "Report" in value


def convert(value: Mapping[str, Any], *, report_id: str) -> tuple[dict[str, Any], tuple[Finding, ...]]:
    """The report in version 4, and what was found on the way. `report_id`: a UUID for it."""
    old, who = _object(value.get("Report")), _object(value.get("ReporterInfo"))
    found = [note("version", "/Version", NOTE)]
    category, name = TYPES.get(str(old.get("ReportType", "")).lower(), ("", ""))
    if not category:
        found.append(fault("enum", "/Report/ReportType", f"must be one of {', '.join(TYPES)}"))
    contact = who.get("ReporterContactEmail") or who.get("ReporterOrgEmail")
    party = {
        "org": who.get("ReporterOrg") or who.get("ReporterOrgDomain") or "unknown",
        "contact": contact,
        "domain": who.get("ReporterOrgDomain") or str(contact or "").rpartition("@")[2],
    }
    made: dict[str, Any] = {
        "xarf_version": "4.0.0",
        "report_id": report_id,
        "reporter": party,
        "sender": dict(party),
        "source_identifier": _source(old),
        "category": category,
        "type": name,
        "legacy_version": "3",
        **dict(_fields(old, _PLACES.get(category, set()) | _EVERY)),
    }
    evidence = list(_evidence(old.get("Attachment") or old.get("Samples")))
    return made | ({"evidence": evidence} if evidence else {}), tuple(found)


def _fields(old: Mapping[str, Any], wanted: set[str]) -> Iterator[tuple[str, Any]]:
    extra, source = _object(old.get("AdditionalInfo")), _object(old.get("Source"))
    given = {_SAID_BESIDE[name]: extra[name] for name in _SAID_BESIDE if name in extra}
    given |= {name: source[place] for name, place in (("SourcePort", "Port"), ("Url", "URL")) if place in source}
    given |= {name: old[name] for name in _TEXTS if name in old}
    for name, value in given.items():
        for place in _TEXTS[name]:
            if place in wanted:
                yield place, value


def _source(old: Mapping[str, Any]) -> Any:
    source = _object(old.get("Source"))
    return source.get("IP") or old.get("SourceIp") or source.get("URL") or old.get("Url")


def _evidence(given: object) -> Iterator[dict[str, Any]]:
    for each in given if isinstance(given, list) else ():
        if isinstance(each, dict):
            told = {"content_type": each.get("ContentType", "application/octet-stream"), "payload": each.get("Data")}
            yield told | ({"description": each["Description"]} if "Description" in each else {})


def _object(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
