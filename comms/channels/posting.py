"""How every channel to a network publishes: prepared unseen, the intent committed, one call that publishes.

A second try looks first: what a network has already is not published again (docs/decisions/0025).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass

from comms.channels.web import Web
from comms.errors import ChannelError, OutcomeUnknown, PermanentFailure, say
from comms.model.ledger import Found, Outgoing, Publication, Receipt
from comms.model.network import Network
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

    def check(self, size: int) -> None:  # noqa: B027 - nothing to ask of a network
        """Letters are refused one by one, whatever their size."""

    def deliver(self, outgoing: Outgoing, *, point_of_no_return: Callable[[], object]) -> Receipt:
        """Publish a post; see `comms.channels.base.Channel`. Letters are refused."""
        publication = self._mine(outgoing)
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
        refused = refusal(outgoing, self.network)
        if refused is not None:
            raise refused
        return outgoing


def refusal(publication: Publication, network: Network) -> PermanentFailure | None:
    """Why the network would not take a post, known before anything is sent."""
    post, name = publication.post, network.name
    size = length(publication.what.segments, network.counting)
    if publication.part == 0 and post.warning:
        size += len(post.warning)
    if size > network.max_length:
        return PermanentFailure(
            say(
                "Inlägget är {length} tecken, men {name} tar högst {limit}.",
                length=size,
                name=name,
                limit=network.max_length,
            )
        )
    weight = len(publication.what.text.encode())
    if network.max_bytes and weight > network.max_bytes:
        return PermanentFailure(
            say(
                "Inlägget är {size} byte, {name} tar {limit}.",
                size=weight,
                name=name,
                limit=network.max_bytes,
            )
        )
    if publication.part:
        return None
    return _picture_refusal(publication, network)


def _picture_refusal(publication: Publication, network: Network) -> PermanentFailure | None:
    post, name = publication.post, network.name
    if len(post.media) > network.max_pictures:
        return PermanentFailure(
            say(
                "Inlägget har {count} bilder, men {name} tar högst {limit}.",
                count=len(post.media),
                name=name,
                limit=network.max_pictures,
            )
        )
    if network.needs_picture and not post.media:
        return PermanentFailure(say("{name} tar inga inlägg utan bild.", name=name))
    for media, content in zip(post.media, publication.pictures, strict=True):
        rule = network.picture
        if media.media_type not in rule.media_types:
            return PermanentFailure(
                say("{name} tar inte bilden {path}: fel format.", name=name, path=media.path)
            )
        if rule.max_bytes and len(content) > rule.max_bytes:
            return PermanentFailure(
                say(
                    "Bilden {path} är {size} byte, men {name} tar högst {limit}.",
                    path=media.path,
                    size=len(content),
                    name=name,
                    limit=rule.max_bytes,
                )
            )
        if network.alt_max and len(media.alt) > network.alt_max:
            return PermanentFailure(
                say(
                    "Alternativtexten till {path} är {length} tecken, men {name} tar högst {limit}.",
                    path=media.path,
                    length=len(media.alt),
                    name=name,
                    limit=network.alt_max,
                )
            )
    return None
