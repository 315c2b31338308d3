"""Those who leave: letters with exits, subscribers, and the links and addresses by which they leave."""

from __future__ import annotations

from typing import TYPE_CHECKING

from comms.app.hashed import exit_names
from comms.model.audience import address_key
from comms.model.ledger import DeliveryState
from comms.model.plan import Entry, Recipient
from comms.model.subscriber import Choices
from comms.store import Store, subscribers
from comms.store.database import Database
from comms.text.tokens import Purpose, mail_token, token
from tests.fakes.examples import ISSUE, NOW, approve, issue_entry
from tests.fakes.signups import KEYS

if TYPE_CHECKING:
    from datetime import datetime

ANNA, BO, EVA = "anna@privat.example", "bo@privat.example", "eva@privat.example"


def run_with_exits(store: Store, *addresses: str, entry: Entry | None = None) -> None:
    """Let an issue (the example when none is given) run to these addresses, its letters with exits."""
    entry = entry or issue_entry()
    approve(store, entry)
    number = store.editions(entry.id)[0][0]
    rows = ((Recipient(one, "", "public", "arvika"), number, DeliveryState.PLANNED, "") for one in addresses)
    store.start_run(entry.id, rows, NOW, name_exit=exit_names(KEYS))


def exit_id(store: Store, address: str, issue: str = ISSUE) -> str:
    """The exit in an address's letter."""
    (found,) = [row.exit_id for row in store.deliveries(issue) if row.recipient == address]
    return found


def link(store: Store, address: str, issue: str = ISSUE) -> str:
    """The token of the page in an address's letter."""
    return token(Purpose.EXIT, exit_id(store, address, issue), KEYS)


def by_mail(store: Store, address: str, issue: str = ISSUE) -> str:
    """The token of the address to write to in an address's letter."""
    return mail_token(exit_id(store, address, issue), KEYS)


def subscribe(
    database: Database, address: str, *newsletters: str, now: datetime = NOW, paused: datetime | None = None
) -> None:
    """Let an address be a subscriber of the public of Arvika."""
    with database.writing() as connection:
        subscribers.put(
            connection,
            address=address,
            key=address_key(address),
            choices=Choices(newsletters, "public", "arvika"),
            paused_until=paused,
            source="/prenumerera/",
            ended="",
            now=now,
        )
