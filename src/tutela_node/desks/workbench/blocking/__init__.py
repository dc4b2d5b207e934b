"""The blocking list as staff see it: listings, a proposal, a decision by a second person, releases to take away."""
