"""A thread through the outbox: its parts go one after the other, in one drain."""

from __future__ import annotations

from pathlib import Path

from comms.deliver import Work, drain
from comms.errors import OutcomeUnknown, say
from comms.model.ledger import Delivery, DeliveryState, Outgoing
from comms.store import open_store
from tests.contract.store.test_threads import POST, thread
from tests.fakes.examples import NOW, letter
from tests.unit.deliver.scripted import Scripted


def to_its_part(row: Delivery) -> Outgoing:
    """Something that says whom it is for."""
    return letter(row.recipient)


def states(folder: Path, channel: Scripted) -> list[DeliveryState]:
    """Where the parts of a thread of three stand after one drain."""
    store = open_store(f"sqlite:///{folder}/comms.db")
    thread(store)
    store.begin_work("w", NOW)
    drain(store, {"mastodon": channel}, Work("w", to_its_part, lambda: NOW))
    found = [row.state for row in store.deliveries(POST)]
    store.close()
    return found


def test_readers_see_the_whole_thread_after_one_run(tmp_path: Path) -> None:
    channel = Scripted(slug="mastodon")
    assert states(tmp_path, channel) == [DeliveryState.ACCEPTED] * 3
    assert channel.sent == ["mastodon", "mastodon#2", "mastodon#3"]


def test_a_part_whose_fate_is_unknown_stops_those_after_it(tmp_path: Path) -> None:
    channel = Scripted({"mastodon#2": OutcomeUnknown(say("Inget svar."))}, after=True, slug="mastodon")
    assert states(tmp_path, channel) == [
        DeliveryState.ACCEPTED, DeliveryState.UNKNOWN, DeliveryState.PLANNED
    ]  # fmt: skip
