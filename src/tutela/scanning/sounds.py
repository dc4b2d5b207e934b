"""The sounds of lists, and a sound that is looked for among them.

Rules:
- a value that is no fingerprint, or that tells too little (silence, a hum, a few seconds), cannot be compared
- the loops are compiled with the first sound that is added, so that asking writes no file
- an entry says how much is equal in percent; its distance is what is left of 100
"""

from tutela.errors import Invalid
from tutela.matching import SoundHit, Sounds, items_of_text, tells_enough

CHROMAPRINT = "chromaprint"


class ListedSounds:
    """Fingerprints in Chromaprint's base64 text, by the numbers of their entries."""

    def __init__(self) -> None:
        self._sounds = Sounds()

    def __len__(self) -> int:
        return len(self._sounds)

    def add(self, text: str, entry: int, group: int) -> bool:
        """Whether it can be compared."""
        try:
            items = items_of_text(text, CHROMAPRINT)
            self._sounds.add(items, entry, group)
        except Invalid:
            return False
        if len(self) == 1:
            self._sounds.match(items)
        return True

    def match(self, text: str | None) -> tuple[SoundHit, ...]:
        """The entries with the same sound, the likest first; none for no sound."""
        if not text or not len(self):
            return ()
        try:
            return self._sounds.match(items_of_text(text, CHROMAPRINT))
        except Invalid:
            return ()


def is_comparable(text: str) -> bool:
    """Whether a list's value can be compared here."""
    try:
        return tells_enough(items_of_text(text, CHROMAPRINT))
    except Invalid:
        return False


def distance_of(hit: SoundHit) -> int:
    """In percent of the bits, as a match tells it."""
    return round(100 * (1 - hit.share))
