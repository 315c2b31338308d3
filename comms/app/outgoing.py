"""From a row of the ledger to what a channel is handed: a letter's bytes, or a post with pictures."""

from __future__ import annotations

from datetime import datetime

from comms.app.house import House
from comms.errors import ContentError, say
from comms.model.ledger import Delivery, Letter, Outgoing, Publication
from comms.model.settings import Settings
from comms.render.mime import LetterTemplate, letter_template, personalise
from comms.store import Store


def message_id(settings: Settings, delivery: Delivery) -> str:
    """What the outside knows a delivery by: a letter's Message-ID, a post's idempotency key."""
    if delivery.edition_id is None:
        return delivery.key
    return f"<{delivery.key}@{settings.sender.email.rpartition('@')[2]}>"


class Outbox:
    """Makes outgoing things from frozen content; an edition is built once, then only joined."""

    def __init__(self, house: House, store: Store, now: datetime) -> None:
        """Start with nothing built."""
        self._house = house
        self._store = store
        self._now = now
        self._letters: dict[int, LetterTemplate] = {}

    def __call__(self, delivery: Delivery) -> Outgoing:
        """Make what `delivery` hands over: the same bytes on every attempt."""
        if delivery.edition_id is None:
            return self._publication(delivery)
        return self._letter(delivery, delivery.edition_id)

    def _letter(self, delivery: Delivery, edition_id: int) -> Letter:
        settings = self._house.settings
        template = self._letters.get(edition_id)
        if template is None:
            self._letters.clear()  # rows come edition by edition: one at a time is enough, and flat
            template = self._built(delivery.slot_id, edition_id)
            self._letters[edition_id] = template
        identity = message_id(settings, delivery)
        content = personalise(
            template,
            recipient=delivery.recipient,
            recipient_name=delivery.recipient_name,
            message_id=identity,
            date=(delivery.first_attempt_at or self._now).astimezone(self._house.zone),
        )
        return Letter(delivery.slot_id, settings.sender.email, delivery.recipient, identity, content)

    def _built(self, slot_id: str, edition_id: int) -> LetterTemplate:
        edition = dict(self._store.editions(slot_id))[edition_id]
        newsletter = self._house.settings.newsletters[slot_id.rsplit("-", 3)[0]]
        return letter_template(edition, settings=self._house.settings, newsletter=newsletter)

    def _publication(self, delivery: Delivery) -> Publication:
        post = self._store.post(delivery.slot_id)
        if post is None:
            raise ContentError(say("Posten {id} saknas i liggaren.", id=delivery.slot_id))
        pictures = tuple(self._store.blob(media.sha256) for media in post.media)
        return Publication(post, pictures, delivery.key)
