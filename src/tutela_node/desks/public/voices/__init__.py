"""How we talk: three voices with texts of their own, not one text simplified.

Adult: plain, at most 14 words a sentence. 13 to 17: direct, no slang, “you are not in trouble”. 8 to 12: one thought a
sentence, what happens next, a grown-up to ask. No large word names the subject.
"""
