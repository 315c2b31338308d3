"""From a row of the ledger to what a channel is handed: a letter's bytes, or a post with pictures."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from comms.app.by_hand import is_by_hand, time_to_publish
from comms.app.house import House
from comms.app.signing import Seal, seal
from comms.errors import ConfigError, ContentError, SenderRefused, say
from comms.model.issue import Newsletter
from comms.model.ledger import Delivery, Letter, Outgoing, Publication, part_of
from comms.model.network import PartKind
from comms.model.settings import Settings
from comms.render import envelope, headers
from comms.render.addresses import url
from comms.render.mime import BY_HAND, LetterTemplate, WayOut, letter_template, personalise
from comms.store import Store
from comms.text.tokens import Purpose, mail_token, token

_KEPT = 4


def message_id(settings: Settings, delivery: Delivery) -> str:
    """What the outside knows a delivery by: a letter's Message-ID, a post's idempotency key."""
    if delivery.edition_id is None:
        return delivery.key
    return headers.message_id(f"{delivery.key}@{settings.sender.email.rpartition('@')[2]}")


def return_path(settings: Settings, delivery: Delivery) -> str:
    """MAIL FROM of a letter: its own when bounces have a domain, else the sender's address."""
    bounces = settings.bounces
    if bounces is None:
        return settings.sender.email
    return envelope.return_path(delivery.key, domain=bounces.domain, key=bounces.key.value.encode())


def way_out(settings: Settings, exit_id: str) -> WayOut:
    """How a recipient ends it by a page and by mail; by hand without an exit."""
    if not exit_id or settings.web is None or not settings.web.keys:
        return BY_HAND
    keys = settings.web.keys
    page = url(settings, f"u/{token(Purpose.EXIT, exit_id, keys)}")
    box = settings.unsubscribe_box
    if box is None:
        return WayOut(page)
    local, _, domain = headers.ascii_address(box.address).rpartition("@")
    return WayOut(page, f"mailto:{local}+{mail_token(exit_id, keys)}@{domain}?subject=avsluta")


def _newsletter(settings: Settings, slot_id: str) -> Newsletter:
    """The newsletter of an issue. Raises ContentError when comms.yaml no longer has it."""
    slug = slot_id.rsplit("-", 3)[0]
    if slug not in settings.newsletters:
        raise ContentError(say("Nyhetsbrevet {slug} finns inte längre i comms.yaml.", slug=slug))
    return settings.newsletters[slug]


def has_name(receipt: str) -> bool:
    """Whether a receipt is what a network calls a post: no part can go on from a person's word."""
    return bool(receipt) and " " not in receipt


class Outbox:
    """Makes outgoing things from frozen content; an edition is built once, then only joined.

    Several hands ask at once.
    """

    def __init__(self, house: House, store: Store, now: datetime) -> None:
        """Start with nothing built."""
        self._house = house
        self._store = store
        self._now = now
        self._letters: dict[int, LetterTemplate] = {}
        self._seal: Seal | None = None
        self._building = threading.Lock()

    def __call__(self, delivery: Delivery) -> Outgoing:
        """Make what `delivery` hands over: the same bytes on every attempt.

        Raises SenderRefused when a key to sign with cannot be used: no copy would be better off.
        """
        if delivery.edition_id is None:
            return self._publication(delivery)
        return self._letter(delivery, delivery.edition_id)

    def seeds(self, slot_id: str, folder: str) -> Iterator[Letter]:
        """A copy of each edition of an issue, marked, to the officer: never counted.

        Raises ContentError and ConfigError.
        """
        settings = self._house.settings
        domain = settings.sender.email.rpartition("@")[2]
        sign = seal(self._house)
        for number, edition in self._store.editions(slot_id):
            template = letter_template(
                replace(edition, subject=f"[Provexemplar] {edition.subject}"),
                settings=settings,
                newsletter=_newsletter(settings, slot_id),
            )
            identity = headers.message_id(f"seed-{slot_id}-{number}@{domain}")
            date = self._now.astimezone(self._house.zone)
            content = personalise(
                template,
                recipient=settings.officer,
                recipient_name="",
                message_id=identity,
                date=date,
            )
            yield Letter(folder, settings.sender.email, settings.officer, identity, sign(content, date))

    def _letter(self, delivery: Delivery, edition_id: int) -> Letter:
        settings = self._house.settings
        template = self._letters.get(edition_id) or self._template(delivery.slot_id, edition_id)
        identity = message_id(settings, delivery)
        date = (delivery.first_attempt_at or self._now).astimezone(self._house.zone)
        content = personalise(
            template,
            recipient=delivery.recipient,
            recipient_name=delivery.recipient_name,
            message_id=identity,
            date=date,
            subscribes=delivery.subscribes,
            way_out=way_out(settings, delivery.exit_id),
        )
        return Letter(
            delivery.slot_id,
            return_path(settings, delivery),
            delivery.recipient,
            identity,
            self._signed(content, date),
            proved=True,
        )

    def _signed(self, content: bytes, date: datetime) -> bytes:
        if self._seal is None:  # two hands may read the keys at once: they read the same
            try:
                self._seal = seal(self._house)
            except ConfigError as unusable:
                raise SenderRefused(unusable.message) from None
        return self._seal(content, date)

    def _template(self, slot_id: str, edition_id: int) -> LetterTemplate:
        with self._building:
            template = self._letters.get(edition_id)
            if template is None:
                if len(self._letters) >= _KEPT:  # rows come edition by edition: a few are enough, and flat
                    self._letters.clear()
                template = self._letters[edition_id] = self._built(slot_id, edition_id)
        return template

    def _built(self, slot_id: str, edition_id: int) -> LetterTemplate:
        edition = dict(self._store.editions(slot_id))[edition_id]
        newsletter = _newsletter(self._house.settings, slot_id)
        return letter_template(edition, settings=self._house.settings, newsletter=newsletter)

    def _publication(self, delivery: Delivery) -> Publication:
        post, slot = self._store.post(delivery.slot_id), self._store.slot(delivery.slot_id)
        if post is None or slot is None:
            raise ContentError(say("Posten {id} saknas i liggaren.", id=delivery.slot_id))
        card = post.card.picture if post.card else None
        made = Publication(
            post,
            tuple(self._store.blob(media.sha256) for media in post.media),
            delivery.key,
            created_at=delivery.first_attempt_at or self._now,
            publish_at=slot.due_at.astimezone(self._house.zone),
            attempt=delivery.attempt,
            part=part_of(delivery.recipient),
            thumb=self._store.blob(card.sha256) if card else b"",
        )
        if is_by_hand(self._house, delivery.channel):
            calendar = time_to_publish(post, key=made.key, at=slot.due_at, stamped_at=made.created_at)
            return replace(made, calendar=calendar)
        if not made.part:
            return made
        root, parent = self._before(delivery, made)
        return replace(made, root=root, parent=parent)

    def _before(self, delivery: Delivery, made: Publication) -> tuple[str, str]:
        """What the network calls the first part and the one that this goes on from.

        Raises ContentError when a person has said that one is out, and not what it is called.
        """
        out = [row.receipt for row in self._store.deliveries(delivery.slot_id) if row.id < delivery.id]
        if not all(map(has_name, out)):
            raise ContentError(
                say(
                    "Det går inte att fortsätta efter delen före: dess id på nätverket är inte känt. "
                    "Publicera resten för hand."
                )
            )
        parent = out[0] if made.what.kind is PartKind.COMMENT else out[-1]
        return out[0], parent
