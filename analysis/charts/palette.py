"""Every colour of every figure, light and dark; the page takes them from here, without what draws."""

from __future__ import annotations

# The same hue and the same order of contrast in both, so that a colour means the same in either. The light ones are
# unique, so that a page can swap them.
PALETTE: dict[str, tuple[str, str]] = {
    "chart-paper": ("#ffffff", "#14181d"),
    "chart-band": ("#eef2f6", "#20272f"),
    "chart-grid": ("#dfe3e8", "#2c343d"),
    "chart-ink": ("#1d2733", "#e9edf2"),
    "chart-muted": ("#566270", "#a6b0bc"),
    "chart-blue": ("#0a5a9c", "#7cc4f8"),
    "chart-sky": ("#568dbf", "#4380b5"),
    "chart-orange": ("#a5300f", "#ff9c85"),
    "chart-amber": ("#b07f0e", "#a87c1c"),
}
PAPER, BAND, GRID, INK, MUTED, BLUE, SKY, ORANGE, AMBER = (light for light, _ in PALETTE.values())
