"""Two people decide what an item is, and look at it as little as they can.

Job: keep the queue, hand out claims, take assessments, add them up to a verdict, count what a day of looking costs.
Words: QueueEntry, bucket, claim, Assessment, ground, Verdict, Known (what is known before anybody looks), budget.
Verbs: enqueue, claim, release_claim, assess, withdraw, settle, close.
Does not know: how items come in, what lists say beyond the summary it is given, and what follows from a verdict.
"""
