"""What providers send us, and how good it is: figures that a provider can act on.

Job: keep for each provider's report what its quality goes by, and add it up by provider and month.
Words: Noted, outcome, Quality, month.
Verbs: note_report, note_outcome.
Does not know: what a report says, who is named in it, how it was weighed or judged beyond the outcome.
Codes of conduct will stand here, and evidence of how they are kept.
"""
