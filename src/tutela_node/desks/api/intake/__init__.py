"""Providers' reports by machine."""
