"""Once, over a line that loses things: on each network a post stands once, or its delivery says `unknown`.

The real ledger, the real outbox loop and the real channels, against each network's fake through a line that
drops, delays, resets and garbles by chance. `COMMS_LOSSY` says how much harm is wanted (`make lossy`: 500).
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from comms.app.finding import seek
from comms.app.house import settings_alone
from comms.app.outgoing import Outbox
from comms.channels.posting import Poster
from comms.channels.web import Timeouts
from comms.deliver import Work, drain
from comms.model.ledger import DeliveryState
from comms.model.network import Segment, SegmentKind
from comms.model.plan import Entry, EntryKind, Manifest, Moment, Recipient
from comms.store import Store, open_store
from tests.contract.networks import SITES, Meeting, Site, meeting
from tests.fakes.lossy import Line

pytestmark = [pytest.mark.servers, pytest.mark.no_cover]

WANTED = int(os.environ.get("COMMS_LOSSY", "60"))
HOUSE = settings_alone(Path())
PATIENCE = 0.15
SHARE = 0.3
AT_A_TIME = 10
EACH = pytest.mark.parametrize("site", SITES, ids=[site.slug for site in SITES])


def planned(store: Store, site: Site, number: int, now: datetime) -> str:
    """A post with a picture, of words that no other has, approved and running; its words."""
    identity, words = f"nyhet-{number}.{site.slug}.1", f"Nyhet {number} från Åsebyn."
    made = site.post(pictures=1)
    post = replace(made.post, id=identity, segments=(Segment(SegmentKind.TEXT, words),), length=len(words))
    blobs = {
        one.sha256: (one.media_type, content) for one, content in zip(post.media, made.pictures, strict=True)
    }
    moment = Moment(now.replace(tzinfo=None) + timedelta(seconds=number), now)
    entry = Entry(identity, EntryKind.POST, words, f"{site.slug}:{number}", site.slug, moment, item=words)
    store.freeze(
        entry, fingerprint="f", manifest=Manifest({}), editions=[], post=post, blobs=blobs, by="A", now=now
    )
    row = (Recipient(site.slug, site.slug, "", ""), None, DeliveryState.PLANNED, "")
    store.start_run(identity, [row], now)
    return words


class Clock:
    """A clock that goes by itself, and jumps instead of letting anybody wait."""

    def __init__(self) -> None:
        """Begin now."""
        self.ahead = timedelta(0)

    def __call__(self) -> datetime:
        """What time it is."""
        return datetime.now(UTC) + self.ahead

    def sleep(self, seconds: float) -> None:
        """Jump."""
        self.ahead += timedelta(seconds=seconds)


def settled(store: Store, channel: Poster[Any], clock: Clock) -> None:
    """What a tick does with posts: look for what is unknown, hand over what is due, look again."""
    outbox = Outbox(HOUSE, store, clock())
    channels = {channel.slug: channel}
    seek(store, channels, outbox, clock())
    drain(store, channels, Work("w", outbox, clock), sleep=clock.sleep)
    store.end_rest(channel.slug)
    store.close_finished_slots(clock())
    seek(store, channels, outbox, clock())


def standing(meeting: Meeting) -> Counter[str]:
    """How many times each text stands on the network."""
    return Counter(post.text for post in meeting.published())


@EACH
def test_each_post_stands_once_or_says_that_nobody_knows(
    site: Site, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    store = open_store(f"sqlite:///{tmp_path}/comms.db")
    clock = Clock()
    words: dict[str, str] = {}
    with meeting(site, tmp_path) as met, Line(met.fake.url, seed=7, share=SHARE, patience=PATIENCE) as line:
        if callable(getattr(met.fake, "now", None)):
            met.fake.now = clock  # type: ignore[attr-defined]  # those that tell the time tell ours
        channel = met.opened(Timeouts(1, PATIENCE, PATIENCE), line.url, clock)
        store.begin_work("w", clock())
        while line.harms.total() < WANTED:
            for _ in range(AT_A_TIME):
                number = len(words)
                words[f"nyhet-{number}.{site.slug}.1"] = planned(store, site, number, clock())
            settled(store, channel, clock)
            assert len(words) < WANTED * AT_A_TIME, "nothing is asked of the network"
        line.calm()
        for _ in range(12):  # the line is whole again, and days go by
            clock.sleep(6 * 3600)
            settled(store, channel, clock)
        channel.close()
        there = standing(met)
    ends: Counter[str] = Counter()
    for identity, text in words.items():
        (row,) = store.deliveries(identity)
        ends[row.state.value] += 1
        if row.state is DeliveryState.ACCEPTED:
            assert there[text] == 1, (identity, row)
        elif row.state is DeliveryState.UNKNOWN:
            assert there[text] <= 1, (identity, row)
        else:
            pytest.fail(f"{identity} ended as {row.state.value}: {row.reason}")
    assert set(there) <= set(words.values())
    store.close()
    record_property(f"lossy line to {site.slug}", f"{line.harms.total()} harms, {dict(ends)}")
