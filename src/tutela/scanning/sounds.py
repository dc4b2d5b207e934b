"""The sounds of lists, and a sound that is looked for among them.

Rules:
- a value that is no fingerprint, or that cannot be read for want of Chromaprint's library, cannot be compared
- an entry says how much is equal in percent; its distance is what is left of 100
"""

from tutela.errors import Invalid
from tutela.matching import SoundHit, Sounds
from tutela.media.audio import items_of

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
            self._sounds.add(items_of(text, CHROMAPRINT), entry, group)
        except Invalid:
            return False
        return True

    def match(self, text: str | None) -> tuple[SoundHit, ...]:
        """The entries with the same sound, the likest first; none for no sound."""
        if not text or not len(self):
            return ()
        try:
            return self._sounds.match(items_of(text, CHROMAPRINT))
        except Invalid:
            return ()


def is_comparable(text: str) -> bool:
    """Whether a list's value can be compared here."""
    return ListedSounds().add(text, 0, 0)


def distance_of(hit: SoundHit) -> int:
    """In percent of the bits, as a match tells it."""
    return round(100 * (1 - hit.share))
