"""The shared noun: one piece of content, its fingerprints, and the places where it was seen.

Job: give an item its reference, keep its fingerprints and sightings sealed, find them again by exact value.
Words: Item, Fingerprint, other form (the PDQ hash of another form or of a frame, kept to be compared), Sighting,
reference, look-up.
Verbs: register_item, fingerprint_item, set_item_state, add_sighting, link_sighting, mark_sighting.
Does not know: reports, verdicts, lists, hosts' owners, the bytes (the vault has them; an item holds their id).
"""
