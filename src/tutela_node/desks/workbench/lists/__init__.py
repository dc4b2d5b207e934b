"""Hash lists as staff see them: which there are, what was imported, an import, the withdrawal of one entry."""
