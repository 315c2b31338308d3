"""How Instagram and Threads name the same things, where a container stands, and what is said of it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from comms.channels.base import Memory
from comms.channels.likeness import came_after, has_words_of, moment
from comms.channels.media_host import open_shelf
from comms.channels.shelf import Shelf
from comms.channels.web import TIMEOUTS, Answer, Timeouts, safe_address, usable_key
from comms.errors import ChannelError, ConfigError, PermanentFailure, TemporaryFailure, Text, say
from comms.model.ledger import Publication
from comms.model.network import Network
from comms.model.settings import ChannelSettings, Secret

NOTHING = Secret("")


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
class Surroundings:
    """What a channel stands in: where pictures are laid, what it remembers, how it waits, what time it is."""

    shelf: Shelf
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


def open_surroundings(
    settings: ChannelSettings, out: str, memory: Memory, now: Callable[[], datetime]
) -> Surroundings:
    """What a channel stands in. Raises ConfigError when its media_host is missing or cannot be used."""
    if settings.media_host is None:
        raise ConfigError(say("Kanalen {channel} saknar media_host.", channel=settings.slug))
    return Surroundings(open_shelf(settings.media_host, out=out), memory, time.sleep, now)


def is_ours(publication: Publication, row: Answer, text: str) -> bool:
    """Whether an entry of a list, with its words in the field `text`, is what we were to publish."""
    is_same = has_words_of(row.text(text), publication.what.segments)
    return is_same and came_after(publication, moment(row.text("timestamp")))


def broken(name: str, dialect: Dialect, words: str) -> ChannelError:
    """The network could not make the container, and whether it never will."""
    told = say("{name} kunde inte göra inlägget: {words}.", name=name, words=words)
    return PermanentFailure(told) if any(sign in words for sign in dialect.broken) else TemporaryFailure(told)


def not_ready(name: str, words: str) -> ChannelError:
    """A container is still in the making."""
    return TemporaryFailure(
        say("{name} hinner inte göra inlägget färdigt just nu ({words}).", name=name, words=words or "–")
    )


def untold(name: str, state: State) -> Text:
    """Why nobody can tell whether a post is out, or which it is."""
    if state is State.PUBLISHED:
        return say("{name} säger att inlägget är ute, men det syns inte bland era inlägg än.", name=name)
    return say("{name} kan inte svara på om inlägget är ute. Titta på kontot.", name=name)
