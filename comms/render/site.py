"""The archive: everything that has been sent, as pages, feeds and calendars that any web server can show.

Pure: the same site gives the same bytes. Pictures, link cards and spread kits are files of their own;
comms/app/archiving.py puts them beside these.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from comms.errors import Text, say
from comms.model.office import Office
from comms.model.site import GoneItem, Site, SiteEdition, SiteIssue, SiteItem
from comms.render.addresses import focus_path, item_path, kits_path, municipality_path, newsletter_path
from comms.render.facts import facts_of
from comms.render.public_pages import accessibility, privacy
from comms.render.site_feeds import events_file, feed_links, issues_feed, items_feed, items_of
from comms.render.site_frame import MISSING, Frame, Page, frame_of, to_page
from comms.render.site_letters import letter_page
from comms.render.site_lists import (
    edition_links,
    focus_page,
    home_page,
    is_of,
    issues_of,
    municipalities,
    municipality_page,
    news_page,
    newsletter_page,
    newsletters,
)
from comms.render.site_parts import (
    CALENDAR,
    Link,
    absolute,
    accent_of,
    body_of,
    day_of,
    issue_links,
    issue_path,
    issue_title,
    kits_of,
    label_of,
    language_of,
    name_of,
    picture_of,
    short,
    source_of,
    tags_of,
    tiles,
)
from comms.render.site_style import STYLE_PATH, style_sheet
from comms.render.sitemap import MOST, sitemap
from comms.render.wording import spoken_date

_Files = Iterator[tuple[str, bytes]]


def site_pages(site: Site) -> _Files:
    """Every file of the archive that is made of words, by its path below the base address."""
    listed = tuple(shown for shown in site.items if shown.is_listed)
    frame = frame_of(site, listed)
    written = set()
    changed: list[tuple[str, date]] = []
    for page in _pages(site, listed):
        written.add(page.path)
        if page.is_listed and page.changed_on:
            changed.append((absolute(site)(page.path), page.changed_on))
        yield page.file, to_page(site, frame, page)
    for issue, edition in _editions(site):
        if edition.is_listed and not edition.withdrawn:
            changed.append((absolute(site)(edition.path), issue.on))
        yield edition.path, _edition(site, frame, issue, edition)
    kept = written | {f"{kits_path(slug)}{shown.item.slug}/" for shown in site.items for slug in shown.kits}
    kept |= {kits_path(slug) for slug in municipalities(site)}
    for path in sorted(_linked(site) - kept):
        yield f"{path}index.html", to_page(site, frame, _stub(site, path))
    yield from _feeds(site, listed)
    yield STYLE_PATH, style_sheet(site.settings.brand, site.workspace.strategy.focus_areas).encode()
    yield "sitemap.xml", sitemap(changed[:MOST])
    yield "robots.txt", f"User-agent: *\nAllow: /\n\nSitemap: {absolute(site)('sitemap.xml')}\n".encode()


def _pages(site: Site, listed: tuple[SiteItem, ...]) -> Iterator[Page]:
    yield home_page(site, listed)
    yield news_page(site, listed)
    for slug, title, tagline in newsletters(site):
        yield newsletter_page(site, slug, title, tagline)
    for issue in site.issues:
        if issue.listed:
            yield _issue(site, issue)
    for shown in site.items:
        yield _item(site, shown)
    for gone in site.gone:
        yield _gone(site, gone)
    for slug in municipalities(site):
        yield municipality_page(site, slug, listed)
    for slug in site.workspace.strategy.focus_areas:
        yield focus_page(site, slug, listed)
    office = Office(site.settings, site.workspace.audiences, site.workspace.strategy)
    yield privacy(office, card=site.title_card)
    yield accessibility(office, card=site.title_card)
    yield _missing(site)


def _issue(site: Site, issue: SiteIssue) -> Page:
    shown = items_of(site, issue)
    description = short(" · ".join(each.item.title for each in shown)) or issue_title(issue)
    return Page(
        template="issue",
        path=issue_path(issue),
        title=issue_title(issue),
        over=spoken_date(issue.on),
        heading=issue.title,
        description=description,
        card=shown[0].card if shown else site.title_card,
        kind="article",
        published=issue.sent_at.isoformat(),
        feeds=feed_links(newsletter_path(issue.newsletter), issue.title),
        changed_on=issue.on,
        values={
            "notices": tuple(_notices(site, issue)),
            "editions": edition_links(site, issue),
            "tiles": tiles(site, shown),
        },
    )


@dataclass(frozen=True, slots=True)
class _Notice:
    text: str
    title: str
    path: str


def _notices(site: Site, issue: SiteIssue) -> Iterator[_Notice]:
    """What the issue corrects, and what corrects it."""
    for link in issue_links(site, [issue.corrects]):
        yield _Notice(str(say("Det här är en rättelse av")), link.text, link.path)
    for link in issue_links(site, [each.id for each in site.issues if each.corrects == issue.id]):
        yield _Notice(str(say("Något i brevet är rättat i")), link.text, link.path)


def _item(site: Site, shown: SiteItem) -> Page:
    item = shown.item
    day = day_of(site, shown.published_at)
    return Page(
        template="item",
        path=item_path(item.slug),
        title=item.title,
        lead=item.summary,
        description=short(item.summary or item.title),
        card=shown.card,
        kind="article",
        published=shown.published_at.isoformat(),
        changed_on=day,
        is_listed=shown.is_listed,
        values={
            "accent": accent_of(site, item),
            "language": language_of(site, item),
            "label": label_of(item),
            "tags": tags_of(site, item),
            "when": spoken_date(day),
            "pictures": [picture_of(picture) for picture in item.pictures],
            "facts": facts_of(item, site.settings, site.workspace.audiences.municipalities),
            "calendar": item_path(item.slug) + CALENDAR if item.event else "",
            "body": body_of(item),
            "source": source_of(item),
            "kits": kits_of(site, shown),
            "letters": issue_links(site, shown.issues),
        },
    )


def _notice(
    site: Site,
    path: str,
    title: Text,
    words: Iterable[Text],
    links: Iterable[Link] = (),
    links_title: Text | None = None,
) -> Page:
    """A page that says that something is not here."""
    return Page(
        template="notice",
        path=path,
        title=str(title),
        description=str(title),
        card=site.title_card,
        is_listed=False,
        is_found=False,
        values={
            "words": [str(each) for each in words],
            "links": tuple(links),
            "links_title": str(links_title or ""),
        },
    )


def _gone(site: Site, gone: GoneItem) -> Page:
    if gone.withdrawn:
        title = say("Nyheten är tillbakadragen")
        words = say("Nyheten som fanns här är tillbakadragen och visas inte längre.")
    else:
        title = say("Nyheten går inte att visa just nu")
        words = say("Nyheten finns inte här för tillfället. Den står kvar i breven som den var med i.")
    links = issue_links(site, gone.issues)
    return _notice(site, item_path(gone.slug), title, [words], links, say("Breven som den var med i"))


def _stub(site: Site, path: str) -> Page:
    """Where a letter links and there is nothing (any more): better than a web server's own words."""
    slug = path.split("/")[-2]
    if path.startswith("sprid/") and any(gone.slug == slug and gone.withdrawn for gone in site.gone):
        told = say("Nyheten är tillbakadragen. Har ni spridit den? Ta bort det ni har publicerat.")
        return _notice(site, path, say("Sprid inte nyheten vidare"), [told])
    words = say("Det som fanns här visas inte längre, eller var bara till för mottagarna av brevet.")
    return _notice(site, path, say("Sidan finns inte"), [words])


def _missing(site: Site) -> Page:
    words = say("Adressen leder ingenstans. Kanske är den felskriven, eller så är sidan borttagen.")
    return _notice(site, MISSING, say("Sidan finns inte"), [words])


def _editions(site: Site) -> Iterator[tuple[SiteIssue, SiteEdition]]:
    return ((issue, edition) for issue in site.issues for edition in issue.editions)


def _edition(site: Site, frame: Frame, issue: SiteIssue, edition: SiteEdition) -> bytes:
    if not edition.withdrawn:
        return letter_page(site, edition).encode()
    titles = {shown.item.slug: shown.item.title for shown in site.items}
    remaining = [Link(titles[slug], item_path(slug)) for slug in edition.items if slug in titles]
    words = say(
        "En nyhet i brevet är tillbakadragen. Därför visas inte {title} här längre.", title=issue_title(issue)
    )
    page = _notice(
        site,
        edition.path,
        say("Brevet visas inte längre"),
        [words],
        remaining,
        say("De andra nyheterna i brevet"),
    )
    return to_page(site, frame, page)


_SLUG = "[a-z0-9][a-z0-9-]{0,99}"
_OURS = rf"nyheter/{_SLUG}/|sprid/{_SLUG}/(?:{_SLUG}/)?"
"""The pages of ours that a letter may link to; any other address below base_url is a mistyped one."""


def _linked(site: Site) -> set[str]:
    """The pages of the archive that letters link to, and the kits that those had which are withdrawn."""
    base = re.escape(site.settings.base_url.rstrip("/"))
    link = re.compile(rf'href="{base}/({_OURS})["#?]')
    withdrawn = {gone.slug for gone in site.gone if gone.withdrawn}
    return {
        path
        for _, each in _editions(site)
        for path in link.findall(each.html)
        if not each.withdrawn or path.split("/")[-2] in withdrawn
    }


def _feeds(site: Site, listed: tuple[SiteItem, ...]) -> _Files:
    """Feeds and calendars of everything that has them."""
    everything = str(say("Nyheter från {name}", name=site.settings.name))
    yield from items_feed(site, "", everything, listed)
    yield events_file(site, "", everything, listed)
    for slug, title, _ in newsletters(site):
        yield from issues_feed(site, newsletter_path(slug), title, issues_of(site, slug))
    for slug in municipalities(site):
        told = tuple(each for each in listed if is_of(slug, each.item) or is_of("", each.item))
        title = str(say("Nyheter för {place}", place=name_of(site, slug)))
        yield from items_feed(site, municipality_path(slug), title, told)
        yield events_file(site, municipality_path(slug), title, told)
    for slug, area in site.workspace.strategy.focus_areas.items():
        own = tuple(shown for shown in listed if slug in shown.item.focus)
        yield from items_feed(site, focus_path(slug), area.name, own)
    for shown in site.items:
        if shown.item.event:
            yield events_file(site, item_path(shown.item.slug), shown.item.title, [shown])
