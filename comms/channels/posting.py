"""How every channel to a network publishes: prepared unseen, the intent committed, one call that publishes.

A second try looks first: what a network has already is not published again (docs/decisions/0025).
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import chain
from typing import Generic, TypeVar
from urllib.parse import urlsplit

from comms.channels.likeness import CLOCKS_DIFFER
from comms.channels.web import Web
from comms.errors import ChannelError, OutcomeUnknown, PermanentFailure, Text, say
from comms.model.ledger import Absent, CannotTell, Found, Outgoing, Publication, Receipt
from comms.model.network import Media, Network, PartKind, SegmentKind
from comms.text.counting import counting_of, length
from comms.text.hosts import is_loopback

P = TypeVar("P")
T = TypeVar("T")

_ID = re.compile(r"[A-Za-z0-9:/._~%(),-]{1,300}")
"""Numbers, addresses at://…, names urn:li:comment:(urn:li:activity:1,2): all that networks call posts."""

_LONGEST_ADDRESS = 500
_SHOWN = 80


class Poster(ABC, Generic[P]):
    """A channel to one account on one network, over one session.

    `P` is what it prepares and nobody sees: the network's names for pictures, a container, a whole record.
    """

    connections = 1

    def __init__(self, slug: str, network: Network, web: Web) -> None:
        """Remember; the network is not touched."""
        self.slug = slug
        self.network = network
        self.web = web

    @abstractmethod
    def prepare(self, publication: Publication) -> P:
        """Lay there what nobody sees yet; may be done again. Raises ChannelError: nothing is published."""

    @abstractmethod
    def publish(self, publication: Publication, prepared: P) -> Receipt:
        """Publish, by one call. Raises ChannelError."""

    @abstractmethod
    def look(self, publication: Publication) -> Found:
        """Look for it; see `comms.channels.base.Channel.find`."""

    def limits(self, publication: Publication) -> Network:
        """What the network takes of this post. Raises TemporaryFailure or ChannelDown if it must be asked."""
        del publication
        return self.network

    def check(self, size: int) -> None:
        """Letters are refused one by one, whatever their size."""

    def deliver(self, outgoing: Outgoing, *, point_of_no_return: Callable[[], object]) -> Receipt:
        """Publish a post; see `comms.channels.base.Channel`. Letters are refused."""
        publication = self._mine(outgoing)
        # What a thread goes on with must be known to be taken before readers see its beginning.
        numbers = [publication.part] if publication.part else range(len(publication.post.parts))
        for part in (replace(publication, part=number) for number in numbers):
            refused = refusal(part, self.limits(part))
            if refused is not None:
                raise refused
        prepared = self.prepare(publication)
        point_of_no_return()
        # Also the first attempt looks when it is late: what is remembered may have been restored from before.
        began, due = publication.created_at, publication.publish_at
        if publication.attempt > 1 or began > due + CLOCKS_DIFFER:
            there = self.look(replace(publication, created_at=min(began, due)))
            if isinstance(there, Receipt):
                return self._examined(there)
        return self._examined(self.publish(publication, prepared))

    def find(self, outgoing: Outgoing) -> Found:
        """Look whether it is there; see `comms.channels.base.Channel`."""
        found = self.look(self._mine(outgoing))
        try:
            return self._examined(found) if isinstance(found, Receipt) else found
        except OutcomeUnknown:
            return CannotTell(
                say(
                    "{name} visar inlägget under ett namn som inte går att använda. Titta på kontot.",
                    name=self.network.name,
                )
            )

    def close(self) -> None:
        """Let go of connections."""
        self.web.close()

    def absent(self) -> Absent | CannotTell:
        """What it means that nothing like it was made since the first attempt, by the network's clock.

        That attempt was timed by ours: when it is fast, what was made may seem to be older.
        """
        wrong = abs(self.web.clock_error)
        if wrong <= CLOCKS_DIFFER / 2:
            return Absent()
        return CannotTell(
            say(
                "Datorns klocka går {minutes} minuter fel mot klockan hos {name}, så det går inte att säga om"
                " inlägget är ute. Ställ klockan och titta på kontot.",
                minutes=round(wrong.total_seconds() / 60),
                name=self.network.name,
            )
        )

    def unclear(self, words: str) -> ChannelError:
        """The answer came, and nobody can read what it says."""
        return OutcomeUnknown(
            say(
                "{name} svarade otydligt när posten publicerades: {words}.",
                name=self.network.name,
                words=words,
            )
        )

    def _examined(self, receipt: Receipt) -> Receipt:
        """What a network says of a post, fit for the ledger. Raises OutcomeUnknown: it cannot be named."""
        if not _ID.fullmatch(receipt.id):
            raise self.unclear(ascii(self.web.mask(receipt.id))[:_SHOWN])
        return receipt if _is_address(receipt.answer) else replace(receipt, answer="")

    def _mine(self, outgoing: Outgoing) -> Publication:
        if not isinstance(outgoing, Publication):
            raise PermanentFailure(
                say("Kanalen {channel} publicerar inlägg och kan inte sända brev.", channel=self.slug)
            )
        return outgoing


def _is_address(text: str) -> bool:
    """Whether people can be sent there."""
    if len(text) > _LONGEST_ADDRESS or not text.isprintable() or " " in text:
        return False
    try:
        parts = urlsplit(text)
        host = parts.hostname or ""
    except ValueError:
        return False
    return bool(host) and (parts.scheme == "https" or (parts.scheme == "http" and is_loopback(host)))


def until_ready(
    look: Callable[[], T | None], *, polls: int, poll_every: float, sleep: Callable[[float], None]
) -> T | None:
    """What `look` gives when it gives something, looking so many times with seconds between; else None.

    Whatever `look` raises passes through.
    """
    for _ in range(polls):
        found = look()
        if found is not None:
            return found
        sleep(poll_every)
    return None


def refusal(publication: Publication, network: Network) -> PermanentFailure | None:
    """Why the network would not take a post, known before anything is sent."""
    reasons = chain(_words(publication, network), _pictures(publication, network))
    first = next(reasons, None)
    return None if first is None else PermanentFailure(first)


def _words(publication: Publication, network: Network) -> Iterator[Text]:
    what, name = publication.what, network.name
    warning = "" if publication.part else publication.post.warning
    if warning and not network.warns:
        yield say("{name} tar inga inlägg med varning.", name=name)
    if what.kind is PartKind.REPLY and not network.threads:
        yield say("{name} tar inga trådar.", name=name)
    size = length(what.segments, counting_of(network, what.kind), warning=warning)
    if size > network.max_length:
        yield say(
            "Inlägget är {length} tecken, men {name} tar högst {limit}.",
            length=size,
            name=name,
            limit=network.max_length,
        )
    size, limit = len(what.text.encode()), network.max_bytes
    if limit and size > limit:
        yield say("Inlägget är {size} byte, {name} tar {limit}.", size=size, name=name, limit=limit)
    links = {part.href for part in what.segments if part.kind is SegmentKind.LINK}
    count, limit = len(links), network.max_links
    if limit and count > limit:
        yield say("Inlägget har {count} länkar, {name} tar {limit}.", count=count, name=name, limit=limit)
    count, limit = sum(part.kind is SegmentKind.HASHTAG for part in what.segments), network.tags_allowed
    if limit and count > limit:
        yield say("Inlägget har {count} hashtaggar, {name} tar {limit}.", count=count, name=name, limit=limit)


def _pictures(publication: Publication, network: Network) -> Iterator[Text]:
    if publication.part:
        return
    media, name = publication.post.media, network.name
    if len(media) > network.max_pictures:
        yield say(
            "Inlägget har {count} bilder, men {name} tar högst {limit}.",
            count=len(media),
            name=name,
            limit=network.max_pictures,
        )
    if network.needs_picture and not media:
        yield say("{name} tar inga inlägg utan bild.", name=name)
    for one, content in zip(media, publication.pictures, strict=True):
        yield from _picture(one, len(content), network)
    rule, card = network.thumb, publication.post.card
    if rule is None or not publication.thumb:
        return
    if card and card.picture and card.picture.media_type not in rule.media_types:
        yield say("{name} tar inte bilden {path}: fel format.", name=name, path=card.picture.path)
    if len(publication.thumb) > rule.max_bytes:
        yield say(
            "Kortets bild är {size} byte, men {name} tar högst {limit}.",
            size=len(publication.thumb),
            name=name,
            limit=rule.max_bytes,
        )


def _picture(media: Media, size: int, network: Network) -> Iterator[Text]:
    rule, name = network.picture, network.name
    if media.media_type not in rule.media_types:
        yield say("{name} tar inte bilden {path}: fel format.", name=name, path=media.path)
    if rule.max_bytes and size > rule.max_bytes:
        yield say(
            "Bilden {path} är {size} byte, men {name} tar högst {limit}.",
            path=media.path,
            size=size,
            name=name,
            limit=rule.max_bytes,
        )
    if network.alt_max and len(media.alt) > network.alt_max:
        yield say(
            "Alternativtexten till {path} är {length} tecken, men {name} tar högst {limit}.",
            path=media.path,
            length=len(media.alt),
            name=name,
            limit=network.alt_max,
        )
