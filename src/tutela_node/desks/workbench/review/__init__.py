"""The review pages: the queue, one item, the decision, the search."""
