"""The words of a spread kit: the short text, the long text, and posts in the municipality's own voice.

An item says "vi" of the office that wrote it. In a municipality's channel "vi" would be the municipality,
so such words are passed on as what they are: a quotation, with the office's name before it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

import regex

from comms.errors import say
from comms.model.document import Block, BlockKind, Document, Span, SpanKind
from comms.model.item import Call, Event, Item, ItemKind, Project
from comms.model.kit import KitPost
from comms.model.network import SegmentKind
from comms.model.settings import Settings
from comms.model.site import PUBLIC
from comms.model.workspace import TemplateSet, Workspace
from comms.render.addresses import item_path, url
from comms.render.facts import local_event
from comms.render.markup import is_safe_link
from comms.render.templates import fill
from comms.render.wording import NBSP, kronor, listed
from comms.text.counting import length
from comms.text.networks import NETWORKS
from comms.text.segments import parse_segments
from comms.text.swedish import sentences, word_texts

KIT_NETWORKS = ("facebook", "instagram", "linkedin")
"""The networks that municipalities are on, in the order in which the kit shows them."""

SHORT = 300
"""How many characters of the body stand in for a summary that nobody wrote, counted in whole sentences."""

_OURSELVES = frozenset({"vi", "oss", "vår", "vårt", "våra"})
_SAID = re.compile(r"”[^”]*”|^\s*[–-]\s.*$", re.MULTILINE)
_WORD = regex.compile(r"[\p{L}\p{N}]+")
_READ_MORE = {
    ItemKind.CALL: say("Läs mer och ansök"),
    ItemKind.INVITATION: say("Läs mer och anmäl dig"),
    ItemKind.STORY: say("Läs hela berättelsen"),
}


@dataclass(frozen=True, slots=True)
class KitWords:
    """What a template in templates/spread may use, as `kit`.

    `text` is the short text or as much of it as fits, `more` the body's first paragraph ("" when it says
    "vi" of the office); `is_quoted` when `text` says so. `place` is the municipality, "" for the whole
    area, `places` where the item belongs, "" for all of it; `is_ours` when that is the municipality alone.
    `told_here` is what a list in an item for the whole area says of this municipality. `on` is the day of
    publishing: its year need not be written out. Times of `event` are local; `access` is its own, in
    quotation marks when it says "vi". `has_told_support` when `more` already tells the project's sum.
    `read_more` says what `url` leads to; `address` is the same as a reader would type it. `tags` begin with
    the municipality's.
    """

    kind: str
    title: str
    text: str
    more: str
    told_here: str
    is_quoted: bool
    place: str
    places: str
    is_ours: bool
    organisation: str
    event: Event | None
    access: str
    call: Call | None
    project: Project | None
    has_told_support: bool
    on: date
    read_more: str
    url: str
    address: str
    tags: tuple[str, ...]
    eu_statement: str


def words_of(
    item: Item, *, municipality: str, settings: Settings, workspace: Workspace, on: date
) -> KitWords:
    """What there is to say of an item to the people of a municipality ("" for the whole area)."""
    names = workspace.audiences.municipalities
    body = item.body.for_audience(PUBLIC)
    page = url(settings, item_path(item.slug))
    text = item.summary.strip() or _beginning(body)
    more = next(_paragraphs(body), "")
    more = "" if speaks_of_itself(more) or text.startswith(more) or more.startswith(text) else more
    place = names.get(municipality, "")
    return KitWords(
        kind=item.kind.value,
        title=item.title.rstrip(".").strip(),
        text=text,
        more=more,
        told_here="" if item.municipalities else _told_of(place, body),
        is_quoted=speaks_of_itself(text),
        place=place,
        places=listed([names.get(slug, slug) for slug in item.municipalities]),
        is_ours=item.municipalities == (municipality,),
        organisation=settings.name,
        event=local_event(item, settings),
        access=_quoted(item.event.access) if item.event else "",
        call=item.call,
        project=item.project,
        has_told_support=_tells_support(item, more),
        on=on,
        read_more=str(_READ_MORE.get(item.kind, say("Läs mer"))),
        url=page,
        address=page.partition("://")[2].rstrip("/"),
        tags=tuple(_tags(item, place, settings, workspace)),
        eu_statement=settings.eu_statement.rstrip("."),
    )


def speaks_of_itself(text: str) -> bool:
    """Whether a text says "vi" of those who wrote it: replies and quotations are somebody else's words."""
    return any(word.lower() in _OURSELVES for word in word_texts(_SAID.sub("", text)))


def _quoted(text: str) -> str:
    return f"”{text}”" if speaks_of_itself(text) else text


def _tells_support(item: Item, text: str) -> bool:
    support = item.project.support_sek if item.project else None
    return support is not None and kronor(support) in re.sub(r"[ \u202f]", NBSP, text)


def _told_of(place: str, body: Document) -> str:
    """The first item of a list that names a place."""
    rows = (block for block in body.walk() if place and block.kind is BlockKind.LIST_ITEM)
    texts = (" ".join("".join(inside.plain() for inside in row.walk()).split()) for row in rows)
    return next((text for text in texts if _names(text, place) and not speaks_of_itself(text)), "")


def _names(text: str, place: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(place)}(?!\w)", text) is not None


def short_text(words: KitWords, templates: TemplateSet) -> str:
    """A few sentences for a list or a front page, never cut within one. Raises TemplateError."""
    return _tidy(fill(templates, "spread/short.txt.j2", {"kit": words}))


def posts(words: KitWords, templates: TemplateSet) -> tuple[KitPost, ...]:
    """A post for each network, within its limit; one that not even its first sentence fits is left out.

    Raises TemplateError.
    """
    return tuple(post for slug in KIT_NETWORKS if (post := _post(slug, words, templates)))


def _post(slug: str, words: KitWords, templates: TemplateSet) -> KitPost | None:
    network = NETWORKS[slug]
    for shorter in _shorter(words):
        text = _tidy(fill(templates, f"spread/{slug}.txt.j2", {"kit": shorter}))
        size = length(parse_segments(text, slug), network.counting)
        if size <= network.max_length:
            return KitPost(slug, network.name, text, size, network.max_length)
    return None


def _shorter(words: KitWords) -> Iterator[KitWords]:
    """All words, then without the paragraph of the body, then the text sentence by sentence shorter."""
    yield words
    words = replace(words, more="", has_told_support=False)
    yield words
    found = [piece.text for piece in sentences(words.text)]
    for count in reversed(range(len(found))):
        yield replace(words, text=" ".join(found[:count]))


def _tidy(text: str) -> str:
    """Paragraphs with one empty line between, and no blanks at the ends of lines."""
    lines = "\n".join(line.rstrip(" \t") for line in text.splitlines())
    return re.sub(r"\n{3,}", "\n\n", lines).strip()


def _beginning(body: Document) -> str:
    """The body's first sentences, at most `SHORT` characters but always one."""
    found = [piece.text for paragraph in _paragraphs(body) for piece in sentences(paragraph)]
    text = ""
    for sentence in found:
        if text and len(text) + len(sentence) >= SHORT:
            break
        text = f"{text} {sentence}".strip()
    return text


def _paragraphs(body: Document) -> Iterator[str]:
    """The body's paragraphs, a line each; links and other mark-up as their words."""
    return (" ".join(block.plain().split()) for block in body.blocks if block.kind is BlockKind.PARAGRAPH)


def _tags(item: Item, place: str, settings: Settings, workspace: Workspace) -> Iterator[str]:
    """The municipality's own tag, the office's usual one, and those of its posts on the item; none twice."""
    written = [tag for post in item.posts for tag in _hashtags(post.text)]
    seen = set()
    for tag in (_camel(place), usual_tag(settings, workspace), *written):
        if tag and tag.casefold() not in seen:
            seen.add(tag.casefold())
            yield tag


def usual_tag(settings: Settings, workspace: Workspace) -> str:
    """The office's tag in every kit: the one that most of its posts have, without any its name."""
    everything = tuple(post.text for each in workspace.items.values() for post in each.posts)
    return _most_used(everything) or _camel(settings.name)


@lru_cache(maxsize=4)
def _most_used(texts: tuple[str, ...]) -> str:
    """The tag that most posts have, "" without any; kept, for all kits of a workspace have the same."""
    everywhere = [tag for text in texts for tag in _hashtags(text)]
    return max(sorted(set(everywhere)), key=everywhere.count, default="")


def _hashtags(text: str) -> list[str]:
    return [segment.text for segment in parse_segments(text) if segment.kind is SegmentKind.HASHTAG]


def _camel(name: str) -> str:
    """A name as a hashtag, with a capital for each word so that screen readers can tell them apart."""
    joined = "".join(word[0].upper() + word[1:] for word in _WORD.findall(name))
    return f"#{joined}" if joined else ""


# The long text


def long_text(item: Item, facts: Mapping[str, str], settings: Settings) -> Document:
    """The whole story as the public reads it, its facts, and who wrote it with a link to its page."""
    body = item.body.for_audience(PUBLIC)
    levels = [block.level for block in body.walk() if block.kind is BlockKind.HEADING]
    blocks = [*body.blocks]
    if any(map(speaks_of_itself, _running(body))):
        blocks.insert(0, _paragraph(_text(str(say("{name} skriver:", name=settings.name)))))
    if facts:
        heading = _text(str(say("Kort fakta")))
        blocks.append(Block(BlockKind.HEADING, 0, spans=(heading,), level=min(levels, default=2)))
        blocks.append(Block(BlockKind.LIST, 0, children=tuple(_fact(*fact) for fact in facts.items())))
    if item.link:
        words = f"{_READ_MORE.get(item.kind, say('Läs mer'))}: {item.title}"
        blocks.append(_paragraph(_link(words, item.link)))
    source = _link(settings.name, url(settings, item_path(item.slug)))
    blocks.append(_paragraph(_text(str(say("Källa:")) + " "), source))
    return Document(tuple(blocks))


def _running(body: Document) -> Iterator[str]:
    return (block.plain() for block in body.walk())


def _fact(name: str, told: str) -> Block:
    span = _link(told, told) if is_safe_link(told) else _text(told)
    strong = Span(SpanKind.STRONG, 0, 0, children=(_text(f"{name}:"),))
    return Block(BlockKind.LIST_ITEM, 0, children=(_paragraph(strong, _text(" "), span),))


def _paragraph(*spans: Span) -> Block:
    return Block(BlockKind.PARAGRAPH, 0, spans=spans)


def _text(text: str) -> Span:
    return Span(SpanKind.TEXT, 0, 0, text=text)


def _link(words: str, href: str) -> Span:
    return Span(SpanKind.LINK, 0, 0, href=href, children=(_text(words),))


def running_text(document: Document) -> str:
    """A document as text to paste: a paragraph is one line, and an address stands after what it is of."""
    return "\n\n".join(part for part in map(_pasted, document.blocks) if part)


def _pasted(block: Block) -> str:
    return _PASTED.get(block.kind, _own_and_children)(block)


def _own_and_children(block: Block) -> str:
    own = "".join(map(_words, block.spans)) or block.text.rstrip("\n")
    return "\n\n".join(part for part in (own, *map(_pasted, block.children)) if part)


def _list(block: Block) -> str:
    marks = (f"{number}. " if block.ordered else "- " for number in range(block.start, block.start + 10_000))
    items = zip(marks, block.children, strict=False)
    return "\n".join(mark + re.sub(r"\n+", "\n  ", _own_and_children(each)) for mark, each in items)


def _table(block: Block) -> str:
    return "\n".join(" | ".join(map(_own_and_children, row.children)) for row in block.children)


def _words(span: Span) -> str:
    inside = "".join(map(_words, span.children)) or span.plain()
    if span.kind is not SpanKind.LINK or not is_safe_link(span.href):
        return inside
    shown = span.href.removeprefix("mailto:").removeprefix("tel:")
    return inside if inside in {shown, span.href} else f"{inside} ({shown})"


_PASTED: Mapping[BlockKind, Callable[[Block], str]] = {
    BlockKind.LIST: _list,
    BlockKind.TABLE: _table,
    BlockKind.RULE: lambda _rule: "",
}
