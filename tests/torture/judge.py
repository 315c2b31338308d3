"""The judge: a counting sink is held against the ledger, whose own rows prove nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from comms.model.ledger import Delivery, DeliveryState
from tests.torture.sink import Sink

DOMAIN = "leader.example"


@dataclass(frozen=True)
class Deaths:
    """Senders killed at random and at named points; `most`: the rows that one of them left in `sending`."""

    random: int = 0
    named: int = 0
    most: int = 0

    @property
    def all(self) -> int:
        """Both kinds."""
        return self.random + self.named


@dataclass(frozen=True)
class Sight:
    """What is seen at one moment. `wrong`: promises that are broken, in words."""

    in_sink: int
    doubled: int
    lost: int
    unknown: int
    rejected: int
    wrong: tuple[str, ...]


def look(
    sink: Sink, rows: Sequence[Delivery], recipients: Collection[str], deaths: Deaths, connections: int
) -> Sight:
    """Compare before anything is reconciled: unknown rows may be in the sink or not, all others are sure."""
    taken, unknown = _taken(sink, rows), _of(rows, DeliveryState.UNKNOWN)
    sure, rejected = _of(rows, DeliveryState.ACCEPTED), _of(rows, DeliveryState.REJECTED)
    missing = sure - taken.keys()
    most = deaths.all * connections + sink.doubts
    checks = {
        "rows that are not the recipients, each once": Counter(row.recipient for row in rows)
        != Counter(recipients),
        "rows in no final state": len(sure) + len(rejected) + len(unknown) != len(rows),
        "accepted, and not in the sink": bool(missing),
        "in the sink, and neither accepted nor unknown": not taken.keys() <= sure | unknown,
        f"more than {most} unknown": len(unknown) > most,
        f"more than {connections} left in sending by one sender": deaths.most > connections,
        "rejected, and not dead": not _rejected(rows) <= set(sink.dead),
        **_always(sink, rows, taken),
    }
    return _sight(taken, len(missing), len(unknown), len(rejected), checks)


def look_again(sink: Sink, rows: Sequence[Delivery]) -> Sight:
    """Compare when all is reconciled and sent again: everybody has exactly one, but for the dead."""
    taken, unknown = _taken(sink, rows), _of(rows, DeliveryState.UNKNOWN)
    rejected = _of(rows, DeliveryState.REJECTED)
    missing = {message_id(row) for row in rows} - taken.keys() - rejected
    checks = {
        "still unknown": bool(unknown),
        "rejected are not the dead": _rejected(rows) != set(sink.dead),
        "somebody has none": bool(missing),
        "accepted is not what is in the sink": _of(rows, DeliveryState.ACCEPTED) != taken.keys(),
        **_always(sink, rows, taken),
    }
    return _sight(taken, len(missing), len(unknown), len(rejected), checks)


def message_id(row: Delivery) -> str:
    """A delivery's Message-ID: the same on every attempt."""
    return f"<{row.key}@{DOMAIN}>"


def _always(sink: Sink, rows: Sequence[Delivery], taken: Counter[str]) -> dict[str, bool]:
    """What must hold at every moment."""
    readers = {message_id(row): row.recipient for row in rows}
    misled = [kept for kept in sink.kept if readers.get(kept.message_id, kept.recipient) != kept.recipient]
    return {
        "somebody has two": any(number > 1 for number in taken.values()),
        "a letter went to somebody else": bool(misled),
        "an attempt was not the same bytes": any(
            len(sink.forms[identity]) > 1 for identity in readers.keys() & sink.forms.keys()
        ),
    }


def _sight(taken: Counter[str], lost: int, unknown: int, rejected: int, checks: dict[str, bool]) -> Sight:
    return Sight(
        len(taken),
        sum(number - 1 for number in taken.values()),
        lost,
        unknown,
        rejected,
        tuple(_named(checks)),
    )


def _named(checks: dict[str, bool]) -> Iterator[str]:
    return (what for what, is_so in checks.items() if is_so)


def _taken(sink: Sink, rows: Sequence[Delivery]) -> Counter[str]:
    """The letters of these rows in the sink; the officer's own are nobody's copy."""
    ours = {message_id(row) for row in rows}
    return Counter(kept.message_id for kept in sink.kept if kept.message_id in ours)


def _rejected(rows: Sequence[Delivery]) -> set[str]:
    return {row.recipient for row in rows if row.state is DeliveryState.REJECTED}


def _of(rows: Sequence[Delivery], state: DeliveryState) -> set[str]:
    return {message_id(row) for row in rows if row.state is state}
