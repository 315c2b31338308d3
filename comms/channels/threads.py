"""Posts to Threads (https://developers.facebook.com/docs/threads/posts, 2026-11-26).

A text, whose first link Threads makes a card of; a picture, or a carousel of 2–10, with alt texts; further
posts and comments as replies. Needs pictures at a public address (`media_host`). A key lives for 60 days
and is renewed by itself (`threads_key`). Cannot: content warnings, a card beside pictures. Threads does not
date its API.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from comms.channels.base import KeyStatus, Memory
from comms.channels.containers import ContainerPoster
from comms.channels.dialect import Account, Dialect, Surroundings, open_account, open_surroundings
from comms.channels.package import pasteable
from comms.channels.threads_key import RenewedKey
from comms.model.ledger import Found, Publication
from comms.model.settings import ChannelSettings, Secret
from comms.text.networks import NETWORKS

NETWORK = NETWORKS["threads"]
HOST = "https://graph.threads.net"
VERSION = "v1.0"

_DIALECT = Dialect(
    make="threads",
    publish="threads_publish",
    state="status",
    why="error_message",
    text="text",
    replies="replies",
    broken=("INVALID_",),
)


def open_channel(
    settings: ChannelSettings, *, out: str, memory: Memory, now: Callable[[], datetime]
) -> ThreadsChannel:
    """Make the channel. Raises ConfigError for an address, a key or a media_host that cannot be used."""
    account = open_account(settings, NETWORK, HOST, VERSION)
    return ThreadsChannel(settings.slug, account, open_surroundings(settings, out, memory, now))


class ThreadsChannel(ContainerPoster):
    """Publishes to one account, with a key that it keeps fresh."""

    def __init__(self, slug: str, account: Account, around: Surroundings) -> None:
        """Remember the account."""
        super().__init__(slug, NETWORK, account, _DIALECT, around)
        renewal = account.address.removesuffix(f"/{VERSION}") + "/refresh_access_token"
        self._key = RenewedKey(self.web, renewal, account.token, around.memory, around.now)

    def container(self, publication: Publication) -> Mapping[str, str]:
        """The text, and what it answers."""
        made = {"media_type": "TEXT", "text": pasteable(publication.what.segments)}
        if publication.parent:
            made["reply_to_id"] = publication.parent
        return made

    def picture(self, url: str, alt: str) -> Mapping[str, str]:
        """A picture; one whose alt text is empty is decorative."""
        made = {"media_type": "IMAGE", "image_url": url}
        return {**made, "alt_text": alt} if alt else made

    def key(self) -> Secret:
        """The newest key."""
        return self._key.current()

    def prepare(self, publication: Publication) -> str:
        """Renew the key when it is time, and make the container."""
        self._key.keep_fresh()
        return super().prepare(publication)

    def look(self, publication: Publication) -> Found:
        """Look among the account's own posts, and at the container."""
        self._key.keep_fresh()
        return super().look(publication)

    def keep_fresh(self) -> KeyStatus:
        """Renew the key when it is time, for accounts that seldom publish; how it is with the key."""
        self._key.keep_fresh()
        return self._key.status()
