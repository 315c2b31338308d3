"""The doctor at mailboxes and feeds: whether what comes in can be read."""

from __future__ import annotations

import os
import ssl
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from comms.app.examined import Examined, Outside, advice, fault, well
from comms.app.feeding import standings
from comms.app.house import House
from comms.app.planning import ledger
from comms.app.quarantining import in_quarantine, quarantine
from comms.errors import ConfigError, Text, say
from comms.inbox.imap import Mailbox, conversation
from comms.inbox.reading import harmless, legible, maildir_parts
from comms.model.feed import FeedState
from comms.model.settings import Letterbox, UnsubscribeBox

_PATIENCE = 10.0
"""Seconds that a server may take for each answer."""

_FAILING = 3
"""Failures in a row from which a feed is told of: one is nothing."""


def mailboxes(house: House, outside: Outside) -> Iterator[Examined]:
    """Whether the mailboxes that the run reads can be read."""
    settings = house.settings
    bounces = settings.bounces.mailbox if settings.bounces else None
    boxes: tuple[tuple[Text, Letterbox | UnsubscribeBox | None], ...] = (
        (say("studsar"), bounces),
        (say("avanmälningar"), settings.unsubscribe_box),
    )
    for what, box in boxes:
        if box is None:
            continue
        why = _unreadable(house, box, outside)
        if why is None:
            yield well(say("Brevlådan för {what} går att läsa.", what=what))
        else:
            yield fault(say("Brevlådan för {what} går inte att läsa. {why}", what=what, why=why))


def _unreadable(house: House, box: Letterbox | UnsubscribeBox, outside: Outside) -> Text | None:
    """Why a mailbox cannot be read, or None. Nothing in it is changed."""
    try:
        if box.maildir:
            for part in maildir_parts(Path(house.found(box).maildir)):
                with legible(part):
                    os.scandir(part).close()
            return None
        mailbox = Mailbox(box.host, box.port, box.security, box.user, box.password, box.folder, _PATIENCE)
        with conversation(mailbox, outside.trust or ssl.create_default_context()):
            return None
    except ConfigError as unreadable:
        return unreadable.message


def quarantined(house: House, _now: datetime) -> Iterator[Examined]:
    """Returned letters that wait for a person, since no rule understands them."""
    count = in_quarantine(house)
    if count:
        yield advice(
            say(
                "{count} brev som kom tillbaka förstår ingen. De ligger i {folder}.",
                count=count,
                folder=quarantine(house),
            )
        )


def feeds(house: House, _now: datetime) -> Iterator[Examined]:
    """How it goes with feeds, and where they may lead within the office's own network."""
    settings = house.settings
    if settings.private_hosts:
        hosts = ", ".join(sorted(settings.private_hosts))
        yield well(say("Flöden och länkar får leda till {hosts}, inom ert eget nät.", hosts=hosts))
    if not settings.feeds or not house.has_ledger:
        return
    with ledger(house) as store:
        found = list(standings(house, store).values())
    for one in found:
        title, why = settings.feeds[one.slug].title, harmless(one.reason)
        if one.state is FeedState.STOPPED:
            yield advice(
                say("Flödet {title} ({slug}) hämtas inte mer. {why}", title=title, slug=one.slug, why=why)
            )
        elif one.failures >= _FAILING:
            yield advice(
                say(
                    "Flödet {title} ({slug}) har inte gått att läsa {count} gånger i rad. {why}",
                    title=title,
                    slug=one.slug,
                    count=one.failures,
                    why=why,
                )
            )
    if not any(one.failures >= _FAILING or one.state is FeedState.STOPPED for one in found):
        yield well(say("{count} flöden hämtas.", count=len(found)))
