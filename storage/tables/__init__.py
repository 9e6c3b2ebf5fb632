"""All tables on one ``metadata``, a module per noun. Names of constraints follow one convention (``base``)."""

from storage.tables import audit, cases, catalogue, footage, inspections, people, sign_ins, tickets
from storage.tables.base import metadata

__all__ = ["audit", "cases", "catalogue", "footage", "inspections", "metadata", "people", "sign_ins", "tickets"]
