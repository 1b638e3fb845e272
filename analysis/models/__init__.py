"""Each trend, ratio and interval once: arithmetic on arrays of counts, which knows no study."""
