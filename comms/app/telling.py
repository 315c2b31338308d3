"""Telling the officer: letters about what waits, what was held and what failed, each told once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from hashlib import sha256

from comms.app import by_hand
from comms.app.house import House
from comms.app.signing import seal
from comms.app.wording import DELIVERY, PART
from comms.channels.base import Channel
from comms.channels.manual import CALENDAR, STEPS
from comms.channels.package import part_names, pasteable, picture_names
from comms.errors import ChannelError, ConfigError, ContentError, OutcomeUnknown, Text
from comms.model.ledger import Delivery, DeliveryState, Letter, part_of
from comms.model.network import Part, PostText
from comms.model.plan import Entry, EntryKind
from comms.render.headers import message_id
from comms.render.mime import notice_message
from comms.store import Notice, PostOut, Slot, Store
from comms.text.encoding import CONTROL
from comms.text.networks import network_name
from comms.text.times import short_time, which_hour

FOLDER = "officer"
"""The folder of the officer's letters, for channels that keep files."""

CAME_OUT = "came-out:"
"""What a letter about a post that was in doubt and is out is known by, before its row and attempt."""

_NEWS = timedelta(days=7)
"""How long a package that is ready is told of: it was told at once, if anybody could be told."""

_RULE = "-" * 60


def due_soon(house: House, entry: Entry) -> tuple[str, str, str]:
    """Key, subject and body: an entry goes out within a day and is not approved as it stands."""
    when, post = _when(house, entry), entry.kind is EntryKind.POST
    no = "är inte godkänd" if post else "är inte godkänt"
    why = "ändrades efter godkännandet" if entry.voided else no
    body = (
        f"{entry.title} ({entry.id}) ska gå ut {when} men {why}.\n\n"
        f"Se planen:     comms plan {entry.id}\n"
        f"{'Se inlägget:  ' if post else 'Se breven:    '} comms preview {entry.id}\n"
        f"Godkänn:       comms approve {entry.id} --plan {entry.fingerprint}\n\n"
        f"Utan godkännande hålls {'den' if post else 'det'} kvar, och ingenting går ut.\n"
    )
    if entry.blocked:
        body += "\nDet är dessutom blockerat:\n" + _lines(entry.blocked)
    # Once, however often the officer edits in the last day: a newer fingerprint is no news.
    key = f"due:{entry.id}:{'changed' if entry.voided else 'new'}"
    return key, f"Väntar på godkännande: {_titled(house, entry)}, {when}", body


def nothing_to_send(house: House, entry: Entry) -> tuple[str, str, str]:
    """Key, subject and body: an issue within a day has nothing to tell and will be skipped."""
    when = _when(house, entry)
    body = (
        f"{entry.title} ({entry.id}) skulle gå ut {when} men har inget nytt att berätta, och hoppas över.\n\n"
        "Lägg till en nyhet före dess om det ska gå ut.\n\n"
        f"Se planen:     comms plan {entry.id}\n"
    )
    return f"empty:{entry.id}", f"Inget att sända: {entry.title}, {when}", body


def held(house: House, entry: Entry, reason: Text) -> tuple[str, str, str]:
    """Key, subject and body: an entry did not go out at its time."""
    when = _when(house, entry)
    body = (
        f"{entry.title} ({entry.id}) skulle ha gått ut {when} men hålls kvar.\n\n"
        f"Varför:        {reason}\n\n"
        "Ingenting har gått ut. När orsaken är åtgärdad:\n\n"
        f"Se planen:     comms plan {entry.id}\n"
        f"Godkänn:       comms approve {entry.id} --plan FINGERAVTRYCK\n"
        f"Sänd:          comms send {entry.id} --plan FINGERAVTRYCK\n"
    )
    return f"held:{entry.id}:{reason}", f"Hålls kvar: {_titled(house, entry)}, {when}", body


def cannot_start(house: House, entry: Entry, reason: Text) -> tuple[str, str, str]:
    """Key, subject and body: an approved entry could not begin; it is tried again."""
    when = _when(house, entry)
    body = (
        f"{entry.title} ({entry.id}) skulle gå ut {when} men kan inte börja.\n\n"
        f"Varför:        {reason}\n\n"
        "Ingenting har gått ut. Nästa körning försöker igen.\n"
    )
    return f"stuck:{entry.id}:{reason}", f"Kan inte börja: {_titled(house, entry)}, {when}", body


def _when(house: House, entry: Entry) -> str:
    """When an entry goes out, by the office's own clock: a wall time may be an hour that does not exist."""
    at = entry.moment.at.astimezone(house.zone)
    return f"{at:%Y-%m-%d kl. %H.%M}{which_hour(at)}"


def _titled(house: House, entry: Entry) -> str:
    """The title, and the network of a post: one item may have posts for six of them at one time."""
    channel = house.settings.channels.get(entry.channel)
    network = channel.network if channel and entry.kind is EntryKind.POST else ""
    return f"{entry.title}, {network_name(network)}" if network else entry.title


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

    `rows` are its parts that are not out; `plan` is the fingerprint that it was approved with, "" when what
    is left cannot be published from here.
    """
    network = network_name(post.network) if post else slot.channel
    worst = min((row.state for row in rows), key=_GRAVITY.index)
    first = min(part_of(row.recipient) for row in rows)
    subject, what = _POST_TROUBLES[worst]
    if first and worst is not DeliveryState.UNKNOWN:
        subject = "Bara en del publicerad"
    told = _which(post, first)
    act = _WHAT_TO_DO[worst] if plan or worst is DeliveryState.UNKNOWN else _FOR_HAND
    body = (
        f"{slot.title} ({slot.id}): {what.format(network=network, what=told)}\n\n"
        + "".join(f"  {row.recipient}: {DELIVERY[row.state]}, {row.reason}\n" for row in rows)
        + f"\n{act.format(network=network, channel=slot.channel, id=slot.id, plan=plan)}"
        + _whole(post)
    )
    # Each try that fails is news; that it still has failed is none.
    tries = ",".join(f"{row.id}:{row.state.value}:{row.attempt}" for row in rows)
    key = f"trouble:{slot.id}:{sha256(tries.encode()).hexdigest()[:16]}"
    return key, f"{subject}: {slot.title}, {network}", body


def doubt(row: Delivery, attempt: int) -> str:
    """The key that remembers that the officer was told of an attempt of a post that it may be published."""
    return f"doubt:{row.id}:{attempt}"


def came_out(
    slot: Slot, post: PostText | None, row: Delivery, link: str, *, again: bool
) -> tuple[str, str, str]:
    """Key, subject and body: what may have been published is out; `again`: by another attempt."""
    network = network_name(post.network) if post else slot.channel
    how = "gick ut på nytt" if again else "är ute, och ingenting har gått ut två gånger"
    body = (
        f"{slot.title} ({slot.id}) var kanske publicerad på {network}. Nu är det klarlagt: "
        f"{_which(post, part_of(row.recipient))} {how}.\n\n"
        f"Länk:          {link or '(ingen länk)'}\n\n"
        "Du behöver inte göra något.\n"
    )
    subject = f"{'Gick ut på nytt' if again else 'Är ute'}: {slot.title}, {network}"
    return f"{CAME_OUT}{row.id}:{row.attempt}", f"{subject}, {link}" if link else subject, body


def _which(post: PostText | None, part: int) -> str:
    """What a part of a post is called: a post that is alone has no number."""
    return f"del {part + 1} av {len(post.parts)}" if post and post.more else "inlägget"


def post_waits(slot: Slot, post: PostText | None, row: Delivery, now: datetime) -> tuple[str, str, str]:
    """Key, subject and body: a post could not go out at its time; it is tried again by itself."""
    network = network_name(post.network) if post else slot.channel
    wait = max(timedelta(0), (row.not_before or now) - now)
    body = (
        f"{slot.title} ({slot.id}): {_which(post, part_of(row.recipient))} är inte ute på {network} än.\n\n"
        f"Varför:        {row.reason}\n"
        f"Nästa försök:  om ungefär {max(1, round(wait / timedelta(minutes=1)))} minuter, av sig självt\n\n"
        f"Se läget:      comms who {slot.id}\n"
        f"Avbryt:        comms cancel {slot.id}\n" + _whole(post)
    )
    return f"waits:{row.id}", f"Inte ute än: {slot.title}, {network}", body


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
_FOR_HAND = (
    "Resten kan inte svara på det som är ute: comms vet inte vad det heter på {network}.\n\n"
    "Publicera resten för hand, med texten här nedan, och säg till: comms reconcile {id} --sent\n"
    "Ska resten inte ut: comms cancel {id}\n"
)
_WHAT_TO_DO = {
    DeliveryState.UNKNOWN: (
        "Publicera det inte för hand förrän du har svarat: comms frågar {network} igen, och finns det säkert "
        "inte där går det ut på nytt av sig självt.\n\n"
        "Titta på kontot på {network} (kanalen {channel}).\n\n"
        "Ligger det där:      comms reconcile {id} --sent --link ADRESSEN\n"
        "Ligger det inte där: comms reconcile {id} --not-sent   (då publiceras det igen)\n"
        "Ska det inte ut:     comms cancel {id}\n"
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


def tell_of_packages(house: House, store: Store, now: datetime) -> None:
    """Tell of each package the moment it is ready, with everything to paste and a file for the calendar."""
    for out in by_hand.waiting(store, now):
        key = f"publish:{out.slot_id}"
        post = store.post(out.slot_id)
        if post is None or now - out.taken_at > _NEWS or store.was_told(key):
            continue
        when = short_time(out.due_at.astimezone(house.zone))
        subject = f"Att publicera: {out.title}, {network_name(post.network)}, {when}"
        calendar = by_hand.time_to_publish(post, key=out.key, at=out.due_at, stamped_at=out.created_at)
        store.notice(key, subject, _ready(house, out, post, when), now, calendar=calendar.decode())


def call_for(house: House, store: Store, now: datetime) -> None:
    """Ask once, the day after, for each post that lies ready and that nobody has said is published."""
    local = now.astimezone(house.zone)
    for out in by_hand.waiting(store, now):
        due = out.due_at.astimezone(house.zone)
        if local.date() > due.date() and local.time() >= by_hand.MORNING:
            store.notice(*_not_done(house, out, short_time(due)), now)


def _ready(house: House, out: PostOut, post: PostText, when: str) -> str:
    network = network_name(post.network)
    return "".join(
        (
            f"{out.title} ({out.slot_id}) ligger klart att publicera på {network} {when}.\n\n",
            f"Mappen:         {house.out / out.receipt}\n",
            f"Så här:         {STEPS} i mappen, steg för steg\n",
            f"När det är ute: comms done {out.slot_id} --link ADRESSEN\n",
            f"Kalendern:      {CALENDAR} följer med det här mejlet\n\n",
            *_warning(post),
            *_texts(post),
            *_alts(post),
        )
    )


def _warning(post: PostText) -> Iterator[str]:
    if post.warning:
        yield f"Innehållsvarning: {post.warning}\n\n"


def _texts(post: PostText) -> Iterator[str]:
    for name, part in zip(part_names(post), post.parts, strict=True):
        yield f"{_RULE}\n{name}\n{_RULE}\n{pasteable(part.segments)}\n{_RULE}\n\n"


def _alts(post: PostText) -> Iterator[str]:
    if post.media:
        yield "Bilder, i ordning, med sina alternativtexter:\n\n"
    for name, media in zip(picture_names(post), post.media, strict=True):
        yield f"{name}\n{media.alt}\n\n"


def _not_done(house: House, out: PostOut, when: str) -> tuple[str, str, str]:
    """Key, subject and body: a post lies ready, its time has passed, and nobody has said that it is out."""
    body = (
        f"{out.title} ({out.slot_id}) skulle publiceras {when} och ligger kvar.\n\n"
        f"Mappen:        {house.out / out.receipt}\n"
        f"Är det ute:    comms done {out.slot_id} --link ADRESSEN\n\n"
        f"Ska det inte ut: comms cancel {out.slot_id}\n\nDet här frågar vi en gång.\n"
    )
    return f"undone:{out.slot_id}", f"Är det publicerat? {out.title}, {when}", body


def channel_stopped(channel: str, reason: Text, day: str) -> tuple[str, str, str]:
    """Key, subject and body: a channel does not work; what waits in it goes out later."""
    body = (
        f"Kanalen {channel} har stannat.\n\nVarför:        {reason}\n\n"
        "Det som väntar ligger kvar och går ut när kanalen fungerar igen. Ingenting har gått förlorat.\n"
    )
    return f"down:{channel}:{day}:{reason}", f"Kanalen {channel} har stannat", body


def paused(identity: str, slot: Slot | None, reason: Text, now: datetime) -> tuple[str, str, str]:
    """Key, subject and body: a run stopped in the middle and waits for a person."""
    title = slot.title if slot else identity
    post = slot is not None and slot.kind is EntryKind.POST
    body = (
        f"{title} ({identity}) är pausad: det som inte har gått ut väntar.\n\n"
        f"Varför:        {reason}\n\n"
        f"Se läget:      comms who {identity}\n"
        f"Fortsätt:      comms resume {identity}\n"
        f"Avbryt:        comms cancel {identity}\n\n"
        + (
            "Det som redan är ute ligger kvar.\n"
            if post
            else "Den som redan har fått brevet får det inte igen.\n"
        )
    )
    return f"paused:{identity}:{now:%Y-%m-%dT%H:%M}", f"Pausad: {title}", body


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


def not_cleared(reason: Text, day: str) -> tuple[str, str, str]:
    """Key, subject and body: what is kept of persons could not be cleared today."""
    body = (
        f"{reason}\n\nPersonuppgifter som skulle ha tagits bort i dag ligger kvar. Nästa försök görs i "
        "morgon.\n\nPröva själv:   comms subscribers keep\n"
    )
    return f"cleared:{day}", f"Gallringen gick inte att göra {day}", body


def page_is_down(reason: Text, day: str) -> tuple[str, str, str]:
    """Key, subject and body: the page that should end subscriptions does not answer as ours."""
    body = (
        f"{reason}\n\nBreven går ut ändå, men utan länken som avslutar med ett klick: "
        "de som vill sluta skriver till kansliet.\n\nUndersök:      comms doctor\n"
    )
    return f"page:{day}", "Sidan för avanmälan svarar inte", body


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
