"""The CyberTipline interface: reports of providers whose programs speak it already, at /ispws/.

Job: let a provider's program in by HTTP Basic, hand over what it sends, answer with the codes it knows.
Words: as in `tutela.wire.cybertip`.
Does not know: what a report says, when it is forgotten, which rules an agreement adds.
"""
