"""The kit: what providers, police labs and nodes share. No Django, no database, no clock of its own."""
