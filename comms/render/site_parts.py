"""What the archive's pages are made of: items as tiles, facts, dates, addresses between pages."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, NamedTuple
from urllib.parse import quote, urlsplit
from zoneinfo import ZoneInfo

import nh3
from markupsafe import Markup

from comms.errors import Text, say
from comms.model.item import Item, ItemKind, Picture
from comms.model.settings import Settings
from comms.model.site import PUBLIC, Site, SiteIssue, SiteItem
from comms.render.addresses import (
    LIVE_PATHS,
    focus_path,
    item_path,
    kit_path,
    media_path,
    municipality_path,
    newsletter_path,
)
from comms.render.facts import WHOLE_AREA, Fact
from comms.render.markup import Style, is_safe_link, to_html
from comms.render.wording import (
    KINDS,
    clock,
    day_and_month,
    listed,
    spoken_date,
    weekday_and_date,
)

PICTURE_WIDTH = 1200
"""How wide a prepared picture is at most, in px (content/pictures.py)."""

MOST_DATES = 12
CALENDAR = "kalender.ics"

_SOURCES: Final = {
    ItemKind.CALL: say("Läs mer och ansök på {host}"),
    ItemKind.INVITATION: say("Läs mer och anmäl dig på {host}"),
}
_SOURCE: Final = say("Läs mer på {host}")

_TAGS: Final = {
    *("h2", "h3", "h4", "h5", "h6", "p", "ul", "ol", "li", "blockquote", "pre", "code", "hr", "br"),
    *("em", "strong", "a", "table", "tbody", "tr", "th", "td"),
}
_ATTRIBUTES: Final = {"a": {"href"}, "ol": {"start"}, "th": {"scope"}}


class Link(NamedTuple):
    """Words that lead to a path below the base address, "" for words that lead nowhere; `accent` a class."""

    text: str
    path: str
    accent: str = ""


class DateRow(NamedTuple):
    """A day to come, with the page that tells of it; `language` of `what` when it is not the site's."""

    on: date
    when: str
    what: str
    where: str
    path: str
    language: str = ""


@dataclass(frozen=True, slots=True)
class Shown:
    """A picture on a page, its size in px as prepared."""

    path: str
    alt: str
    caption: str
    photographer: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Tile:
    """An item in a list; `language` only when it is not the site's."""

    path: str
    label: str
    places: str
    title: str
    summary: str
    when: str
    accent: str
    language: str
    picture: Shown | None


def relative(path: str) -> Callable[[str], str]:
    """Addresses as a page at `path` writes them: from its own folder, with the name of the file.

    So they lead right from a disk too. A folder's path ends with "/", the front page is "".
    """
    up = "../" * path.count("/")

    def link(target: str) -> str:
        if target in LIVE_PATHS:
            return up + target
        file = f"{target}index.html" if not target or target.endswith("/") else target
        return up + quote(file)

    return link


def rooted(settings: Settings) -> Callable[[str], str]:
    """Addresses from the root of the web server: for pages that are no file, and for the one of the lost."""
    root = urlsplit(settings.base_url).path.rstrip("/")
    return lambda target: f"{root}/{quote(target)}"


def absolute(site: Site) -> Callable[[str], str]:
    """Public addresses."""
    base = site.settings.base_url.rstrip("/")
    return lambda target: f"{base}/{quote(target)}"


def name_of(site: Site, municipality: str) -> str:
    """A municipality's name; the whole area for ""."""
    return site.workspace.audiences.municipalities.get(municipality, municipality) or str(WHOLE_AREA)


def label_of(item: Item) -> str:
    """What kind of news it is."""
    return str(KINDS[item.kind])


def accent_of(site: Site, item: Item) -> str:
    """The class with the colour of the item's focus area; none when it concerns all of them or none."""
    areas = list(site.workspace.strategy.focus_areas)
    known = [slug for slug in item.focus if slug in areas]
    if not known or len(known) == len(areas) > 1:
        return ""
    return f"focus-{areas.index(known[0]) + 1}"


def language_of(site: Site, item: Item) -> str:
    """The item's language when it is another than the site's."""
    return "" if item.language == site.settings.language else item.language


def day_of(site: Site, at: datetime) -> date:
    """An instant's local date."""
    return at.astimezone(ZoneInfo(site.settings.timezone)).date()


def tile(site: Site, shown: SiteItem) -> Tile:
    """An item in a list."""
    item = shown.item
    return Tile(
        path=item_path(item.slug),
        label=label_of(item),
        places=listed([name_of(site, slug) for slug in item.municipalities]),
        title=item.title,
        summary=item.summary,
        when=spoken_date(day_of(site, shown.published_at)),
        accent=accent_of(site, item),
        language=language_of(site, item),
        picture=next((picture_of(picture) for picture in item.pictures), None),
    )


def tiles(site: Site, items: Iterable[SiteItem]) -> tuple[Tile, ...]:
    """Items in a list."""
    return tuple(tile(site, shown) for shown in items)


def picture_of(picture: Picture) -> Shown:
    """A picture as prepared, and who made it."""
    width = min(picture.width, PICTURE_WIDTH)
    by = picture.photographer
    if by and "bild" not in by.lower():
        by = str(say("Bild: {name}", name=by))
    height = round(picture.height * width / picture.width) if picture.width else 0
    return Shown(media_path(picture), picture.alt or "", picture.caption, by, width, height)


def body_of(item: Item) -> Markup:
    """The whole story as everybody may read it, without styles of its own; a wide table scrolls by itself."""
    html = to_html(item.body.for_audience(PUBLIC), Style(heading=2))
    cleaned = nh3.clean(
        str(html),
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        url_schemes={"https", "http", "mailto", "tel"},
        link_rel=None,
    )
    name = "Table" if item.language == "en" else say("Tabell")
    scroll = f'<div class="scroll" role="group" tabindex="0" aria-label="{name}"><table>'
    framed = cleaned.replace("<table>", scroll).replace("</table>", "</table></div>")
    return Markup(framed)  # noqa: S704 - cleaned above, and words of ours


def source_of(item: Item) -> Fact | None:
    """Where more is told, if anywhere."""
    if not item.link or not is_safe_link(item.link):
        return None
    host = urlsplit(item.link).hostname or item.link
    text: Text = _SOURCES.get(item.kind, _SOURCE)
    return Fact("", text.template.format(host=host.removeprefix("www.")), item.link)


def tags_of(site: Site, item: Item) -> tuple[Link, ...]:
    """The item's focus areas and municipalities, each with its page."""
    areas = site.workspace.strategy.focus_areas
    focus = [Link(areas[slug].name, focus_path(slug)) for slug in item.focus if slug in areas]
    known = site.workspace.audiences.municipalities
    places = [Link(known[slug], municipality_path(slug)) for slug in item.municipalities if slug in known]
    return (*focus, *(places or [Link(str(WHOLE_AREA), municipality_path(""))]))


def kits_of(site: Site, shown: SiteItem) -> tuple[Link, ...]:
    """The spread kits of an item, the whole area's last."""
    order = sorted(shown.kits, key=lambda slug: (not slug, name_of(site, slug)))
    return tuple(Link(name_of(site, slug), kit_path(slug, shown.item.slug)) for slug in order)


def dates_of(site: Site, items: Iterable[SiteItem]) -> tuple[DateRow, ...]:
    """Days to come, as they looked on the day of the newest issue: the same files give the same page."""
    newest = max((issue.on for issue in site.issues), default=date.min)
    rows = sorted(row for shown in items for row in _rows(site, shown.item) if row.on >= newest)
    return tuple(rows[:MOST_DATES])


def _rows(site: Site, item: Item) -> Iterator[DateRow]:
    path = item_path(item.slug)
    if item.event:
        start = item.event.start.astimezone(ZoneInfo(site.settings.timezone))
        when = f"{weekday_and_date(start.date())} {start.year} {clock(start)}"
        yield DateRow(start.date(), when, item.title, item.event.place, path, language_of(site, item))
    if item.call:
        closes = item.call.closes
        what = str(say("Sista dag att ansöka: {title}", title=item.title))
        places = listed([name_of(site, slug) for slug in item.municipalities])
        yield DateRow(
            closes, f"{weekday_and_date(closes)} {closes.year}", what, places or str(WHOLE_AREA), path
        )


def issue_title(issue: SiteIssue) -> str:
    """A newsletter's title and the day: `Kommunbrevet 1 december 2026`."""
    return f"{issue.title} {spoken_date(issue.on)}"


def issue_path(issue: SiteIssue) -> str:
    """The folder below the base address of an issue's page: where the copies of its editions lie."""
    return newsletter_path(issue.id)


def issue_links(site: Site, ids: Iterable[str]) -> tuple[Link, ...]:
    """Issues that everybody may find, among these."""
    by_id = {issue.id: issue for issue in site.issues}
    found = [by_id[each] for each in ids if each in by_id and by_id[each].listed]
    return tuple(Link(issue_title(issue), issue_path(issue)) for issue in found)


def short(text: str, most: int = 200) -> str:
    """One line of at most so many signs, cut at a word."""
    line = " ".join(text.split())
    return line if len(line) <= most else f"{line[:most].rsplit(' ', 1)[0]} …"


def month_of(day: date) -> str:
    """`December 2026`."""
    return f"{day_and_month(day).split(chr(160))[1].capitalize()} {day.year}"
