"""The only clock: commands take `now` from here or from `--now`, and pass it down."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from comms.errors import UsageError, say


def utc_now() -> datetime:
    """The time now, aware, in UTC."""
    return datetime.now(UTC)


def read_now(text: str | None, zone: ZoneInfo) -> datetime:
    """`--now` as an instant in UTC: ISO 8601, local time of the workspace when it names no offset.

    Raises `UsageError`.
    """
    if not text:
        return utc_now()
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(
            say("”{text}” är ingen tid. Skriv till exempel 2026-12-01T08:05.", text=text)
        ) from None
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)
