"""How every channel to a network publishes: prepared unseen, the intent committed, one call that publishes.

A second try looks first: what a network has already is not published again (docs/decisions/0025).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain

from comms.channels.web import Web
from comms.errors import ChannelError, OutcomeUnknown, PermanentFailure, Text, say
from comms.model.ledger import Found, Outgoing, Publication, Receipt
from comms.model.network import Media, Network, PartKind, SegmentKind
from comms.text.counting import length


@dataclass(frozen=True, slots=True)
class Ready:
    """What was prepared and nobody sees: the network's names for pictures, a card's picture, a container."""

    pictures: tuple[str, ...] = ()
    thumb: str = ""
    container: str = ""


class Poster(ABC):
    """A channel to one account on one network, over one session."""

    connections = 1

    def __init__(self, slug: str, network: Network, web: Web) -> None:
        """Remember; the network is not touched."""
        self.slug = slug
        self.network = network
        self.web = web

    @abstractmethod
    def prepare(self, publication: Publication) -> Ready:
        """Lay there what nobody sees yet; may be done again. Raises ChannelError: nothing is published."""

    @abstractmethod
    def publish(self, publication: Publication, ready: Ready) -> Receipt:
        """Publish, by one call. Raises ChannelError."""

    @abstractmethod
    def look(self, publication: Publication) -> Found:
        """Look for it; see `comms.channels.base.Channel.find`."""

    def limits(self, publication: Publication) -> Network:
        """What the network takes of this post. Raises TemporaryFailure or ChannelDown if it must be asked."""
        del publication
        return self.network

    def check(self, size: int) -> None:  # noqa: B027 - nothing to ask of a network
        """Letters are refused one by one, whatever their size."""

    def deliver(self, outgoing: Outgoing, *, point_of_no_return: Callable[[], object]) -> Receipt:
        """Publish a post; see `comms.channels.base.Channel`. Letters are refused."""
        publication = self._mine(outgoing)
        refused = refusal(publication, self.limits(publication))
        if refused is not None:
            raise refused
        ready = self.prepare(publication)
        point_of_no_return()
        if publication.attempt > 1 and isinstance(there := self.look(publication), Receipt):
            return there
        return self.publish(publication, ready)

    def find(self, outgoing: Outgoing) -> Found:
        """Look whether it is there; see `comms.channels.base.Channel`."""
        return self.look(self._mine(outgoing))

    def close(self) -> None:
        """Let go of connections."""
        self.web.close()

    def unclear(self, words: str) -> ChannelError:
        """The answer came, and nobody can read what it says."""
        return OutcomeUnknown(
            say(
                "{name} svarade otydligt när posten publicerades: {words}.",
                name=self.network.name,
                words=words,
            )
        )

    def _mine(self, outgoing: Outgoing) -> Publication:
        if not isinstance(outgoing, Publication):
            raise PermanentFailure(
                say("Kanalen {channel} publicerar inlägg och kan inte sända brev.", channel=self.slug)
            )
        return outgoing


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
    size = length(what.segments, network.counting, warning=warning)
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
    if network.thumb is not None and len(publication.thumb) > network.thumb.max_bytes:
        yield say(
            "Kortets bild är {size} byte, men {name} tar högst {limit}.",
            size=len(publication.thumb),
            name=name,
            limit=network.thumb.max_bytes,
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
