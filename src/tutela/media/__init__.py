"""Room: bytes to fingerprints.

Job: say what some bytes are (exact digests always; PDQ, quality and size for pictures), within bounds, for bytes that
nobody vouches for.
Words: fingerprints, digests, kind, quality, limits, dihedral forms, variant (another form of a still picture), frame,
algorithm (its manifest), veiled preview.
Verbs: fingerprint, fingerprint_stream, digest_stream, hash_rgb, hash_luma, hash_turned, dihedral, Isolated.fingerprint,
Isolated.render_veiled.
Does not know: lists, matches, folders, reports, or who asks. A later algorithm is one file and one line in `registry`.
"""

from tutela.media.algorithms import Algorithm
from tutela.media.digests import Digests, digest, digest_stream
from tutela.media.fingerprints import Fingerprints, fingerprint, fingerprint_stream
from tutela.media.isolated import Isolated
from tutela.media.kinds import Kind, kind_of
from tutela.media.pdq import Pdq, dihedral, hash_luma, hash_rgb, hash_turned, luma_of
from tutela.media.perceived import Frame, Variant
from tutela.media.pictures import Limits
from tutela.media.registry import ALGORITHMS, algorithm
from tutela.media.variants import DEFAULT as DEFAULT_VARIANTS
from tutela.media.variants import Form, forms_of

__all__ = [
    "ALGORITHMS",
    "DEFAULT_VARIANTS",
    "Algorithm",
    "Digests",
    "Fingerprints",
    "Form",
    "Frame",
    "Isolated",
    "Kind",
    "Limits",
    "Pdq",
    "Variant",
    "algorithm",
    "digest",
    "digest_stream",
    "dihedral",
    "fingerprint",
    "fingerprint_stream",
    "forms_of",
    "hash_luma",
    "hash_rgb",
    "hash_turned",
    "kind_of",
    "luma_of",
]
