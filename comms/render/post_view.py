"""A post as its network shows it, as values: what the page and the terminal tell alike.

Where a screen folds a text is about right and no more: telephones differ and networks do not say.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from types import MappingProxyType
from urllib.parse import urlsplit

from comms.errors import Problem, Text, say
from comms.model.network import (
    Card,
    CardMaker,
    Network,
    Part,
    PartKind,
    PostText,
    SegmentKind,
)
from comms.render.markup import is_safe_link
from comms.render.post_gallery import Gallery, Shot, gallery
from comms.text.networks import WAYS
from comms.text.times import SHORT_MONTHS, SHORT_WEEKDAYS

_MAKERS: Mapping[CardMaker, Callable[[str], Text]] = MappingProxyType(
    {
        CardMaker.US: lambda name: say("Vi gör kortet. {name} hämtar inget från sidan.", name=name),
        CardMaker.NETWORK: lambda name: say(
            "{name} gör kortet av sidans egna uppgifter. Det här är en gissning.", name=name
        ),
        CardMaker.NOBODY: lambda name: say("{name} gör inget kort av en länk.", name=name),
    }
)
_LANGUAGES = MappingProxyType(
    {
        "sv": say("svenska"),
        "en": say("engelska"),
        "fi": say("finska"),
        "nb": say("norska"),
        "no": say("norska"),
        "da": say("danska"),
        "de": say("tyska"),
        "ar": say("arabiska"),
        "uk": say("ukrainska"),
    }
)


def local_time(at: datetime) -> str:
    """`tis 1 dec 2026 kl. 11.00, UTC+1`: an aware time where the office is."""
    minutes = round((at.utcoffset() or timedelta()).total_seconds() / 60)
    hours, rest = divmod(abs(minutes), 60)
    offset = f"{'−' if minutes < 0 else '+'}{hours}" + (f":{rest:02}" if rest else "")
    day = f"{SHORT_WEEKDAYS[at.weekday()]} {at.day} {SHORT_MONTHS[at.month - 1]} {at.year}"
    return f"{day} kl. {at:%H.%M}, UTC{offset}"


def initials(name: str) -> str:
    """One or two letters for a drawn portrait: of the first and the last word that begin with one."""
    letters = [word[0].upper() for word in name.split() if word[0].isalpha()]
    return "".join(letters[:1] + letters[1:][-1:])


@dataclass(frozen=True, slots=True)
class Stretch:
    """Text as shown: what may be followed has an address; the screen `folds` before it, about."""

    kind: SegmentKind
    text: str
    href: str = ""
    folds: bool = False


@dataclass(frozen=True, slots=True)
class Bubble:
    """One text that is published by itself, with its count; `limit` and `byte_limit` are 0 when unknown."""

    kind: PartKind
    number: int
    of: int
    stretches: tuple[Stretch, ...]
    length: int
    limit: int
    size: int
    byte_limit: int

    @property
    def text(self) -> str:
        """The whole text."""
        return "".join(each.text for each in self.stretches)

    @property
    def folds(self) -> bool:
        """Whether a part of it is hidden at first."""
        return any(each.folds for each in self.stretches)

    @property
    def over(self) -> bool:
        """Whether it is longer than the network takes."""
        return bool(
            (self.limit and self.length > self.limit) or (self.byte_limit and self.size > self.byte_limit)
        )

    @property
    def name(self) -> Text:
        """What it is, where there are several."""
        if self.kind is PartKind.COMMENT:
            return say("Första kommentaren")
        if self.of > 1:
            return say("Del {number} av {of}", number=self.number, of=self.of)
        return say("Inlägget")


@dataclass(frozen=True, slots=True)
class PostView:
    """A post as its network shows it, and what the officer wants to know of it.

    `name` and `account`: who publishes. `at` is local and aware. `card` is what the link is shown as; it is
    a `guess` when the network makes it. `problems` are those of the post. `changes`: what was done to each
    picture to make it into what the network takes, by the hash of what is sent.
    """

    post: PostText
    network: Network
    name: str
    account: str
    at: datetime | None
    bubbles: tuple[Bubble, ...]
    gallery: Gallery | None
    card: Card | None
    guess: bool
    card_says: Text
    problems: tuple[Problem, ...] = ()
    changes: Mapping[str, tuple[Text, ...]] = field(default_factory=dict)

    @property
    def shots(self) -> tuple[Shot, ...]:
        """Every picture, those too that the gallery hides."""
        seen = [place.shot for place in self.gallery.places] if self.gallery else []
        hidden = enumerate(self.post.media[len(seen) :], start=len(seen) + 1)
        return (*seen, *(Shot(number, media) for number, media in hidden))

    def done_to(self, shot: Shot) -> tuple[Text, ...]:
        """What becomes of a picture: how it is seen, and what was done to the file."""
        return (*shot.remarks, *self.changes.get(shot.media.sha256, ()))

    @property
    def when(self) -> str:
        """When it goes, in words."""
        return local_time(self.at) if self.at else ""

    @property
    def language(self) -> Text:
        """The language in words, or its code."""
        return _LANGUAGES.get(self.post.language) or Text(self.post.language)

    @property
    def counts(self) -> Text:
        """How the network counts."""
        return WAYS[self.network.counting]

    @property
    def left_out(self) -> Text | None:
        """How much was left out to make the text fit, as the problem says it; None when nothing was."""
        return next((problem.message for problem in self.problems if problem.code == "N111"), None)

    @property
    def host(self) -> str:
        """Where the card leads, as cards say it."""
        return (urlsplit(self.card.url).hostname or "").removeprefix("www.") if self.card else ""


def post_view(
    post: PostText,
    *,
    network: Network,
    name: str,
    account: str = "",
    at: datetime | None = None,
    page: Card | None = None,
) -> PostView:
    """Lay a post out as its network does.

    `page` is what the linked page says of itself: what a network that makes its own card will read. What is
    found wrong (`problems`) and what was done to pictures (`changes`) is put in by whoever knows.
    """
    laid_out = gallery(post.media, network) if post.media else None
    guessed = page if network.card is CardMaker.NETWORK and not post.media and _link(post) else None
    card = post.card or guessed
    return PostView(
        post=post,
        network=network,
        name=name,
        account=account,
        at=at,
        bubbles=tuple(_bubbles(post, network)),
        gallery=laid_out,
        card=card,
        guess=card is not None and network.card is CardMaker.NETWORK,
        card_says=_card_says(post, network, card),
    )


def _link(post: PostText) -> str:
    """The first link of the post: the one that becomes a card."""
    return next((each.href for each in post.segments if each.kind is SegmentKind.LINK), "")


def _card_says(post: PostText, network: Network, card: Card | None) -> Text:
    if card or network.card is CardMaker.NOBODY:
        return _MAKERS[network.card](network.name)
    if post.media:
        return say("Inget kort: inlägget visar bilder i stället.")
    if not _link(post):
        return say("Inget kort: inlägget har ingen länk.")
    if network.card is CardMaker.NETWORK:
        return say("{name} kan göra ett kort av sidans egna uppgifter.", name=network.name)
    return say("Inget kort.")


def _bubbles(post: PostText, network: Network) -> Iterator[Bubble]:
    of = sum(part.kind is not PartKind.COMMENT for part in post.parts)
    for number, part in enumerate(post.parts, start=1):
        # Where there are threads a comment is a post; elsewhere it has a limit that networks do not state.
        counted = network.threads or part.kind is not PartKind.COMMENT
        yield Bubble(
            kind=part.kind,
            number=number,
            of=of,
            stretches=_stretches(part, network),
            length=part.length,
            limit=network.max_length * counted,
            size=len(part.text.encode()),
            byte_limit=network.max_bytes * counted,
        )


def _stretches(part: Part, network: Network) -> tuple[Stretch, ...]:
    """The segments with the fold before a word, a link or a tag: the place is a hint, not a promise."""
    fold = 0 if part.kind is PartKind.COMMENT else network.fold
    found: list[Stretch] = []
    read = 0
    for segment in part.segments:
        href = segment.href if is_safe_link(segment.href) and network.clickable_links else ""
        whole = Stretch(segment.kind, segment.text, href)
        here = fold - read
        read += len(segment.text)
        if 0 < here < len(segment.text) and segment.kind is SegmentKind.TEXT:
            cut = segment.text.rfind(" ", 0, here) + 1 or here
            before, after = segment.text[:cut], segment.text[cut:]
            found += (replace(whole, text=before), replace(whole, text=after, folds=True))
        else:
            found.append(replace(whole, folds=bool(fold) and 0 <= here < len(segment.text)))
    return tuple(found)
