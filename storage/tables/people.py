"""Organisations, users and their roles."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, String, Table, UniqueConstraint

from inspect_server.domain.people import Role
from storage.tables.base import Utc, choice, identifier, metadata

organisations = Table(
    "organisations",
    metadata,
    Column("id", identifier(), primary_key=True),
    Column("name", String(200), nullable=False),
    Column("parent_id", identifier(), ForeignKey("organisations.id")),
    Column("path", String(1000), nullable=False),
    UniqueConstraint("path"),
)

users = Table(
    "users",
    metadata,
    Column("id", identifier(), primary_key=True),
    Column("organisation_id", identifier(), ForeignKey("organisations.id"), nullable=False, index=True),
    Column("sign_in_name", String(200), nullable=False),
    Column("display_name", String(200), nullable=False),
    Column("certificate_number", String(100), nullable=False),
    Column("password_hash", String(500), nullable=False),
    Column("active", Boolean, nullable=False),
    Column("created_at", Utc, nullable=False),
    UniqueConstraint("sign_in_name"),
)

user_roles = Table(
    "user_roles",
    metadata,
    Column("user_id", identifier(), ForeignKey("users.id", ondelete="CASCADE"), primary_key=True),
    Column("role", choice(Role), primary_key=True),
)
