"""What the kit says about a fingerprint algorithm: one manifest value for each.

Rules:
- an algorithm is one file that ends in a manifest; `registry` lists the manifests and nothing else changes
- thresholds and quality limits are defaults that the authors of the algorithm advise; a profile may choose others
"""

from dataclasses import dataclass

from tutela.media.kinds import Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Algorithm:
    """`bits`: length of the value. `threshold`: largest Hamming distance that counts as a match; 0 for exact ones.

    `discard_quality`: fingerprints of this quality (0 to 100) or less are too plain to be compared; None when the
    algorithm gives no quality. `applies_to`: kinds it can be computed for.
    """

    name: str
    bits: int
    applies_to: frozenset[Kind]
    threshold: int = 0
    discard_quality: int | None = None

    @property
    def hex_digits(self) -> int:
        return self.bits // 4

    def is_exact(self) -> bool:
        return self.threshold == 0
