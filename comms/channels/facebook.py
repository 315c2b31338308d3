"""Posts to a Facebook Page (https://developers.facebook.com/docs/pages-api/posts, verified 2026-11-26).

Pictures are uploaded unpublished; one call to /feed makes them a post. There is no idempotency key, so after
a lost answer the Page's own lists decide. With `ahead` a post is handed over before its time and Facebook
publishes it. Cannot: choose what a link's card shows (Facebook reads the page), threads, content warnings.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial

import requests

from comms.channels.base import ApiVersion, Memory
from comms.channels.likeness import CLOCKS_DIFFER, came_after, has_words_of, letters, moment
from comms.channels.meta import entries, graph_failure, proved
from comms.channels.package import pasteable
from comms.channels.posting import Poster
from comms.channels.web import TIMEOUTS, Answer, Timeouts, Web, safe_address, usable_key
from comms.errors import (
    ChannelDown,
    ChannelError,
    ConfigError,
    OutcomeUnknown,
    TemporaryFailure,
    say,
)
from comms.model.ledger import Absent, CannotTell, Found, Publication, Receipt
from comms.model.network import Media, SegmentKind
from comms.model.settings import ChannelSettings, Secret
from comms.text.networks import NETWORKS

NETWORK = NETWORKS["facebook"]
API = ApiVersion("v26.0", date(2028, 7, 29), "https://developers.facebook.com/docs/graph-api/changelog")
"""Released 2026-07-29; Meta promises two years and has not yet named the last day."""

BASE_URL = "https://graph.facebook.com"

_SOONEST = timedelta(minutes=10)
_LATEST = timedelta(days=29)  # sources say 30 days, 75 days and 6 months: the least of them
_MOST = 100  # entries a page of a list
_ID = re.compile(r"\d+(_\d+)*")


@dataclass(frozen=True, slots=True)
class Account:
    """The Page, by its number, and its key. `ahead`: above 0, posts are handed over before their time."""

    page: str
    token: Secret
    app_secret: Secret
    base_url: str = BASE_URL
    ahead: timedelta = timedelta(0)
    timeouts: Timeouts = TIMEOUTS


def open_channel(
    settings: ChannelSettings, *, out: str, memory: Memory, now: Callable[[], datetime]
) -> FacebookChannel:
    """Make the channel. Raises ConfigError for an unprotected address, no Page, or an unusable key."""
    del out, memory
    if not re.fullmatch(r"[0-9]+", settings.account):
        raise ConfigError(say("Kanalen {channel} behöver sidans nummer i account.", channel=settings.slug))
    return FacebookChannel(
        settings.slug,
        Account(
            settings.account,
            usable_key(settings.slug, NETWORK.name, settings.token),
            settings.app_secret,
            safe_address(settings.slug, settings.base_url or BASE_URL),
            settings.ahead,
        ),
        now,
    )


def payload(publication: Publication, pictures: tuple[str, ...], at: datetime | None) -> dict[str, str]:
    """The form that publishes a post, at once or `at` a time of Facebook's keeping."""
    segments = publication.what.segments
    form = {"message": pasteable(segments)}
    for number, picture in enumerate(pictures):
        form[f"attached_media[{number}]"] = json.dumps({"media_fbid": picture})
    link = next((part.href or part.text for part in segments if part.kind is SegmentKind.LINK), "")
    if link and not pictures:
        form["link"] = link  # its card, which Facebook makes of the page
    if at is not None:
        form |= {
            "published": "false",
            "unpublished_content_type": "SCHEDULED",
            "scheduled_publish_time": str(int(at.timestamp())),
        }
    return form


class FacebookChannel(Poster[tuple[str, ...]]):
    """Publishes to one Page."""

    def __init__(self, slug: str, account: Account, now: Callable[[], datetime]) -> None:
        """Remember the Page; `now` tells what can still be handed over ahead of its time."""
        web = Web(
            NETWORK.name,
            account.base_url,
            secrets=[account.token, account.app_secret],
            headers={"Authorization": f"Bearer {account.token.value}"},
            timeouts=account.timeouts,
            now=now,
        )
        super().__init__(slug, NETWORK, web)
        self._account = account
        self._now = now

    def prepare(self, publication: Publication) -> tuple[str, ...]:
        """Upload the pictures, unpublished, with their alt texts."""
        handed = self._hand_over_at(publication) is not None
        if publication.part:
            return ()
        pairs = zip(publication.post.media, publication.pictures, strict=True)
        return tuple(self._upload(media, content, handed) for media, content in pairs)

    def publish(self, publication: Publication, prepared: tuple[str, ...]) -> Receipt:
        """Publish the post, hand it over to be published at its time, or write the comment."""
        if publication.part:
            return self._comment(publication)
        at = self._hand_over_at(publication)
        form = payload(publication, prepared, at)
        answer = self._post(f"{self._account.page}/feed", form, publishing=True)
        if answer.status != requests.codes.ok:
            raise graph_failure(self.web, answer, publishing=True)
        return self._receipt(self._named(answer))

    def look(self, publication: Publication) -> Found:
        """Look for the post among those scheduled, then published: so none slips between; or the comment."""
        if publication.part:
            return self._among(f"{publication.root}/comments", publication)
        told: Found = Absent()
        for edge in ("scheduled_posts", "published_posts")[not self._account.ahead :]:
            found = self._among(f"{self._account.page}/{edge}", publication)
            if isinstance(found, Receipt):
                return found
            told = found if isinstance(found, CannotTell) else told
        return told

    def _hand_over_at(self, publication: Publication) -> datetime | None:
        """When Facebook shall publish it, None for at once.

        Raises TemporaryFailure for what it would show before its time: comments, and posts outside the span.
        """
        left = publication.publish_at - self._now()
        if not self._account.ahead or left <= timedelta(0):
            return None
        if _SOONEST < left <= _LATEST and not publication.part:
            return publication.publish_at
        raise TemporaryFailure(
            say("Det är för tidigt att lämna över det här till Facebook."), retry_after=left
        )

    def _upload(self, media: Media, content: bytes, handed: bool) -> str:  # noqa: FBT001 - of its one caller
        form = {"published": "false"}
        if handed:
            form["temporary"] = "true"  # Page Photos asks for it with posts that are scheduled
        if media.alt:
            form["alt_text_custom"] = media.alt
        files = {"source": ("bild", content, media.media_type)}
        answer = self._post(f"{self._account.page}/photos", form, files=files)
        if answer.status != requests.codes.ok or not _ID.fullmatch(answer.text("id")):
            raise graph_failure(self.web, answer, publishing=False)
        return answer.text("id")

    def _comment(self, publication: Publication) -> Receipt:
        form = {"message": pasteable(publication.what.segments)}
        answer = self._post(f"{publication.root}/comments", form, publishing=True)
        if answer.status == requests.codes.ok:
            return self._receipt(self._named(answer))
        failure = graph_failure(self.web, answer, publishing=True)
        # Meta has answered 400 to a comment that it had made; without a right to speak none is made.
        raise failure if isinstance(failure, ChannelDown | OutcomeUnknown) else self.unclear(answer.words)

    def _named(self, answer: Answer) -> str:
        if not _ID.fullmatch(answer.text("id")):
            raise self.unclear(answer.words)
        return answer.text("id")

    def _receipt(self, number: str) -> Receipt:
        url = _url(number)
        # It is published, whatever becomes of a question about it.
        with suppress(ChannelError):
            answer = self._get(number, {"fields": "permalink_url"})
            told = answer.text("permalink_url")
            url = told if answer.is_yes and told.startswith("https://") else url
        return Receipt(number, url)

    def _among(self, path: str, publication: Publication) -> Found:
        """Look in one list: Absent when all that came after the first attempt began has been read."""
        segments = publication.what.segments
        asked = {"fields": "id,message,created_time,permalink_url", "limit": str(_MOST)}
        if path.endswith("published_posts"):
            asked["since"] = str(int((publication.created_at - CLOCKS_DIFFER).timestamp()))
        for entry in entries(self.web, partial(self._get, path), asked):
            if isinstance(entry, CannotTell):
                return entry
            made = moment(entry.get("created_time"))
            if has_words_of(str(entry.get("message", "")), segments) and came_after(publication, made):
                number = str(entry.get("id"))
                return Receipt(number, str(entry.get("permalink_url") or _url(number)))
        if letters(pasteable(segments)):
            return self.absent()
        return CannotTell(say("Inlägget har ingen text att känna igen det på."))

    def _proved(self) -> Mapping[str, str]:
        return proved(self.web, self._account.app_secret, self._account.token)

    def _get(self, path: str, asked: Mapping[str, str | int]) -> Answer:
        return self.web.call("GET", f"/{API.name}/{path}", params={**asked, **self._proved()})

    def _post(
        self,
        path: str,
        form: Mapping[str, str],
        *,
        publishing: bool = False,
        files: Mapping[str, tuple[str, bytes, str]] | None = None,
    ) -> Answer:
        data = {**form, **self._proved()}
        return self.web.call("POST", f"/{API.name}/{path}", publishing=publishing, data=data, files=files)


def _url(number: str) -> str:
    return f"https://www.facebook.com/{number}"
