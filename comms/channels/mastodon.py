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

from comms.channels.base import Memory
from comms.channels.instance import instance_network, keep_limits, known_network
from comms.channels.likeness import came_after, has_html_of, letters, moment
from comms.channels.package import pasteable
from comms.channels.posting import Poster, until_ready
from comms.channels.web import TIMEOUTS, Answer, Timeouts, Web, safe_address, usable_key
from comms.errors import PermanentFailure, TemporaryFailure, say
from comms.model.ledger import CannotTell, Found, Publication, Receipt
from comms.model.network import Media, Network, SegmentKind
from comms.model.settings import ChannelSettings, Secret
from comms.text.networks import NETWORKS

NETWORK = NETWORKS["mastodon"]

_IN_THE_MAKING = frozenset({requests.codes.accepted, requests.codes.partial_content})
_LIMITS_KEPT = timedelta(days=1)
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


def open_channel(
    settings: ChannelSettings, *, out: str, memory: Memory, now: Callable[[], datetime]
) -> MastodonChannel:
    """Make the channel. Raises ConfigError for an unprotected address or a key that cannot be one."""
    del out
    address = safe_address(settings.slug, settings.base_url)
    token = usable_key(settings.slug, NETWORK.name, settings.token)
    return MastodonChannel(settings.slug, Account(address, token), memory, now=now)


class MastodonChannel(Poster[tuple[str, ...]]):
    """Publishes to one account."""

    def __init__(
        self,
        slug: str,
        account: Account,
        memory: Memory,
        *,
        now: Callable[[], datetime],
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Remember the account; `now` is our clock, `sleep` waits between looks at a picture being made."""
        web = Web(
            NETWORK.name,
            account.base_url,
            secrets=[account.token],
            headers={"Authorization": f"Bearer {account.token.value}"},
            timeouts=account.timeouts,
            now=now,
        )
        super().__init__(slug, NETWORK, web)
        self._account = account
        self._memory = memory
        self._sleep = sleep

    def limits(self, publication: Publication) -> Network:
        """What this server takes: it is asked once a day, and one that does not say is as most are."""
        links = sum(part.kind is SegmentKind.LINK for part in publication.what.segments)
        known = known_network(self._memory, links)
        if known is not None:
            return known
        answer = self.web.call("GET", "/api/v2/instance")
        said = answer.data if answer.status == requests.codes.ok and isinstance(answer.data, dict) else {}
        failure = None if answer.is_yes else self.web.refusal(answer, publishing=False)
        if failure is not None and not isinstance(failure, PermanentFailure):
            raise failure
        keep_limits(self._memory, said, publication.created_at + _LIMITS_KEPT)
        return instance_network(said, links)

    def prepare(self, publication: Publication) -> tuple[str, ...]:
        """Upload the pictures with their alt texts and focal points."""
        if publication.part:
            return ()
        pairs = zip(publication.post.media, publication.pictures, strict=True)
        return tuple(self._upload(media, content) for media, content in pairs)

    def publish(self, publication: Publication, prepared: tuple[str, ...]) -> Receipt:
        """Publish a status."""
        answer = self.web.call(
            "POST",
            "/api/v1/statuses",
            publishing=True,
            json=payload(publication, prepared),
            headers={"Idempotency-Key": publication.key},
        )
        if answer.status != requests.codes.ok or not answer.text("id"):
            raise self.web.refusal(answer, publishing=True)
        return Receipt(answer.text("id"), answer.text("url"))

    def look(self, publication: Publication) -> Found:
        """Look among the account's own statuses, newest first, back to when the first attempt began.

        An empty page is the end of them; a short one is not: servers have limits of their own.
        (https://docs.joinmastodon.org/methods/accounts/#statuses)
        """
        me = self._read("/api/v1/accounts/verify_credentials")
        if isinstance(me, CannotTell):
            return me
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
                if _came_after(status, publication) and _is_same(status, publication):
                    return Receipt(str(status.get("id")), str(status.get("url") or ""))
            if not page.data or not all(_came_after(status, publication) for status in statuses):
                return self.absent()
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
        if media_id and answer.status in _IN_THE_MAKING:
            answer = self._made(media_id)
        if answer.status != requests.codes.ok or not media_id:
            raise self.web.refusal(answer, publishing=False)
        return media_id

    def _made(self, media_id: str) -> Answer:
        def look() -> Answer | None:
            answer = self.web.call("GET", f"/api/v1/media/{quote(media_id, safe='')}")
            return None if answer.status in _IN_THE_MAKING else answer

        account = self._account
        self._sleep(account.poll_every)
        made = until_ready(look, polls=account.polls, poll_every=account.poll_every, sleep=self._sleep)
        if made is None:
            raise TemporaryFailure(say("Mastodon hinner inte göra bilden färdig just nu."))
        return made


def _warning(publication: Publication) -> str:
    return "" if publication.part else publication.post.warning


def _came_after(status: Mapping[str, Any], publication: Publication) -> bool:
    return came_after(publication, moment(status.get("created_at")))


def _is_same(status: Mapping[str, Any], publication: Publication) -> bool:
    """Whether a status is ours: its words, its warning, what it answers."""
    return (
        str(status.get("in_reply_to_id") or "") == publication.parent
        and letters(str(status.get("spoiler_text") or "")) == letters(_warning(publication))
        and has_html_of(str(status.get("content") or ""), publication.what.segments)
    )
