"""How fast one short series grew: ratios, trend models, curves, and what this many counts can show."""
