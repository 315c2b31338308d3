"""A proposal becomes an item: a quotation with its source, which cannot be sent before somebody has written.

What others wrote is escaped, and the file is read back before it is made: it must say what it was meant to
say, and no more.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path

from comms.app.beginning import slug_of
from comms.app.house import House
from comms.app.proposing import proposal
from comms.content.items import SLUG, Known, load_item
from comms.content.workspace import ITEMS
from comms.errors import Text, UsageError, say
from comms.model.document import BlockKind, SpanKind
from comms.model.feed import Proposal, ProposalState
from comms.model.item import SCAFFOLD, Item, ItemKind
from comms.store import Store
from comms.text.feed_text import destination, escaped, harmless

_LONGEST_SLUG = 80
_OWN_WORDS = (
    "<!-- Skriv nyheten med egna ord här ovanför. Behåll bara det av citatet som behövs, och källan. -->"
)
_WHOLE = frozenset({BlockKind.PARAGRAPH, BlockKind.QUOTE})


def take_in(house: House, store: Store, number: int, now: datetime, *, slug: str = "") -> str:
    """Write a proposal as an item, by the name `slug` or its title's; gives the path.

    Raises `UsageError`: nothing is written over, and what is taken in is not taken in again. Raises
    StoreError. Then no file is left either.
    """
    chosen = proposal(store, number)
    if chosen.state is ProposalState.TAKEN:
        raise UsageError(_is_taken(number, chosen.item))
    if not chosen.entry.title:
        raise UsageError(say("Förslag {number} är för gammalt: dess ord är glömda.", number=number))
    path = _free_path(house, slug or slug_of(chosen.entry.title))
    text = item_text(house, chosen, now.astimezone(house.zone).date())
    with _writing(path):
        _refuse_unless_true(house, chosen, path, text)
        (house.root / path).parent.mkdir(parents=True, exist_ok=True)
        with _made(house.root / path, path, text):
            if not store.feeds.mark_taken(number, path):  # by somebody else, a moment ago
                raise UsageError(_is_taken(number, proposal(store, number).item))
    return path


@contextmanager
def _writing(path: str) -> Iterator[None]:
    """What a disk does, in words: full, read-only, a file where a folder should be."""
    try:
        yield
    except OSError as refused:
        why = refused.strerror or refused
        raise UsageError(say("{file} går inte att skriva: {why}.", file=path, why=why)) from refused


@contextmanager
def _made(target: Path, path: str, text: str) -> Iterator[None]:
    """A new file, that is there when all within has been done, and not at all otherwise."""
    try:
        file = target.open("x", encoding="utf-8", newline="\n")
    except FileExistsError:
        raise UsageError(_exists(path)) from None
    try:
        with file:
            file.write(text)
        yield
    except BaseException:
        target.unlink(missing_ok=True)
        raise


def item_text(house: House, chosen: Proposal, today: date) -> str:
    """The whole file of an item made of a proposal."""
    entry = chosen.entry
    day = entry.published_on or chosen.seen_at.astimezone(house.zone).date()
    return "\n".join(
        (
            "---",
            *_front_matter(house, chosen, day, today),
            "---",
            SCAFFOLD,
            "",
            _OWN_WORDS,
            "",
            *_quotation(entry.body or escaped(entry.summary or entry.title)),
            "",
            _source(house, chosen, day),
            "",
        )
    )


def _front_matter(house: House, chosen: Proposal, day: date, today: date) -> Iterator[str]:
    strategy, known = house.workspace.strategy, house.workspace.audiences
    about, areas = chosen.suggestion, strategy.focus_areas
    area = areas.get(about.focus) or next(iter(areas.values()), None)
    audiences = [slug for slug in about.audiences if slug in known.audiences] or list(known.audiences)
    municipalities = [slug for slug in about.municipalities if slug in known.municipalities]
    yield f"title: {_quoted(chosen.entry.title)}"
    yield f"kind: {ItemKind.OUTLOOK.value}"
    chosen_by = "" if about.focus in areas else f"  # inget ord sade vilket; välj bland: {', '.join(areas)}"
    yield f"focus: [{area.slug if area else ''}]{chosen_by}"
    yield f"goals: [{next(iter(strategy.goals), '')}]"
    yield f"activities: []  # {', '.join(area.activities) if area else ''}"
    yield f"indicators: []  # {', '.join(area.indicators) if area else ''}"
    yield f"audiences: [{', '.join(audiences)}]"
    if municipalities:
        yield f"municipalities: [{', '.join(municipalities)}]"
    else:
        yield f"# municipalities: [{', '.join(known.municipalities)}]   # utan raden: hela området"
    yield f"date: {day.isoformat()}"
    yield f"publish: {{from: {today.isoformat()}}}"
    if chosen.entry.link:
        yield f"link: {_quoted(chosen.entry.link)}"
    yield 'summary: ""'


def _quotation(body: str) -> Iterator[str]:
    return (f"> {line}".rstrip() for line in body.split("\n"))


def _source(house: House, chosen: Proposal, day: date) -> str:
    entry = chosen.entry
    title = escaped(entry.title)
    named = f"[{title}]({destination(entry.link)})" if entry.link else title
    return f"Källa: {named}, {_who(house, chosen)}{day.isoformat()}"


def _who(house: House, chosen: Proposal) -> str:
    feed = house.settings.feeds.get(chosen.feed)
    return f"{escaped(harmless(feed.title))}, " if feed else ""


def _quoted(text: str) -> str:
    """A text in quotation marks: what JSON writes is YAML too (YAML 1.2, 1.3)."""
    return json.dumps(text, ensure_ascii=False)


def _free_path(house: House, slug: str) -> str:
    if not SLUG.fullmatch(slug) or len(slug) > _LONGEST_SLUG:
        raise UsageError(
            say(
                "”{slug}” går inte som filnamn. Ge ett med --slug: a–z, 0–9 och bindestreck, högst 80.",
                slug=slug,
            )
        )
    path = f"{ITEMS}/{slug}.md"
    taken = house.workspace.items.get(slug) or house.workspace.broken.get(slug)
    if taken or (house.root / path).exists():
        raise UsageError(_exists(taken.path if taken else path))
    return path


def _is_taken(number: int, path: str) -> Text:
    return say("{number} är redan intagen: {path}", number=number, path=path)


def _exists(path: str) -> Text:
    return say("{path} finns redan. Ge förslaget ett annat namn med --slug.", path=path)


def _refuse_unless_true(house: House, chosen: Proposal, path: str, text: str) -> None:
    """Read the file back as comms reads all items, in a folder of its own, and compare."""
    workspace, settings = house.workspace, house.settings
    known = Known(
        workspace.strategy,
        workspace.audiences,
        [slug for slug, channel in settings.channels.items() if channel.network],
        house.zone,
        list(settings.newsletters),
    )
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / path
        file.parent.mkdir(parents=True)
        file.write_text(text, encoding="utf-8", newline="\n")
        item, problems = load_item(Path(folder), path, known)
    if not (isinstance(item, Item) and _says_only(item, chosen)):
        raise UsageError(
            say("Förslag {number} går inte att skriva som en nyhet utan fel.", number=chosen.id),
            tuple(problems),
        )


def _says_only(item: Item, chosen: Proposal) -> bool:
    """Whether an item holds the title, the link and the quotation, and nothing that acts."""
    entry = chosen.entry
    links = [span.href for span in item.body.spans() if span.kind is SpanKind.LINK]
    kinds = {block.kind for block in item.body.walk()}
    marks = {span.kind for span in item.body.spans()}
    return (
        (item.title, item.link) == (entry.title, entry.link)
        and len(links) == bool(entry.link)
        and kinds == _WHOLE
        and marks <= {SpanKind.TEXT, SpanKind.LINK}
        and not item.body.exemptions
        and item.body.blocks[0].plain() == SCAFFOLD
    )
