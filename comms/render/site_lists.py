"""The archive's lists: the front page, all news, a newsletter, a municipality, a focus area."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from comms.errors import Text, say
from comms.model.issue import Newsletter
from comms.model.item import Item
from comms.model.site import PUBLIC, Site, SiteEdition, SiteIssue, SiteItem
from comms.render.addresses import focus_path, kits_path, municipality_path, newsletter_path
from comms.render.facts import WHOLE_AREA
from comms.render.site_feeds import feed_links, items_of
from comms.render.site_frame import ALL_NEWS, Page
from comms.render.site_parts import (
    CALENDAR,
    Link,
    Tile,
    dates_of,
    day_of,
    issue_path,
    issue_title,
    month_of,
    name_of,
    short,
    tiles,
)
from comms.render.wording import spoken_date

_FIRST = 8  # items on the front page: a wide one and one more, then two rows of three


@dataclass(frozen=True, slots=True)
class _Letter:
    """An issue in a list, with its editions when they are shown too."""

    title: str
    path: str
    newsletter: str = ""
    newsletter_path: str = ""
    subject: str = ""
    editions: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class _Group:
    """Items under a heading; `empty` is said when there are none."""

    title: str
    tiles: tuple[Tile, ...]
    empty: str = ""


def home_page(site: Site, listed: tuple[SiteItem, ...]) -> Page:
    """The front page: the newest first, and ways to all of it."""
    name = site.settings.name
    areas = site.workspace.strategy.focus_areas
    latest = {issue.newsletter: issue for issue in reversed(site.issues) if issue.listed}
    return Page(
        template="home",
        path="",
        title=str(say("Nyheter från {name}", name=name)),
        lead=site.workspace.strategy.vision,
        description=str(say("Nyheter, brev och datum från {name}.", name=name)),
        card=site.title_card,
        feeds=feed_links("", str(say("Alla nyheter"))),
        changed_on=_newest(site, listed),
        values={
            "tiles": tiles(site, listed[:_FIRST]),
            "has_more": len(listed) > _FIRST,
            "letters": [
                _letter(site, issue) for issue in sorted(latest.values(), key=_by_time, reverse=True)
            ],
            "dates": dates_of(site, listed),
            "municipalities": _places(site),
            "focus_areas": [
                Link(area.name, focus_path(slug), f"focus-{number}")
                for number, (slug, area) in enumerate(areas.items(), 1)
            ],
        },
    )


def _by_time(issue: SiteIssue) -> tuple[date, str]:
    return issue.on, issue.id


def _newest(site: Site, listed: Iterable[SiteItem]) -> date | None:
    return max((day_of(site, shown.published_at) for shown in listed), default=None)


def _places(site: Site) -> list[Link]:
    """The municipalities and the whole area, each with its page."""
    return [Link(name_of(site, slug), municipality_path(slug)) for slug in municipalities(site)]


def municipalities(site: Site) -> tuple[str, ...]:
    """Every municipality's slug, and "" for the whole area."""
    return (*site.workspace.audiences.municipalities, "")


def _letter(site: Site, issue: SiteIssue) -> _Letter:
    return _Letter(
        title=spoken_date(issue.on),
        path=issue_path(issue),
        newsletter=issue.title,
        newsletter_path=newsletter_path(issue.newsletter),
        editions=edition_links(site, issue),
    )


def edition_links(site: Site, issue: SiteIssue) -> tuple[Link, ...]:
    """The editions that everybody may find: the whole area's first, then by municipality."""
    listed = sorted(
        issue.listed, key=lambda each: (bool(each.municipality), name_of(site, each.municipality))
    )
    return tuple(Link(name_of(site, each.municipality), each.path) for each in listed)


def _listing(
    *,
    groups: Iterable[_Group],
    letters: Iterable[_Letter] = (),
    dates: Iterable[object] = (),
    follow: Text,
    calendar: str = "",
    kits: str = "",
) -> Mapping[str, object]:
    """What the template of lists wants."""
    return {
        "sections": tuple(groups),
        "letters": tuple(letters),
        "dates": tuple(dates),
        "follow": str(follow),
        "calendar": calendar,
        "kits": kits,
    }


def news_page(site: Site, listed: tuple[SiteItem, ...]) -> Page:
    """All items, by month."""
    months = groupby(listed, key=lambda shown: month_of(day_of(site, shown.published_at)))
    groups = [_Group(month, tiles(site, shown)) for month, shown in months]
    empty = _Group(str(say("Inga nyheter än")), (), str(say("Inget brev har gått ut än.")))
    title = str(say("Alla nyheter"))
    return Page(
        template="listing",
        path=ALL_NEWS,
        title=title,
        lead=str(say("Allt som har stått i breven, det nyaste först.")),
        description=str(say("Alla nyheter från {name}, det nyaste först.", name=site.settings.name)),
        card=site.title_card,
        feeds=feed_links("", title),
        changed_on=_newest(site, listed),
        values=_listing(groups=groups or [empty], follow=say("Följ alla nyheter"), calendar=CALENDAR),
    )


def newsletters(site: Site) -> Iterator[tuple[str, str, str]]:
    """Slug, title and tagline of each newsletter that is for everybody, those of old issues too."""
    known: Mapping[str, Newsletter] = site.settings.newsletters
    for slug, newsletter in known.items():
        if PUBLIC in newsletter.audiences or any(each.listed for each in issues_of(site, slug)):
            yield slug, newsletter.title, newsletter.tagline
    old = {issue.newsletter: issue.title for issue in site.issues if issue.listed}
    yield from ((slug, title, "") for slug, title in sorted(old.items()) if slug not in known)


def issues_of(site: Site, newsletter: str) -> list[SiteIssue]:
    """A newsletter's issues, newest first."""
    return [issue for issue in site.issues if issue.newsletter == newsletter]


def newsletter_page(site: Site, slug: str, title: str, tagline: str) -> Page:
    """A newsletter: all its issues."""
    issues = [issue for issue in issues_of(site, slug) if issue.listed]
    letters = [
        _Letter(spoken_date(issue.on), issue_path(issue), subject=_subject(site, issue)) for issue in issues
    ]
    empty = _Group(str(say("Inget brev än")), (), str(say("När det första brevet går ut visas det här.")))
    return Page(
        template="listing",
        path=newsletter_path(slug),
        title=title,
        lead=tagline,
        description=tagline or str(say("Alla nummer av {title}.", title=title)),
        card=site.title_card,
        feeds=feed_links(newsletter_path(slug), title),
        changed_on=max((issue.on for issue in issues), default=None),
        values=_listing(
            groups=[] if issues else [empty], letters=letters, follow=say("Följ {title}", title=title)
        ),
    )


def _subject(site: Site, issue: SiteIssue) -> str:
    return short(" · ".join(shown.item.title for shown in items_of(site, issue)[:3]))


def municipality_page(site: Site, slug: str, listed: tuple[SiteItem, ...]) -> Page:
    """A municipality's own news and then those of the whole area; for "" the latter alone."""
    own, shared = items_in(slug, listed), items_in("", listed)
    name = name_of(site, slug)
    title = say("Nyheter från {place}", place=name) if slug else WHOLE_AREA
    nothing = str(say("Inga nyheter härifrån än."))
    groups = [_Group(str(say("I {place}", place=name)), tiles(site, own), nothing)] if slug else []
    if shared or not slug:
        groups.append(_Group(str(say("För hela området")), tiles(site, shared), nothing))
    letters = [
        _Letter(issue_title(issue), edition.path, subject=_subject_of(edition, issue))
        for issue in site.issues
        for edition in issue.listed
        if edition.municipality == slug
    ]
    folder = municipality_path(slug)
    return Page(
        template="listing",
        path=folder,
        title=str(title),
        lead=str(say("Det som rör {place} i nyheterna från {name}.", place=name, name=site.settings.name))
        if slug
        else str(say("Det som gäller alla kommuner.")),
        description=str(say("Nyheter, brev och datum för {place}.", place=name)),
        card=site.title_card,
        feeds=feed_links(folder, str(title)),
        changed_on=_newest(site, (*own, *shared)),
        values=_listing(
            groups=groups,
            letters=letters,
            dates=dates_of(site, (*own, *shared) if slug else shared),
            follow=say("Följ {place}", place=name),
            calendar=folder + CALENDAR,
            kits=kits_path(slug) if any(slug in shown.kits for shown in listed) else "",
        ),
    )


def items_in(slug: str, listed: Iterable[SiteItem]) -> tuple[SiteItem, ...]:
    """Items of a municipality; "": those that concern the whole area."""
    return tuple(shown for shown in listed if is_of(slug, shown.item))


def is_of(slug: str, item: Item) -> bool:
    """Whether an item is of a municipality; of "" when it concerns the whole area."""
    return slug in item.municipalities if slug else not item.municipalities


def _subject_of(edition: SiteEdition, issue: SiteIssue) -> str:
    """The subject without the newsletter's name, which the link says already; none of a withdrawn one."""
    if edition.withdrawn:
        return ""
    return edition.subject.removeprefix(issue.title).lstrip(" ,:")


def focus_page(site: Site, slug: str, listed: tuple[SiteItem, ...]) -> Page:
    """A focus area's news."""
    area, folder = site.workspace.strategy.focus_areas[slug], focus_path(slug)
    own = tuple(shown for shown in listed if slug in shown.item.focus)
    nothing = str(say("Inga nyheter om det här insatsområdet än."))
    return Page(
        template="listing",
        path=folder,
        title=area.name,
        over=str(say("Insatsområde")),
        description=str(say("Nyheter inom insatsområdet {name}.", name=area.name)),
        card=site.title_card,
        feeds=feed_links(folder, area.name),
        changed_on=_newest(site, own),
        values=_listing(
            groups=[_Group(str(say("Nyheter")), tiles(site, own), nothing)],
            dates=dates_of(site, own),
            follow=say("Följ insatsområdet"),
        ),
    )
