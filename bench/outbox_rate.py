"""How fast our own outbox hands over letters of 60 kB: with the strict ledger, and without one.

As a program it is one worker: `python -m bench.outbox_rate DATABASE PORT CONNECTIONS` drains what is due.
"""

from __future__ import annotations

import ssl
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import count

from bench.letter import letter
from comms.channels.smtp import SmtpChannel
from comms.deliver import Work, drain
from comms.model.ledger import Delivery, DeliveryState, Letter
from comms.model.settings import RelaySettings, Secret, Security
from comms.store import Store, open_store
from tests.fakes.examples import ISSUE, NOW, approve, issue_entry, recipient

_HEAD, _, _BODY = letter().as_bytes().partition(b"Message-ID: <bench@office.test>\r\n")


def letter_to(delivery: Delivery) -> Letter:
    """A recipient's letter: joined from the edition's bytes and a few fields, as `render.mime` joins it."""
    own = f"Message-ID: <{delivery.key}@office.test>\r\nX-To: {delivery.recipient}\r\n"
    content = b"".join((_HEAD, own.encode("ascii"), _BODY))
    return Letter(
        ISSUE, "brev@office.test", delivery.recipient, f"<{delivery.key}@office.test>", content, proved=True
    )


def channel_to(port: int, connections: int) -> SmtpChannel:
    """The real channel, to a sink on this machine."""
    relay = RelaySettings("sink", "127.0.0.1", port, Security.NONE, "", Secret(""))
    return SmtpChannel("mejl", [relay], ssl.create_default_context(), connections=connections)


def planned(store: Store, copies: int) -> None:
    """Approve the example issue and let it run to so many."""
    approve(store, issue_entry())
    number = store.editions(ISSUE)[0][0]
    rows = ((recipient(n), number, DeliveryState.PLANNED, "") for n in range(copies))
    store.start_run(ISSUE, rows, NOW)


def drained(store: Store, port: int, connections: int) -> float:
    """Drain what is due; the seconds it took."""
    channel = channel_to(port, connections)
    began = time.perf_counter()
    owner = f"bench-{began}"
    store.begin_work(owner, NOW)
    report = drain(store, {"mejl": channel}, Work(owner, letter_to, _clock()))
    channel.close()
    store.end_work(owner, NOW)
    took = time.perf_counter() - began
    assert set(report.counts) <= {DeliveryState.ACCEPTED}, report
    return took


def letters_per_second(port: int, copies: int, connections: int = 8) -> float:
    """The strict ledger in a file of its own: from the first claim until the last result is durable."""
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(f"sqlite:///{folder}/comms.db")
        planned(store, copies)
        took = drained(store, port, connections)
        assert store.counts(ISSUE) == {DeliveryState.ACCEPTED: copies}
        store.close()
    return copies / took


def without_a_ledger(port: int, copies: int, connections: int = 8) -> float:
    """The same channel, connections and letters, and nothing remembered."""
    channel = channel_to(port, connections)
    numbers = count()
    rows = [_row(n) for n in range(copies)]

    def carry() -> None:
        while (number := next(numbers)) < copies:
            channel.deliver(letter_to(rows[number]), point_of_no_return=lambda: None)

    hands = [threading.Thread(target=carry) for _ in range(connections)]
    began = time.perf_counter()
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join()
    took = time.perf_counter() - began
    channel.close()
    return copies / took


def _row(number: int) -> Delivery:
    one = recipient(number)
    return Delivery(
        number, ISSUE, "mejl", one.address, one.name, 1, 1, "a", f"{ISSUE}.{number:024x}", "", NOW, NOW, "",
        None, None, DeliveryState.CLAIMED,
    )  # fmt: skip


def _clock() -> Callable[[], datetime]:
    began = time.monotonic()
    return lambda: datetime.fromtimestamp(NOW.timestamp() + time.monotonic() - began, UTC)


def main(database: str, port: str, connections: str) -> None:
    """One worker of several: say when it stands ready, wait for the word, drain."""
    store = open_store(database, beside=None)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    drained(store, int(port), int(connections))
    store.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
