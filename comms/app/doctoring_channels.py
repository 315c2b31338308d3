"""The doctor at the ways out: whether they can be opened, when their keys die, what their networks take."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from comms.app.clock import utc_now
from comms.app.examined import Examined, Finding, advice, fault, well
from comms.app.expiring import API_WARNING, KEY_WARNINGS, expiries, sentence
from comms.app.house import House
from comms.app.planning import ledger, ledger_if_any
from comms.app.remembering import LedgerMemory, lock
from comms.channels.base import Passing
from comms.channels.instance import known_network
from comms.channels.registry import open_channel
from comms.errors import CommsError, say
from comms.model.settings import SOCIAL, ChannelKind, ChannelSettings
from comms.text.networks import NETWORKS, network_of

_YEAR = timedelta(days=365)


def channels(house: House, _now: datetime) -> Iterator[Examined]:
    """Each way out."""
    for channel in house.settings.channels.values():
        yield _channel(house, channel)


def _channel(house: House, channel: ChannelSettings) -> Examined:
    """One channel: a missing secret by the variable that it is set with, then whether it can be opened."""
    slug = channel.slug
    if channel.kind in SOCIAL and not channel.token:
        name = f"COMMS_CHANNELS__{slug.upper()}__TOKEN"
        return fault(say("Kanalen {slug} saknar nyckel: sätt {name}.", slug=slug, name=name))
    if channel.kind is ChannelKind.SMTP and channel.user and not channel.password:
        name = f"COMMS_CHANNELS__{slug.upper()}__PASSWORD"
        return fault(say("Kanalen {slug} saknar lösenord: sätt {name}.", slug=slug, name=name))
    try:
        open_channel(channel, out=house.out.as_posix(), memory=Passing(), now=utc_now).close()
    except CommsError as refused:
        return fault(refused.message)
    if channel.kind is ChannelKind.FILE:
        return advice(say("Kanalen {slug} skriver till disk: ingenting lämnar datorn.", slug=slug))
    return well(say("Kanalen {slug} är inställd ({kind}).", slug=slug, kind=channel.kind.value))


def running_out(house: House, now: datetime) -> Iterator[Examined]:
    """Keys and versions of APIs that stop working; two months ahead for an API, two weeks for a key."""
    with ledger_if_any(house) as store:
        memories = store.memories.all() if store else []
    today = now.astimezone(house.zone).date()
    for each in expiries(house, memories):
        left = each.days_left(today)
        soon = left <= (KEY_WARNINGS[0] if each.is_key else API_WARNING)
        kind = Finding.FAULT if left < 0 else Finding.ADVICE if soon else Finding.WELL
        yield Examined(kind, sentence(each, today))


def lengths(house: House, now: datetime) -> Iterator[Examined]:
    """What Mastodon servers have said that they take, where comms.yaml says otherwise."""
    channels = [one for one in house.settings.channels.values() if one.kind is ChannelKind.MASTODON]
    if not channels or not house.has_ledger:
        return
    with ledger(house) as store:
        for channel in channels:
            memory = LedgerMemory(store, channel.slug, None, now)
            said = known_network(memory)
            if said and said.max_length != network_of(channel).max_length:
                yield advice(
                    say(
                        "Servern till kanalen {slug} tar {length} tecken. Skriv max_length: {length}.",
                        slug=channel.slug,
                        length=said.max_length,
                    ),
                )


def dated(house: House, now: datetime) -> Iterator[Examined]:
    """Networks in use whose limits nobody has looked at for a year: they change them unasked."""
    used = dict.fromkeys(one.network for one in house.settings.channels.values() if one.network)
    today = now.astimezone(house.zone).date()
    for network in (NETWORKS[slug] for slug in used if slug in NETWORKS):
        if today - network.verified_on > _YEAR:
            yield advice(
                say(
                    "Gränserna för {name} lästes {day}, för mer än ett år sedan. Uppdatera comms, "
                    "eller se om de stämmer: {source}",
                    name=network.name,
                    day=network.verified_on,
                    source=network.source,
                ),
            )


def remembering(house: House, _now: datetime) -> Iterator[Examined]:
    """Whether secrets that channels must remember have a lock."""
    lock(house.settings.memory_keys)
    needing = [
        slug
        for slug, channel in house.settings.channels.items()
        if channel.kind in {ChannelKind.BLUESKY, ChannelKind.THREADS}
    ]
    if needing and not house.settings.memory_keys:
        yield advice(
            say(
                "Kanalerna {channels} kan inte minnas sin inloggning. "
                "Gör en nyckel med comms doctor --new-key och sätt den i COMMS_MEMORY__KEYS.",
                channels=", ".join(needing),
            ),
        )
