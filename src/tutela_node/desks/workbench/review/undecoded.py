"""Why a file has no fingerprint, in the reader's language: the sentences of the kit, which speaks English.

Rules:
- a sentence is known by its form, whatever the numbers in it; a test holds these against the kit's own
- one that is not known here is shown as it is, and marked as English
"""

import re

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from tutela_node.desks.workbench.review.words import Words

WHOLE: dict[str, Words] = {
    "not a picture, so it has no PDQ hash": _("it is not a picture, so it has no PDQ hash"),
    "the file begins like a picture, in a format that is not decoded here": _(
        "it begins like a picture, in a format that is not decoded here"
    ),
    "the picture needs more memory than is allowed": _("the picture needs more memory than is allowed"),
    "the header of the picture is damaged or of an unknown variant": _(
        "the header of the picture is damaged or of an unknown variant"
    ),
    "the header of the picture is damaged": _("the header of the picture is damaged"),
    "the picture is damaged": _("the picture is damaged"),
    "a frame of the picture is damaged": _("a frame of the picture is damaged"),
    "the picture is damaged and nothing of it could be decoded": _(
        "the picture is damaged and nothing of it could be decoded"
    ),
    "the colours of the picture could not be converted": _("the colours of the picture could not be converted"),
    "the header declares another size than the pixels have": _("the header declares another size than the pixels have"),
    "the file needs more memory than is allowed": _("the file needs more memory than is allowed"),
    "the file is damaged, or of a variant that is not decoded here": _(
        "the file is damaged, or of a variant that is not decoded here"
    ),
    "no video stream in the file that can be decoded": _("it has no video that can be decoded"),
    "no frame of the video could be decoded": _("no frame of the video could be decoded"),
    "decoding the whole video would take longer than is allowed": _(
        "decoding the whole video would take longer than is allowed"
    ),
    "decoding every frame would take longer than is allowed: later on, keyframes alone": _(
        "decoding every frame would take longer than is allowed: later on, keyframes alone"
    ),
    "frames of a size that is not decoded": _("its frames have a size that is not decoded"),
    "frames too small to be hashed": _("its frames are too small to be hashed"),
    "no sound in the file could be decoded": _("no sound in the file could be decoded"),
    "the decoder process ended without an answer: out of memory, or a fault in a decoder": _(
        "the decoder ended without an answer: out of memory, or a fault in it"
    ),
}
NUMBERED: tuple[tuple[str, Words], ...] = (
    ("the file has more than the # bytes that are decoded", _("it has more than the %(a)s bytes that are decoded")),
    (
        "the header declares # x # pixels, more than the # allowed",
        _("the header declares %(a)s × %(b)s pixels, more than the %(c)s allowed"),
    ),
    (
        "# x # pixels; PDQ needs at least # x #",
        _("%(a)s × %(b)s pixels; a PDQ hash needs at least %(c)s × %(d)s"),
    ),
    ("only the first # frames were hashed", _("only the first %(a)s frames were hashed")),
    (
        "decoding took longer than the # seconds allowed",
        _("decoding took longer than the %(a)s seconds allowed"),
    ),
)
NUMBER = r"([0-9][0-9,.e+]*)"
LONGEST = 300


def words_for(problem: str) -> str | None:
    """The sentence in the reader's language; None for one that is not known."""
    if problem in WHOLE:
        return str(WHOLE[problem])
    for form, words in NUMBERED:
        found = re.fullmatch(re.escape(form).replace(r"\#", NUMBER), problem[:LONGEST])
        if found:
            return str(words) % dict(zip("abcd", found.groups(), strict=False))
    return None


def undecoded(problem: str) -> SafeString:
    """What stands on the page for a problem of the kit."""
    known = words_for(problem)
    return format_html("{}", known) if known else format_html('<span lang="en" dir="auto">{}</span>', problem)
