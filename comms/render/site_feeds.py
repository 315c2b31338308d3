"""The archive's feeds and calendars: for all of it, a newsletter, a municipality, a focus area, an event."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from markupsafe import Markup

from comms.errors import say
from comms.model.site import Site, SiteIssue, SiteItem
from comms.render.addresses import item_path
from comms.render.calendar import calendar
from comms.render.facts import calendar_event
from comms.render.feeds import LINKS, Feed, FeedEntry, feed_files
from comms.render.site_parts import (
    CALENDAR,
    absolute,
    body_of,
    issue_path,
    issue_title,
    label_of,
    name_of,
    picture_of,
)

MOST_ENTRIES = 50
"""How many entries a feed has: what a reader that comes once a month can have missed, with room to spare."""

_MEDIA_TYPES = {"jpg": "image/jpeg", "png": "image/png"}


def media_type(path: str) -> str:
    """What a picture in a feed is, by its prepared file's name; "" when there is none."""
    return _MEDIA_TYPES.get(path.rpartition(".")[2], "image/jpeg") if path else ""


class FeedHref(NamedTuple):
    """A feed's file as pages link to it."""

    type: str
    path: str
    title: str
    text: str


def feed_links(folder: str, title: str) -> tuple[FeedHref, ...]:
    """The feeds that lie in a folder."""
    return tuple(FeedHref(kind, folder + file, f"{title} ({form})", form) for kind, file, form in LINKS)


def items_feed(site: Site, folder: str, title: str, items: Iterable[SiteItem]) -> Iterator[tuple[str, bytes]]:
    """A feed of items in a folder, in every form; items come newest first."""
    entries = [_item_entry(site, shown) for shown in items if shown.is_listed]
    return _files(site, folder, title, entries)


def issues_feed(
    site: Site, folder: str, title: str, issues: Iterable[SiteIssue]
) -> Iterator[tuple[str, bytes]]:
    """A feed of a newsletter's issues in a folder, in every form."""
    entries = [_issue_entry(site, issue) for issue in issues if issue.listed]
    return _files(site, folder, title, entries)


def events_file(site: Site, folder: str, title: str, items: Iterable[SiteItem]) -> tuple[str, bytes]:
    """The calendar of the events among these items, in order of time."""
    found = (
        calendar_event(shown.item, site.settings, text=shown.item.summary, published_at=shown.published_at)
        for shown in items
    )
    events = sorted((each for each in found if each), key=lambda event: (event.start, event.uid))
    return folder + CALENDAR, calendar(events, title=title)


def _files(site: Site, folder: str, title: str, entries: list[FeedEntry]) -> Iterator[tuple[str, bytes]]:
    to, settings = absolute(site), site.settings
    feed = Feed(
        title=title,
        description=str(say("Nyheter från {name}", name=settings.name)),
        home_url=to(folder),
        folder_url=to(folder),
        language=settings.language,
        author=settings.name,
        entries=tuple(entries[:MOST_ENTRIES]),
    )
    for name, content in feed_files(feed).items():
        yield folder + name, content


def _item_entry(site: Site, shown: SiteItem) -> FeedEntry:
    item, to = shown.item, absolute(site)
    areas = site.workspace.strategy.focus_areas
    focus = [areas[slug].name for slug in item.focus if slug in areas]
    picture = next((picture_of(each) for each in item.pictures), None)
    path = picture.path if picture else ""
    return FeedEntry(
        url=to(item_path(item.slug)),
        title=item.title,
        summary=item.summary,
        html=Markup("<p><strong>{}</strong></p>{}").format(item.summary, body_of(item)),
        published_at=shown.published_at,
        updated_at=shown.published_at,
        tags=(label_of(item), *focus, *(name_of(site, slug) for slug in item.municipalities)),
        picture_url=to(path) if path else "",
        picture_alt=picture.alt if picture else "",
        picture_type=media_type(path),
        picture_size=0,
        language=item.language,
    )


def _issue_entry(site: Site, issue: SiteIssue) -> FeedEntry:
    to = absolute(site)
    shown = items_of(site, issue)
    rows = Markup("").join(
        Markup('<li><a href="{}">{}</a>: {}</li>').format(
            to(item_path(each.item.slug)), each.item.title, each.item.summary
        )
        for each in shown
    )
    return FeedEntry(
        url=to(issue_path(issue)),
        title=issue_title(issue),
        summary=" · ".join(each.item.title for each in shown) or issue_title(issue),
        html=Markup("<ul>{}</ul>").format(rows) if rows else Markup(""),
        published_at=issue.sent_at,
        updated_at=issue.sent_at,
        tags=(),
        picture_url="",
        picture_alt="",
        picture_type="",
        picture_size=0,
        language=site.settings.language,
    )


def items_of(site: Site, issue: SiteIssue) -> tuple[SiteItem, ...]:
    """What everybody may find of an issue's items, in the site's order."""
    return tuple(shown for shown in site.items if shown.is_listed and issue.id in shown.issues)
