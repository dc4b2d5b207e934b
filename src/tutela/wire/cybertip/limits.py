"""How long a text may be and what it must look like, as the public documentation says beyond the schema.

A key is an element's name, or its parent's and its own; the longer key counts. Source: the interface's public
documentation (sections B, C and A) as it stood from June 2025 to August 2026.
"""

import ipaddress
import re
from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

LONGEST: Mapping[str, int] = {
    "incidentSummary/platform": 256,
    "incidentSummary/escalateToHighPriority": 3000,
    "incidentSummary/incidentDateTimeDescription": 3000,
    "newsgroupIncident/name": 255,
    "chatClient": 255,
    "chatRoomName": 255,
    "gameName": 255,
    "console": 255,
    "locationName": 255,
    "peer2peerIncident/client": 255,
    "agencyName": 255,
    "caseNumber": 100,
    "legalURL": 2083,
    "firstName": 100,
    "lastName": 100,
    "associatedAccount/platform": 256,
    "associatedAccount/firstName": 256,
    "associatedAccount/middleName": 256,
    "associatedAccount/lastName": 256,
    "associatedAccount/espService": 256,
    "associatedAccount/espIdentifier": 256,
    "associatedAccount/groupIdentifier": 256,
    "vehicleDescription": 300,
    "espIdentifier": 255,
    "espService": 100,
    "screenName": 256,
    "groupIdentifier": 255,
    "schoolName": 255,
    "email": 255,
    "emailAddress": 255,
    "phone": 50,
    "phoneNumber": 50,
    "phone/@extension": 10,
    "phoneNumber/@extension": 10,
    "address/address": 255,
    "address/city": 100,
    "address/zipCode": 20,
    "address/nonUsaState": 100,
    "incidentAddress/address": 255,
    "incidentAddress/city": 100,
    "incidentAddress/zipCode": 20,
    "incidentAddress/nonUsaState": 100,
    "estimatedLocation/city": 255,
    "estimatedLocation/region": 255,
    "idType": 255,
    "idValue": 2083,
    "originalFileName": 2056,
    "locationOfFile": 2083,
    "originalFileHash/@hashType": 64,
    "nameValuePair/name": 64,
}
NOT_BLANK = frozenset(
    {"agencyName", "escalateToHighPriority", "idType", "idValue", "ipAddress", "nameValuePair/name", "fileId"}
)
RANGES: Mapping[str, tuple[float, float]] = {
    "age": (0, 150),
    "approximateAge": (0, 150),
    "port": (1, 65535),
    "latitude": (-90, 90),
    "longitude": (-180, 180),
    "reportId": (1, 2**63 - 1),
    "priorCTReports": (1, 2**63 - 1),
    "priorCTReport": (1, 2**63 - 1),
}
EMAIL = re.compile(r"[^\s@<>]{1,64}@[^\s@<>.]{1,63}(?:\.[^\s@<>.]{1,63}){1,10}")
SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{0,30}", re.ASCII)
DIGITS: Mapping[str, int] = {"md5": 32, "sha1": 40, "sha256": 64, "sha384": 96, "sha512": 128}


def is_address(text: str) -> bool:
    """An absolute URL: a scheme and a host, and no white space."""
    if not text or len(text) > 8192 or any(each.isspace() for each in text):
        return False
    try:
        parts = urlsplit(text)
        return bool(SCHEME.fullmatch(parts.scheme) and parts.hostname)
    except ValueError:
        return False


def is_email(text: str) -> bool:
    return len(text) <= 320 and bool(EMAIL.fullmatch(text))


def is_ip(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return len(text) <= 64


LOOKS: Mapping[str, tuple[Callable[[str], bool], str]] = {
    "url": (is_address, "an absolute address, such as https://pages.example/a"),
    "profileUrl": (is_address, "an absolute address, such as https://pages.example/a"),
    "legalURL": (is_address, "an absolute address, such as https://pages.example/a"),
    "locationOfFile": (is_address, "an absolute address, such as https://pages.example/a"),
    "email": (is_email, "an e-mail address, such as name@hotline.example"),
    "emailAddress": (is_email, "an e-mail address, such as name@hotline.example"),
    "ipAddress": (is_ip, "an IP address of version 4 or 6"),
}


def digits_of(kind: str) -> int:
    """How many hexadecimal digits a hash of this kind has; 0 where nobody knows."""
    return DIGITS.get(kind.strip().lower().replace("-", "").replace("_", ""), 0)
