"""A sender as a program of its own, to be killed: `python -m tests.fakes.outbox DATABASE PORT FOLDER`."""

from __future__ import annotations

import ssl
import sys
from datetime import UTC, datetime

from comms.channels.smtp import Relay, SmtpChannel
from comms.deliver import drain
from comms.model.ledger import Delivery, Letter
from comms.model.settings import Secret, Security
from comms.store import open_store, single_sender


def letter_of(delivery: Delivery) -> Letter:
    """A delivery's letter: the same bytes on every attempt."""
    message_id = f"<{delivery.key}@leader.example>"
    content = f"Message-ID: {message_id}\r\nTo: {delivery.recipient}\r\n\r\nHej\r\n"
    return Letter(delivery.slot_id, "brev@leader.example", delivery.recipient, message_id, content.encode())


def main(address: str, port: str, folder: str) -> None:
    """Recover, say that work begins, and hand over what is due."""
    store = open_store(address)
    relay = Relay("127.0.0.1", int(port), Security.NONE, "", Secret(""))
    channel = SmtpChannel("mejl", relay, ssl.create_default_context())
    with single_sender(f"{folder}/outbox.lock") as alone:
        if not alone:
            sys.exit("another sender is at work")
        store.recover(datetime.now(UTC), exclusive=True)
        sys.stdout.write("begins\n")
        sys.stdout.flush()
        drain(store, {"mejl": channel}, letter_of, lambda: datetime.now(UTC), owner="outbox")
    channel.close()
    store.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
