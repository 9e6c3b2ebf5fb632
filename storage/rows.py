"""Between dataclasses and rows: inserting a record into the table whose columns carry its fields' names."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite

from storage.engine import Transaction

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


def values_of(record: DataclassInstance, table: Table) -> dict[str, Any]:
    """The fields of ``record`` that are columns of ``table``."""
    names = [field.name for field in fields(record) if field.name in table.c]
    return {name: getattr(record, name) for name in names}


def insert_or_skip(tx: Transaction, table: Table, values: dict[str, Any]) -> postgresql.Insert | sqlite.Insert:
    """An INSERT that waits for a concurrent one of the same key and then does nothing."""
    return upsert(tx, table).values(values).on_conflict_do_nothing()


def upsert(tx: Transaction, table: Table) -> postgresql.Insert | sqlite.Insert:
    """The INSERT of this database that knows ON CONFLICT; the two share what is used of it here."""
    return postgresql.insert(table) if tx.dialect.name == "postgresql" else sqlite.insert(table)
