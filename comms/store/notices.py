"""Mails to the officer, each thing told once."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, select, update

from comms.store.records import Notice
from comms.store.schema import notices
from comms.store.upsert import insert


def known(connection: Connection, key: str) -> bool:
    """Whether something was told, or waits to be told."""
    return connection.execute(select(notices.c.id).where(notices.c.key == key)).first() is not None


def add(connection: Connection, notice: Notice) -> bool:
    """Remember something to tell, whatever its id; False when it was told, or waits to be told, before."""
    added = connection.execute(
        insert(connection, notices)
        .values(
            key=notice.key,
            subject=notice.subject,
            body=notice.body,
            created_at=notice.created_at,
            sent_at=notice.sent_at,
            calendar=notice.calendar,
        )
        .on_conflict_do_nothing(index_elements=["key"])
        .returning(notices.c.id)
    )
    return added.first() is not None


def waiting(connection: Connection) -> list[Notice]:
    """Notices that have not been sent, oldest first."""
    rows = connection.execute(select(notices).where(notices.c.sent_at.is_(None)).order_by(notices.c.id))
    return [Notice(**row) for row in rows.mappings()]


def sent(connection: Connection, notice_id: int, now: datetime) -> None:
    """Remember that a notice was sent."""
    connection.execute(update(notices).where(notices.c.id == notice_id).values(sent_at=now))
