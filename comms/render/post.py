"""Posts for social networks: the officer's words as they will be published, and what is wrong with them.

Nothing is ever cut: what does not fit is a problem that says by how much. Only a text that nobody wrote,
made from the item's summary, is shortened, and then at the end of a sentence.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from itertools import accumulate, pairwise

import regex

from comms.errors import ConfigError, Location, Problem, Severity, Text, say
from comms.model.item import Item, PostDraft
from comms.model.network import Counting, Media, Network, PostText, Segment, SegmentKind
from comms.model.settings import ChannelSettings, Settings
from comms.text.counting import length
from comms.text.networks import NETWORKS
from comms.text.segments import parse_segments
from comms.text.swedish import sentences

MAX_LINKS: Mapping[str, int] = {"threads": 5}
"""Networks that refuse a post with more distinct links (Threads since 2025-12-22)."""

_MEDIA_TYPES = {"jpg": "image/jpeg", "jpeg": "image/jpeg", "png": "image/png"}

_WAYS: Mapping[Counting, Text] = {
    Counting.GRAPHEMES: say("{name} räknar tecken så som de syns."),
    Counting.GRAPHEMES_LINK_23: say("{name} räknar varje länk som 23 tecken."),
    Counting.CODE_POINTS: say("{name} räknar varje tecken."),
    Counting.CODE_POINTS_EMOJI_BYTES: say("{name} räknar en emoji som flera tecken."),
    Counting.ESCAPED_LITTLE_TEXT: say("{name} räknar parenteser och liknande tecken dubbelt."),
}


def render_post(
    *, settings: Settings, item: Item, channel: ChannelSettings, draft: PostDraft, post_id: str
) -> PostText:
    """An item's post for one channel; the same values give the same hash.

    Raises ConfigError when the channel's network is not one that comms knows.
    """
    network = _network(channel)
    segments = _segments(item, draft, network)
    media = tuple(
        Media(picture.path, picture.sha256, picture.alt or "", _media_type(picture.path))
        for picture in item.pictures[: network.max_pictures]
    )
    language = item.language or settings.language
    parts = [
        *(post_id, item.slug, channel.slug, network.slug, language),
        *(f"{segment.kind} {segment.text} {segment.href}" for segment in segments),
        *(f"{each.sha256} {each.media_type} {each.alt}" for each in media),
    ]
    return PostText(
        id=post_id,
        item=item.slug,
        channel=channel.slug,
        network=network.slug,
        segments=segments,
        media=media,
        language=language,
        length=length(segments, network.counting),
        sha256=hashlib.sha256("\0".join(parts).encode()).hexdigest(),
    )


def post_problems(post: PostText, item: Item, draft: PostDraft) -> list[Problem]:
    """What stops or weakens the post on its network: N-codes, placed at the officer's text."""
    network = NETWORKS[post.network]
    location = Location(item.path, draft.line)
    return [
        Problem(code, severity, message, hint, location)
        for code, severity, rule in _RULES
        for message, hint in rule(post, network, item)
    ]


def _network(channel: ChannelSettings) -> Network:
    if channel.network not in NETWORKS:
        raise ConfigError(
            say(
                "Kanalen {channel} har nätverket ”{network}”, som comms inte känner. Välj ett av: {known}.",
                channel=channel.slug,
                network=channel.network,
                known=", ".join(NETWORKS),
            )
        )
    return NETWORKS[channel.network]


def _segments(item: Item, draft: PostDraft, network: Network) -> tuple[Segment, ...]:
    text = draft.text.strip()
    if text:
        return _with_link(text, item.link, network)
    whole, *shorter = _from_summary(item.summary.strip(), item.link, network)
    return next((each for each in (whole, *shorter) if _fits(each, network)), whole)


def _from_summary(summary: str, link: str, network: Network) -> Iterator[tuple[Segment, ...]]:
    """The summary, then without its last sentence, and so on to its first sentence alone."""
    yield _with_link(summary, link, network)
    pieces = [piece.text for piece in sentences(summary)]
    for shorter in reversed(list(accumulate(pieces, "{} {}".format))[:-1]):
        yield _with_link(shorter, link, network)


def _with_link(text: str, link: str, network: Network) -> tuple[Segment, ...]:
    """The text, and the item's address after it where it can be followed and is not there already."""
    segments = parse_segments(text, network.slug)
    there = {segment.href.rstrip("/") for segment in segments}
    if not link or not network.clickable_links or link.rstrip("/") in there:
        return segments
    return parse_segments(f"{text}\n\n{link}".strip(), network.slug)


def _fits(segments: tuple[Segment, ...], network: Network) -> bool:
    size = sum(len(segment.text.encode()) for segment in segments)
    return length(segments, network.counting) <= network.max_length and size <= (network.max_bytes or size)


def _media_type(path: str) -> str:
    return _MEDIA_TYPES.get(path.rpartition(".")[2].lower(), "application/octet-stream")


_Found = Iterator[tuple[Text, Text]]


def _too_long(post: PostText, network: Network, _item: Item) -> _Found:
    over = post.length - network.max_length
    if over > 0:
        yield (
            say(
                "Inlägget är {over} tecken för långt för {name}: {length} av {limit}.",
                over=over,
                name=network.name,
                length=post.length,
                limit=network.max_length,
            ),
            say("Korta texten. {way}", way=say(_WAYS[network.counting].template, name=network.name)),
        )


def _too_many_bytes(post: PostText, network: Network, _item: Item) -> _Found:
    size = len(post.text.encode())
    if network.max_bytes and size > network.max_bytes:
        yield (
            say(
                "Inlägget är {size} byte, {name} tar {limit}.",
                size=size,
                name=network.name,
                limit=network.max_bytes,
            ),
            say("Korta texten eller ta bort emojier: var och en är många byte."),
        )


def _no_text(post: PostText, network: Network, _item: Item) -> _Found:
    if not post.text.strip():
        yield (
            say("Inlägget för {name} har ingen text.", name=network.name),
            say("Skriv en text för kanalen, eller en sammanfattning i nyheten."),
        )


def _no_picture(post: PostText, network: Network, _item: Item) -> _Found:
    if network.needs_picture and not post.media:
        yield (
            say("{name} tar inga inlägg utan bild.", name=network.name),
            say("Lägg till en bild i nyheten, eller ta bort inlägget för {name}.", name=network.name),
        )


def _pictures_left_out(post: PostText, network: Network, item: Item) -> _Found:
    left_out = len(item.pictures) - len(post.media)
    if left_out > 0:
        yield (
            say(
                "Nyheten har {count} bilder, {name} visar {limit}.",
                count=len(item.pictures),
                name=network.name,
                limit=network.max_pictures,
            ),
            say("Ställ de viktigaste bilderna först."),
        )


def _tags(post: PostText) -> list[str]:
    return [segment.text for segment in post.segments if segment.kind is SegmentKind.HASHTAG]


def _too_many_tags(post: PostText, network: Network, _item: Item) -> _Found:
    count = len(_tags(post))
    if network.tags_allowed and count > network.tags_allowed:
        yield (
            say(
                "Inlägget har {count} hashtaggar, {name} tar {limit}.",
                count=count,
                name=network.name,
                limit=network.tags_allowed,
            ),
            say("Behåll de {advised} viktigaste.", advised=network.tags_advised),
        )


def _many_tags(post: PostText, network: Network, _item: Item) -> _Found:
    count = len(_tags(post))
    if network.tags_advised < count <= (network.tags_allowed or count):
        yield (
            say(
                "Inlägget har {count} hashtaggar. För {name} räcker {advised}.",
                count=count,
                name=network.name,
                advised=network.tags_advised,
            ),
            say("Behåll dem som någon verkligen söker på."),
        )


_CUT_TAG = regex.compile(r"^-[\p{L}\p{N}]+")
_NO_TAG = regex.compile(r"(?<![\p{L}\p{N}_/#&])#[\p{N}_]+(?![\p{L}\p{M}\p{N}_])")


def _broken_tags(post: PostText, _network: Network, _item: Item) -> _Found:
    """Tags that the reader's network will not read as the officer meant."""
    for segment, following in pairwise((*post.segments, Segment(SegmentKind.TEXT, ""))):
        cut = _CUT_TAG.match(following.text) if following.kind is SegmentKind.TEXT else None
        if segment.kind is SegmentKind.HASHTAG and cut:
            yield (
                say(
                    "Hashtaggen {meant} slutar vid bindestrecket: {read}.",
                    meant=segment.text + cut[0],
                    read=segment.text,
                ),
                say("Skriv den utan bindestreck, med stor bokstav i varje ord."),
            )
        for number in _NO_TAG.findall(segment.text) if segment.kind is SegmentKind.TEXT else ():
            yield (
                say("{text} blir ingen hashtagg: den har ingen bokstav.", text=number),
                say("Lägg till ett ord, till exempel {example}.", example=f"#Leader{number[1:]}"),
            )


def _long_alt(post: PostText, network: Network, _item: Item) -> _Found:
    for number, media in enumerate(post.media, start=1):
        over = len(media.alt) - network.alt_max
        if network.alt_max and over > 0:
            yield (
                say(
                    "Alt-texten för bild {number} är {over} tecken för lång för {name}.",
                    number=number,
                    over=over,
                    name=network.name,
                ),
                say("Beskriv det som betyder något i bilden, helst i en eller två meningar."),
            )


def _many_links(post: PostText, network: Network, _item: Item) -> _Found:
    links = {segment.href for segment in post.segments if segment.kind is SegmentKind.LINK}
    limit = MAX_LINKS.get(network.slug, len(links))
    if len(links) > limit:
        yield (
            say(
                "Inlägget har {count} länkar, {name} tar {limit}.",
                count=len(links),
                name=network.name,
                limit=limit,
            ),
            say("Länka till en sida som samlar de andra."),
        )


_RULES: tuple[tuple[str, Severity, Callable[[PostText, Network, Item], _Found]], ...] = (
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
)
"""Each rule with its code and how grave it is."""
