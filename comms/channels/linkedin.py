"""Posts to a LinkedIn page (https://learn.microsoft.com/linkedin/marketing/community-management/shares/posts-api).

Verified 2026-11-26. Pictures are uploaded and waited for; one call makes the post. LinkedIn reads no pages:
the card is ours. It has no idempotency key, but refuses the same text again and names the post that has it.
To look, the key needs the right to read (r_organization_social). Cannot: schedule, threads, content warnings.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import quote, urlsplit

import requests

from comms.channels.base import ApiVersion, Memory
from comms.channels.likeness import came_after
from comms.channels.linkedin_post import address, comment, content, is_ours, made_at, payload, receipt
from comms.channels.posting import Poster, until_ready
from comms.channels.web import TIMEOUTS, Answer, Timeouts, Web, safe_address, usable_key
from comms.errors import (
    ChannelDown,
    ChannelError,
    ConfigError,
    OutcomeUnknown,
    PermanentFailure,
    TemporaryFailure,
    say,
)
from comms.model.ledger import CannotTell, Found, Publication, Receipt
from comms.model.network import Media
from comms.model.settings import ChannelSettings, Secret
from comms.text.hosts import is_loopback
from comms.text.networks import NETWORKS

NETWORK = NETWORKS["linkedin"]
API = ApiVersion("202607", date(2027, 7, 1), "https://learn.microsoft.com/linkedin/marketing/versioning")
"""Each month's version works for at least a year; then the answer is 426."""

BASE_URL = "https://api.linkedin.com"

_MOST = 100  # entries of a list that are looked at
_ENTRY = re.compile(r"urn:li:(?:share|ugcPost):\d+")


@dataclass(frozen=True, slots=True)
class Account:
    """The organisation, by its number, and a key of one who may publish for it.

    `poll_every`: seconds between looks at a picture in the making.
    """

    organization: str
    token: Secret
    base_url: str = BASE_URL
    timeouts: Timeouts = TIMEOUTS
    poll_every: float = 1
    polls: int = 30

    @property
    def urn(self) -> str:
        """The organisation as LinkedIn names it."""
        return f"urn:li:organization:{self.organization}"


def open_channel(
    settings: ChannelSettings, *, out: str, memory: Memory, now: Callable[[], datetime]
) -> LinkedInChannel:
    """Make the channel. Raises ConfigError for an unprotected address, no organisation, an unusable key."""
    del out, memory
    if not re.fullmatch(r"[0-9]+", settings.account):
        raise ConfigError(
            say("Kanalen {channel} behöver organisationens nummer i account.", channel=settings.slug)
        )
    base_url = safe_address(settings.slug, settings.base_url or BASE_URL)
    token = usable_key(settings.slug, NETWORK.name, settings.token)
    return LinkedInChannel(settings.slug, Account(settings.account, token, base_url), now=now)


class LinkedInChannel(Poster[Mapping[str, object]]):
    """Publishes to one page."""

    def __init__(
        self,
        slug: str,
        account: Account,
        *,
        now: Callable[[], datetime],
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Remember the page; `now` is our clock, `sleep` waits between looks at a picture in the making."""
        web = Web(
            NETWORK.name,
            account.base_url,
            secrets=[account.token],
            headers={
                "Authorization": f"Bearer {account.token.value}",
                "LinkedIn-Version": API.name,
                "X-Restli-Protocol-Version": "2.0.0",
            },
            timeouts=account.timeouts,
            now=now,
        )
        super().__init__(slug, NETWORK, web)
        self._account = account
        self._sleep = sleep

    def prepare(self, publication: Publication) -> Mapping[str, object]:
        """Upload the pictures, or the card's, and wait until LinkedIn has them ready: what the post shows."""
        post = publication.post
        if publication.part:
            return {}
        pairs = zip(post.media, publication.pictures, strict=True)
        pictures = tuple(self._upload(media, content) for media, content in pairs)
        thumb = post.card.picture if post.card and publication.thumb and not pictures else None
        return content(post, pictures, self._upload(thumb, publication.thumb) if thumb else "")

    def publish(self, publication: Publication, prepared: Mapping[str, object]) -> Receipt:
        """Publish the post, or write the comment."""
        if publication.part:
            return self._comment(publication)
        made = payload(publication, prepared, self._account.urn)
        answer = self.web.call("POST", "/rest/posts", publishing=True, json=made)
        if _says_twin(answer):
            return self._twin(publication, answer)
        if answer.status != requests.codes.created:
            raise self._failure(answer, publishing=True)
        urn = answer.headers.get("x-restli-id", "")
        if not _ENTRY.fullmatch(urn):
            raise self.unclear(answer.words)
        return Receipt(urn, address(urn))

    def look(self, publication: Publication) -> Found:
        """Look among the page's posts, or the post's comments, back to before the first attempt."""
        asked: dict[str, str | int] = {"count": _MOST}
        if publication.part:
            answer = self.web.call("GET", f"{_actions(publication)}/comments", params=asked)
        else:
            asked |= {"q": "author", "author": self._account.urn, "sortBy": "LAST_MODIFIED"}
            headers = {"X-RestLi-Method": "FINDER"}
            answer = self.web.call("GET", "/rest/posts", params=asked, headers=headers)
        entries = answer.get("elements")
        if not answer.is_yes or not isinstance(entries, list):
            return self._cannot_tell(answer)
        read = [entry for entry in entries if isinstance(entry, dict)]
        for entry in read:
            if is_ours(entry, publication):
                return receipt(entry, publication)
        oldest = {} if publication.part or not read else read[-1]
        if len(entries) < _MOST or not came_after(publication, made_at(oldest, "lastModifiedAt")):
            return self.absent()
        return CannotTell(say("LinkedIn visar inte så långt tillbaka. Titta på sidan."))

    def _twin(self, publication: Publication, answer: Answer) -> Receipt:
        """What it means that LinkedIn already has the text: the post that it names is ours, or another."""
        named = _ENTRY.search(answer.text("message"))
        urn = named[0] if named else ""
        told = self.web.call("GET", f"/rest/posts/{quote(urn, safe='')}", params={"viewContext": "AUTHOR"})
        entry = told.data if told.is_yes else None
        if isinstance(entry, dict) and is_ours(entry, publication):
            return Receipt(urn, address(urn))
        may_not_read = told.status == requests.codes.forbidden
        if may_not_read and publication.attempt > 1:
            raise OutcomeUnknown(
                say(
                    "LinkedIn har redan ett inlägg med samma text. Se om det är vårt: {url}", url=address(urn)
                )
            )
        if not told.is_yes and told.status != requests.codes.not_found and not may_not_read:
            raise self._failure(told, publishing=False)
        raise PermanentFailure(
            say(
                "LinkedIn har redan ett inlägg med samma text och tar inte emot det igen ({url}). Skriv om"
                " texten. Är det inlägget borttaget kan du också vänta två dygn.",
                url=address(urn),
            )
        )

    def _comment(self, publication: Publication) -> Receipt:
        made = comment(publication, self._account.urn)
        answer = self.web.call("POST", f"{_actions(publication)}/comments", publishing=True, json=made)
        if answer.status != requests.codes.created:
            raise self._failure(answer, publishing=True)
        number = answer.text("commentUrn") or answer.headers.get("x-restli-id", "")
        if not number:
            raise self.unclear(answer.words)
        return Receipt(number, address(publication.root))

    def _upload(self, media: Media, content: bytes) -> str:
        asked = {"initializeUploadRequest": {"owner": self._account.urn}}
        answer = self.web.call("POST", "/rest/images", params={"action": "initializeUpload"}, json=asked)
        url, urn = answer.text("value", "uploadUrl"), answer.text("value", "image")
        if not answer.is_yes or not url or not urn:
            raise self._failure(answer, publishing=False)
        parts = urlsplit(url)
        if parts.scheme != "https" and not (parts.scheme == "http" and is_loopback(parts.hostname or "")):
            raise ChannelDown(say("LinkedIn vill ha bilden till en oskyddad adress, så inget skickas."))
        sent = self.web.call("PUT", url, data=content, headers={"Content-Type": media.media_type})
        if not sent.is_yes:
            raise self._failure(sent, publishing=False)
        self._wait_for(urn, media)
        return urn

    def _wait_for(self, urn: str, media: Media) -> None:
        def look() -> str | None:
            answer = self.web.call("GET", f"/rest/images/{quote(urn, safe='')}")
            state = answer.text("status")
            if state == "AVAILABLE" or answer.status == requests.codes.forbidden:
                return urn  # who may not look at it may still publish it
            if state == "PROCESSING_FAILED":
                raise PermanentFailure(say("LinkedIn kan inte använda bilden {path}.", path=media.path))
            if not answer.is_yes or not state:
                raise self._failure(answer, publishing=False)
            return None

        polls, poll_every = self._account.polls, self._account.poll_every
        if until_ready(look, polls=polls, poll_every=poll_every, sleep=self._sleep) is None:
            raise TemporaryFailure(say("LinkedIn hinner inte göra bilden färdig just nu."))

    def _failure(self, answer: Answer, *, publishing: bool) -> ChannelError:
        if answer.status == requests.codes.upgrade_required:
            return ChannelDown(
                say("LinkedIn tar inte längre emot version {version}. Uppdatera comms.", version=API.name)
            )
        return self.web.refusal(answer, publishing=publishing)

    def _cannot_tell(self, answer: Answer) -> CannotTell:
        if answer.status == requests.codes.forbidden:
            return CannotTell(
                say("Nyckeln till LinkedIn får inte läsa (r_organization_social). Titta på sidan.")
            )
        failure = self._failure(answer, publishing=False)
        if isinstance(failure, TemporaryFailure | ChannelDown):
            raise failure
        return CannotTell(failure.message)


def _says_twin(answer: Answer) -> bool:
    told = answer.text("errorDetails", "inputErrors", 0, "code")
    return told == "DUPLICATE_POST" or "is a duplicate of urn:" in answer.text("message")


def _actions(publication: Publication) -> str:
    return f"/rest/socialActions/{quote(publication.root, safe='')}"
