"""Small entries, letters and posts to try things with; all people and addresses invented."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING

from comms.errors import say
from comms.model.issue import Edition
from comms.model.ledger import DeliveryState, Letter, Publication
from comms.model.network import Media, PostText, Segment, SegmentKind
from comms.model.plan import EditionPlan, Entry, EntryKind, Manifest, Moment, Pick, Recipient, Skip

if TYPE_CHECKING:
    from comms.store import Store

NOW = datetime(2026, 12, 1, 8, 0, tzinfo=UTC)
ISSUE = "kommunbrevet-2026-12-01"
LEASE = timedelta(minutes=30)
PICTURE = b"\x89PNG\r\n\x1a\n not quite a picture"


def issue_entry(entry_id: str = ISSUE, channel: str = "mejl", day: int = 1) -> Entry:
    """A planned issue with one edition, for the public of Arvika."""
    edition = EditionPlan(
        "public",
        "arvika",
        (Pick("bryggan", say("Har taggen {municipality}.", municipality="Arvika")),),
        (Skip("sagan", say("Ryms inte.")),),
        recipients=3,
    )
    return Entry(
        id=entry_id,
        kind=EntryKind.ISSUE,
        title="Kommunbrevet",
        schedule="kommunbrevet",
        channel=channel,
        moment=Moment(datetime(2026, 12, day, 9), datetime(2026, 12, day, 8, tzinfo=UTC)),  # noqa: DTZ001 - wall time
        editions=(edition,),
        newsletter="kommunbrevet",
    )


def edition(entry_id: str = ISSUE, subject: str = "Ny brygga i Åsebyn") -> Edition:
    """The edition of `issue_entry`, rendered."""
    return Edition(
        entry_id, "public", "arvika", subject, "<p>Hej ⟦1⟧</p>", "Hej", "⟦1⟧", ("bryggan",), "0" * 64
    )


def approve(store: Store, entry: Entry | None = None) -> None:
    """Freeze `entry` (the example issue when none is given) with its one edition."""
    entry = entry or issue_entry()
    store.freeze(
        entry,
        fingerprint="f1",
        manifest=Manifest({"content/items/bryggan.md": "a" * 64}),
        editions=[edition(entry.id)],
        post=None,
        blobs={},
        by="Anna Öberg",
        now=NOW,
    )


def recipient(number: int) -> Recipient:
    """One of many offices."""
    return Recipient(f"kontor{number}@kommun.example", f"Kontor {number}", "public", "arvika")


def run_of(store: Store, count: int, entry: Entry | None = None) -> None:
    """Approve an issue and let it run to `count` recipients."""
    entry = entry or issue_entry()
    approve(store, entry)
    number = store.editions(entry.id)[0][0]
    rows = ((recipient(n), number, DeliveryState.PLANNED, "") for n in range(count))
    store.start_run(entry.id, rows, NOW)


def letter(recipient: str = "kansli@arvika.example", body: str = "Hej =C3=A5=C3=A4=C3=B6") -> Letter:
    """A whole letter; `body` goes in as it is."""
    key = sha256(recipient.encode()).hexdigest()[:12]
    content = (
        f"Message-ID: <{key}@leader.example>\r\n"
        f"From: Leader <brev@leader.example>\r\nTo: {recipient}\r\n"
        "Subject: =?utf-8?q?Ny_brygga_i_=C3=85sebyn?=\r\n"
        "Content-Type: text/plain; charset=utf-8\r\n"
        "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
        f"{body}\r\n"
    )
    return Letter(ISSUE, "brev@leader.example", recipient, f"<{key}@leader.example>", content.encode())


def publication(
    text: str = "Ny brygga i Åsebyn", pictures: int = 0, channel: str = "mastodon"
) -> Publication:
    """A post with a link and so many pictures."""
    segments = (
        Segment(SegmentKind.TEXT, f"{text} "),
        Segment(SegmentKind.LINK, "leader.example/brygga", "https://leader.example/brygga"),
    )
    media = tuple(
        Media(f"content/bilder/{n}.png", sha256(PICTURE).hexdigest(), f"Brygga {n} i kvällsljus", "image/png")
        for n in range(pictures)
    )
    post = PostText(
        "bryggan.mastodon.1", "bryggan", channel, "mastodon", segments, media, "sv", len(text) + 24, "1" * 64
    )
    return Publication(
        post,
        (PICTURE,) * pictures,
        "bryggan.mastodon.1.0123456789ab",
        created_at=NOW,
        publish_at=NOW,
    )
