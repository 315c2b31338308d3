"""Statements that are executed for every group of letters: put together once, handed to the driver as text.

SQLAlchemy's own execution costs more than the statement itself when it is so short and so frequent
(docs/decisions/0016). What is written here is still SQLAlchemy's, for either database.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlalchemy import Connection, Dialect
    from sqlalchemy.sql import ClauseElement

Values = Mapping[str, str | int | None]


def instant(value: datetime | None) -> str | None:
    """An instant as the tables hold it (see `columns.Instant`)."""
    return None if value is None else value.astimezone(UTC).isoformat(timespec="microseconds")


def execute(connection: Connection, statement: ClauseElement, rows: Sequence[Values]) -> int:
    """Execute a statement once for each row of values; how many rows of the table it met in all.

    Values are as the tables hold them: text, numbers, None. Raises what the driver raises.
    """
    sql, order = _compiled(statement, connection.dialect)
    cursor = connection.connection.cursor()
    try:
        if order is None:
            cursor.executemany(sql, rows)
        else:
            cursor.executemany(sql, [[row[name] for name in order] for row in rows])
        return cursor.rowcount
    finally:
        cursor.close()


@lru_cache(maxsize=64)
def _compiled(statement: ClauseElement, dialect: Dialect) -> tuple[str, tuple[str, ...] | None]:
    """The statement's text, and the order of its values when the driver wants them by place."""
    compiled = statement.compile(dialect=dialect)
    order: Sequence[str] | None = getattr(compiled, "positiontup", None)
    return str(compiled), tuple(order) if order is not None else None
