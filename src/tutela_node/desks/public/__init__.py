"""The public desk: help pages, one question a page, a code to come back with.

Job: take what somebody saw, sealed as it comes, and tell them later what became of it.
Words: way (which questions), voice, draft, posted form, page.
Verbs: advance, keep, look up.
Does not know: what a drop says once it is sealed; it holds no key that opens one.
"""
