"""The numeric claims of an article against the figures: what the words mean, and each verdict."""
