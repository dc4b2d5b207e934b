"""Look-ups of fingerprints by machine."""
