"""What all tables share: the metadata with its naming convention, and the column types.

Identifiers are text chosen outside the database. Choices are text with the value of their ``StrEnum``, without a CHECK:
a new member needs no migration, and a value unknown to this release fails on reading.
"""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, TypeVar

from sqlalchemy import DateTime, Dialect, Enum, MetaData, String
from sqlalchemy.types import TypeDecorator

Choice = TypeVar("Choice", bound=StrEnum)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

ID_LENGTH = 64


def identifier() -> String:
    """The type of every ``id`` and ``…_id``."""
    return String(ID_LENGTH)


def choice(kind: type[StrEnum]) -> Enum:
    """The type of a column that holds one value of ``kind``."""
    return Enum(
        kind,
        native_enum=False,
        create_constraint=False,
        validate_strings=True,
        length=32,
        values_callable=lambda members: [member.value for member in members],
    )


class Utc(TypeDecorator[datetime]):
    """A moment: aware on both ways, UTC in the database, exact to the microsecond.

    PostgreSQL: ``timestamptz``. SQLite: fixed-width text, which sorts by time.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None or value.utcoffset() is None:
            raise ValueError("a time without its zone is no moment; pass an aware datetime")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        moment: datetime = value
        return moment.replace(tzinfo=UTC) if dialect.name == "sqlite" else moment.astimezone(UTC)
