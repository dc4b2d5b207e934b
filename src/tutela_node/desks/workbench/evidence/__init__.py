"""Evidence as staff and police see it: exhibits, packages and their release, the custody log, the policy file."""
