"""Cloud inspection: recorded remote site inspections that belong to a case and replay by the wall clock."""

__version__ = "0.1.0"
