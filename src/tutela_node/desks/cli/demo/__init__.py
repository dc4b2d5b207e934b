"""One worked case, played through the node's own doors by the four people of the story.

It speaks HTTP to the desks, reads the mail that arrives, asks the resolver with dig and verifies with the command line;
it imports nothing of the node. What it prints is what an outsider can check.
"""
