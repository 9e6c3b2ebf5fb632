"""Published versions of permit items and their checklists. A row is never changed after its publication."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Integer, String, Table, Text, UniqueConstraint

from inspect_server.domain.catalogue import Example, RemoteJudgement, Severity
from storage.tables.base import Utc, choice, identifier, metadata

permit_item_versions = Table(
    "permit_item_versions",
    metadata,
    Column("id", identifier(), primary_key=True),
    Column("permit_item_id", identifier(), nullable=False),
    Column("number", Integer, nullable=False),
    Column("code", String(100), nullable=False),
    Column("name", String(200), nullable=False),
    Column("department", String(200), nullable=False),
    Column("is_sample", Boolean, nullable=False),
    Column("published_at", Utc, nullable=False),
    UniqueConstraint("permit_item_id", "number"),
)

# The same point may keep its id over versions, so that results of different versions can be compared.
checklist_items = Table(
    "checklist_items",
    metadata,
    Column("permit_item_version_id", identifier(), ForeignKey("permit_item_versions.id"), primary_key=True),
    Column("id", identifier(), primary_key=True),
    Column("position", Integer, nullable=False),
    Column("area", String(200), nullable=False),
    Column("text", Text, nullable=False),
    Column("show", Text, nullable=False),
    Column("severity", choice(Severity), nullable=False),
    Column("required", Boolean, nullable=False),
    Column("remote", choice(RemoteJudgement), nullable=False),
    Column("why_not_remote", Text, nullable=False),
    Column("prepare", Text, nullable=False, server_default=""),
    Column("example", choice(Example)),
    UniqueConstraint("permit_item_version_id", "position"),
)
