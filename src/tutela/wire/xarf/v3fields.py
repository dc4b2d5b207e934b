"""The fields of a report of XARF 3 in the places that they have in XARF 4.

Rules:
- a field stands where the category of the report has a place for it; where two say the same, the report's own counts
- evidence is base64 in version 4: a text that says it is none, or is none, is written so
- of several ports, the first is told; of a digest, what has an algorithm of version 4
Source: the published schemas and samples of XARF 3; the conversion table of XARF 4.
"""

import base64
import re
from collections.abc import Iterator, Mapping
from typing import Any

from tutela.wire.xarf.evidence import DIGITS, decoded, digests

_TEXTS: Mapping[str, tuple[str, ...]] = {  # of the report itself: where it stands in version 3, and in version 4
    "Date": ("timestamp", "first_seen"),
    "FirstSeen": ("first_seen",),
    "Protocol": ("protocol",),
    "TransportProtocol": ("protocol",),
    "Url": ("url", "infringing_url"),
    "RpzDomain": ("domain",),
    "SmtpMailFromAddress": ("smtp_from",),
    "SmtpRcptToAddress": ("smtp_to",),
    "SmtpMessageSubject": ("subject",),
    "DestinationIp": ("destination_ip",),
    "DestinationPort": ("destination_port",),
    "SourcePort": ("source_port",),
    "ASN": ("asn",),
    "AttackCount": ("attack_count",),
    "DetectionMethod": ("evidence_source",),
    "MalwareName": ("malware_family",),
    "C2Server": ("c2_server",),
    "TargetBrand": ("target_brand",),
    "ServiceName": ("service",),
    "ServiceVersion": ("service_version",),
    "InfringedMaterial": ("work_title",),
}
_SAID_BESIDE: Mapping[str, str] = {  # what programs put under AdditionalInfo, or write so, and where it belongs
    "Protocol": "Protocol",
    "URL": "Url",
    "SMTPFrom": "SmtpMailFromAddress",
    "Subject": "SmtpMessageSubject",
    "DestinationIP": "DestinationIp",
    "DestinationPort": "DestinationPort",
    "DetectionMethod": "DetectionMethod",
    "MalwareFamily": "MalwareName",
    "C2Server": "C2Server",
    "TargetBrand": "TargetBrand",
    "EvidenceSource": "DetectionMethod",
}
_AS = {"BotnetName": "MalwareName", "SourceUrl": "Url"}  # what says the same under another name
_PLACES = {  # which of them belong to which category, beside those of every report
    "messaging": {"protocol", "smtp_from", "smtp_to", "subject"},
    "connection": {"protocol", "first_seen", "destination_ip", "destination_port", "attack_count"},
    "content": {"url", "domain", "asn", "malware_family", "target_brand"},
    "copyright": {"infringing_url", "work_title"},
    "infrastructure": {"malware_family", "c2_server"},
    "vulnerability": {"service", "service_version"},
    "": {"url"},
}
_EVERY = {"timestamp", "source_port", "evidence_source"}
_WORDS = ("AttackDescription", "Description", "HarassmentDescription", "ReporterNotes")
LONGEST_WORDS = 1000  # of a description, XARF 4


def fields(old: Mapping[str, Any], category: str) -> dict[str, Any]:
    """What a report says, by the names of version 4."""
    wanted, made = _PLACES.get(category, set()) | _EVERY, {}
    for name, value in _said(old).items():
        for place in _TEXTS[name]:
            if place in wanted and (place not in made or name != "Date"):
                made[place] = value[0] if name == "DestinationPort" and isinstance(value, list) and value else value
    words = "\n".join(str(old[name]) for name in _WORDS if isinstance(old.get(name), str) and old[name])
    if isinstance(old.get("Harasser"), str):
        made["perpetrator_indicators"] = {"account_id": old["Harasser"]}
    return {**made, "description": words[:LONGEST_WORDS]} if words else made


def source_of(old: Mapping[str, Any]) -> Any:
    """Where it came from: an address of the net, an address of the web, an account; None where nothing says."""
    source, account = _object(old.get("Source")), _object(old.get("Account"))
    said = (
        source.get("IP"),
        *(old.get(name) for name in ("SourceIp", "SourceIP")),
        source.get("URL"),
        *(old.get(name) for name in ("Url", "SourceUrl", "URL")),
        *(account.get(name) for name in ("AccountEmail", "AccountIdentifier", "AccountName")),
        old.get("RpzDomain"),
    )
    return next((each for each in said if each), None)


def hashes(old: Mapping[str, Any], name: str) -> dict[str, Any]:
    """The digests of the files that it is about, by algorithm."""
    samples = old.get("Samples")
    files = [old, *(each for each in (samples if isinstance(samples, list) else ()) if isinstance(each, dict))]
    given = [_object(each.get("FileHash")) for each in files]
    made: dict[str, Any] = {}
    for each in given:
        algorithm = str(each.get("HashAlgorithm", "")).lower()
        if algorithm in DIGITS and each.get("HashComplete", True) is True:
            made.setdefault(algorithm, each.get("HashValue"))
    return {"hash_values" if name == "csam" else "file_hashes": made} if made else {}


def tags(old: Mapping[str, Any]) -> list[str]:
    """The subtype as a tag."""
    kind = old.get("ReportSubType")
    slug = re.sub("[^a-z0-9]+", "-", kind.lower()).strip("-") if isinstance(kind, str) else ""
    return [f"subtype:{slug[:100]}"] if slug else []


def evidence(old: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The attachments and samples as evidence."""
    given = [old.get(name) for name in ("Attachment", "Samples")]
    for each in (each for some in given if isinstance(some, list) for each in some):
        if isinstance(each, dict):
            payload = each.get("Data", each.get("Payload"))
            if isinstance(payload, str):
                kind = each.get("ContentType", "application/octet-stream")
                told = {"content_type": kind, "payload": _payload(payload, each)}
                told |= {"description": each["Description"]} if "Description" in each else {}
                yield told | _measured(str(told["payload"]))


def _measured(payload: str) -> dict[str, Any]:
    """Its digest and size, where it is base64."""
    data = decoded(payload)
    return {} if data is None else {"hash": f"sha256:{digests(data)['sha256']}", "size": len(data)}


def _payload(text: str, sample: Mapping[str, Any]) -> str:
    if "Data" in sample or sample.get("Base64Encoded") is True:
        return text
    if sample.get("Base64Encoded") is not False and decoded(text) is not None:
        return text
    return base64.b64encode(text.encode()).decode()


def _said(old: Mapping[str, Any]) -> dict[str, Any]:
    """What it says by the names that the report's own fields have: beside, of its source, then of itself."""
    extra, source = _object(old.get("AdditionalInfo")), _object(old.get("Source"))
    said = {_SAID_BESIDE[name]: given[name] for given in (extra, old) for name in _SAID_BESIDE if name in given}
    said |= {name: source[place] for name, place in (("SourcePort", "Port"), ("Url", "URL")) if place in source}
    said |= {_AS[name]: old[name] for name in _AS if name in old}
    return said | {name: old[name] for name in _TEXTS if name in old}


def _object(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
