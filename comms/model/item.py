"""An item: one story in Markdown with its tags."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum

from comms.model.document import Document
from comms.model.network import CENTRE

SCAFFOLD = "Skriv det viktigaste först: vad händer, för vem, när?"
"""What a new item's body asks for; an item that still holds it is not written."""


class ItemKind(StrEnum):
    """The kinds of news that a Leader office has."""

    CALL = "call"
    DECISION = "decision"
    GRANT = "grant"
    STORY = "story"
    INVITATION = "invitation"
    OFFICE = "office"
    OUTLOOK = "outlook"


@dataclass(frozen=True, slots=True)
class Event:
    """Something to come to; `access` says how it is accessible. Times are aware."""

    start: datetime
    end: datetime | None
    place: str
    access: str
    online: str


@dataclass(frozen=True, slots=True)
class Call:
    """A call for applications with what Regulation (EU) 2022/129, Annex III 1.4, asks to be told."""

    opens: date
    closes: date
    total_sek: int | None
    who: str
    objective: str


@dataclass(frozen=True, slots=True)
class Project:
    """A project that was granted support; `support_sek` in whole kronor.

    `aim` is what it wants to reach, `poster` whether the poster about the EU's support is up (None: the
    file does not say).
    """

    name: str
    applicant: str
    support_sek: int | None
    eu_funded: bool
    period: str
    aim: str = ""
    poster: bool | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody named in the item.

    `pronoun` and `gender` are the person's own words or empty: never guessed, least of all from a name.
    `quoted`: whether the item gives their words (None: the file does not say). `speaker`: whether they
    are on stage at the item's event. `sector`: private, non-profit or public. `facts`: what else is told
    of them (age, family …), which should be told of all or of none.
    """

    name: str
    role: str
    organisation: str
    pronoun: str
    line: int
    gender: str = ""
    municipality: str = ""
    sector: str = ""
    quoted: bool | None = None
    speaker: bool = False
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Consent:
    """On what ground people may be shown: what they said yes to, and until when.

    `scope` names channels and newsletters; empty means all. `guardian` said yes for a child. From
    `withdrawn_on` the picture goes out nowhere.
    """

    basis: str
    given_on: date | None = None
    scope: tuple[str, ...] = ()
    expires: date | None = None
    guardian: str = ""
    withdrawn_on: date | None = None


class Setting(StrEnum):
    """Where a picture of people is taken."""

    WORK = "work"
    HOME = "home"
    OUTDOORS = "outdoors"
    STUDIO = "studio"


class Activity(StrEnum):
    """Whether the people in a picture do something, or are looked at."""

    ACTIVE = "active"
    PASSIVE = "passive"


class Angle(StrEnum):
    """From where the camera sees: from below gives power, from above takes it."""

    BELOW = "below"
    LEVEL = "level"
    ABOVE = "above"


class Placement(StrEnum):
    """Who is in front when several are in the picture."""

    FRONT = "front"
    BACK = "back"


class Fit(StrEnum):
    """What is done with a picture of a shape that a network does not take."""

    CROP = "crop"
    PAD = "pad"


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of the item. `path` from the workspace's root; `people` shown, by name.

    `focal` is what matters most in it, from the left and the top, as shares of its size.

    `alt` is None when the key is missing (a fault) and "" when the picture is decorative. What is None
    of the rest is not said. `placement` is per person shown.
    """

    path: str
    alt: str | None
    caption: str
    photographer: str
    people: tuple[str, ...]
    consent: Consent | None
    stock: bool
    line: int
    sha256: str = ""
    width: int = 0
    height: int = 0
    setting: Setting | None = None
    activity: Activity | None = None
    angle: Angle | None = None
    placement: Mapping[str, Placement] = field(default_factory=dict)
    taken_on: date | None = None
    last_reviewed: date | None = None
    focal: tuple[float, float] = CENTRE
    fit: Fit = Fit.CROP


class WhenLong(StrEnum):
    """What becomes of a text that is too long: stop and tell, leave out the end, or go on in a thread."""

    STOP = "stop"
    SHORTEN = "shorten"
    THREAD = "thread"


class Show(StrEnum):
    """What a post shows beside its text."""

    PICTURES = "pictures"
    CARD = "card"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class PostDraft:
    """What the officer wrote for one channel: a text of its own, and a time when it matters.

    `comment` is published below the post. `warning` is what readers see before they open it. `show` is None
    when nothing is said: pictures if there are any. `repeat`: it may say what the channel has said before.
    `latest`: how late it may go out, None as the channel says.
    """

    channel: str
    text: str
    at: datetime | None
    line: int
    comment: str = ""
    warning: str = ""
    when_long: WhenLong = WhenLong.STOP
    show: Show | None = None
    repeat: bool = False
    latest: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """One story, tagged. Empty `municipalities` means the whole area; dates are local.

    `lines` gives the line of each front matter key, `sha256` the file's bytes as read. `places` gives, by
    dotted key (`images.0.alt`), where the letters of a text stand: offset, line and column (0: not known).
    """

    slug: str
    path: str
    sha256: str
    title: str
    kind: ItemKind
    focus: tuple[str, ...]
    goals: tuple[str, ...]
    activities: tuple[str, ...]
    indicators: tuple[str, ...]
    audiences: tuple[str, ...]
    municipalities: tuple[str, ...]
    dated_on: date
    publish_from: date
    publish_until: date | None
    language: str
    link: str
    summary: str
    event: Event | None
    call: Call | None
    project: Project | None
    people: tuple[Person, ...]
    pictures: tuple[Picture, ...]
    leads: Mapping[str, str]
    posts: tuple[PostDraft, ...]
    body: Document
    lines: Mapping[str, int]
    places: Mapping[str, tuple[tuple[int, int, int], ...]] = field(default_factory=dict)

    def is_for(self, audience: str, municipality: str) -> bool:
        """Whether an edition for `audience` × `municipality` ("" = whole area) may carry the item."""
        placed = not municipality or not self.municipalities or municipality in self.municipalities
        return audience in self.audiences and placed


@dataclass(frozen=True, slots=True)
class BrokenItem:
    """A file that has errors, and as much of where it belonged as could be read.

    None means that it could not be read: the item may then belong anywhere. What could be read of its
    `pictures` counts: a consent that is taken back in it holds in every other item.
    """

    slug: str
    path: str
    audiences: tuple[str, ...] | None
    municipalities: tuple[str, ...] | None
    publish_from: date | None
    publish_until: date | None
    pictures: tuple[Picture, ...] = ()

    def is_for(self, audience: str, municipality: str) -> bool:
        """Whether an edition for `audience` × `municipality` might have carried the item."""
        read = self.audiences is None or audience in self.audiences
        placed = not municipality or not self.municipalities or municipality in self.municipalities
        return read and placed
