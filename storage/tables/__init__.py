"""All tables on one ``metadata``, a module per noun. Names of constraints follow one convention (``base``)."""

from storage.tables import (
    arrivals,
    audit,
    cases,
    catalogue,
    challenges,
    chat,
    evidence,
    footage,
    inspections,
    judging,
    opinions,
    people,
    records,
    sign_ins,
    tickets,
    whereabouts,
)
from storage.tables.base import metadata

__all__ = [
    "arrivals",
    "audit",
    "cases",
    "catalogue",
    "challenges",
    "chat",
    "evidence",
    "footage",
    "inspections",
    "judging",
    "metadata",
    "opinions",
    "people",
    "records",
    "sign_ins",
    "tickets",
    "whereabouts",
]
