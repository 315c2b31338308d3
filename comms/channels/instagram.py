"""Posts to Instagram.

https://developers.facebook.com/docs/instagram-platform/content-publishing (2026-11-26)

One picture, or a carousel of 2–10, each with its alt text; a first comment below. Needs a professional
account, and pictures at a public address (`media_host`). Cannot: posts without a picture, links that can be
followed, threads, content warnings, anything but JPEG. `base_url` is graph.facebook.com (log-in by Facebook)
or graph.instagram.com (log-in by Instagram); the version is ours.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta

from comms.channels.base import ApiVersion, Memory
from comms.channels.containers import ContainerPoster
from comms.channels.dialect import Account, Dialect, Surroundings, is_ours, open_account, open_surroundings
from comms.channels.meta import code
from comms.channels.package import pasteable
from comms.channels.web import Answer
from comms.errors import (
    ChannelError,
    OutcomeUnknown,
    PermanentFailure,
    SenderRefused,
    TemporaryFailure,
    say,
)
from comms.model.ledger import CannotTell, Found, Publication, Receipt
from comms.model.network import PartKind
from comms.model.settings import ChannelSettings
from comms.text.networks import NETWORKS

NETWORK = NETWORKS["instagram"]
HOST = "https://graph.facebook.com"

API = ApiVersion(
    "v26.0",
    # A version lives for two years after the next one; v25 dies then, v26 no earlier.
    until=date(2028, 7, 29),
    source="https://developers.facebook.com/docs/graph-api/changelog/versions",
)

_DIALECT = Dialect(
    make="media",
    publish="media_publish",
    state="status_code",
    why="status",
    text="caption",
    replies="",
    # Too heavy, not a JPEG, wrong shape: the same picture will not do the next time either.
    broken=("2207004", "2207005", "2207009"),
)
_LIMIT, _NOT_READY, _NO_ACCOUNT = 9, 9007, 25
"""Codes (https://developers.facebook.com/docs/instagram-platform/instagram-graph-api/reference/error-codes)."""

_MAYBE_OUT = frozenset({-1, -2, 24})
"""Codes of "temporary" faults and of containers that are not found: only the container's state tells."""

_AN_HOUR = timedelta(hours=1)


def open_channel(
    settings: ChannelSettings, *, out: str, memory: Memory, now: Callable[[], datetime]
) -> InstagramChannel:
    """Make the channel. Raises ConfigError for an address, a key or a media_host that cannot be used."""
    account = open_account(settings, NETWORK, HOST, API.name)
    return InstagramChannel(settings.slug, account, open_surroundings(settings, out, memory, now))


class InstagramChannel(ContainerPoster):
    """Publishes to one professional account."""

    def __init__(self, slug: str, account: Account, around: Surroundings) -> None:
        """Remember the account."""
        super().__init__(slug, NETWORK, account, _DIALECT, around)

    def container(self, publication: Publication) -> Mapping[str, str]:
        """The caption."""
        return {"caption": pasteable(publication.what.segments)}

    def picture(self, url: str, alt: str) -> Mapping[str, str]:
        """A picture; one whose alt text is empty is decorative."""
        return {"image_url": url, "alt_text": alt} if alt else {"image_url": url}

    def prepare(self, publication: Publication) -> str:
        """Ask whether the account may publish more today, and make the container; a comment needs none."""
        if publication.what.kind is PartKind.COMMENT:
            return ""
        self._within_limit()
        return super().prepare(publication)

    def publish(self, publication: Publication, prepared: str) -> Receipt:
        """Publish the post, or the comment below it."""
        if publication.what.kind is PartKind.COMMENT:
            return self._comment(publication)
        return super().publish(publication, prepared)

    def look(self, publication: Publication) -> Found:
        """Look among the account's posts or below the post, and at the container."""
        if publication.what.kind is not PartKind.COMMENT:
            return super().look(publication)
        found = self._found_comment(publication)
        # A comment may be there and hidden, and the list be longer than what is shown.
        return found or CannotTell(say("Titta under inlägget på Instagram om kommentaren finns där."))

    def failure(self, answer: Answer, *, publishing: bool = False) -> ChannelError:
        """What an answer that is not a clear yes says, with Instagram's own codes."""
        number, words = code(answer), answer.words
        if number == _LIMIT:
            return TemporaryFailure(
                say("Instagram ber oss vänta: {words}.", words=words), retry_after=_AN_HOUR
            )
        if number == _NOT_READY:
            return TemporaryFailure(say("Instagram kunde inte svara just nu: {words}.", words=words))
        if number == _NO_ACCOUNT:
            return SenderRefused(
                say(
                    "Instagram har spärrat kontot: {words}. Logga in i appen och se vad som krävs.",
                    words=words,
                )
            )
        if number in _MAYBE_OUT:
            if publishing:
                return OutcomeUnknown(
                    say("Instagram svarade otydligt när posten publicerades: {words}.", words=words)
                )
            return TemporaryFailure(say("Instagram kunde inte svara just nu: {words}.", words=words))
        return super().failure(answer, publishing=publishing)

    def _within_limit(self) -> None:
        """Raise TemporaryFailure when the account has published all it may in 24 hours."""
        path = f"/{self.account.id}/content_publishing_limit"
        answer = self.get(path, {"fields": "quota_usage,config"})
        used, total = answer.get("data", 0, "quota_usage"), answer.get("data", 0, "config", "quota_total")
        if isinstance(used, int) and isinstance(total, int) and used >= total:
            raise TemporaryFailure(
                say(
                    "Kontot har publicerat {used} av {total} inlägg det senaste dygnet.",
                    used=used,
                    total=total,
                ),
                retry_after=_AN_HOUR,
            )

    def _comment(self, publication: Publication) -> Receipt:
        form = {"message": pasteable(publication.what.segments)}
        answer = self.post(f"/{publication.parent}/comments", form, publishing=True)
        number = answer.text("id")
        if answer.is_yes and number:
            return Receipt(number)
        failure = self.failure(answer, publishing=True)
        if isinstance(failure, PermanentFailure):
            # Instagram has answered 400 to comments that it had made (brightbean-studio, its first comments).
            raise self.unclear(answer.words)
        raise failure

    def _found_comment(self, publication: Publication) -> Receipt | None:
        for row in self.rows(f"/{publication.parent}/comments", "id,text,timestamp"):
            if is_ours(publication, row, "text"):
                return Receipt(row.text("id"))
        return None
