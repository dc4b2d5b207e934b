"""The page on which a host answers a notice."""
