"""How Instagram and Threads name the same things, where a container stands, and how a post is known again."""

from __future__ import annotations

import time
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from comms.channels.base import Memory
from comms.channels.media_host import MediaHost, open_host
from comms.channels.package import pasteable
from comms.channels.web import TIMEOUTS, Timeouts, safe_address, usable_key
from comms.errors import ConfigError, say
from comms.model.ledger import Publication
from comms.model.network import Network
from comms.model.settings import ChannelSettings, Secret

NOTHING = Secret("")

_SKEW = timedelta(minutes=5)  # between their clock and ours


class State(StrEnum):
    """Where a container stands. `UNREAD`: the network does not say.

    Instagram has answered 100/33 (no such object) of containers that were there (postiz-app, issue 1562).
    """

    IN_PROGRESS = "IN_PROGRESS"
    FINISHED = "FINISHED"
    PUBLISHED = "PUBLISHED"
    ERROR = "ERROR"
    EXPIRED = "EXPIRED"
    UNREAD = ""


@dataclass(frozen=True, slots=True)
class Dialect:
    """What a network calls the same things: where containers and posts are, and the names of fields.

    `broken`: begins of the network's words for a container that no later try will make.
    """

    make: str
    publish: str
    state: str
    why: str
    text: str
    replies: str
    broken: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Account:
    """Where posts are published, as whom. `poll_every`: seconds between looks at a container in the making.

    Meta advises a look a minute for five minutes, for films; a picture is ready in seconds.
    """

    address: str
    id: str
    token: Secret
    app_secret: Secret = NOTHING
    timeouts: Timeouts = TIMEOUTS
    poll_every: float = 3
    polls: int = 20


@dataclass(frozen=True, slots=True)
class World:
    """What a channel stands in: where pictures are laid, what it remembers, how it waits, what time it is."""

    host: MediaHost
    memory: Memory
    sleep: Callable[[float], None]
    now: Callable[[], datetime]


def open_account(settings: ChannelSettings, network: Network, host: str, version: str) -> Account:
    """The account of a channel. Raises ConfigError for no number, an unprotected address, an unusable key."""
    if not settings.account.isascii() or not settings.account.isdecimal():
        raise ConfigError(say("Kanalen {channel} behöver kontots nummer i account.", channel=settings.slug))
    address = safe_address(settings.slug, settings.base_url or host)
    token = usable_key(settings.slug, network.name, settings.token)
    return Account(f"{address}/{version}", settings.account, token, settings.app_secret)


def open_world(settings: ChannelSettings, out: str, memory: Memory) -> World:
    """What a channel stands in. Raises ConfigError when its media_host is missing or cannot be used."""
    if settings.media_host is None:
        raise ConfigError(say("Kanalen {channel} saknar media_host.", channel=settings.slug))
    host = open_host(settings.media_host, out=out)
    return World(host, memory, time.sleep, lambda: datetime.now(UTC))


def is_ours(publication: Publication, text: str, timestamp: str) -> bool:
    """Whether a text that the account published then is what we were to publish; no text tells nothing."""
    wanted = _plain(pasteable(publication.what.segments))
    return bool(wanted) and _plain(text) == wanted and _is_since(publication, timestamp)


def _is_since(publication: Publication, timestamp: str) -> bool:
    """Whether something was published after we first tried to."""
    try:
        published = datetime.fromisoformat(timestamp)
    except ValueError:
        return False
    if published.tzinfo is None:
        published = published.replace(tzinfo=UTC)
    return published >= publication.created_at - _SKEW


def _plain(text: str) -> str:
    """A text without what a network may change of it: spaces, line ends, how letters are composed."""
    return " ".join(unicodedata.normalize("NFC", text).split())
