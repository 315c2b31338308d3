"""An office, a network on loopback and a clock: what journeys of posts are made with."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from tests.fakes import bluesky, containers, facebook, linkedin, mastodon
from tests.fakes.network import Fault, Network, Published, Reply, Request
from tests.fakes.threads import Threads
from tests.journey.workspaces import Answer, Office, body

ZONE = ZoneInfo("Europe/Stockholm")
APPROVED = "2026-12-02T09:00"
TIME = datetime(2026, 12, 3, 12, 1, tzinfo=ZONE)
COMMENT = "Läs mer: https://leader.example/nyheter/bryggan"
ENOUGH = 16
"""Runs within which everything must be settled, whatever happened."""

Opened = Callable[..., "Desk"]
"""What opens a channel by its name; `more`: lines of its post."""


@dataclass(frozen=True)
class Site:
    """A network: its fake, what else comms.yaml says, its secrets, and the path of the call that publishes.

    `parts`: how many posts the text becomes, its comment not counted.
    """

    fake: Callable[[], Network]
    settings: str
    secrets: dict[str, str]
    publish: str
    parts: int = 3


SITES = {
    "mastodon": Site(mastodon.Mastodon, "", {"TOKEN": mastodon.TOKEN}, "/api/v1/statuses"),
    "bluesky": Site(
        bluesky.Bluesky,
        f", account: {bluesky.HANDLE}",
        {"TOKEN": bluesky.PASSWORD},
        "/xrpc/com.atproto.repo.putRecord",
    ),
    "threads": Site(
        Threads,
        f', account: "{containers.ACCOUNT}", media_host: {{kind: web}}',
        {"TOKEN": containers.TOKEN},
        f"/{Threads.version}/{containers.ACCOUNT}/threads_publish",
    ),
    "facebook": Site(
        facebook.Facebook,
        f', account: "{facebook.PAGE}"',
        {"TOKEN": facebook.TOKEN, "APP_SECRET": facebook.SECRET},
        f"/{facebook.VERSION}/{facebook.PAGE}/feed",
        parts=1,
    ),
    "linkedin": Site(
        linkedin.LinkedIn,
        f', account: "{linkedin.ORGANIZATION}"',
        {"TOKEN": linkedin.TOKEN},
        "/rest/posts$",
        parts=1,
    ),
}


@dataclass
class Desk:
    """An office, a network, and a clock that both go by."""

    office: Office
    fake: Network
    site: Site
    post: str
    now: datetime = TIME
    answers: list[Answer] = field(default_factory=list)

    @property
    def clock(self) -> str:
        """The time as `--now` has it."""
        return f"{self.now:%Y-%m-%dT%H:%M}"

    def comms(self, *arguments: str) -> Answer:
        """Run one command at this time."""
        return self.office.comms(*arguments, now=self.clock)

    def tick(self, minutes: int = 0) -> Answer:
        """Let so many minutes pass, and run."""
        self.now += timedelta(minutes=minutes)
        self.answers.append(self.comms("tick"))
        return self.answers[-1]

    def settle(self) -> None:
        """Run every fifth minute until nothing is open or unknown."""
        for _ in range(ENOUGH):
            if not set(self.states) & {"planned", "claimed", "sending", "unknown"} and self.states:
                return
            self.tick(5)

    @property
    def states(self) -> list[str]:
        """Where each part stands, in order."""
        return [state for state, _ in self._rows()]

    @property
    def receipts(self) -> list[str]:
        """What the network calls each part, in order."""
        return [receipt for _, receipt in self._rows()]

    @property
    def published(self) -> list[Published]:
        """What stands on the network."""
        return self.fake.posts()

    @property
    def told(self) -> list[str]:
        """The subjects of the officer's letters."""
        return [str(letter["Subject"]) for letter in self.office.officers_mail()]

    def said(self, beginning: str) -> str:
        """The officer's letter whose subject begins so."""
        (letter,) = (
            letter for letter in self.office.officers_mail() if str(letter["Subject"]).startswith(beginning)
        )
        return body(letter)

    def fails(self, *, after: int = 0, **what: object) -> None:
        """What shall go wrong with the next call that publishes, once so many posts stand there."""
        fault = Fault(self.site.publish, method="POST", **what)  # type: ignore[arg-type]  # fields of it
        if not after:
            self.fake.server.faults.append(fault)
            return
        answer, waits = self.fake.answer, [fault]

        def counting(request: Request) -> Reply:
            reply = answer(request)
            if waits and len(self.published) == after:
                self.fake.server.faults.append(waits.pop())
            return reply

        self.fake.answer = counting  # type: ignore[method-assign]  # the network as it is, and then it fails

    def stop_in_the_middle(self) -> None:
        """Run until the first part is out and the next must wait ten minutes."""
        self.fails(after=1, status=429, headers={"Retry-After": "600"})
        self.tick()
        self.tick(1)
        assert (len(self.published), self.states) == (1, ["accepted", "planned", "planned", "planned"])

    def assert_whole(self) -> None:
        """The thread stands there in order, each part once and under the one before; then its comment."""
        parts, posts = self.site.parts, self.published
        assert [post.text.partition(":")[0] for post in posts] == [
            *(f"Stycke {number}" for number in range(1, parts + 1)),
            "Läs mer",
        ]
        assert [post.parent for post in posts] == ["", *(post.id for post in posts[: parts - 1]), posts[0].id]
        assert self.states == ["accepted"] * (parts + 1)
        assert self.receipts == [post.id for post in posts]

    def _rows(self) -> list[tuple[str, str]]:
        """State and receipt of each part, from the ledger itself: `comms who` costs as much as a run."""
        with closing(sqlite3.connect(self.office.database)) as ledger:
            return ledger.execute(
                "SELECT state, receipt FROM deliveries WHERE slot_id = ? ORDER BY id", (self.post,)
            ).fetchall()


def text(site: Site, channel: str) -> str:
    """A text that becomes as many posts as it has paragraphs."""
    sentence = "Vid sjön finns en ny brygga där alla kan mötas och bada hela sommaren."
    sentences = " ".join([sentence] * (3 if channel == "bluesky" else 5))
    return "\n\n".join(f"Stycke {number}: {sentences}" for number in range(1, site.parts + 1))


def post_of(site: Site, channel: str, more: str = "") -> str:
    """The lines of an item that make the post."""
    lines = [f"      {line}".rstrip() for line in text(site, channel).splitlines()]
    long = "    when_long: thread\n" if site.parts > 1 else ""
    return (
        f'posts:\n  {channel}:\n    show: nothing\n{long}{more}    comment: "{COMMENT}"\n    text: |-\n'
        + "\n".join(lines)
        + "\n"
    )
