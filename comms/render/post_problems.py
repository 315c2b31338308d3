"""What stops or weakens a post on its network: the N-rules, each placed at the officer's text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

import regex

from comms.errors import Location, Problem, Severity, Text, say
from comms.model.item import Item, PostDraft, Show, WhenLong
from comms.model.network import CardMaker, Counting, Network, Part, PartKind, PostText, Segment, SegmentKind
from comms.text.counting import mastodon_links
from comms.text.networks import NETWORKS, WAYS
from comms.text.parts import without_tail
from comms.text.segments import SPACE_BEFORE_TAGS, parse_segments
from comms.text.swedish import INVISIBLE, sentences

_LONGEST_COMMENT = {"linkedin": 1250}
"""Where comments are said to be shorter than posts (developers.buffer.com, character limits; LinkedIn itself
does not say, so it is a warning)."""


@dataclass(frozen=True, slots=True)
class _Case:
    """What the rules look at."""

    post: PostText
    network: Network
    item: Item
    draft: PostDraft

    @property
    def name(self) -> str:
        """The network's name."""
        return self.network.name

    @property
    def is_threaded(self) -> bool:
        """Whether the text goes on in further posts."""
        return any(part.kind is PartKind.REPLY for part in self.post.more)

    @property
    def texts(self) -> int:
        """In how many posts the text is: comments apart."""
        return sum(part.kind is not PartKind.COMMENT for part in self.post.parts)


_Found = Iterator[tuple[Text, Text]]


def post_problems(
    post: PostText, item: Item, draft: PostDraft, network: Network | None = None
) -> list[Problem]:
    """What stops or weakens the post on its network; `network` as `render_post` had it."""
    case = _Case(post, network or NETWORKS[post.network], item, draft)
    location = Location(item.path, draft.line)
    return [
        Problem(code, severity, message, hint, location)
        for code, severity, rule in _RULES
        for message, hint in dict.fromkeys(rule(case))
    ]


# How long


def _too_long(case: _Case) -> _Found:
    limit = case.network.max_length
    for number, part in enumerate(case.post.parts, 1):
        over = part.length - limit
        if over <= 0:
            continue
        told = {"over": over, "name": case.name, "length": part.length, "limit": limit}
        if part.kind is PartKind.COMMENT:
            yield (
                say("Kommentaren är {over} tecken för lång för {name}: {length} av {limit}.", **told),
                say("Korta kommentaren. {way}", way=_way(case)),
            )
        elif case.is_threaded:
            yield (
                say(
                    "Del {number} av {count} är {over} tecken för lång för {name}: {length} av {limit}.",
                    number=number,
                    count=case.texts,
                    **told,
                ),
                _divide(case),
            )
        else:
            yield (
                say("Inlägget är {over} tecken för långt för {name}: {length} av {limit}.", **told),
                _ways_out(case),
            )


def _ways_out(case: _Case) -> Text:
    """What to do about a post that is too long: what the officer has not tried already."""
    tried = case.draft.when_long is WhenLong.SHORTEN or not case.draft.text.strip()
    if tried or (case.draft.when_long is WhenLong.THREAD and case.network.threads):
        return _divide(case)
    if not case.network.threads:
        return say("Korta texten, eller skriv when_long: shorten. {way}", way=_way(case))
    return say(
        "Korta texten, eller skriv when_long: shorten eller when_long: thread. {way}",
        way=_way(case),
    )


def _divide(case: _Case) -> Text:
    return say(
        "En mening är för lång, och meningar kapas aldrig. Dela den i två eller korta den. {way}",
        way=_way(case),
    )


def _way(case: _Case) -> Text:
    return WAYS[case.network.counting]


def _too_many_bytes(case: _Case) -> _Found:
    for part in case.post.parts:
        size = len(part.text.encode())
        if case.network.max_bytes and size > case.network.max_bytes:
            yield (
                say(
                    "Inlägget är {size} byte, {name} tar {limit}.",
                    size=size,
                    name=case.name,
                    limit=case.network.max_bytes,
                ),
                say("Korta texten eller ta bort emojier: var och en är många byte."),
            )


def _no_thread(case: _Case) -> _Found:
    too_long = case.post.length > case.network.max_length
    if too_long and case.draft.when_long is WhenLong.THREAD and not case.network.threads:
        yield (
            say("{name} har inga trådar: texten kan inte fortsätta i fler inlägg.", name=case.name),
            say("Korta texten, eller skriv when_long: shorten."),
        )


def _shortened(case: _Case) -> _Found:
    if not case.post.shortened:
        return
    kept = sentences("".join(part.text for part in without_tail(case.post.segments)))
    told = {"count": case.post.shortened, "name": case.name}
    message = (
        say("{count} tecken av texten är utelämnade för att inlägget ska rymmas på {name}.", **told)
        if case.draft.text.strip()
        else say(
            "{count} tecken av sammanfattningen är utelämnade för att inlägget ska rymmas på {name}.", **told
        )
    )
    hint = say(
        "Inlägget slutar med ”{last}” Fattas något viktigt, så skriv en kortare text för {name}.",
        last=kept[-1].text if kept else "",
        name=case.name,
    )
    yield message, hint


def _long_comment(case: _Case) -> _Found:
    limit = _LONGEST_COMMENT.get(case.network.slug, case.network.max_length)
    for part in case.post.more:
        if part.kind is PartKind.COMMENT and limit < part.length <= case.network.max_length:
            yield (
                say(
                    "Kommentaren är {length} tecken. {name} tar förmodligen högst {limit}.",
                    length=part.length,
                    name=case.name,
                    limit=limit,
                ),
                say("Korta kommentaren."),
            )


def _no_text(case: _Case) -> _Found:
    if not case.post.text.strip():
        yield (
            say("Inlägget för {name} har ingen text.", name=case.name),
            say("Skriv en text för kanalen, eller en sammanfattning i nyheten."),
        )


# Pictures and cards


def _no_picture(case: _Case) -> _Found:
    if case.network.needs_picture and not case.post.media:
        yield (
            say("{name} tar inga inlägg utan bild.", name=case.name),
            say("Ta bort raden show, så visas nyhetens bilder.")
            if case.item.pictures
            else say("Lägg till en bild i nyheten, eller ta bort inlägget för {name}.", name=case.name),
        )


def _pictures_left_out(case: _Case) -> _Found:
    if case.post.media and len(case.item.pictures) > len(case.post.media):
        yield (
            say(
                "Nyheten har {count} bilder, {name} visar {limit}.",
                count=len(case.item.pictures),
                name=case.name,
                limit=case.network.max_pictures,
            ),
            say("Ställ de viktigaste bilderna först."),
        )


def _long_alt(case: _Case) -> _Found:
    for number, media in enumerate(case.post.media, start=1):
        over = len(media.alt) - case.network.alt_max
        if case.network.alt_max and over > 0:
            yield (
                say(
                    "Alt-texten för bild {number} är {over} tecken för lång för {name}.",
                    number=number,
                    over=over,
                    name=case.name,
                ),
                say("Beskriv det som betyder något i bilden, helst i en eller två meningar."),
            )


def _nothing_to_show(case: _Case) -> _Found:
    """What the officer asked to have shown, and nobody will see."""
    if case.draft.show is Show.PICTURES and not case.item.pictures:
        yield (
            say("Inlägget för {name} ska visa bilder, men nyheten har inga.", name=case.name),
            say("Lägg till en bild i nyheten, eller ta bort raden show."),
        )
    if case.draft.show is not Show.CARD:
        return
    if case.network.card is CardMaker.NOBODY:
        yield (
            say("{name} visar inga länkkort.", name=case.name),
            say("Ta bort raden show, så visas nyhetens bilder."),
        )
    elif not any(part.kind is SegmentKind.LINK for part in case.post.segments) and not case.post.card:
        yield (
            say("Inlägget för {name} ska visa ett länkkort, men har ingen länk.", name=case.name),
            say("Skriv nyhetens sida på raden link, eller ta bort raden show."),
        )


# Hashtags and links


def _tags(part: Part) -> int:
    return sum(segment.kind is SegmentKind.HASHTAG for segment in part.segments)


def _too_many_tags(case: _Case) -> _Found:
    for count in map(_tags, case.post.parts):
        if case.network.tags_allowed and count > case.network.tags_allowed:
            yield (
                say(
                    "Inlägget har {count} hashtaggar, {name} tar {limit}.",
                    count=count,
                    name=case.name,
                    limit=case.network.tags_allowed,
                ),
                say("Behåll de {advised} viktigaste.", advised=case.network.tags_advised),
            )


def _many_tags(case: _Case) -> _Found:
    for count in map(_tags, case.post.parts):
        if case.network.tags_advised < count <= (case.network.tags_allowed or count):
            yield (
                say(
                    "Inlägget har {count} hashtaggar. För {name} räcker {advised}.",
                    count=count,
                    name=case.name,
                    advised=case.network.tags_advised,
                ),
                say("Behåll dem som någon verkligen söker på."),
            )


_CUT_TAG = regex.compile(r"^-[\p{L}\p{N}]+")
_NO_TAG = regex.compile(r"(?<![\p{L}\p{N}_/#&])#[\p{N}_]+(?![\p{L}\p{M}\p{N}_])")


def _broken_tags(case: _Case) -> _Found:
    """Tags that the reader's network will not read as the officer meant."""
    for part in case.post.parts:
        for segment, following in pairwise((*part.segments, Segment(SegmentKind.TEXT, ""))):
            if segment.kind is SegmentKind.HASHTAG and following.kind is SegmentKind.TEXT:
                yield from _cut_tag(segment.text, following.text)
            for number in _NO_TAG.findall(segment.text) if segment.kind is SegmentKind.TEXT else ():
                yield (
                    say("{text} blir ingen hashtagg: den har ingen bokstav.", text=number),
                    say("Lägg till ett ord, till exempel {example}.", example=f"#Leader{number[1:]}"),
                )
        yield from _glued_tags(part, case.network)


def _cut_tag(tag: str, following: str) -> _Found:
    cut = _CUT_TAG.match(following)
    if cut:
        yield (
            say("Hashtaggen {meant} slutar vid bindestrecket: {read}.", meant=tag + cut[0], read=tag),
            say("Skriv den utan bindestreck, med stor bokstav i varje ord."),
        )
    if ord(following[:1] or " ") in INVISIBLE:
        yield (
            say("Hashtaggen {read} slutar vid ett tecken som inte syns.", read=tag),
            say("Skriv hashtaggen på nytt för hand: tecknet följde med när texten kopierades."),
        )


def _glued_tags(part: Part, network: Network) -> _Found:
    """Tags with something before them on a network that wants white space there."""
    if network.slug not in SPACE_BEFORE_TAGS:
        return
    meant = Counter(one.text for one in parse_segments(part.text) if one.kind is SegmentKind.HASHTAG)
    read = Counter(one.text for one in part.segments if one.kind is SegmentKind.HASHTAG)
    for tag in meant - read:
        yield (
            say(
                "{tag} blir ingen hashtagg på {name}: tecknet före är inget blanksteg.",
                tag=tag,
                name=network.name,
            ),
            say("Sätt ett blanksteg före {tag}, eller flytta den sist i texten.", tag=tag),
        )


def _many_links(case: _Case) -> _Found:
    for part in case.post.parts:
        count = len({segment.href for segment in part.segments if segment.kind is SegmentKind.LINK})
        if case.network.max_links and count > case.network.max_links:
            yield (
                say(
                    "Inlägget har {count} länkar, {name} tar {limit}.",
                    count=count,
                    name=case.name,
                    limit=case.network.max_links,
                ),
                say("Länka till en sida som samlar de andra."),
            )


def _glued_links(case: _Case) -> _Found:
    """Addresses that Mastodon reads with a sign too many or too few, and that then lead to nothing."""
    if case.network.counting is not Counting.GRAPHEMES_LINK_23:
        return
    for part in case.post.parts:
        meant = [segment.href for segment in part.segments if segment.kind is SegmentKind.LINK]
        for read in mastodon_links(part.text):
            near = next((href for href in meant if read.startswith(href) or href.startswith(read)), read)
            if read != near and read not in meant:
                yield (
                    say("{name} läser länken {meant} som {read}.", name=case.name, meant=near, read=read),
                    say("Sätt ett blanksteg efter länken, eller ställ den på en egen rad."),
                )


_RULES: tuple[tuple[str, Severity, Callable[[_Case], Iterable[tuple[Text, Text]]]], ...] = (
    ("N101", Severity.ERROR, _too_long),
    ("N102", Severity.ERROR, _too_many_bytes),
    ("N103", Severity.ERROR, _no_text),
    ("N104", Severity.ERROR, _no_picture),
    ("N105", Severity.WARNING, _pictures_left_out),
    ("N106", Severity.ERROR, _too_many_tags),
    ("N107", Severity.WARNING, _many_tags),
    ("N108", Severity.WARNING, _broken_tags),
    ("N109", Severity.ERROR, _long_alt),
    ("N110", Severity.ERROR, _many_links),
    ("N111", Severity.NOTICE, _shortened),
    ("N112", Severity.ERROR, _no_thread),
    ("N113", Severity.WARNING, _nothing_to_show),
    ("N114", Severity.WARNING, _glued_links),
    ("N115", Severity.WARNING, _long_comment),
)
"""Each rule with its code and how grave it is."""
