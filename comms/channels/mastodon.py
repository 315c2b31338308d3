"""Posts to Mastodon (https://docs.joinmastodon.org/methods/statuses/ and /media/, verified 2026-11-26).

Pictures are uploaded first: nobody sees them until the one call that publishes. Mastodon keeps an
Idempotency-Key for an hour, after the status is stored, so it narrows the unknown but does not end it: the
account's own statuses do. Cannot: schedule on the server (it would mix with the key).
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import requests

from comms.channels.base import Memory
from comms.channels.package import pasteable
from comms.channels.posting import Poster, Ready
from comms.channels.web import TIMEOUTS, Answer, Timeouts, Web, safe_address, usable_key
from comms.errors import ChannelError, TemporaryFailure, say
from comms.model.ledger import CannotTell, Found, Publication, Receipt
from comms.model.network import Media
from comms.model.settings import ChannelSettings, Secret
from comms.text.networks import NETWORKS

NETWORK = NETWORKS["mastodon"]

_IN_THE_MAKING = frozenset({requests.codes.accepted, requests.codes.partial_content})


@dataclass(frozen=True, slots=True)
class Account:
    """Where posts are published. `poll_every`: seconds between looks at a picture in the making."""

    base_url: str
    token: Secret
    timeouts: Timeouts = TIMEOUTS
    poll_every: float = 1
    polls: int = 30


def payload(publication: Publication, media_ids: tuple[str, ...]) -> dict[str, object]:
    """The status as it is sent."""
    made: dict[str, object] = {
        "status": pasteable(publication.what.segments),
        "media_ids": list(media_ids),
        "language": publication.post.language,
        "visibility": "public",
    }
    if publication.post.warning:
        made["spoiler_text"] = publication.post.warning
    if publication.parent:
        made["in_reply_to_id"] = publication.parent
    return made


def open_channel(settings: ChannelSettings, out: str, memory: Memory) -> MastodonChannel:
    """Make the channel. Raises ConfigError for an unprotected address or a key that cannot be one."""
    del out, memory
    address = safe_address(settings.slug, settings.base_url)
    token = usable_key(settings.slug, NETWORK.name, settings.token)
    return MastodonChannel(settings.slug, Account(address, token))


class MastodonChannel(Poster):
    """Publishes to one account."""

    def __init__(self, slug: str, account: Account, sleep: Callable[[float], None] = time.sleep) -> None:
        """Remember the account; `sleep` waits between looks at a picture in the making."""
        web = Web(
            NETWORK.name,
            account.base_url,
            secrets=[account.token],
            headers={"Authorization": f"Bearer {account.token.value}"},
            timeouts=account.timeouts,
        )
        super().__init__(slug, NETWORK, web)
        self._account = account
        self._sleep = sleep

    def prepare(self, publication: Publication) -> Ready:
        """Upload the pictures with their alt texts."""
        if publication.part:
            return Ready()
        pairs = zip(publication.post.media, publication.pictures, strict=True)
        return Ready(tuple(self._upload(media, content) for media, content in pairs))

    def publish(self, publication: Publication, ready: Ready) -> Receipt:
        """Publish a status."""
        answer = self.web.call(
            "POST",
            "/api/v1/statuses",
            publishing=True,
            json=payload(publication, ready.pictures),
            headers={"Idempotency-Key": publication.key},
        )
        if answer.status != requests.codes.ok or not answer.text("id"):
            raise self._failure(answer, publishing=True)
        return Receipt(answer.text("id"), answer.text("url"))

    def look(self, publication: Publication) -> Found:
        """Look among the account's own statuses."""
        del publication
        return CannotTell(say("Titta på kontot om posten finns där."))

    def _upload(self, media: Media, content: bytes) -> str:
        answer = self.web.call(
            "POST",
            "/api/v2/media",
            files={"file": ("bild", content, media.media_type)},
            data={"description": media.alt},
        )
        media_id = answer.text("id")
        for _ in range(self._account.polls):
            if not media_id or answer.status not in _IN_THE_MAKING:
                break
            self._sleep(self._account.poll_every)
            answer = self.web.call("GET", f"/api/v1/media/{media_id}")
        if answer.status != requests.codes.ok or not media_id:
            raise self._failure(answer, publishing=False)
        return media_id

    def _failure(self, answer: Answer, *, publishing: bool) -> ChannelError:
        if answer.status in _IN_THE_MAKING and not publishing:
            return TemporaryFailure(say("Mastodon hinner inte göra bilden färdig just nu."))
        return self.web.refusal(answer, publishing=publishing)
