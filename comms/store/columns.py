"""What columns are made of: instants as text that sorts as time does, conditions, names of constraints."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, Index, MetaData, String, TypeDecorator, literal_column, text

if TYPE_CHECKING:
    from collections.abc import Iterable
    from enum import StrEnum

    from sqlalchemy import Dialect
    from sqlalchemy.sql.elements import ColumnElement


class Instant(TypeDecorator[datetime]):
    """An aware instant as ISO text in UTC of one width, so that text sorts as time does."""

    impl = String(32)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:
        """Write; a naive time is a mistake in the program and refused."""
        del dialect
        if value is None:
            return None
        if value.tzinfo is None:
            message = "an instant needs a time zone"
            raise ValueError(message)
        return value.astimezone(UTC).isoformat(timespec="microseconds")

    def process_result_value(self, value: str | None, dialect: Dialect) -> datetime | None:
        """Read: aware, in UTC."""
        del dialect
        return None if value is None else datetime.fromisoformat(value)


class WallTime(TypeDecorator[datetime]):
    """A local wall time, naive, as ISO text to the second."""

    impl = String(19)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:
        """Write the time as people say it."""
        del dialect
        return None if value is None else value.replace(tzinfo=None).isoformat(timespec="seconds")

    def process_result_value(self, value: str | None, dialect: Dialect) -> datetime | None:
        """Read: naive."""
        del dialect
        return None if value is None else datetime.fromisoformat(value)


METADATA = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)


def is_state(column: ColumnElement[str], state: StrEnum) -> ColumnElement[bool]:
    """`column = 'state'` with the state as a literal: only then is a partial index used."""
    return column == literal_column(f"'{state.value}'")


def partial_index(name: str, *columns: str, when: str, unique: bool = False) -> Index:
    """An index of the rows for which a condition holds, said to both databases."""
    condition = text(when)
    return Index(name, *columns, unique=unique, sqlite_where=condition, postgresql_where=condition)


def one_of(column: str, members: Iterable[StrEnum]) -> CheckConstraint:
    """A condition: the column holds a member's value."""
    names = ", ".join(f"'{member.value}'" for member in members)
    return CheckConstraint(f"{column} IN ({names})", name=column)
