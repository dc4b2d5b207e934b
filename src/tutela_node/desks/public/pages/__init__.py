"""The pages that only say something: the start, the three doors that lead to people, and the plain-word notices."""
