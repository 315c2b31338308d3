"""The doctor: whether this machine and this workspace can do what is asked of them."""

from __future__ import annotations

import os
import secrets
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from ipaddress import ip_address
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from comms.app.clock import utc_now
from comms.app.expiring import API_WARNING, KEY_WARNINGS, expiries, sentence
from comms.app.house import House
from comms.app.planning import NO_KEYS, facts_without_touching, ledger, misses_keys
from comms.app.remembering import LedgerMemory, lock
from comms.app.served import is_served
from comms.app.signing import WISHED_BITS, read_key
from comms.app.wording import fenced
from comms.channels.base import Passing
from comms.channels.instance import known_network
from comms.channels.registry import open_channel
from comms.errors import CommsError, Severity, Text, say
from comms.model.settings import SOCIAL, ChannelKind, ChannelSettings
from comms.text.networks import NETWORKS, network_of

_LEAST_FREE = 200_000_000
_YEAR = timedelta(days=365)


class Finding(StrEnum):
    """What the doctor says of one thing."""

    WELL = "well"
    ADVICE = "advice"
    FAULT = "fault"


@dataclass(frozen=True)
class Examined:
    """One thing looked at."""

    finding: Finding
    what: Text


def examine(house: House, now: datetime) -> list[Examined]:
    """Look at everything that can be looked at without sending anything."""
    found = []
    for look in _LOOKS:
        try:
            found += list(look(house, now))
        except CommsError as refused:
            found.append(Examined(Finding.FAULT, refused.message))
    return found


def _python(_house: House, _now: datetime) -> Iterator[Examined]:
    version = ".".join(str(part) for part in sys.version_info[:3])
    yield Examined(Finding.WELL, say("Python {version}.", version=version))


def _content(house: House, _now: datetime) -> Iterator[Examined]:
    errors = sum(problem.severity is Severity.ERROR for problem in house.problems)
    count = len(house.workspace.items)
    if errors:
        yield Examined(
            Finding.FAULT,
            say("{count} nyheter lästa, {errors} fel. Se dem med: comms check", count=count, errors=errors),
        )
    else:
        yield Examined(Finding.WELL, say("{count} nyheter lästa, inga fel.", count=count))


def _clock(house: House, now: datetime) -> Iterator[Examined]:
    local = now.astimezone(ZoneInfo(house.settings.timezone))
    yield Examined(
        Finding.WELL,
        say("Klockan är {time} i {zone}.", time=f"{local:%Y-%m-%d %H:%M}", zone=house.settings.timezone),
    )


def _disk(house: House, _now: datetime) -> Iterator[Examined]:
    for folder in {house.out, (house.database_file or house.out).parent}:
        standing = next(place for place in (folder, *folder.parents) if place.exists())
        if not os.access(standing, os.W_OK):
            yield Examined(Finding.FAULT, say("Mappen {folder} går inte att skriva i.", folder=folder))
        elif shutil.disk_usage(standing).free < _LEAST_FREE:
            yield Examined(Finding.FAULT, say("Mindre än 200 MB ledigt vid {folder}.", folder=folder))
    yield Examined(Finding.WELL, say("Filer läggs i {out}.", out=house.out))


def _ledger(house: House, _now: datetime) -> Iterator[Examined]:
    file = house.database_file
    if file is not None and not file.exists():
        yield Examined(Finding.WELL, say("Liggaren {file} skapas vid första godkännandet.", file=file))
        return
    with ledger(house) as store:
        store.verify(always=True)
        last, reason = store.runs.last(), store.fence_reason
    when = f"{last.now:%Y-%m-%d %H:%M} UTC" if last else str(say("aldrig"))
    if reason:
        yield Examined(Finding.FAULT, fenced(reason))
    yield Examined(Finding.WELL, say("Liggaren går att öppna. Senaste körning: {when}.", when=when))


def _channels(house: House, _now: datetime) -> Iterator[Examined]:
    for channel in house.settings.channels.values():
        yield _channel(house, channel)


def _channel(house: House, channel: ChannelSettings) -> Examined:
    """One channel: a missing secret by the variable that it is set with, then whether it can be opened."""
    slug = channel.slug
    if channel.kind in SOCIAL and not channel.token:
        name = f"COMMS_CHANNELS__{slug.upper()}__TOKEN"
        return Examined(
            Finding.FAULT, say("Kanalen {slug} saknar nyckel: sätt {name}.", slug=slug, name=name)
        )
    if channel.kind is ChannelKind.SMTP and channel.user and not channel.password:
        name = f"COMMS_CHANNELS__{slug.upper()}__PASSWORD"
        return Examined(
            Finding.FAULT, say("Kanalen {slug} saknar lösenord: sätt {name}.", slug=slug, name=name)
        )
    try:
        open_channel(channel, out=house.out.as_posix(), memory=Passing(), now=utc_now).close()
    except CommsError as refused:
        return Examined(Finding.FAULT, refused.message)
    if channel.kind is ChannelKind.FILE:
        return Examined(
            Finding.ADVICE, say("Kanalen {slug} skriver till disk: ingenting lämnar datorn.", slug=slug)
        )
    return Examined(
        Finding.WELL, say("Kanalen {slug} är inställd ({kind}).", slug=slug, kind=channel.kind.value)
    )


def _running_out(house: House, now: datetime) -> Iterator[Examined]:
    """Keys and versions of APIs that stop working; two months ahead for an API, two weeks for a key."""
    file = house.database_file
    if file is not None and not file.exists():
        memories = []
    else:
        with ledger(house) as store:
            memories = store.memories.all()
    today = now.astimezone(house.zone).date()
    for each in expiries(house, memories):
        left = each.days_left(today)
        soon = left <= (KEY_WARNINGS[0] if each.is_key else API_WARNING)
        kind = Finding.FAULT if left < 0 else Finding.ADVICE if soon else Finding.WELL
        yield Examined(kind, sentence(each, today))


def _lengths(house: House, now: datetime) -> Iterator[Examined]:
    """What Mastodon servers have said that they take, where comms.yaml says otherwise."""
    file = house.database_file
    channels = [one for one in house.settings.channels.values() if one.kind is ChannelKind.MASTODON]
    if not channels or (file is not None and not file.exists()):
        return
    with ledger(house) as store:
        for channel in channels:
            memory = LedgerMemory(store, channel.slug, None, now)
            said = known_network(memory)
            if said and said.max_length != network_of(channel).max_length:
                yield Examined(
                    Finding.ADVICE,
                    say(
                        "Servern till kanalen {slug} tar {length} tecken. Skriv max_length: {length}.",
                        slug=channel.slug,
                        length=said.max_length,
                    ),
                )


def _dated(house: House, now: datetime) -> Iterator[Examined]:
    """Networks in use whose limits nobody has looked at for a year: they change them unasked."""
    used = dict.fromkeys(one.network for one in house.settings.channels.values() if one.network)
    today = now.astimezone(house.zone).date()
    for network in (NETWORKS[slug] for slug in used if slug in NETWORKS):
        if today - network.verified_on > _YEAR:
            yield Examined(
                Finding.ADVICE,
                say(
                    "Gränserna för {name} lästes {day}, för mer än ett år sedan. Uppdatera comms, "
                    "eller se om de stämmer: {source}",
                    name=network.name,
                    day=network.verified_on,
                    source=network.source,
                ),
            )


def _remembering(house: House, _now: datetime) -> Iterator[Examined]:
    """Whether secrets that channels must remember have a lock."""
    lock(house.settings.memory_keys)
    needing = [
        slug
        for slug, channel in house.settings.channels.items()
        if channel.kind in {ChannelKind.BLUESKY, ChannelKind.THREADS}
    ]
    if needing and not house.settings.memory_keys:
        yield Examined(
            Finding.ADVICE,
            say(
                "Kanalerna {channels} kan inte minnas sin inloggning. "
                "Gör en nyckel med comms doctor --new-key och sätt den i COMMS_MEMORY__KEYS.",
                channels=", ".join(needing),
            ),
        )


def _unsubscribing(house: House, _now: datetime) -> Iterator[Examined]:
    """Who reads what comes by mail: with pages some write all the same."""
    address = house.settings.sender.reply_to
    what = say("Avanmälan sker med e-post till {address}: läs den brevlådan.", address=address)
    if house.settings.web is not None:
        what = say("En del skriver till {address} för att sluta: läs den brevlådan också.", address=address)
    yield Examined(Finding.ADVICE, what)


def _serving(house: House, _now: datetime) -> Iterator[Examined]:
    """Whether the public pages answer at base_url, as letters would promise."""
    if house.settings.web is None:
        return
    why = is_served(house.settings, nonce=secrets.token_urlsafe(16))
    if why is None:
        what = say("De publika sidorna visas på {url}.", url=house.settings.base_url)
        yield Examined(Finding.WELL, what)
        return
    yield Examined(
        Finding.FAULT,
        say(
            "De publika sidorna svarar inte. {why} Starta comms web, och se över base_url. "
            "Så länge har breven bara avanmälan med e-post.",
            why=why,
        ),
    )


def _visited(house: House, _now: datetime) -> Iterator[Examined]:
    """Whether visitors can be told apart: behind a server of the web that nothing says, they are all one."""
    web = house.settings.web
    if web is None or web.proxies or urlsplit(house.settings.base_url).scheme != "https":
        return
    if web.host == "localhost" or _is_loopback(web.host):
        yield Examined(
            Finding.ADVICE,
            say(
                "Alla besökare ser ut att komma från samma nät, så de delar på gränsen för anmälningar. "
                "Skriv webbserverns adress, oftast {key}.",
                key="web: {proxies: 127.0.0.1}",
            ),
        )


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _renamed(house: House, _now: datetime) -> Iterator[Examined]:
    """Newsletters that people have said yes or no to, and comms.yaml does not have: nobody gets them."""
    file = house.database_file
    if file is not None and not file.exists():
        return
    with ledger(house) as store:
        said = store.witnesses.newsletters()
    for slug, (yes, no) in said.items():
        if slug not in house.settings.newsletters:
            yield Examined(
                Finding.FAULT if yes else Finding.ADVICE,
                say(
                    "Nyhetsbrevet {slug} finns inte i comms.yaml, men {yes} prenumererar på det och {no} har "
                    "sagt nej till det. Har det bytt namn: skriv {slug} igen, och ändra bara title. Är det "
                    "nedlagt: låt det stå kvar med open: false.",
                    slug=slug,
                    yes=yes,
                    no=no,
                ),
            )


def _recognizing(house: House, _now: datetime) -> Iterator[Examined]:
    """Whether erased people who have said no are known again."""
    if misses_keys(house.settings, facts_without_touching(house)):
        yield Examined(Finding.FAULT, NO_KEYS)


def _signing(house: House, _now: datetime) -> Iterator[Examined]:
    """What to publish of each key that letters are signed with."""
    found = []
    for one in house.settings.dkim:
        try:
            key = read_key(house, one)
        except CommsError as refused:
            yield Examined(Finding.FAULT, refused.message)
            continue
        found.append(key.bits)
        yield Examined(
            Finding.WELL,
            say(
                "Breven signeras med {selector}. Lägg en TXT-post i DNS, {name}, med texten: {record}",
                selector=one.selector,
                name=key.name,
                record=key.record,
            ),
        )
        if 0 < key.bits < WISHED_BITS:
            yield Examined(
                Finding.ADVICE,
                say(
                    "Nyckeln {selector} har {bits} bitar. Gör en ny med 2048.",
                    selector=one.selector,
                    bits=key.bits,
                ),
            )
    if found and not any(found):
        yield Examined(
            Finding.ADVICE,
            say("Alla mejlservrar kan inte läsa Ed25519. Signera också med en RSA-nyckel."),
        )


def _bouncing(house: House, _now: datetime) -> Iterator[Examined]:
    """Where letters go that cannot be delivered."""
    bounces = house.settings.bounces
    if bounces:
        yield Examined(
            Finding.WELL,
            say("Brev som inte kommer fram går tillbaka till {domain}.", domain=bounces.domain),
        )


_LOOKS: tuple[Callable[[House, datetime], Iterator[Examined]], ...] = (
    _python,
    _content,
    _clock,
    _disk,
    _ledger,
    _channels,
    _running_out,
    _lengths,
    _dated,
    _remembering,
    _signing,
    _bouncing,
    _recognizing,
    _serving,
    _visited,
    _renamed,
    _unsubscribing,
)
