"""Which errors of a database driver mean "the database does not work now", and their translation into the domain's.

The others (a broken constraint, a wrong statement) stay what they are: the first belong to the query function that
expects them, the second are mistakes in this package.
"""

from __future__ import annotations

import sqlite3

from sqlalchemy.engine import ExceptionContext

from inspect_server.domain.errors import StorageUnavailable

SQLITE_UNAVAILABLE = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_CORRUPT,
        sqlite3.SQLITE_NOTADB,
    }
)
# Classes of SQLSTATE (PostgreSQL, appendix A): connection, resources, operator intervention, system error;
# then single codes: lock not available, deadlock (the victim may try again).
POSTGRESQL_UNAVAILABLE_CLASSES = ("08", "53", "57", "58")
POSTGRESQL_UNAVAILABLE_CODES = ("55P03", "40P01")


def raise_typed(context: ExceptionContext) -> None:
    """Listener of SQLAlchemy's ``handle_error``.

    Raises:
        StorageUnavailable: in place of the driver's error, if that is its meaning.
    """
    error = context.original_exception
    if not isinstance(error, Exception):
        # SQLAlchemy counts a cancelled task as a disconnect; it must stay cancelled, or it never ends.
        return
    if context.is_disconnect or isinstance(error, OSError) or _says_unavailable(error):
        raise StorageUnavailable(f"the database does not work: {type(error).__name__}") from error


def _says_unavailable(error: BaseException) -> bool:
    if isinstance(error, sqlite3.Error):
        # The low byte is the primary code (SQLite, "Result and Error Codes").
        return (getattr(error, "sqlite_errorcode", 0) & 0xFF) in SQLITE_UNAVAILABLE
    state = str(getattr(error, "sqlstate", None) or "")
    return state[:2] in POSTGRESQL_UNAVAILABLE_CLASSES or state in POSTGRESQL_UNAVAILABLE_CODES
