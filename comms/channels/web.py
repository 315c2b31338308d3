"""One session with a network's API: what was certainly not sent, what may have been, and no secret in either.

Redirects are not followed, nothing is tried twice here, and neither proxies nor passwords come from the
surroundings. What `requests` raises carries the request with its key, so none of it is passed on.
"""

from __future__ import annotations

import json
import logging
import ssl
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import unquote_plus, urlsplit

import requests
from urllib3.exceptions import ConnectTimeoutError, MaxRetryError, NewConnectionError

from comms import __version__
from comms.channels.deadline import limit_answers
from comms.errors import (
    ChannelDown,
    ChannelError,
    ConfigError,
    OutcomeUnknown,
    PermanentFailure,
    SenderRefused,
    TemporaryFailure,
    say,
)
from comms.model.settings import Secret
from comms.text.hosts import is_loopback

_LONGEST_WAIT = timedelta(hours=24)
_LONGEST_ANSWER = 1_000_000
_PIECE = 65_536
_SHOWN = 300
_TOO_MANY = requests.codes.too_many_requests
_NOT_US = frozenset({requests.codes.unauthorized, requests.codes.forbidden})
_TOO_EARLY = 425  # RFC 8470, 5.2
_FOR_NOW = frozenset({requests.codes.request_timeout, _TOO_EARLY})
_LOGGED_BY = ("urllib3.connection", "urllib3.connectionpool", "urllib3.util.retry")
_UNSAID: ContextVar[tuple[Secret, ...]] = ContextVar("_UNSAID", default=())


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds: to connect, to wait for an answer, to wait for one after pictures were sent.

    The whole of an answer may take twice its time (`comms.channels.deadline`).
    """

    connect: float = 10
    read: float = 60
    upload: float = 120


@dataclass(frozen=True, slots=True)
class Answer:
    """What the server said: `data` is its JSON, None when it could not be read; `words` its explanation."""

    status: int
    headers: Mapping[str, str]
    data: object
    words: str = ""

    @property
    def is_yes(self) -> bool:
        """Whether it did as it was told (RFC 9110, 15.3)."""
        return 200 <= self.status < 300  # noqa: PLR2004 - the class of status codes

    def get(self, *path: str | int) -> Any:  # noqa: ANN401 - JSON, whose shape the caller asks about
        """What stands at a path in the answer, None when nothing does."""
        found = self.data
        for step in path:
            if isinstance(found, dict):
                found = found.get(step)
            elif isinstance(found, list) and isinstance(step, int) and -len(found) <= step < len(found):
                found = found[step]
            else:
                return None
        return found

    def text(self, *path: str | int) -> str:
        """A text or a number at a path in the answer, "" when there is none."""
        found = self.get(*path)
        return str(found) if isinstance(found, str | int) and not isinstance(found, bool) else ""


TIMEOUTS = Timeouts()


class Web:
    """The session. `name` is what the network is called in sentences, `address` where its API is."""

    def __init__(
        self,
        name: str,
        address: str,
        *,
        secrets: Sequence[Secret] = (),
        headers: Mapping[str, str] | None = None,
        timeouts: Timeouts = TIMEOUTS,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """Remember; nothing is opened. `secrets` are masked in whatever the server says.

        `now` is our clock, that `clock_error` tells of.
        """
        self.name = name
        self.address = address.rstrip("/")
        self._secrets = tuple(secrets)
        self._timeouts = timeouts
        self._now = now
        self.clock_error = timedelta(0)
        """How far ahead of the server's clock ours was at its last answer, as far as it told (`Date`)."""
        self._session = requests.Session()
        self._session.trust_env = False
        limit_answers(self._session)
        self._session.headers["User-Agent"] = f"comms/{__version__}"
        # A little that is packed may be very much.
        self._session.headers["Accept-Encoding"] = "identity"
        self._session.headers.update(headers or {})

    def call(  # noqa: PLR0913 - a request is these things, each named where it is given
        self,
        method: str,
        path: str,
        *,
        publishing: bool = False,
        params: Mapping[str, str | int] | None = None,
        json: object = None,
        data: Mapping[str, str] | bytes | None = None,
        files: Mapping[str, tuple[str, bytes, str]] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Ask once. `path` is below the API's address, or a whole address.

        `publishing`: when the answer is lost, nobody knows whether it was done. Raises TemporaryFailure,
        ChannelDown or OutcomeUnknown when there is no answer; an answer that is a no is given back.
        """
        url = path if path.startswith(("https://", "http://")) else f"{self.address}{path}"
        request = requests.Request(
            method, url, params=params, json=json, data=data, files=files, headers=headers
        )
        # urllib3 sends a body within the time to connect, and a picture needs longer.
        uploads = bool(files) or isinstance(data, bytes)
        connect, read = (
            (self._timeouts.upload, self._timeouts.upload)
            if uploads
            else (self._timeouts.connect, self._timeouts.read)
        )
        if publishing:
            # A connection that was kept may be dead at the other end, and then nobody knows; a new one that
            # cannot be made proves that nothing was sent.
            self._session.close()
        try:
            with _unlogged(self._secrets):
                response = self._session.send(
                    self._session.prepare_request(request),
                    timeout=(connect, read),
                    allow_redirects=False,
                    stream=True,
                )
            with response:
                self._compare_clocks(response.headers)
                said = _data(response)
                return Answer(response.status_code, response.headers, said, self._words(response, said))
        except requests.RequestException as error:
            raise self._dropped(error, publishing=publishing) from None

    def refusal(self, answer: Answer, *, publishing: bool) -> ChannelError:
        """What an answer that is not a clear yes says, by its status alone.

        A 5xx, or a 2xx that cannot be read, while publishing may come after the post was stored.
        """
        name, words = self.name, answer.words
        if answer.status in _NOT_US:
            return self._kept_out(answer, publishing=publishing)
        if answer.status == _TOO_MANY:
            return TemporaryFailure(
                say("{name} ber oss vänta: {words}.", name=name, words=words),
                retry_after=wait_asked(answer.headers),
            )
        if 300 <= answer.status < 400:  # noqa: PLR2004 - RFC 9110, 15.4
            return ChannelDown(
                say("{name} hänvisar till en annan adress ({words}). Rätta base_url.", name=name, words=words)
            )
        if 400 <= answer.status < 500 and answer.status not in _FOR_NOW:  # noqa: PLR2004 - RFC 9110, 15.5
            return PermanentFailure(say("{name} tog inte emot posten: {words}.", name=name, words=words))
        if publishing:
            return OutcomeUnknown(
                say("{name} svarade otydligt när posten publicerades: {words}.", name=name, words=words)
            )
        return TemporaryFailure(say("{name} kunde inte svara just nu: {words}.", name=name, words=words))

    def close(self) -> None:
        """Let go of connections."""
        self._session.close()

    def mask(self, text: str) -> str:
        """A text without our secrets; the longest first, as one may be a part of another."""
        for secret in sorted(self._secrets, key=lambda one: -len(one.value)):
            if secret.value:
                text = text.replace(secret.value, "***")
        return text

    def hide(self, secret: Secret) -> None:
        """Mask one more secret from now on."""
        self._secrets = (*self._secrets, secret)

    def _kept_out(self, answer: Answer, *, publishing: bool) -> ChannelError:
        """A key that was good until then and may not publish this is one post's trouble, for all we know."""
        name, words = self.name, answer.words
        if publishing and answer.status == requests.codes.forbidden:
            told = say(
                "{name} tillåter inte posten: {words}. Se efter vad nyckeln får göra.", name=name, words=words
            )
            return SenderRefused(told, decisive=False)
        return ChannelDown(
            say("{name} godkänner inte vår nyckel: {words}. Skapa en ny nyckel.", name=name, words=words)
        )

    def _compare_clocks(self, headers: Mapping[str, str]) -> None:
        with suppress(KeyError, ValueError, TypeError, OverflowError):
            self.clock_error = self._now() - parsedate_to_datetime(headers["Date"])

    def _words(self, response: requests.Response, data: object) -> str:
        """The server's own explanation on one line, harmless to print."""
        told = self.mask(_explanation(data)) if isinstance(data, dict) else ""
        plain = "".join(letter if letter.isprintable() else " " for letter in told)
        return f"{response.status_code} {' '.join(plain.split())[:_SHOWN]}".strip()

    def _dropped(self, error: requests.RequestException, *, publishing: bool) -> ChannelError:
        kind, name = type(error).__name__, self.name
        if _certificate_fault(error):
            return ChannelDown(
                say("Certifikatet hos {name} går inte att lita på, så inget skickas.", name=name)
            )
        if isinstance(error, ValueError) and not isinstance(error, requests.JSONDecodeError):
            return ChannelDown(
                say(
                    "Adressen till {name} går inte att använda ({kind}). Rätta base_url.",
                    name=name,
                    kind=kind,
                )
            )
        if not publishing or _never_connected(error):
            return TemporaryFailure(say("{name} gick inte att nå ({kind}).", name=name, kind=kind))
        return OutcomeUnknown(
            say("{name} svarade inte när posten publicerades ({kind}).", name=name, kind=kind)
        )


@contextmanager
def _unlogged(secrets: tuple[Secret, ...]) -> Iterator[None]:
    """Keep out of the log what holds a secret: urllib3 logs the query of each request."""
    for name in _LOGGED_BY:
        logging.getLogger(name).addFilter(_is_harmless)  # it is added once, and asks what this thread asks
    before = _UNSAID.set(secrets)
    try:
        yield
    finally:
        _UNSAID.reset(before)


def _is_harmless(record: logging.LogRecord) -> bool:
    said = record.getMessage()
    return not any(one.value and one.value in said + unquote_plus(said) for one in _UNSAID.get())


def safe_address(channel: str, address: str) -> str:
    """The address of an API, when a key may be sent there. Raises ConfigError otherwise.

    A password in it would be sent instead of the key.
    """
    try:
        parts = urlsplit(address)
        safe = parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.hostname or ""))
    except ValueError:
        safe = False
    if not safe or not parts.hostname or parts.username is not None:
        raise ConfigError(
            say("Kanalen {channel} behöver en base_url som börjar med https://.", channel=channel)
        )
    return address.rstrip("/")


def usable_key(channel: str, network: str, secret: Secret) -> Secret:
    """A key that can stand in a header. Raises ConfigError otherwise; never shows it."""
    key = secret.value
    if not key or not key.isascii() or not key.isprintable() or " " in key:
        raise ConfigError(
            say("Kanalen {channel} saknar en användbar nyckel till {name}.", channel=channel, name=network)
        )
    return secret


def wait_asked(headers: Mapping[str, str]) -> timedelta | None:
    """How long the server asks us to wait, by its own clock, at most a day (RFC 9110, 10.2.3).

    `X-RateLimit-Reset` is Mastodon's (a time), `ratelimit-reset` Bluesky's (seconds since 1970).
    """
    after = headers.get("Retry-After", "").strip()
    if after.isdecimal():
        return min(timedelta(seconds=int(after[:9])), _LONGEST_WAIT)
    try:
        told = parsedate_to_datetime(headers["Date"])
        if after:
            until = parsedate_to_datetime(after)
        elif "X-RateLimit-Reset" in headers:
            until = datetime.fromisoformat(headers["X-RateLimit-Reset"])
        else:
            until = datetime.fromtimestamp(int(headers["ratelimit-reset"]), told.tzinfo)
        return min(max(until - told, timedelta(0)), _LONGEST_WAIT)
    except (KeyError, ValueError, TypeError, OverflowError):
        return None


def _explanation(data: dict[str, object]) -> str:
    """The words of a no: `error` (Mastodon), `message` (Bluesky, LinkedIn), `error.message` (Meta)."""
    error = data.get("error")
    if isinstance(error, dict):
        told = [str(error.get("error_user_msg") or error.get("message") or "")]
        told += [f"{key} {error[key]}" for key in ("code", "error_subcode") if error.get(key)]
        return ", ".join(filter(None, told))
    return ": ".join(dict.fromkeys(str(part) for part in (error, data.get("message")) if part))


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
    except (ValueError, RecursionError):
        return None
