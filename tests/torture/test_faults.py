"""Verb by verb: everything that a relay can answer instead of yes, to real copies on a real ledger."""

from __future__ import annotations

import ssl
import time
from contextlib import closing
from pathlib import Path

import pytest

from comms.channels.smtp import SmtpChannel
from comms.channels.smtp_session import Waits
from comms.model.settings import RelaySettings, Secret, Security
from comms.store import Store, open_store
from tests.fakes.examples import ISSUE, recipient
from tests.fakes.outbox import HONEST, SLUG, Outbox, clock_since
from tests.torture.judge import Deaths, look
from tests.torture.sink import FAULTS, Sink

pytestmark = [pytest.mark.slow, pytest.mark.servers, pytest.mark.no_cover]

COPIES = 30
CONNECTIONS = 2
SPEED = 6000
"""Five minutes of waiting are a twentieth of a second."""

HASTY = Waits(command=1.5, dot=1.5)
NOBODY_DIED = Deaths()


def send_to_the_end(store: Store, port: int) -> None:
    """What the sending program does, in this process."""
    relay = RelaySettings("relay", "127.0.0.1", port, Security.NONE, "", Secret(""))
    trust = ssl.create_default_context()
    with closing(SmtpChannel(SLUG, [relay], trust, connections=CONNECTIONS, waits=HASTY)) as channel:
        clock = clock_since(time.time(), SPEED)
        outbox = Outbox(store, channel, clock, lambda _point: None, HONEST, COPIES)
        outbox.turn()
        while outbox.is_open():
            time.sleep(0.02)
            outbox.turn()


@pytest.mark.parametrize("verb", FAULTS)
def test_whatever_goes_wrong_at_a_verb_every_copy_arrives_once_or_is_named_unknown(
    verb: str, tmp_path: Path
) -> None:
    unclear = sum(not answer.is_clear for answer in FAULTS[verb])
    with (
        Sink(faults={verb: FAULTS[verb]}, share=1.0, rounds=1) as sink,
        closing(open_store(f"sqlite:///{tmp_path}/comms.db")) as store,
    ):
        send_to_the_end(store, sink.port)
        rows = list(store.deliveries(ISSUE))
    assert sink.gone_wrong(verb) == len(FAULTS[verb])
    found = look(sink, rows, [recipient(n).address for n in range(COPIES)], NOBODY_DIED, CONNECTIONS)
    assert found.wrong == ()
    if verb == "dot":
        assert found.unknown == unclear
    elif verb != "body":  # there a dot and a word before it may cross
        assert found.unknown == 0
