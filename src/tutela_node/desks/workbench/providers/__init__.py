"""The pages of providers: who reports to us, on which agreement, with which tokens, and how good the reports are."""
