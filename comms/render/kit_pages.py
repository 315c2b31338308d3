"""The pages of the spread kit: one for each item, and one with all items of a municipality.

Their links are relative, so that they work wherever the folder is put, also straight from a disk.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from zoneinfo import ZoneInfo

import nh3
from jinja2 import DictLoader, Environment, StrictUndefined, Template
from markupsafe import Markup

from comms.model.document import Document
from comms.model.kit import Kit
from comms.model.settings import Settings
from comms.render.addresses import EMBLEM_PATH, item_path, kit_path, kits_path, url
from comms.render.kit_templates import BASE, KIT, KITS, PARTS, SCRIPT, STYLE
from comms.render.markup import Style, to_html
from comms.render.wording import NBSP, clock, spoken_date, weekday_and_date

KIT_ASSETS: Mapping[str, bytes] = MappingProxyType(
    {"sprid/kit.js": SCRIPT.encode(), "sprid/sida.css": STYLE.encode()}
)
"""What the pages load, by path below base_url: the same bytes for every workspace."""

_JUMPS = (
    ("bilder", "Bilder"),
    ("kort", "Kort text"),
    ("lang", "Lång text"),
    ("kalender", "Kalender"),
    ("qr", "QR-kod"),
    ("lank", "Länk"),
)
_TONGUES: Mapping[str, str] = MappingProxyType(
    {
        "ar": "arabiska",
        "de": "tyska",
        "en": "engelska",
        "fa": "persiska",
        "fi": "finska",
        "nb": "norska",
        "nl": "nederländska",
        "so": "somaliska",
        "ti": "tigrinja",
        "uk": "ukrainska",
    }
)
"""Languages that stories may be in beside Swedish, in Swedish."""


@dataclass(frozen=True, slots=True)
class _Group:
    """Kits under a heading, "" for none."""

    title: str
    kits: tuple[Kit, ...]


def kit_page(kit: Kit, *, settings: Settings) -> str:
    """One item's kit as HTML: texts to copy, pictures, calendar, QR code, and all of it as one file.

    It stands in the kit's folder (`addresses.kit_path`) beside the files of `kit_files`.
    """
    jumps = [(post.network, post.name) for post in kit.posts]
    missing = {name for name, has in (("kalender", kit.calendar), ("bilder", kit.pictures)) if not has}
    jumps += [(href, name) for href, name in _JUMPS if href not in missing]
    long, shared = plain_html(kit.long, heading=3), _shared(settings, kit_path(kit.municipality, kit.slug))
    return _page("kit").render(
        kit=kit,
        jumps=jumps,
        long=Markup(long),  # noqa: S704 -- cleaned by nh3
        source=plain_html(kit.long),
        held=_held(kit),
        is_foreign=kit.language.partition("-")[0] != "sv",
        tongue=_TONGUES.get(kit.language.partition("-")[0], ""),
        item=f"{shared['root']}{item_path(kit.slug)}index.html",
        place=kit.place,
        list="../index.html",
        is_list=False,
        **shared,
    )


def _held(kit: Kit) -> str:
    """What the file with everything holds."""
    parts = ["Alla texter"]
    if kit.pictures:
        first, many = kit.pictures[0], len(kit.pictures)
        size = f"{first.width} × {first.height} pixlar".replace(" ", NBSP)
        named = f"en bild på {size}" if many == 1 else f"{many} bilder, den första på {size}"
        parts.append(f"{named}{' med alt-text' if many == 1 and first.alt else ''}")
        parts += ["alt-texter"] if many > 1 and any(picture.alt for picture in kit.pictures) else []
    parts += ["kalenderfil"] if kit.calendar else []
    return f"{', '.join(parts)} och QR-kod i en fil."


def kits_page(
    kits: Iterable[Kit], *, settings: Settings, municipality: str, place: str, own: Collection[str] = ()
) -> str:
    """All kits of a municipality ("" for the whole area, whose `place` is ""), newest first.

    `own`: slugs of the items that are the municipality's own; they stand before those of the whole area.
    """
    path = kits_path(municipality)
    shown, zone = newest_first(kits), ZoneInfo(settings.timezone)
    return _page("kits").render(
        groups=_groups(shown, place, own),
        days={kit.slug: kit.published_at.astimezone(zone).date() for kit in shown},
        place=place,
        url=url(settings, path),
        list="index.html",
        is_list=True,
        **_shared(settings, path),
    )


def _groups(kits: Iterable[Kit], place: str, own: Collection[str]) -> list[_Group]:
    """The municipality's own kits and the others, under headings when there are both kinds to tell apart."""
    all_of_them = tuple(kits)
    mine = tuple(kit for kit in all_of_them if kit.slug in own)
    if not place or not mine:
        return [_Group("", all_of_them)] if all_of_them else []
    others = tuple(kit for kit in all_of_them if kit.slug not in own)
    return [_Group(f"I {place}", mine), *([_Group("För hela området", others)] if others else [])]


def newest_first(kits: Iterable[Kit]) -> list[Kit]:
    """Kits as lists show them; those published at the same instant in order of slug."""
    return sorted(sorted(kits, key=lambda kit: kit.slug), key=lambda kit: kit.published_at, reverse=True)


def plain_html(document: Document, *, heading: int = 2) -> str:
    """A document as HTML to paste: no style, class or picture; its highest heading is an h`heading`."""
    html = to_html(document, Style(heading=heading))
    attributes = {"a": {"href"}, "ol": {"start"}, "th": {"scope"}}
    cleaned = nh3.clean(html, attributes=attributes, url_schemes=_SCHEMES, link_rel=None)
    for end in (
        "</p>",
        "</ul>",
        "</ol>",
        "</li>",
        "</blockquote>",
        "</pre>",
        "</table>",
        *(f"</h{level}>" for level in range(2, 7)),
        "<ul>",
        "<ol>",
    ):
        cleaned = cleaned.replace(end, f"{end}\n")
    return cleaned.replace("<hr>", "<hr>\n").strip()


_SCHEMES = {"https", "http", "mailto", "tel"}


def _shared(settings: Settings, path: str) -> dict[str, object]:
    """What both pages use; `root` leads from a page's folder to base_url."""
    return {
        "settings": settings,
        "contact": settings.sender.reply_to or settings.sender.email,
        "root": "../" * path.count("/"),
        "emblem": EMBLEM_PATH,
    }


def _page(name: str) -> Template:
    return _environment().get_template(name)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=DictLoader({"base": BASE, "parts": PARTS, "kit": KIT, "kits": KITS}),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["thousands"] = lambda number: f"{number:,}".replace(",", NBSP)
    environment.filters["clock"] = clock
    environment.filters["spoken_date"] = spoken_date
    environment.filters["weekday_and_date"] = weekday_and_date
    return environment
