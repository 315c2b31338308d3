"""Bluesky's two servers, ours and the real one, asked in one way; posts to put there, all invented."""

from __future__ import annotations

import base64
import hmac
import io
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from PIL import Image

from comms.channels.base import Passing
from comms.channels.bluesky import NETWORK, BlueskyChannel
from comms.channels.bluesky_record import record_key
from comms.channels.bluesky_session import Account
from comms.channels.web import Timeouts
from comms.errors import ChannelError
from comms.model.ledger import Found, Publication, Receipt
from comms.model.network import Card, Media
from comms.model.settings import Secret
from comms.text.counting import length
from comms.text.segments import parse_segments
from tests.fakes.bluesky import ANNA, HANDLE, PASSWORD, Bluesky
from tests.fakes.examples import publication
from tests.fakes.pds import HANDLE as REAL_HANDLE
from tests.fakes.pds import Pds

TEXT = "Ny brygga i Åsebyn 🚣 #småföretag https://leader.example/brygga"


@dataclass
class Side:
    """A server, ours or the real one, as both are asked. `expire` makes a kept session too old."""

    url: str
    handle: str
    password: str
    anna: str
    records: Callable[[], dict[str, dict[str, Any]]]
    expire: Callable[[Passing], None]
    memory: Passing
    fake: Bluesky | None = None

    def channel(
        self, memory: Passing | None = None, password: str = "", timeout: float = 20
    ) -> BlueskyChannel:
        """A channel to it, with the session that is at hand unless it has a memory of its own."""
        account = Account(
            self.url, self.handle, Secret(password or self.password), Timeouts(timeout, timeout, timeout)
        )
        return BlueskyChannel("bluesky", account, memory or self.memory)

    def of(self, post: Publication) -> dict[str, Any] | None:
        """What stands under a post's name."""
        found = [value for place, value in self.records().items() if place.endswith(f"/{record_key(post)}")]
        assert len(found) < 2
        return found[0] if found else None


def our_side(fake: Bluesky) -> Side:
    """Ours, whose clock the test turns."""

    def expire(memory: Passing) -> None:
        del memory
        fake.now += 3 * 3600

    return Side(fake.url, HANDLE, PASSWORD, ANNA, lambda: fake.records, expire, Passing(), fake)


def real_side(real: Pds) -> Side:
    """The real one, whose clock nobody turns: a key is made old instead, and signed with its secret."""

    def records() -> dict[str, dict[str, Any]]:
        return {each["uri"]: each["value"] for each in real.records()}

    def expire(memory: Passing) -> None:
        kept = json.loads(memory.recall("session"))
        old = _expired(kept["access"], real.secret)
        memory.keep("session", json.dumps(kept | {"access": old}), secret=True)

    return Side(real.url, REAL_HANDLE, real.password, real.anna, records, expire, Passing())


def _expired(access: str, secret: str) -> str:
    """The same access key, of long ago, signed as the server does (RFC 7515)."""
    head, claims, _ = access.split(".")
    told = json.loads(base64.urlsafe_b64decode(claims + "=="))
    claims = _base64(json.dumps(told | {"iat": 1, "exp": 2}).encode())
    return f"{head}.{claims}.{_base64(hmac.digest(secret.encode(), f'{head}.{claims}'.encode(), 'sha256'))}"


def _base64(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def png(width: int = 40, height: int = 30) -> bytes:
    """A picture, whole and small."""
    out = io.BytesIO()
    Image.new("RGB", (width, height), "green").save(out, "PNG")
    return out.getvalue()


def post(key: str, text: str = TEXT, pictures: int = 0, **changes: Any) -> Publication:  # noqa: ANN401 - any field
    """A post whose text is read as an officer wrote it."""
    segments = parse_segments(text, "bluesky")
    media = tuple(
        Media(f"{n}.png", f"{n}" * 64, f"Brygga {n} i kvällsljus", "image/png", 40, 30)
        for n in range(pictures)
    )
    made = publication()
    written = replace(
        made.post,
        segments=segments,
        media=media,
        length=length(segments, NETWORK.counting),
        network="bluesky",
    )
    return replace(made, post=written, pictures=(png(),) * pictures, key=key, **changes)


def outcome(channel: BlueskyChannel, wanted: Publication) -> tuple[Receipt | ChannelError, int]:
    """The receipt or the failure, and how many times the point of no return was passed."""
    passed: list[int] = []
    try:
        receipt = channel.deliver(wanted, point_of_no_return=lambda: passed.append(1))
    except ChannelError as error:
        return error, len(passed)
    finally:
        channel.close()
    return receipt, len(passed)


def place(told: Receipt | ChannelError) -> str:
    """Where a post stands that certainly went out."""
    assert isinstance(told, Receipt), told
    return told.id


def found(channel: BlueskyChannel, wanted: Publication) -> Found:
    """What a look finds."""
    try:
        return channel.find(wanted)
    finally:
        channel.close()


def with_card(made: Publication, thumb: bytes) -> Publication:
    """The same post with a card, whose picture is `thumb`."""
    picture = Media("kort.png", "c" * 64, "", "image/png", 1200, 630)
    card = Card("https://leader.example/brygga", "Ny brygga", "Arvika får en brygga", picture)
    return replace(made, post=replace(made.post, card=card), thumb=thumb)
