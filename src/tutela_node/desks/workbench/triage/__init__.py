"""The triage pages: which reports to read first and why, one report with all that it says, the search."""
