"""The operator's desk: `tutela node ...` sets up, serves, checks and shows the node. No rule lives here."""
