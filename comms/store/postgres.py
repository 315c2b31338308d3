"""PostgreSQL as the ledger needs it: durable commits, waits that end, errors without the password."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, create_engine, event, func, literal_column, text
from sqlalchemy.exc import SQLAlchemyError

from comms.errors import StoreError, Text, say
from comms.store.payloads import as_json

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from typing import Any

    from sqlalchemy import ColumnElement
    from sqlalchemy.engine import URL

CLOCKS_APART = 30
"""Seconds by which the clocks of workers and database may differ."""

OLDEST = 150000
"""PostgreSQL 15: the oldest that is tested."""

_OPTIONS = (
    # Said on every connection, whatever the server's own settings are.
    "SET synchronous_commit = on",
    "SET lock_timeout = '30s'",
    "SET idle_in_transaction_session_timeout = '120s'",
    "SET TIME ZONE 'UTC'",
)

NOES = "noes"
"""The lock that whoever writes a no holds alone, and those who commit intents share."""

_DEADLOCK = "40P01"

_LOCKS = "hashtextextended('comms:' || current_database() || ':' || :name, 0)"

_OUT_OF_REACH = say(
    "Databasen {place} går inte att nå: {error}. Kontrollera att den är igång, och adressen, användaren och "
    "lösenordet."
)
# By SQLSTATE or its class (https://www.postgresql.org/docs/15/errcodes-appendix.html).
_SENTENCES = {
    "53100": say("Disken hos databasen {place} är full. Frigör utrymme och försök igen."),
    "53": say("Databasen {place} har slut på resurser: {error}. Vänta en stund och försök igen."),
    "55P03": say("Databasen {place} är upptagen av ett annat program. Vänta en stund och försök igen."),
    "57": say("Databasen {place} håller på att stoppas eller startas. Vänta en stund och försök igen."),
    "25006": say("Databasen {place} går bara att läsa. Anslut till den som tar emot ändringar."),
    "42501": say(
        "Databasen {place} låter oss inte göra det: {error}. Ge användaren rätt till sina tabeller."
    ),
    "08": _OUT_OF_REACH,
    "": _OUT_OF_REACH,  # whoever is not let in, or names a database that does not exist, gets no SQLSTATE
}
_UNEXPECTED = say("Databasen {place} svarade med ett oväntat fel: {error}.")


def engine(url: URL) -> Engine:
    """An engine whose connections commit durably and never wait for ever."""
    made = create_engine(
        url.set(drivername="postgresql+psycopg"),
        json_serializer=as_json,
        hide_parameters=True,
        connect_args={"connect_timeout": 10, "application_name": "comms"},
    )
    event.listen(made, "connect", _configure)
    return made


def place(url: URL) -> str:
    """Where it is, for people: without the password."""
    return url.set(drivername="postgresql").render_as_string(hide_password=True)


def sentence(error: Exception, where: str) -> Text:
    """What the driver said, to a person; never the password."""
    cause = getattr(error, "orig", None) or error
    state = getattr(cause, "sqlstate", None) or (
        "" if isinstance(error, SQLAlchemyError) and _lost(error) else "?"
    )
    known = _SENTENCES.get(state) or _SENTENCES.get(state[:2]) or _UNEXPECTED
    words = " ".join(str(cause).split())[:300]
    return replace(known, values=(("place", where), ("error", words)))


def is_deadlock(error: BaseException | None) -> bool:
    """Whether the server ended a transaction because two waited for each other (SQLSTATE 40P01)."""
    return getattr(getattr(error, "orig", None) or error, "sqlstate", None) == _DEADLOCK


def refuse_old(connection: Connection, where: str) -> None:
    """Raise StoreError for a server that is older than what is tested."""
    found = int(str(connection.exec_driver_sql("SHOW server_version_num").scalar()))
    if found < OLDEST:
        raise StoreError(
            say(
                "Databasen {place} är PostgreSQL {found}; minst 15 behövs.", place=where, found=found // 10000
            )
        )


def compare_clocks(connection: Connection, now: datetime) -> None:
    """Raise StoreError when `now` and the database's clock differ by more than 30 seconds."""
    apart = abs((connection.exec_driver_sql("SELECT clock_timestamp()").scalar_one() - now).total_seconds())
    if apart > CLOCKS_APART:
        raise StoreError(
            say(
                "Den här datorns klocka och databasens skiljer sig {seconds} sekunder. Ställ klockan rätt.",
                seconds=round(apart),
            )
        )


def lock_in_transaction(connection: Connection, name: str) -> None:
    """Wait for a lock that the transaction's end lets go of."""
    connection.execute(text(f"SELECT pg_advisory_xact_lock({_LOCKS})"), {"name": name})


def shared_lock(name: str) -> ColumnElement[Any]:
    """The same lock, with others who want it so, as a column of what a transaction asks for."""
    return func.pg_advisory_xact_lock_shared(literal_column(_LOCKS.replace(":name", f"'{name}'")))


@contextmanager
def session_lock(made: Engine, name: str) -> Iterator[bool]:
    """Hold a lock for the block on a connection of its own; False when somebody else has it.

    The server lets go when the connection ends, however it ends.
    """
    with made.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        got = connection.execute(text(f"SELECT pg_try_advisory_lock({_LOCKS})"), {"name": name}).scalar()
        try:
            yield bool(got)
        finally:
            if got:
                connection.execute(text(f"SELECT pg_advisory_unlock({_LOCKS})"), {"name": name})


def _lost(error: SQLAlchemyError) -> bool:
    return bool(getattr(error, "connection_invalidated", False)) or "OperationalError" in type(error).__name__


def _configure(connection: Any, _entry: object) -> None:  # noqa: ANN401 - the driver's own connection
    with connection.cursor() as cursor:
        for option in _OPTIONS:
            cursor.execute(option)
    connection.commit()
