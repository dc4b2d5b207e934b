"""The shared noun: one piece of content, its fingerprints, the places where it was seen, and what lies inside of it.

Job: give an item its reference, keep its fingerprints and sightings sealed, find them again by exact value; know which
item lies inside of which other, and what of a container was left out.
Words: Item, Fingerprint, other form (the PDQ hash of another form or of a frame, kept to be compared), Sighting,
reference, look-up, container and member (an item that holds others, and one of those), contents (how far it was read).
Verbs: register_item, fingerprint_item, set_item_state, add_sighting, link_sighting, mark_sighting, keep_inside.
Does not know: reports, verdicts, lists, hosts' owners, the bytes (the vault has them; an item holds their id).
"""
