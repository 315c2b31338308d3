"""Whether a database is the one that has sent from here, or an old copy that has forgotten letters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Connection, select

from comms.errors import StoreError, Text, say
from comms.store import workers as worker_rows
from comms.store.mark import Known, machine
from comms.store.schema import instance, workers

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime


def fence_reason(connection: Connection) -> str:
    """Why the database may not send; empty when it may."""
    row = connection.execute(select(instance.c.fence_reason)).first()
    return row.fence_reason if row else ""


def refuse(reason: str) -> StoreError:
    """What stops everything that would send."""
    return StoreError(
        say(
            "Inget sänds: {reason} Se vad som hålls kvar med comms status, och ta över databasen med: "
            "comms adopt",
            reason=reason,
        )
    )


def disagreement(
    connection: Connection, known: Sequence[Known], *, marked: bool, in_file: bool
) -> Text | None:
    """How the marks that this machine has (`marked`: any, legible or not) contradict the database, or None.

    The marks are read first, for another process may send meanwhile: its database is then ahead. A mark from
    before the database was made or adopted says nothing. A file without any mark, that has been sent from,
    was copied from somewhere else; a mark that cannot be read says nothing.
    """
    row = connection.execute(select(instance.c.installation, instance.c.created_at)).first()
    if row is None:
        return say("Databasen är äldre än det som har sänts härifrån.") if known else None
    if in_file and not marked and _has_been_sent_from(connection):
        return say("Databasen är kopierad: märket bredvid den saknas.")
    for one in known:
        found = _contradiction(connection, one, row.installation, row.created_at, in_file=in_file)
        if found is not None:
            return found
    return None


def _contradiction(
    connection: Connection, one: Known, installation: str, since: datetime, *, in_file: bool
) -> Text | None:
    if one.installation != installation:
        # Beside a file adoption removes the marks; those of other machines that share a server stay.
        if not in_file and one.reading.wall <= since:
            return None
        return say("Databasen är en annan än den som har sänts från härifrån.")
    if in_file and one.machine and machine() and one.machine != machine():
        return say("Databasen är kopierad från en annan dator.")
    committed = worker_rows.intents(connection, one.owner) if one.owner else 0
    if committed is None or committed < one.intents:
        when = f"{one.reading.wall:%Y-%m-%d %H:%M} UTC"
        return say("Databasen är återställd från en äldre kopia: det sändes härifrån {when}.", when=when)
    return None


def _has_been_sent_from(connection: Connection) -> bool:
    sent = select(workers.c.owner).where(workers.c.intents > 0).limit(1)
    return connection.execute(sent).first() is not None
