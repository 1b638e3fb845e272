"""From executed notebooks to what is published: the page, the named results, the gate on every number in prose."""
