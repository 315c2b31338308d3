"""Telling the officer: letters about what waits, what was held and what failed, each told once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from hashlib import sha256

from comms.app.house import House
from comms.app.signing import seal
from comms.app.wording import DELIVERY, PART
from comms.channels.base import Channel
from comms.channels.manual import network_name
from comms.channels.package import pasteable
from comms.errors import ChannelError, ConfigError, ContentError, OutcomeUnknown, Text
from comms.model.ledger import Delivery, DeliveryState, Letter
from comms.model.network import Part, PostText
from comms.model.plan import Entry
from comms.plan.recipients import part_of
from comms.render.headers import message_id
from comms.render.mime import notice_message
from comms.store import Notice, Slot, Store
from comms.text.encoding import CONTROL

FOLDER = "officer"
"""The folder of the officer's letters, for channels that keep files."""


def due_soon(entry: Entry) -> tuple[str, str, str]:
    """Key, subject and body: an entry goes out within a day and is not approved as it stands."""
    when = f"{entry.moment.wall:%Y-%m-%d kl. %H.%M}"
    why = "ändrades efter godkännandet" if entry.voided else "är inte godkänt"
    body = (
        f"{entry.title} ({entry.id}) ska gå ut {when} men {why}.\n\n"
        f"Se planen:     comms plan {entry.id}\n"
        f"Se breven:     comms preview {entry.id}\n"
        f"Godkänn:       comms approve {entry.id} --plan {entry.fingerprint}\n\n"
        "Utan godkännande hålls det kvar, och ingenting går ut.\n"
    )
    if entry.blocked:
        body += "\nDet är dessutom blockerat:\n" + _lines(entry.blocked)
    # Once, however often the officer edits in the last day: a newer fingerprint is no news.
    key = f"due:{entry.id}:{'changed' if entry.voided else 'new'}"
    return key, f"Väntar på godkännande: {entry.title}, {when}", body


def nothing_to_send(entry: Entry) -> tuple[str, str, str]:
    """Key, subject and body: an issue within a day has nothing to tell and will be skipped."""
    when = f"{entry.moment.wall:%Y-%m-%d kl. %H.%M}"
    body = (
        f"{entry.title} ({entry.id}) skulle gå ut {when} men har inget nytt att berätta, och hoppas över.\n\n"
        "Lägg till en nyhet före dess om det ska gå ut.\n\n"
        f"Se planen:     comms plan {entry.id}\n"
    )
    return f"empty:{entry.id}", f"Inget att sända: {entry.title}, {when}", body


def held(entry: Entry, reason: Text) -> tuple[str, str, str]:
    """Key, subject and body: an entry did not go out at its time."""
    when = f"{entry.moment.wall:%Y-%m-%d kl. %H.%M}"
    body = (
        f"{entry.title} ({entry.id}) skulle ha gått ut {when} men hålls kvar.\n\n"
        f"Varför:        {reason}\n\n"
        "Ingenting har gått ut. När orsaken är åtgärdad:\n\n"
        f"Se planen:     comms plan {entry.id}\n"
        f"Godkänn:       comms approve {entry.id} --plan FINGERAVTRYCK\n"
        f"Sänd:          comms send {entry.id} --plan FINGERAVTRYCK\n"
    )
    return f"held:{entry.id}:{reason}", f"Hålls kvar: {entry.title}, {when}", body


def cannot_start(entry: Entry, reason: Text) -> tuple[str, str, str]:
    """Key, subject and body: an approved entry could not begin; it is tried again."""
    when = f"{entry.moment.wall:%Y-%m-%d kl. %H.%M}"
    body = (
        f"{entry.title} ({entry.id}) skulle gå ut {when} men kan inte börja.\n\n"
        f"Varför:        {reason}\n\n"
        "Ingenting har gått ut. Nästa körning försöker igen.\n"
    )
    return f"stuck:{entry.id}:{reason}", f"Kan inte börja: {entry.title}, {when}", body


def troubled(slot: str, title: str, lines: Iterable[str]) -> tuple[str, str, str]:
    """Key, subject and body: some deliveries of an entry failed or have an unknown fate."""
    rows = sorted(lines)
    body = (
        f"Allt i {title} ({slot}) är inte bekräftat framme:\n\n"
        + "".join(f"  {row}\n" for row in rows)
        + "\nAvvisad kom inte fram. Oviss kan ha kommit fram: fråga mottagaren eller läs serverns logg.\n"
        + f"Se alla mottagare: comms who {slot}\n"
    )
    return f"trouble:{slot}:{len(rows)}", f"Inte bekräftat framme hos alla: {title}", body


def post_troubled(
    slot: Slot, post: PostText | None, rows: Sequence[Delivery], plan: str
) -> tuple[str, str, str]:
    """Key, subject and body: a post, or a part of it, is not out for certain; its text is shown whole.

    `rows` are its parts that are not out; `plan` is the fingerprint that it was approved with.
    """
    network = network_name(post.network) if post else slot.channel
    worst = min((row.state for row in rows), key=_GRAVITY.index)
    first = min(part_of(row.recipient) for row in rows)
    subject, what = _POST_TROUBLES[worst]
    if first and worst is not DeliveryState.UNKNOWN:
        subject = "Bara en del publicerad"
    told = f"del {first + 1} av {len(post.parts)}" if first and post else "inlägget"
    body = (
        f"{slot.title} ({slot.id}): {what.format(network=network, what=told)}\n\n"
        + "".join(f"  {row.recipient}: {DELIVERY[row.state]}, {row.reason}\n" for row in rows)
        + f"\n{_WHAT_TO_DO[worst].format(network=network, channel=slot.channel, id=slot.id, plan=plan)}"
        + _whole(post)
    )
    # Each try that fails is news; that it still has failed is none.
    tries = ",".join(f"{row.id}:{row.state.value}:{row.attempt}" for row in rows)
    key = f"trouble:{slot.id}:{sha256(tries.encode()).hexdigest()[:16]}"
    return key, f"{subject}: {slot.title}, {network}", body


def post_waits(slot: Slot, post: PostText | None, row: Delivery, now: datetime) -> tuple[str, str, str]:
    """Key, subject and body: a post could not go out at its time; it is tried again by itself."""
    network = network_name(post.network) if post else slot.channel
    wait = max(timedelta(0), (row.not_before or now) - now)
    body = (
        f"{slot.title} ({slot.id}) är inte ute på {network} än.\n\n"
        f"Varför:        {row.reason}\n"
        f"Nästa försök:  om ungefär {max(1, round(wait / timedelta(minutes=1)))} minuter, av sig självt\n\n"
        f"Se läget:      comms who {slot.id}\n"
        f"Avbryt:        comms cancel {slot.id}\n" + _whole(post)
    )
    return f"waits:{slot.id}", f"Inte ute än: {slot.title}, {network}", body


_GRAVITY = (DeliveryState.UNKNOWN, DeliveryState.REJECTED, DeliveryState.HELD)
_POST_TROUBLES = {
    DeliveryState.UNKNOWN: (
        "Kanske publicerat",
        "det går inte att veta om {what} kom ut på {network}.",
    ),
    DeliveryState.REJECTED: ("Inte publicerat", "{network} tog inte emot {what}."),
    DeliveryState.HELD: ("Hålls kvar", "{what} är inte ute på {network}, och väntar på dig."),
}
_AGAIN = (
    "Försök igen:   comms send {id} --rest --plan {plan}\n"
    "Eller publicera det för hand, med texten här nedan.\n"
)
_WHAT_TO_DO = {
    DeliveryState.UNKNOWN: (
        "Titta på kontot på {network} (kanalen {channel}). Det går inte ut igen av sig självt.\n\n"
        "Ligger det där:     comms reconcile {id} --sent\n"
        "Ligger det inte där: comms reconcile {id} --not-sent   (då publiceras det igen)\n"
    ),
    DeliveryState.REJECTED: "Rätta orsaken först.\n\n" + _AGAIN,
    DeliveryState.HELD: _AGAIN,
}


def _whole(post: PostText | None) -> str:
    """Every part's text as it would be published, so that it can be known again, or pasted."""
    if post is None:
        return ""
    warning = f"\nInnehållsvarning: {post.warning}\n" if post.warning else ""
    texts = (f"{name}\n{pasteable(part.segments)}\n" for name, part in _named_parts(post))
    return f"{warning}\nHela texten:\n" + "".join(texts)


def _named_parts(post: PostText) -> Iterator[tuple[str, Part]]:
    """The parts, each with a line above it; a post that is alone needs none."""
    for number, part in enumerate(post.parts, start=1):
        yield f"\n--- {PART[part.kind]} {number} av {len(post.parts)} ---\n" if post.more else "", part


def channel_stopped(channel: str, reason: Text, day: str) -> tuple[str, str, str]:
    """Key, subject and body: a channel does not work; what waits in it goes out later."""
    body = (
        f"Kanalen {channel} har stannat.\n\nVarför:        {reason}\n\n"
        "Det som väntar ligger kvar och går ut när kanalen fungerar igen. Ingenting har gått förlorat.\n"
    )
    return f"down:{channel}:{day}:{reason}", f"Kanalen {channel} har stannat", body


def paused(slot: str, title: str, reason: Text, now: datetime) -> tuple[str, str, str]:
    """Key, subject and body: a run stopped in the middle and waits for a person."""
    body = (
        f"{title} ({slot}) är pausad: det som inte har gått ut väntar.\n\n"
        f"Varför:        {reason}\n\n"
        f"Se läget:      comms who {slot}\n"
        f"Fortsätt:      comms resume {slot}\n"
        f"Avbryt:        comms cancel {slot}\n\n"
        "Den som redan har fått brevet får det inte igen.\n"
    )
    return f"paused:{slot}:{now:%Y-%m-%dT%H:%M}", f"Pausad: {title}", body


def late(channel: str, count: int, seen: datetime, now: datetime) -> tuple[str, str, str]:
    """Key, subject and body: copies that should have gone while nothing ran, and are held."""
    body = (
        f"{count} leveranser i kanalen {channel} skulle ha gått ut, men ingen körning var igång "
        f"sedan {seen:%Y-%m-%d %H:%M} UTC. De hålls kvar.\n\n"
        "Se vilka:      comms status\n"
        "Sänd dem:      comms send ID --rest --plan FINGERAVTRYCK\n"
    )
    return f"late:{channel}:{now:%Y-%m-%dT%H:%M}", f"För sent: {count} leveranser hålls kvar", body


def nothing_is_sent(reason: Text, day: str) -> tuple[str, str, str]:
    """Key, subject and body: the run refuses to send anything."""
    body = f"{reason}\n\nIngenting går ut förrän det är ordnat.\n\nSe läget:      comms status\n"
    return f"refused:{day}", "Inget sänds", body


def no_backup(reason: Text, day: str) -> tuple[str, str, str]:
    """Key, subject and body: the day's backup could not be made; the letters go out all the same."""
    body = f"{reason}\n\nBreven går ut som vanligt, men ordna det i dag: comms doctor\n"
    return f"backup:{day}", f"Ingen säkerhetskopia {day}", body


def _lines(texts: Iterable[Text]) -> str:
    return "".join(f"  {text}\n" for text in texts)


def way_to_the_officer(house: House) -> str:
    """The channel that the officer's letters take: the first for e-mail, or nothing."""
    return next((slug for slug, one in house.settings.channels.items() if not one.network), "")


def drain_notices(
    house: House, store: Store, channels: Mapping[str, Channel], now: datetime
) -> list[tuple[Notice, str]]:
    """Hand over the officer's letters; gives those that could not be, each with why. They stay."""
    failed: list[tuple[Notice, str]] = []
    mail = way_to_the_officer(house)
    for notice in store.open_notices():
        if mail not in channels:
            failed.append((notice, "ingen kanal för e-post"))
            continue
        try:
            channels[mail].deliver(_letter(house, notice, now), point_of_no_return=lambda: None)
        except OutcomeUnknown:
            store.notice_sent(notice.id, now)  # it may be there: not again and again
        except (ChannelError, ContentError) as refused:  # a letter to us is no reason to stop all others
            failed.append((notice, str(refused)))
        else:
            store.notice_sent(notice.id, now)
    return failed


def _letter(house: House, notice: Notice, now: datetime) -> Letter:
    """The officer's letter; what no letter may hold is left out, for it may be what the letter is about."""
    settings = house.settings
    domain = settings.sender.email.rpartition("@")[2]
    identity = message_id(f"notice-{notice.id}-{notice.created_at:%Y%m%d%H%M%S}@{domain}")
    date = now.astimezone(house.zone)
    content = notice_message(
        settings=settings,
        to=settings.officer,
        subject=CONTROL.sub("", " ".join(notice.subject.split())),
        body=CONTROL.sub("", notice.body),
        date=date,
        message_id=identity,
        calendar=notice.calendar,
    )
    name = f"{FOLDER}-{notice.id:04}"
    return Letter(name, settings.sender.email, settings.officer, identity, _signed(house, content, date))


def _signed(house: House, content: bytes, date: datetime) -> bytes:
    """Signed as letters are; as it is when the keys cannot be used: the officer must hear of that too."""
    try:
        return seal(house)(content, date)
    except ConfigError:
        return content
