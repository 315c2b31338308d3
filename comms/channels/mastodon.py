"""Posts to Mastodon (https://docs.joinmastodon.org/methods/statuses/ and /media/, verified 2026-11-23).

Pictures are uploaded first: nobody sees them until the one call that publishes. Mastodon keeps an
Idempotency-Key for an hour, after the status is stored, so it narrows the unknown but does not end it.
Cannot: schedule on the server (it would mix with the key), reply, warn about content.
"""

from __future__ import annotations

import json
import ssl
import time
from collections.abc import Callable, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import requests
from urllib3.exceptions import ConnectTimeoutError, MaxRetryError, NewConnectionError

from comms.channels.package import pasteable
from comms.errors import (
    ChannelDown,
    ChannelError,
    ConfigError,
    OutcomeUnknown,
    PermanentFailure,
    TemporaryFailure,
    say,
)
from comms.model.ledger import Outgoing, Publication, Receipt
from comms.model.settings import ChannelSettings, Secret
from comms.text.hosts import is_loopback

if TYPE_CHECKING:
    from collections.abc import Iterator

    from comms.model.network import Media


@dataclass(frozen=True, slots=True)
class Account:
    """Where posts are published. Seconds: to connect, to wait for an answer, between looks at a picture."""

    base_url: str
    token: Secret
    connect_timeout: float = 10
    read_timeout: float = 60
    poll_every: float = 1
    polls: int = 30


@dataclass(frozen=True, slots=True)
class Limits:
    """What Mastodon takes; an instance may allow more, never less, than its software's defaults."""

    characters: int = 500
    pictures: int = 4
    alt: int = 1500


LIMITS = Limits()

_LONGEST_WAIT = timedelta(hours=24)
_LONGEST_ANSWER = 1_000_000
_PIECE = 65_536
_SHOWN = 300
_IN_THE_MAKING = {requests.codes.accepted, requests.codes.partial_content}


@dataclass(frozen=True, slots=True)
class Answer:
    """What the server said."""

    status: int
    headers: Mapping[str, str]
    data: object

    @property
    def words(self) -> str:
        """Its own explanation, harmless to print."""
        told = self.data.get("error") if isinstance(self.data, dict) else None
        text = " ".join(str(told or "").split())[:_SHOWN]
        return f"{self.status} {text}".strip()

    @property
    def id(self) -> str:
        """The id of what it made, "" when it cannot be read."""
        found = self.data.get("id") if isinstance(self.data, dict) else None
        return found if isinstance(found, str) else ""


def payload(publication: Publication, media_ids: list[str]) -> dict[str, object]:
    """The status as it is sent."""
    return {
        "status": pasteable(publication.post),
        "media_ids": media_ids,
        "language": publication.post.language,
        "visibility": "public",
    }


def refusal(publication: Publication) -> PermanentFailure | None:
    """Why Mastodon would not take the post, known before anything is sent."""
    post = publication.post
    if post.length > LIMITS.characters:
        return PermanentFailure(
            say(
                "Inlägget är {length} tecken, men Mastodon tar högst {limit}.",
                length=post.length,
                limit=LIMITS.characters,
            )
        )
    if len(post.media) > LIMITS.pictures:
        return PermanentFailure(
            say(
                "Inlägget har {count} bilder, men Mastodon tar högst {limit}.",
                count=len(post.media),
                limit=LIMITS.pictures,
            )
        )
    for media in post.media:
        if len(media.alt) > LIMITS.alt:
            return PermanentFailure(
                say(
                    "Alternativtexten till {path} är {length} tecken, men Mastodon tar högst {limit}.",
                    path=media.path,
                    length=len(media.alt),
                    limit=LIMITS.alt,
                )
            )
    return None


def failure(answer: Answer, *, publishing: bool) -> ChannelError:
    """What an answer that is not a yes says of the post.

    A 5xx while publishing may come from a gateway after the server has stored the status.
    """
    words = answer.words
    if answer.status in {401, 403}:
        return ChannelDown(
            say("Mastodon godkänner inte vår nyckel: {words}. Skapa en ny nyckel för kontot.", words=words)
        )
    if answer.status == requests.codes.too_many_requests:
        return TemporaryFailure(
            say("Mastodon ber oss vänta: {words}.", words=words), retry_after=wait_asked(answer.headers)
        )
    if 300 <= answer.status < 400:  # noqa: PLR2004 - RFC 9110, 15.4
        return ChannelDown(
            say("Mastodonservern hänvisar till en annan adress ({words}). Rätta base_url.", words=words)
        )
    if 400 <= answer.status < 500:  # noqa: PLR2004 - RFC 9110, 15.5
        return PermanentFailure(say("Mastodon tog inte emot inlägget: {words}.", words=words))
    if publishing:
        return OutcomeUnknown(
            say("Mastodon svarade otydligt när inlägget publicerades: {words}.", words=words)
        )
    return TemporaryFailure(say("Mastodon tog inte emot bilden den här gången: {words}.", words=words))


def wait_asked(headers: Mapping[str, str]) -> timedelta | None:
    """How long the server asks us to wait, by its own clock, at most a day (RFC 9110, 10.2.3)."""
    after = headers.get("Retry-After", "").strip()
    if after.isdigit():
        return min(timedelta(seconds=int(after[:9])), _LONGEST_WAIT)
    try:
        told = parsedate_to_datetime(headers["Date"])
        if after:
            until = parsedate_to_datetime(after)
        else:
            until = datetime.fromisoformat(headers["X-RateLimit-Reset"])
        return min(max(until - told, timedelta(0)), _LONGEST_WAIT)
    except (KeyError, ValueError, TypeError):
        return None


def open_channel(settings: ChannelSettings, out: str) -> MastodonChannel:
    """Make the channel. Raises ConfigError for an unprotected address or a key that cannot be one."""
    del out
    address = urlsplit(settings.base_url)
    safe = address.scheme == "https" or (address.scheme == "http" and is_loopback(address.hostname or ""))
    if not safe or not address.hostname:
        raise ConfigError(
            say("Kanalen {channel} behöver en base_url som börjar med https://.", channel=settings.slug)
        )
    key = settings.token.value
    if not key or not key.isascii() or not key.isprintable() or " " in key:
        raise ConfigError(
            say("Kanalen {channel} saknar en användbar nyckel till Mastodon.", channel=settings.slug)
        )
    return MastodonChannel(settings.slug, Account(settings.base_url.rstrip("/"), settings.token))


class MastodonChannel:
    """Publishes to one account over one session."""

    connections = 1

    def __init__(self, slug: str, account: Account, sleep: Callable[[float], None] = time.sleep) -> None:
        """Remember the account; `sleep` waits between looks at a picture in the making."""
        self.slug = slug
        self._account = account
        self._sleep = sleep
        self._session = requests.Session()
        # Neither proxies nor passwords from the surroundings: the key goes to one server.
        self._session.trust_env = False
        self._session.headers["Authorization"] = f"Bearer {account.token.value}"

    def check(self, size: int) -> None:
        """Letters are refused one by one, whatever their size."""

    def deliver(self, outgoing: Outgoing, *, point_of_no_return: Callable[[], object]) -> Receipt:
        """Publish a post; see `comms.channels.base.Channel`. Letters are refused."""
        if not isinstance(outgoing, Publication):
            raise PermanentFailure(
                say("Kanalen {channel} publicerar inlägg och kan inte sända brev.", channel=self.slug)
            )
        refused = refusal(outgoing)
        if refused is not None:
            raise refused
        pairs = zip(outgoing.post.media, outgoing.pictures, strict=True)
        media_ids = [self._upload(media, content) for media, content in pairs]
        point_of_no_return()
        with _known_as(publishing=True):
            answer = self._call(
                requests.Request(
                    "POST",
                    f"{self._account.base_url}/api/v1/statuses",
                    json=payload(outgoing, media_ids),
                    headers={"Idempotency-Key": outgoing.key},
                )
            )
        if answer.status != requests.codes.ok or not answer.id:
            raise failure(answer, publishing=True)
        url = answer.data.get("url") if isinstance(answer.data, dict) else None
        return Receipt(answer.id, str(url or ""))

    def close(self) -> None:
        """Let go of connections."""
        self._session.close()

    def _upload(self, media: Media, content: bytes) -> str:
        upload = requests.Request(
            "POST",
            f"{self._account.base_url}/api/v2/media",
            files={"file": ("bild", content, media.media_type)},
            data={"description": media.alt},
        )
        with _known_as(publishing=False):
            answer = self._call(upload)
            media_id = answer.id
            for _ in range(self._account.polls):
                if not media_id or answer.status not in _IN_THE_MAKING:
                    break
                self._sleep(self._account.poll_every)
                answer = self._call(
                    requests.Request("GET", f"{self._account.base_url}/api/v1/media/{media_id}")
                )
        if answer.status != requests.codes.ok or not media_id:
            raise failure(answer, publishing=False)
        return media_id

    def _call(self, request: requests.Request) -> Answer:
        response = self._session.send(
            self._session.prepare_request(request),
            timeout=(self._account.connect_timeout, self._account.read_timeout),
            allow_redirects=False,
            stream=True,
        )
        with response:
            return Answer(response.status_code, response.headers, _data(response))


@contextmanager
def _known_as(*, publishing: bool) -> Iterator[None]:
    """Turn what `requests` raises into what is known; its own exceptions carry the key, so none is kept."""
    try:
        yield
    except requests.RequestException as error:
        raise _dropped(error, publishing=publishing) from None


def _dropped(error: requests.RequestException, *, publishing: bool) -> ChannelError:
    kind = type(error).__name__
    if _certificate_fault(error):
        return ChannelDown(say("Mastodonserverns certifikat går inte att lita på, så inget skickas."))
    if isinstance(error, ValueError) and not isinstance(error, requests.JSONDecodeError):
        return ChannelDown(
            say("Adressen till Mastodon går inte att använda ({kind}). Rätta base_url.", kind=kind)
        )
    if not publishing or _never_connected(error):
        return TemporaryFailure(say("Mastodon gick inte att nå ({kind}).", kind=kind))
    return OutcomeUnknown(say("Svaret uteblev när inlägget publicerades ({kind}).", kind=kind))


def _never_connected(error: requests.RequestException) -> bool:
    inner = error.args[0] if error.args else None
    reason = inner.reason if isinstance(inner, MaxRetryError) else None
    return isinstance(error, requests.ConnectTimeout) or isinstance(
        reason, NewConnectionError | ConnectTimeoutError
    )


def _certificate_fault(error: BaseException | None) -> bool:
    """Whether a certificate was refused: that ends the handshake, before anything is sent."""
    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError):
            return True
        error = error.__cause__ or error.__context__
    return False


def _data(response: requests.Response) -> object:
    """The answer as JSON; None when it is not, or longer than an answer to us can be."""
    read = b""
    for piece in response.iter_content(_PIECE):
        read += piece
        if len(read) > _LONGEST_ANSWER:
            return None
    try:
        return json.loads(read)
    except ValueError:
        return None
