"""The desk of the match service: a provider's program asks whether a fingerprint is known, and is told a class.

Job: answer look-ups from a mapped snapshot, fast, within budgets; notice questions that feel their way around a hash.
Words: question (one fingerprint set), class (exact, near, none: all that an answer says), neighbourhood (questions that
lie around one that was near), told (bits that the answers of a neighbourhood can have given away), frozen.
Does not know: the database, accounts, the vault, Django. What a question names on the web is fetched by the worker.
"""
