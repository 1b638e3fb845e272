"""Published figures with their sources: reading a data package, and refusing one that is wrong."""
