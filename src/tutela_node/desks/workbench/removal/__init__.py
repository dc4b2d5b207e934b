"""Removal as staff and police see it: addresses with their trace, contacts to approve, notices, holds."""
