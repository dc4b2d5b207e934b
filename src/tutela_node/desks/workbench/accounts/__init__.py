"""Signing in to the workbench, and keeping one's password, passkeys and codes."""
