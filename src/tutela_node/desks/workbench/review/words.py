"""The words of the review pages, in the reader's language. Codes stay as the scheme writes them."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from tutela.scanning import Reason as LeftOut
from tutela_node.foundation.errors import Limited, TutelaError
from tutela_node.material.rules import ItemState, SightingState
from tutela_node.review import errors
from tutela_node.review.rules import Bucket, Ground, Reason

Words = str | Promise

GROUPS: dict[Bucket, Words] = {
    Bucket.DUE: _("Due first"),
    Bucket.FACTS: _("Facts are enough, no look needed"),
    Bucket.LOOK: _("One look may be needed"),
    Bucket.TEXT: _("Text only"),
}
REASONS: dict[str, Words] = {
    Reason.EXACT_MATCH: _("exact match"),
    Reason.NEAR_MATCH: _("near match"),
    Reason.SOUND_MATCH: _("same sound"),
    Reason.PEER_VERDICT: _("verdict from a peer"),
    Reason.NO_MATCH: _("no match"),
    Reason.DISAGREEMENT: _("two people differ"),
    Reason.DOUBT: _("second look asked"),
    Reason.WORDS_ONLY: _("words, no address"),
    Reason.UNCAPTURED: _("could not be captured"),
}
GROUNDS: dict[Ground, Words] = {
    Ground.FACTS: _("Exact match, verdict taken over"),
    Ground.NEAR_MATCH: _("Near match, verdict taken over"),
    Ground.PEER: _("Verdict of a peer"),
    Ground.OWN_VIEW: _("Own view"),
}
FOUND_AS: dict[str, Words] = {
    "mirror": _("It is the mirror image."),
    "flip": _("It is upside down and mirrored."),
    "rotate90": _("It is turned by 90 degrees."),
    "rotate180": _("It is upside down."),
    "rotate270": _("It is turned by 90 degrees."),
    "transpose": _("It is turned and mirrored."),
    "transverse": _("It is turned and mirrored."),
    "invert": _("It is the negative."),
    "stored": _("It matches as it lies in the file, without the turn that the file notes."),
    "unletterbox": _("It matches without the border around it."),
    "uncaption": _("It matches without the bar of words."),
    "uncover": _("It matches where no bar lies over it."),
    "uncrop": _("It is cropped a little on all sides."),
    "frame": _("One frame of it matches; the others may show something else."),
}
KINDS: dict[str, Words] = {
    "image": _("Still picture"),
    "video": _("Film"),
    "audio": _("Sound"),
    "text": _("Text"),
    "archive": _("Archive"),
    "document": _("Document"),
    "other": _("File"),
}
ICON: Words = _("icon, nobody is asked")
CLOSENESS: dict[str, Words] = {"exact": REASONS[Reason.EXACT_MATCH], "near": REASONS[Reason.NEAR_MATCH]}
LEFT_OUT: dict[str, Words] = {
    LeftOut.OTHER_KIND: _("no picture, film or sound"),
    LeftOut.ENCRYPTED: _("encrypted"),
    LeftOut.DAMAGED: _("damaged"),
    LeftOut.TOO_LARGE: _("too large"),
    LeftOut.TOO_MANY: _("more than is looked at"),
    LeftOut.TOO_DEEP: _("too many archives in archives"),
    LeftOut.NOT_DECODED: _("packed in a way that is not read"),
    LeftOut.OTHER_VOLUME: _("in another volume of the archive"),
    LeftOut.LOST: _("reading it broke off"),
}
SIGHTINGS: dict[SightingState, Words] = {
    SightingState.REPORTED: _("reported"),
    SightingState.ONLINE: _("online"),
    SightingState.GONE: _("gone"),
    SightingState.UNCAPTURABLE: _("could not be captured"),
}
ITEM_STATES: dict[ItemState, Words] = {
    ItemState.RECEIVED: _("received"),
    ItemState.FINGERPRINTED: _("fingerprinted"),
    ItemState.MATCHED: _("matched"),
    ItemState.QUEUED: _("in the queue"),
    ItemState.DECIDED: _("decided"),
    ItemState.ERASED: _("erased"),
}
CHANNELS: dict[str, Words] = {
    "public": _("public form"),
    "provider": _("provider"),
    "cybertip": _("provider, CyberTipline form"),
    "xarf": _("abuse report (XARF)"),
    "csv": _("table"),
    "arf": _("abuse report by mail (ARF)"),
    "mail": _("mail"),
    "phone": _("telephone"),
    "paper": _("letter"),
    "person": _("said in person"),
}
PROBLEMS: dict[type[TutelaError], Words] = {
    errors.ClaimedByAnother: _("A colleague works on this item."),
    errors.NotOpen: _("This item is no longer open."),
    errors.AlreadyAssessed: _("You have assessed this item. Withdraw it first, while you can."),
    errors.TookEffect: _("Your assessment has taken effect and can no longer be withdrawn."),
    errors.NotYours: _("Only the person who made it can take it back."),
    errors.GroundRefused: _(
        "What is known does not carry this ground, or nobody has looked yet. Choose another ground, or open one view."
    ),
    errors.CodeKept: _("A verdict that is taken over keeps its category. For another one, open one view."),
    errors.CodeRefused: _("Choose one of the codes. What else you entered is kept."),
    errors.NotAlike: _("A report that you ticked was taken, decided or sorted meanwhile. Read again what is left."),
    Limited: _("Today’s views are used up. Hand this item over, or decide on the facts."),
}
CODES = (  # labels of the schemes that come with Tutela; an operator's own scheme brings its own words
    gettext_noop("Baseline"),
    gettext_noop("National law"),
    gettext_noop("Not illegal"),
    gettext_noop("In doubt"),
    gettext_noop("Cannot be assessed"),
)
NOTHING_ASKED: Words = _("Enter a reference, a whole address, a host or a hash.")


def ground(ground: Ground, bucket: Bucket) -> Words:
    """What a ground is called; words are read, not viewed."""
    return _("Own reading") if bucket is Bucket.TEXT and ground is Ground.OWN_VIEW else GROUNDS[ground]


def is_explained(error: TutelaError) -> bool:
    """Whether the item's page has words for this error; every other one is answered by the desk."""
    return type(error) in PROBLEMS


def problem(error: TutelaError) -> Words:
    return PROBLEMS[type(error)]
