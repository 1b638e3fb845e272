"""How far a short series can be trusted: forecasts, and how often their intervals have held."""
