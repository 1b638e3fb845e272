"""Published figures with their sources: reading a study, and refusing one that is wrong."""

from analysis.figures.files import StudyError
from analysis.figures.study import Study, load

__all__ = ["Study", "StudyError", "load"]
