"""What runs out: keys to networks, and the versions of their APIs. Told while there is time to mend it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256

from comms.app.house import House
from comms.channels.base import RENEWED, Channel, Renewing
from comms.channels.registry import api_version
from comms.deliver import asked
from comms.errors import Text, say
from comms.model.settings import SOCIAL, ChannelSettings
from comms.store import Remembrance, Store
from comms.text.networks import NETWORKS

KEY_WARNINGS = (14, 7, 1)
"""Days before a key dies on which the officer is told."""

API_WARNING = 60
"""Days before an API's version dies from which it is told."""

FIRST_SEEN = "key-first-seen"


@dataclass(frozen=True, slots=True)
class Expiry:
    """Something that stops working after a day, and what it is in words."""

    channel: str
    what: Text
    until: date
    is_key: bool

    def days_left(self, today: date) -> int:
        """How many days are left, below 0 when they are over."""
        return (self.until - today).days


def expiries(house: House, memories: list[Remembrance]) -> list[Expiry]:
    """When each channel's key and API stop working, the nearest first; those that never do are left out."""
    found = [
        expiry
        for channel in house.settings.channels.values()
        if channel.kind in SOCIAL
        for expiry in (*_key(house, channel, memories), *_api(channel))
    ]
    return sorted(found, key=lambda each: each.until)


def _key(house: House, channel: ChannelSettings, memories: list[Remembrance]) -> Iterator[Expiry]:
    own = {each.name: each for each in memories if each.channel == channel.slug}
    renewed, seen = own.get(RENEWED), own.get(FIRST_SEEN)
    days = NETWORKS[channel.network].token_days
    name = NETWORKS[channel.network].name
    if channel.token_until is not None:
        what = say("Nyckeln till {name} ({channel}) slutar gälla", name=name, channel=channel.slug)
        yield Expiry(channel.slug, what, channel.token_until, is_key=True)
    elif renewed is not None and renewed.until is not None:
        what = say(
            "Om nyckeln till {name} ({channel}) inte förnyas slutar den gälla",
            name=name,
            channel=channel.slug,
        )
        yield Expiry(channel.slug, what, renewed.until.astimezone(house.zone).date(), is_key=True)
    elif days and seen is not None and seen.value == mark(channel):
        what = say("Nyckeln till {name} ({channel}) slutar gälla senast", name=name, channel=channel.slug)
        until = seen.updated_at.astimezone(house.zone).date() + timedelta(days=days)
        yield Expiry(channel.slug, what, until, is_key=True)


def _api(channel: ChannelSettings) -> Iterator[Expiry]:
    version = api_version(channel.kind)
    if version is not None:
        name = NETWORKS[channel.network].name
        what = say(
            "Version {version} av gränssnittet till {name} slutar fungera", version=version.name, name=name
        )
        yield Expiry(channel.slug, what, version.until, is_key=False)


def mark(channel: ChannelSettings) -> str:
    """What a key is known again by; the key cannot be read from it."""
    return sha256(f"{channel.slug}:{channel.token.value}".encode()).hexdigest()[:16]


def note_keys(house: House, store: Store, now: datetime) -> None:
    """Remember when each key was first seen: a key that dies by age is at least that old."""
    for channel in house.settings.channels.values():
        if channel.kind in SOCIAL and channel.token and NETWORKS[channel.network].token_days:
            known = store.memories.find(channel.slug, FIRST_SEEN)
            if known is None or known.value != mark(channel):
                store.memories.keep(
                    Remembrance(
                        channel.slug, FIRST_SEEN, mark(channel), locked=False, until=None, updated_at=now
                    )
                )


def renew_keys(store: Store, channels: Mapping[str, Channel], now: datetime) -> None:
    """Let channels renew their keys, also those that seldom publish; the officer hears when one cannot."""
    for slug, channel in channels.items():
        status = asked(slug, channel.keep_fresh) if isinstance(channel, Renewing) else None
        if status is not None and (trouble := status.trouble):
            key = f"renewal:{slug}:{now:%G-W%V}"
            subject = str(say("Nyckeln till {channel} förnyas inte", channel=slug))
            store.notice(key, subject, f"{trouble}\n", now)


def sentence(expiry: Expiry, today: date) -> Text:
    """An expiry in words, with what to do."""
    left = expiry.days_left(today)
    if left < 0:
        return say(
            "{what} {day}. Den tiden har gått ut. {remedy}",
            what=expiry.what,
            day=expiry.until,
            remedy=_NEW_KEY if expiry.is_key else _NEW_COMMS,
        )
    return say(
        "{what} {day}. Dagar kvar: {left}. {remedy}",
        what=expiry.what,
        day=expiry.until,
        left=left,
        remedy=_NEW_KEY if expiry.is_key else _NEW_COMMS_BEFORE,
    )


_NEW_KEY = say("Gör en ny nyckel och sätt den i miljön.")
_NEW_COMMS = say("Uppdatera comms.")
_NEW_COMMS_BEFORE = say("Uppdatera comms före dess.")


def expiring(house: House, store: Store, now: datetime) -> list[Text]:
    """What has run out, or will so soon that somebody must do something."""
    today = now.astimezone(house.zone).date()
    return [
        sentence(each, today)
        for each in expiries(house, store.memories.all())
        if each.days_left(today) <= (KEY_WARNINGS[0] if each.is_key else API_WARNING)
    ]


def warn_of_expiry(house: House, store: Store, now: datetime) -> None:
    """Tell the officer 14, 7 and 1 days before a key dies, and 60 before an API does; each once."""
    today = now.astimezone(house.zone).date()
    for each in expiries(house, store.memories.all()):
        steps = KEY_WARNINGS if each.is_key else (API_WARNING,)
        step = min((days for days in steps if each.days_left(today) <= days), default=None)
        if step is not None:
            text = str(sentence(each, today))
            kind = "key" if each.is_key else "api"
            key = f"expires:{each.channel}:{kind}:{each.until}:{step}"
            store.notice(key, str(say("Snart slut: {channel}", channel=each.channel)), f"{text}\n", now)
