"""Posts that a person publishes: which lie ready, and marked when they are out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from comms.app.house import House
from comms.app.wording import SLOT
from comms.channels.package import pasteable
from comms.errors import Text, UsageError, say
from comms.model.ledger import EventKind, SlotState
from comms.model.network import PostText
from comms.model.plan import EntryKind
from comms.model.settings import ChannelKind
from comms.store import PostOut, Slot, Store
from comms.text.networks import network_name
from comms.text.times import short_time

MORNING = time(7)
"""When the office's day begins: reminders and digests come after it, in the office's own time."""

LOOK_BACK = timedelta(days=60)
"""How long a post that lies ready is called for: after that it is no news to publish."""

REMIND = timedelta(minutes=15)
"""How long before its time the calendar reminds."""

CALLED_OFF = "called-off:"
"""What the officer's letter about a post that is called off is known by, before the post's id."""

_PACKAGE = "manual/"
"""How the receipt of a package begins (`comms.channels.manual`)."""

_EVER = datetime(2000, 1, 1, tzinfo=UTC)
_MOMENT = timedelta(minutes=15)
_TITLE = 60


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
    """Whether a person publishes what goes by a channel from now on; see `made_by_hand` for what has gone."""
    settings = house.settings.channels.get(channel)
    return settings is not None and settings.kind is ChannelKind.MANUAL


def made_by_hand(post: PostOut) -> bool:
    """Whether a post was handed to a person, whatever its channel is today."""
    return post.receipt.startswith(_PACKAGE)


def is_called_off(store: Store, identity: str) -> bool:
    """Whether a post was called off after it was handed over, and before anybody had seen it."""
    return store.was_told(CALLED_OFF + identity)


def packages(store: Store, since: datetime = _EVER) -> list[PostOut]:
    """Packages that have been made after `since` for a person to publish, published or not."""
    return [post for post in store.outcomes.posts(since) if made_by_hand(post)]


def waiting(store: Store, now: datetime) -> list[PostOut]:
    """Packages that lie ready, that nobody has said are published and nobody has called off."""
    made = packages(store, now - LOOK_BACK)
    return [post for post in made if post.marked_at is None and not is_called_off(store, post.slot_id)]


def standing(slot: Slot, package: PostOut | None, zone: ZoneInfo) -> Text:
    """Where an entry stands; one whose package is made is not out until a person says so."""
    if package is None:
        return SLOT[slot.state]
    if package.marked_at is None and slot.state is SlotState.CANCELLED:
        return say("inställd, publiceras inte")
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

    Raises `UsageError` when there is no such post, it is not published by hand, its package is not ready, it
    is called off, or the link is no address of the web.
    """
    link = web_address(link)
    slot = store.slot(identity)
    if slot is None:
        raise UsageError(say("Ingenting i liggaren heter ”{id}”. Se läget med: comms status", id=identity))
    before = store.outcomes.post(identity)
    _refuse_unless_by_hand(house, slot, before)
    if is_called_off(store, identity):
        raise UsageError(
            say("{id} är inställd, publiceras inte. Ligger den ute: ta bort den på nätverket.", id=identity)
        )
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


def _refuse_unless_by_hand(house: House, slot: Slot, made: PostOut | None) -> None:
    if slot.kind is not EntryKind.POST:
        raise UsageError(say("{id} är ett brev. Se vem som fått det: comms who {id}", id=slot.id))
    if not (made_by_hand(made) if made else is_by_hand(house, slot.channel)):
        raise UsageError(
            say(
                "{id} publiceras av kanalen {channel}, inte för hand. Se läget: comms who {id}. "
                "Är den oviss: comms reconcile {id}",
                id=slot.id,
                channel=slot.channel,
            )
        )


def web_address(link: str) -> str:
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
