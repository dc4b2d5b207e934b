"""The national profile: what differs between States is data, with dates, in one TOML file.

`current()` is the node's profile, read once; `load(name_or_path)` reads any. A wrong file names the table, the key and
what would be right. The code has no `if country`.
"""

from functools import cache

from django.conf import settings

from tutela_node.foundation.profile.load import load
from tutela_node.foundation.profile.shape import (
    Answers,
    Authority,
    Blocking,
    Capture,
    CaptureMode,
    Filing,
    Floods,
    Happening,
    Help,
    LegalBasis,
    LookUps,
    OwnPictures,
    Profile,
    Referral,
    Retention,
    Review,
    Takedown,
    Triage,
    Unpack,
)


@cache
def current() -> Profile:
    return load(settings.TUTELA.profile)


__all__ = [
    "Answers",
    "Authority",
    "Blocking",
    "Capture",
    "CaptureMode",
    "Filing",
    "Floods",
    "Happening",
    "Help",
    "LegalBasis",
    "LookUps",
    "OwnPictures",
    "Profile",
    "Referral",
    "Retention",
    "Review",
    "Takedown",
    "Triage",
    "Unpack",
    "current",
    "load",
]
