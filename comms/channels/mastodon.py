"""Posts to Mastodon (https://docs.joinmastodon.org/methods/statuses/ and /media/, verified 2026-11-26).

Pictures are uploaded first: nobody sees them until the one call that publishes. Mastodon keeps an
Idempotency-Key for an hour, after the status is stored, and other servers that speak its API ignore it: so
the account's own statuses say whether a post went out, never the picture, which is hidden (404) once it is
attached. Cannot: schedule on the server (it would mix with the key).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

import requests

from comms.channels.base import Memory, Passing
from comms.channels.instance import instance_network, keep_limits, known_network
from comms.channels.likeness import has_words_of, letters
from comms.channels.package import pasteable
from comms.channels.posting import Poster, Ready
from comms.channels.web import TIMEOUTS, Answer, Timeouts, Web, safe_address, usable_key
from comms.errors import ChannelError, PermanentFailure, TemporaryFailure, say
from comms.model.ledger import Absent, CannotTell, Found, Publication, Receipt
from comms.model.network import Media, Network, SegmentKind
from comms.model.settings import ChannelSettings, Secret
from comms.text.networks import NETWORKS

NETWORK = NETWORKS["mastodon"]

_IN_THE_MAKING = frozenset({requests.codes.accepted, requests.codes.partial_content})
_LIMITS_KEPT = timedelta(days=1)
_CLOCKS_DIFFER = timedelta(minutes=10)
_PAGE = 40
_PAGES = 5


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
    if warning := _warning(publication):
        made["spoiler_text"] = warning
    if publication.parent:
        made["in_reply_to_id"] = publication.parent
    return made


def focus(media: Media) -> str:
    """The focal point as Mastodon has it: x from -1 (left) to 1, y from -1 (bottom) to 1."""
    x, y = media.focal
    return f"{2 * x - 1:z.2f},{1 - 2 * y:z.2f}"


def open_channel(settings: ChannelSettings, out: str, memory: Memory) -> MastodonChannel:
    """Make the channel. Raises ConfigError for an unprotected address or a key that cannot be one."""
    del out
    address = safe_address(settings.slug, settings.base_url)
    token = usable_key(settings.slug, NETWORK.name, settings.token)
    return MastodonChannel(settings.slug, Account(address, token), memory)


class MastodonChannel(Poster):
    """Publishes to one account."""

    def __init__(
        self,
        slug: str,
        account: Account,
        memory: Memory | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
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
        self._memory = memory or Passing()
        self._sleep = sleep

    def limits(self, publication: Publication) -> Network:
        """What this server takes: it is asked once a day, and one that does not say is as most are."""
        links = sum(part.kind is SegmentKind.LINK for part in publication.what.segments)
        known = known_network(self._memory, self._account.base_url, links)
        if known is not None:
            return known
        answer = self.web.call("GET", "/api/v2/instance")
        said = answer.data if answer.status == requests.codes.ok and isinstance(answer.data, dict) else {}
        failure = None if answer.is_yes else self.web.refusal(answer, publishing=False)
        if failure is not None and not isinstance(failure, PermanentFailure):
            raise failure
        until = publication.created_at + _LIMITS_KEPT
        keep_limits(self._memory, self._account.base_url, said, until)
        return instance_network(said, links)

    def prepare(self, publication: Publication) -> Ready:
        """Upload the pictures with their alt texts and focal points."""
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
        """Look among the account's own statuses, newest first, back to when the first attempt began.

        An empty page is the end of them; a short one is not: servers have limits of their own.
        (https://docs.joinmastodon.org/methods/accounts/#statuses)
        """
        me = self._read("/api/v1/accounts/verify_credentials")
        if isinstance(me, CannotTell):
            return me
        since = publication.created_at - _CLOCKS_DIFFER
        path = f"/api/v1/accounts/{quote(me.text('id'), safe='')}/statuses"
        where: dict[str, str | int] = {"exclude_reblogs": "true", "limit": _PAGE}
        for _ in range(_PAGES):
            page = self._read(path, where)
            if isinstance(page, CannotTell):
                return page
            if not isinstance(page.data, list):
                break
            statuses = [status for status in page.data if isinstance(status, dict)]
            for status in statuses:
                if _made_at(status, since) >= since and _is_same(status, publication):
                    return Receipt(str(status.get("id")), str(status.get("url") or ""))
            if not page.data or any(_made_at(status, since) < since for status in statuses):
                return Absent()
            where["max_id"] = page.text(-1, "id")
        return CannotTell(say("Mastodon visar inte tillräckligt många av kontots inlägg."))

    def _read(self, path: str, params: Mapping[str, str | int] | None = None) -> Answer | CannotTell:
        answer = self.web.call("GET", path, params=params)
        if answer.status == requests.codes.ok and answer.data is not None:
            return answer
        failure = self.web.refusal(answer, publishing=False)
        if answer.status == requests.codes.forbidden or isinstance(failure, PermanentFailure):
            words = answer.words
            return CannotTell(
                say(
                    "Nyckeln får inte läsa kontots inlägg ({words}). Ge den read:accounts och read:statuses.",
                    words=words,
                )
            )
        raise failure

    def _upload(self, media: Media, content: bytes) -> str:
        answer = self.web.call(
            "POST",
            "/api/v2/media",
            files={"file": ("bild", content, media.media_type)},
            data={"description": media.alt, "focus": focus(media)},
        )
        media_id = answer.text("id")
        for _ in range(self._account.polls):
            if not media_id or answer.status not in _IN_THE_MAKING:
                break
            self._sleep(self._account.poll_every)
            answer = self.web.call("GET", f"/api/v1/media/{quote(media_id, safe='')}")
        if answer.status != requests.codes.ok or not media_id:
            raise self._failure(answer, publishing=False)
        return media_id

    def _failure(self, answer: Answer, *, publishing: bool) -> ChannelError:
        if answer.status in _IN_THE_MAKING and not publishing:
            return TemporaryFailure(say("Mastodon hinner inte göra bilden färdig just nu."))
        return self.web.refusal(answer, publishing=publishing)


def _warning(publication: Publication) -> str:
    return "" if publication.part else publication.post.warning


def _made_at(status: Mapping[str, Any], otherwise: datetime) -> datetime:
    try:
        made = datetime.fromisoformat(str(status.get("created_at")))
    except ValueError:
        return otherwise
    return made if made.tzinfo else otherwise


def _is_same(status: Mapping[str, Any], publication: Publication) -> bool:
    """Whether a status is ours: its words, its warning, what it answers."""
    return (
        str(status.get("in_reply_to_id") or "") == publication.parent
        and letters(str(status.get("spoiler_text") or "")) == letters(_warning(publication))
        and has_words_of(str(status.get("content") or ""), publication.what.segments)
    )
