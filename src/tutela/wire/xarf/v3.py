"""A report of XARF 1 to 3 as one of XARF 4: what has a place there is put there, the rest stays in the original.

Rules:
- a report that keeps version 3 is judged by version 3 alone: what version 4 wants besides is a note
- one that leaves out what version 3 asks of every report is judged by version 4, as the published conversion does
- values that break version 3 are faults with their place in the original; nothing is invented but the identity of the
  converted report, which is an argument
- `legacy_version` says that it was converted
Source: the schemas and samples of XARF 3 (its types of abuse of children too); the conversion table of XARF 4.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from tutela.wire.findings import Finding, Weight, fault, note
from tutela.wire.xarf.check import members_of
from tutela.wire.xarf.rules import v3_classes, v3_fields, v3_needs
from tutela.wire.xarf.v3fields import evidence, fields, hashes, source_of, tags

TYPES: Mapping[str, tuple[str, str]] = {  # as the published table has them, without hyphens
    "spam": ("messaging", "spam"),
    "loginattack": ("connection", "login_attack"),
    "portscan": ("connection", "port_scan"),
    "ddos": ("connection", "ddos"),
    "phishing": ("content", "phishing"),
    "malware": ("content", "malware"),
    "botnet": ("infrastructure", "botnet"),
    "copyright": ("copyright", "copyright"),
}
MORE: Mapping[str, tuple[str, str]] = {  # what version 3 has besides; no category where version 4 has no such type
    "childabuse": ("content", "csam"),
    "childsexualabusematerial": ("content", "csam"),
    "csam": ("content", "csam"),
    "dos": ("connection", "ddos"),
    "bot": ("infrastructure", "botnet"),
    "trademark": ("content", "brand_infringement"),
    "openservice": ("vulnerability", "open_service"),
    "webcrawler": ("connection", "scraping"),
    "exploit": ("", "exploit"),
    "harassment": ("", "harassment"),
    "identitytheft": ("", "identity_theft"),
    "potentiallycompromisedaccount": ("", "potentially_compromised_account"),
}
NOTE = "was written in XARF 3 and is read as XARF 4"
_ABSENT = ("required", "either", "needs")


def is_v3(value: object) -> bool:
    """Whether it has the shape of version 3, whatever version it names; `check` tells a version that there is not."""
    return isinstance(value, dict) and "Report" in value and "xarf_version" not in value and (
        "ReporterInfo" in value or str(value.get("Version")) in ("3", "3.0", "3.0.0")
    )  # fmt: skip


def convert(value: Mapping[str, Any], *, report_id: str) -> tuple[dict[str, Any], tuple[Finding, ...]]:
    """The report in version 4, and what was found in the original. `report_id`: a UUID for it."""
    old = _object(value.get("Report"))
    kind = _kind(old)
    category, name = TYPES.get(kind) or MORE.get(kind) or ("", "")
    found = [note("version", "/Version", NOTE), *_check(value, old, kind)]
    made: dict[str, Any] = {
        "xarf_version": "4.2.0",
        "report_id": report_id,
        **_parties(value),
        "source_identifier": source_of(old),
        "category": category,
        "type": name,
        "legacy_version": "3",
        "_internal": {"original_report_type": old.get("ReportType")},
        **fields(old, category),
        **hashes(old, name),
        "tags": tags(old),
        "evidence": list(evidence(old)),
    }
    return {each: held for each, held in made.items() if held not in (None, [], {})}, tuple(found)


def judged(found: tuple[Finding, ...], later: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """What counts of what version 4 says (`later`) of a report in whose original `found` was found."""
    if any(each.weight is Weight.FAULT or each.rule in _ABSENT for each in found):
        return later
    return tuple(replace(each, weight=Weight.NOTE) if each.weight is Weight.FAULT else each for each in later)


def _check(value: Mapping[str, Any], old: Mapping[str, Any], kind: str) -> Iterator[Finding]:
    """Faults of values; of what is absent only a note, for version 4 may do without it."""
    is_more = kind in MORE
    for each in members_of(value, v3_fields(), ""):
        is_absent = each.rule == "required" and each.weight is Weight.FAULT
        yield replace(each, weight=Weight.NOTE) if is_absent and not is_more else each
    if isinstance(old.get("ReportType"), str) and kind not in TYPES and not is_more:
        known = ", ".join((*TYPES, *MORE))
        yield fault("enum", "/Report/ReportType", f"must be one of {known}, with or without hyphens and capitals")
    wanted = v3_classes().get(kind)
    if wanted and isinstance(old.get("ReportClass"), str) and old["ReportClass"] != wanted:
        yield fault("enum", "/Report/ReportClass", f"must be {wanted} for this type")
    tell = fault if is_more else note
    for name in v3_needs().get(kind, ()):
        if name not in old:
            yield tell("required", f"/Report/{name}", "is needed by this type")
    if source_of(old) is None:
        yield tell("required", "/Report/SourceIp", "an address, a host or an account as the source is needed")
    who = _object(value.get("ReporterInfo"))
    if who.get("ReporterType") != "Person" and not (who.get("ReporterOrgEmail") or who.get("ReporterContactEmail")):
        yield tell("required", "/ReporterInfo/ReporterOrgEmail", "an organisation that reports must say it")
    yield from _ports(old)
    for each in _object(old.get("Custom")).values():
        if not isinstance(each, str | int) or isinstance(each, bool):
            yield fault("kind", "/Report/Custom", "must hold texts and whole numbers alone")
            return


def _ports(old: Mapping[str, Any]) -> Iterator[Finding]:
    for name in ("DestinationPort", "AttackerPort"):
        given = old.get(name, [])
        for each in given if isinstance(given, list) else [given]:
            if not isinstance(each, int) or isinstance(each, bool) or not 0 <= each <= 65535:
                yield fault("range", f"/Report/{name}", "must be a port from 0 to 65535, or a list of ports")


def _parties(value: Mapping[str, Any]) -> dict[str, Any]:
    """Who sent it, and who complains: the same unless it was sent on behalf of somebody."""
    sender = _party(_object(value.get("ReporterInfo")), "Reporter")
    other = _object(value.get("OnBehalfOf"))
    return {"reporter": _party(other, "Complainant") if other else dict(sender), "sender": sender}


def _party(who: Mapping[str, Any], prefix: str) -> dict[str, Any]:
    contact = who.get(f"{prefix}ContactEmail") or who.get(f"{prefix}OrgEmail")
    domain = who.get(f"{prefix}OrgDomain")
    named = who.get(f"{prefix}Org") or domain or who.get(f"{prefix}ContactName")
    made = {"org": named or "unknown", "contact": contact, "domain": domain or str(contact or "").rpartition("@")[2]}
    return {name: held for name, held in made.items() if held}


def _kind(old: Mapping[str, Any]) -> str:
    return re.sub(r"[\s_-]+", "", str(old.get("ReportType", ""))).lower()


def _object(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
