"""What a letter's template may use: one frozen value, in the order in which the letter is read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from zoneinfo import ZoneInfo

from comms.errors import Text, say
from comms.model.audience import Audience
from comms.model.document import BlockKind, Document
from comms.model.issue import IssueNotes, Newsletter
from comms.model.item import Call, Event, Item, ItemKind, Picture, Project
from comms.model.plan import EditionPlan, Entry
from comms.model.settings import Brand, Sender, Settings
from comms.model.site import PUBLIC
from comms.model.workspace import Workspace
from comms.render.addresses import (
    emblem_url,
    item_path,
    kit_path,
    kits_path,
    logo_dark_url,
    logo_url,
    media_url,
    url,
    web_url,
)
from comms.render.palette import mixed
from comms.render.wording import KINDS, clock, listed, spoken_date, weekday_and_date
from comms.text.fonts import in_outlook

LETTER_WIDTH = 600
"""The letter's width in px: what every mail client shows without scrolling sideways."""

OWN = "own"
"""The slug of the section with the edition's own municipality."""

_LINKS = {
    ItemKind.CALL: say("Läs mer och ansök: {title}"),
    ItemKind.DECISION: say("Läs mer om beslutet: {title}"),
    ItemKind.GRANT: say("Läs mer om projektet: {title}"),
    ItemKind.STORY: say("Läs hela berättelsen: {title}"),
    ItemKind.INVITATION: say("Läs mer och anmäl dig: {title}"),
    ItemKind.OFFICE: say("Läs mer: {title}"),
    ItemKind.OUTLOOK: say("Läs vidare: {title}"),
}


@dataclass(frozen=True, slots=True)
class Focus:
    """A focus area as a letter shows it: its name in running text and its accent as #rrggbb."""

    slug: str
    name: str
    colour: str


@dataclass(frozen=True, slots=True)
class LetterPicture:
    """A picture with its public address; `width` in px as shown in the letter."""

    url: str
    alt: str
    caption: str
    photographer: str
    width: int


@dataclass(frozen=True, slots=True)
class Card:
    """An item as a letter shows it. `own`: it is of the edition's own municipality.

    `anchor` is its id within the letter. `lead` is the audience's own or the summary. `body` is what the
    audience reads: all of it (`whole`) when the item is of the own municipality or has no page of its own
    to link to, else what stands before its first heading, and the audience's own blocks. Times of `event`
    are local. `page_url` is the item's own page in the archive, `kit_url` its spread kit for the edition's
    municipality, "" for what is not for the public. `why` says why the plan chose it.
    """

    anchor: str
    kind: str
    label: str
    language: str
    title: str
    lead: str
    body: Document
    whole: bool
    link: str
    link_text: str
    focus: Focus
    picture: LetterPicture | None
    places: str
    own: bool
    event: Event | None
    call: Call | None
    project: Project | None
    page_url: str
    kit_url: str
    why: Text


@dataclass(frozen=True, slots=True)
class Section:
    """Items under one heading: the edition's own municipality first, then focus area by focus area."""

    slug: str
    title: str
    colour: str
    cards: tuple[Card, ...]


@dataclass(frozen=True, slots=True)
class DateRow:
    """A row of the dates table; `anchor` leads to its item."""

    on: date
    when: str
    what: str
    where: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """What the header draws in the brand's colours: seven leaves, and hills from far to near, also dark."""

    leaves: tuple[str, ...]
    hills: tuple[str, str, str]
    dark_hills: tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class EditionContext:
    """Everything that a newsletter's template may use; a recipient's fields are already markers.

    `recipient` is who the copy went to; `unsubscribe` the address that ends the subscription; `reason` why it
    comes: the audience's, or that the reader subscribes. `notice` is set when it corrects an earlier issue.
    `place` is the municipality's name, "" for the whole area. `kits_url` leads to all of the municipality's
    spread kits. `outlook_font` is the brand's typeface as Outlook can show it.
    """

    issue_id: str
    language: str
    on: date
    subject: str
    preheader: str
    place: str
    audience: Audience
    newsletter: Newsletter
    sender: Sender
    brand: Brand
    organisation: str
    logo_url: str
    logo_dark_url: str
    drawing: Drawing
    outlook_font: str
    emblem_url: str
    eu_statement: str
    greeting: Document
    sections: tuple[Section, ...]
    dates: tuple[DateRow, ...]
    notice: str
    web_url: str
    kits_url: str
    unsubscribe: str
    recipient: str
    reason: str

    @property
    def has_kits(self) -> bool:
        """Whether any of the items can be passed on."""
        return any(card.kit_url for section in self.sections for card in section.cards)


@dataclass(frozen=True, slots=True)
class Source:
    """What an edition is made from: the arguments of `render_edition` in one value."""

    settings: Settings
    workspace: Workspace
    entry: Entry
    edition: EditionPlan
    notes: IssueNotes | None

    @property
    def newsletter(self) -> Newsletter:
        """The newsletter that the issue belongs to."""
        return self.settings.newsletters[self.entry.newsletter]

    @property
    def items(self) -> tuple[Item, ...]:
        """The chosen items in reading order."""
        return tuple(self.workspace.items[pick.item] for pick in self.edition.picks)


def edition_context(source: Source) -> EditionContext:
    """The context without a recipient's fields: `with_fields` puts the markers in."""
    settings, entry, edition = source.settings, source.entry, source.edition
    audience = source.workspace.audiences.audiences[edition.audience]
    sections = tuple(_sections(source))
    cards = [card for section in sections for card in section.cards]
    subject = _subject(source, cards)
    return EditionContext(
        issue_id=entry.id,
        language=settings.language,
        on=entry.moment.wall.date(),
        subject=subject,
        preheader=_preheader(cards, subject),
        place=source.workspace.audiences.municipalities.get(edition.municipality, ""),
        audience=audience,
        newsletter=source.newsletter,
        sender=settings.sender,
        brand=settings.brand,
        organisation=settings.name,
        logo_url=logo_url(settings),
        logo_dark_url=logo_dark_url(settings),
        drawing=_drawing(settings.brand),
        outlook_font=in_outlook(settings.brand.font),
        emblem_url=emblem_url(settings),
        eu_statement=settings.eu_statement,
        greeting=source.notes.greeting.for_audience(edition.audience) if source.notes else Document(),
        sections=sections,
        dates=tuple(_dates(cards, entry.moment.wall.year)),
        notice=_notice(entry.corrects or (source.notes.corrects if source.notes else "")),
        web_url=web_url(settings, entry.id, edition.audience, edition.municipality),
        kits_url=url(settings, kits_path(edition.municipality)),
        unsubscribe="",
        recipient="",
        reason=audience.reason,
    )


def with_fields(
    context: EditionContext, *, recipient: str, unsubscribe: str, reason: tuple[str, str]
) -> EditionContext:
    """The context with markers where a recipient's fields belong, and around the audience's reason."""
    begin, end = reason
    return replace(
        context, recipient=recipient, unsubscribe=unsubscribe, reason=f"{begin}{context.reason}{end}"
    )


def _drawing(brand: Brand) -> Drawing:
    """Leaves in the focus areas' colours in turn, hills that fade into the ground behind them."""
    colours = [brand.heading, *brand.focus.values()]
    return Drawing(
        leaves=tuple(colours[number % len(colours)] for number in range(7)),
        hills=_hills(brand.mast, brand.ground),
        dark_hills=_hills(brand.dark.mast, brand.dark.ground),
    )


def _hills(near: str, behind: str) -> tuple[str, str, str]:
    return mixed(near, behind, 0.22), mixed(near, behind, 0.5), near


def _subject(source: Source, cards: list[Card]) -> str:
    """The officer's own subject, else the newsletter's title, the place and the first item."""
    if source.notes and source.notes.subject:
        return source.notes.subject
    title = source.newsletter.title
    place = source.workspace.audiences.municipalities.get(source.edition.municipality, "")
    return ": ".join(part for part in (f"{title}, {place}" if place else title, _first_title(cards)) if part)


def _first_title(cards: list[Card]) -> str:
    return cards[0].title if cards else ""


def _preheader(cards: list[Card], subject: str) -> str:
    """What an inbox shows after the subject: the first titles that the subject does not say."""
    titles = [card.title for card in cards if card.title not in subject]
    return " · ".join(titles[:3])


def _notice(corrects: str) -> str:
    if not corrects:
        return ""
    try:
        day = spoken_date(date.fromisoformat(corrects[-10:]))
    except ValueError:
        return str(say("Det här är en rättelse av brevet {issue}.", issue=corrects))
    return str(say("Det här är en rättelse av brevet från den {day}.", day=day))


def _sections(source: Source) -> Iterator[Section]:
    """Own municipality first; then by focus area in the order in which their first items are read."""
    cards = [
        _card(source, item, pick.why) for item, pick in zip(source.items, source.edition.picks, strict=True)
    ]
    own = tuple(card for card in cards if card.own)
    if own:
        place = source.workspace.audiences.municipalities.get(source.edition.municipality, "")
        yield Section(OWN, str(say("I {place}", place=place)), source.settings.brand.heading, own)
    others = [card for card in cards if not card.own]
    for focus in dict.fromkeys(card.focus for card in others):
        inside = tuple(card for card in others if card.focus == focus)
        yield Section(focus.slug or "office", focus.name, focus.colour, inside)


def _card(source: Source, item: Item, why: Text) -> Card:
    edition, names = source.edition, source.workspace.audiences.municipalities
    own = bool(edition.municipality) and edition.municipality in item.municipalities
    whole = own or not item.link
    body = item.body if whole else _opening(item.body)
    return Card(
        anchor=f"nyhet-{item.slug}",
        kind=item.kind.value,
        label=str(KINDS[item.kind]),
        language=item.language,
        title=item.title,
        lead=item.leads.get(edition.audience) or item.summary,
        body=body.for_audience(edition.audience),
        whole=whole,
        link=item.link,
        link_text=str(_LINKS[item.kind]).format(title=item.title),
        focus=_focus(source, item),
        picture=_picture(source.settings, item.pictures),
        places=listed([names.get(slug, slug) for slug in item.municipalities]),
        own=own,
        event=_local(item.event, ZoneInfo(source.settings.timezone)),
        call=item.call,
        project=item.project,
        page_url=url(source.settings, item_path(item.slug)),
        kit_url=url(source.settings, kit_path(edition.municipality, item.slug))
        if PUBLIC in item.audiences
        else "",
        why=why,
    )


def _opening(body: Document) -> Document:
    """What stands before the first heading, and the blocks for single audiences after it."""
    kinds = [block.kind for block in body.blocks]
    first = kinds.index(BlockKind.HEADING) if BlockKind.HEADING in kinds else len(kinds)
    later = tuple(block for block in body.blocks[first:] if block.kind is BlockKind.FOR)
    return Document(body.blocks[:first] + later)


def _focus(source: Source, item: Item) -> Focus:
    """The item's first focus area; one that concerns them all, or none, is news from the office."""
    areas, brand = source.workspace.strategy.focus_areas, source.settings.brand
    known = [slug for slug in item.focus if slug in areas]
    if not known or len(known) == len(areas) > 1:
        return Focus(
            "", str(say("För alla insatsområden") if known else KINDS[ItemKind.OFFICE]), brand.heading
        )
    return Focus(known[0], areas[known[0]].name, brand.focus.get(known[0], brand.heading))


def _picture(settings: Settings, pictures: tuple[Picture, ...]) -> LetterPicture | None:
    """The item's first picture, across the letter; a standing one narrower, so that it fits a screen."""
    if not pictures:
        return None
    picture = pictures[0]
    width = LETTER_WIDTH - 80
    if picture.height > picture.width:
        width = max(width * picture.width // picture.height, width // 2)
    return LetterPicture(
        media_url(settings, picture), picture.alt or "", picture.caption, picture.photographer, width
    )


def _local(event: Event | None, zone: ZoneInfo) -> Event | None:
    if event is None:
        return None
    end = event.end.astimezone(zone) if event.end else None
    return replace(event, start=event.start.astimezone(zone), end=end)


def _dates(cards: Iterable[Card], year: int) -> list[DateRow]:
    """What the letter says of days to come, in order; `year` is the reader's own and is not written out."""
    rows = [row for card in cards for row in _rows(card, year)]
    return sorted(rows, key=lambda row: row.on)


def _rows(card: Card, year: int) -> Iterator[DateRow]:
    if card.event:
        start = card.event.start
        when = f"{_day(start.date(), year)} {clock(start)}"
        yield DateRow(start.date(), when, card.title, card.event.place, card.anchor)
    if card.call:
        closes = card.call.closes
        what = str(say("Sista dag att ansöka: {title}", title=card.title))
        yield DateRow(closes, _day(closes, year), what, card.places or str(say("Hela området")), card.anchor)


def _day(day: date, year: int) -> str:
    spoken = weekday_and_date(day)
    return spoken if day.year == year else f"{spoken} {day.year}"
