"""How fast one short series grew: ratios, trend models and curves.

The modules of trend models are imported here, simplest first, so that every table lists them in this order.
"""

from analysis.growth import least_squares, poisson_trends, two_rates  # noqa: F401
