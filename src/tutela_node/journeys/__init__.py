"""The stories across rooms, one file each, and the table of their steps.

Job: carry a story from its start to its end, one transaction a step, whatever is killed in between.
Words: Step (journey, subject, name), lease, sweep, hint.
Verbs: begin, run_step, sweep.
Does not know: any table of a room; it calls their actions and queries.
"""
