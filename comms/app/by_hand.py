"""Posts that a person publishes: told the moment the package is ready, called for, and marked when done."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from comms.app.house import House
from comms.app.wording import SLOT
from comms.channels.manual import CALENDAR, STEPS, network_name
from comms.channels.package import part_names, pasteable, picture_names
from comms.errors import Text, UsageError, say
from comms.model.ledger import EventKind
from comms.model.network import PostText
from comms.model.plan import EntryKind
from comms.model.settings import ChannelKind
from comms.store import PostOut, Slot, Store
from comms.text.times import short_time

MORNING = time(7)
"""When the office's day begins: reminders and digests come after it, in the office's own time."""

LOOK_BACK = timedelta(days=60)
"""How long a post that lies ready is called for: after that it is no news to publish."""

_NEWS = timedelta(days=7)
"""How long a package that is ready is told of: it was told at once, if anybody could be told."""

REMIND = timedelta(minutes=15)
"""How long before its time the calendar reminds."""

_EVER = datetime(2000, 1, 1, tzinfo=UTC)
_MOMENT = timedelta(minutes=15)
_TITLE = 60
_RULE = "-" * 60


@dataclass(frozen=True)
class Marked:
    """A post that a person has published: as it stood before, and as it stands now."""

    before: PostOut
    now: PostOut

    @property
    def changed(self) -> bool:
        """Whether anything is new."""
        return self.before != self.now


def is_by_hand(house: House, channel: str) -> bool:
    """Whether a person publishes what goes by a channel."""
    settings = house.settings.channels.get(channel)
    return settings is not None and settings.kind is ChannelKind.MANUAL


def packages(house: House, store: Store, since: datetime = _EVER) -> list[PostOut]:
    """Packages that have been made after `since` for a person to publish, published or not."""
    return [post for post in store.outcomes.posts(since) if is_by_hand(house, post.channel)]


def waiting(house: House, store: Store, now: datetime) -> list[PostOut]:
    """Packages that lie ready and that nobody has said are published."""
    return [post for post in packages(house, store, now - LOOK_BACK) if post.marked_at is None]


def standing(slot: Slot, package: PostOut | None, zone: ZoneInfo) -> Text:
    """Where an entry stands; one whose package is made is not out until a person says so."""
    if package is None:
        return SLOT[slot.state]
    if package.marked_at is None:
        return say("ligger klart, inte publicerad")
    return say("publicerad {when}", when=short_time(package.marked_at.astimezone(zone)))


def told(package: PostOut | None) -> dict[str, object]:
    """What scripts are told of a post that a person publishes; nothing of another."""
    if package is None:
        return {}
    at = package.marked_at
    return {
        "by_hand": {
            "package": package.receipt,
            "published_at": at.isoformat() if at else None,
            "by": package.marked_by,
            "link": package.marked_link,
        }
    }


def mark_published(house: House, store: Store, identity: str, *, link: str, by: str, now: datetime) -> Marked:
    """Remember that a person has published a post, and where. A second time changes the link.

    Raises `UsageError` when there is no such post, it is not published by hand, its package is not ready,
    or the link is no address of the web.
    """
    link = _address(link)
    slot = store.slot(identity)
    if slot is None:
        raise UsageError(say("Ingenting i liggaren heter ”{id}”. Se läget med: comms status", id=identity))
    _refuse_unless_by_hand(house, slot)
    before = store.outcomes.post(identity)
    if before is None:
        raise UsageError(
            say("Paketet för {id} ligger inte klart än. Se läget med: comms who {id}", id=identity)
        )
    if before.marked_at is not None and link in {"", before.marked_link}:
        return Marked(before, before)
    row = next(row for row in store.deliveries(identity) if row.id == before.delivery_id)
    # What is said first of the time stands: a better link does not publish it again.
    at = before.marked_at or now
    store.event(row, EventKind.PUBLISHED, by, link, at)
    return Marked(before, store.outcomes.post(identity) or before)


def _refuse_unless_by_hand(house: House, slot: Slot) -> None:
    if slot.kind is not EntryKind.POST:
        raise UsageError(say("{id} är ett brev. Se vem som fått det: comms who {id}", id=slot.id))
    if not is_by_hand(house, slot.channel):
        raise UsageError(
            say(
                "{id} publiceras av kanalen {channel}, inte för hand. Se läget: comms who {id}. "
                "Är den oviss: comms reconcile {id}",
                id=slot.id,
                channel=slot.channel,
            )
        )


def _address(link: str) -> str:
    """A link as it was given. Raises `UsageError` for what no browser would open as a page."""
    link = link.strip()
    if not link:
        return ""
    try:
        parts = urlsplit(link)
        whole = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.username is None
    except ValueError:
        whole = False
    if not whole or not all(sign.isprintable() and not sign.isspace() for sign in link):
        raise UsageError(
            say("”{link}” är ingen webbadress. Kopiera inläggets adress, den börjar med https://", link=link)
        )
    return link


# Letters to the officer


def tell_of_packages(house: House, store: Store, now: datetime) -> None:
    """Tell of each package the moment it is ready, with everything to paste and a file for the calendar."""
    for out in waiting(house, store, now):
        key = f"publish:{out.slot_id}"
        post = store.post(out.slot_id)
        if post is None or now - out.taken_at > _NEWS or store.was_told(key):
            continue
        when = short_time(out.due_at.astimezone(house.zone))
        subject = f"Att publicera: {out.title}, {network_name(post.network)}, {when}"
        calendar = time_to_publish(post, key=out.key, at=out.due_at, stamped_at=out.created_at)
        store.notice(key, subject, _package(house, out, post, when), now, calendar=calendar.decode())


def call_for(house: House, store: Store, now: datetime) -> None:
    """Ask once, the day after, for each post that lies ready and that nobody has said is published."""
    local = now.astimezone(house.zone)
    for out in waiting(house, store, now):
        due = out.due_at.astimezone(house.zone)
        if local.date() > due.date() and local.time() >= MORNING:
            store.notice(*_not_done(house, out, short_time(due)), now)


def _package(house: House, out: PostOut, post: PostText, when: str) -> str:
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
        "Ska det inte ut behöver du inte göra något. Det här frågar vi en gång.\n"
    )
    return f"undone:{out.slot_id}", f"Är det publicerat? {out.title}, {when}", body


def time_to_publish(post: PostText, *, key: str, at: datetime, stamped_at: datetime) -> bytes:
    """An iCalendar file with the time to publish, and a reminder before it; the same for the same post."""
    from comms.render.calendar import CalendarEvent, calendar  # noqa: PLC0415 - heavy, and most runs need none

    title = str(say("Publicera på {network}", network=network_name(post.network)))
    texts = "\n\n".join(pasteable(part.segments) for part in post.parts)
    event = CalendarEvent(
        uid=key,
        title=f"{title}: {_short(post.text)}",
        start=at,
        end=at + _MOMENT,
        place="",
        description=f"{texts}\n\ncomms done {post.id} --link ADRESSEN",
        url="",
        stamped_at=stamped_at,
        online="",
        remind=REMIND,
    )
    return calendar([event], title=title)


def _short(text: str) -> str:
    """The beginning of a text on one line, cut between words."""
    line = " ".join(text.split())
    return line if len(line) <= _TITLE else f"{line[:_TITLE].rpartition(' ')[0] or line[:_TITLE]} …"
