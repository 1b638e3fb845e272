"""One series beside another: alignment of periods, ratios, breaks, and why there is no correlation."""
