"""Figures: a picture for a page and one for a phone, what they say in words, and the numbers in them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from analysis.parts.part import Part
from analysis.parts.results import Results
from analysis.parts.tables import Table


@dataclass(frozen=True)
class Figure(Part):
    """A figure as it is published.

    Parameters
    ----------
    id : stable anchor of the figure ("year-on-year-ratios").
    title : the finding, in one sentence computed from the values.
    caption : what is drawn, and which intervals at which level.
    alt : what the figure shows, for a reader who does not see it.
    cannot_show : what no reader should take from it, in one line.
    table : the numbers drawn.
    svg, narrow : the picture, and the same rows drawn for the narrow box of a phone.
    function : dotted name of the public function that drew it.
    data : the data rows behind it, as in a result's record.
    results : the named results that the figure registers.
    """

    id: str
    title: str
    caption: str
    alt: str
    cannot_show: str
    table: Table
    svg: str
    narrow: str = ""
    function: str = ""
    data: tuple[dict[str, str], ...] = ()
    results: Results = field(default_factory=Results)

    kind = "figure"

    def showing(self, results: Results) -> Figure:
        """The figure as the part that registers `results`."""
        return replace(self, results=self.results | results)

    def content(self) -> dict[str, Any]:
        names = ("id", "title", "caption", "alt", "cannot_show", "function", "narrow")
        return {**{name: getattr(self, name) for name in names}, "data": list(self.data), "table": self.table.content()}

    def pictures(self) -> dict[str, str]:
        return {"image/svg+xml": self.svg, "text/plain": f"{self.title}\n{self.alt}"}

    def _ipython_display_(self) -> None:
        """The picture, and under it title, caption and limits, for readers of the notebook itself."""
        from IPython.display import display

        display(self._repr_mimebundle_(), raw=True, metadata={"alt": self.alt})
        said = f"**{self.title}.** {self.caption} *What this cannot show:* {self.cannot_show}"
        display({"text/markdown": said}, raw=True, metadata={"role": "caption"})
