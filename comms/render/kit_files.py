"""The files of a spread kit: what its folder on the web holds, and what programs may fetch.

The same kit gives the same bytes: no clock in a ZIP, names in order.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from markupsafe import Markup

from comms.errors import Text, say
from comms.model.kit import Kit, KitPicture
from comms.model.settings import Settings
from comms.render.addresses import kits_path, url
from comms.render.feeds import Feed, FeedEntry, rss
from comms.render.kit_pages import kit_page, newest_first, plain_html
from comms.render.kit_texts import running_text
from comms.render.site_feeds import media_type

JSON_VERSION = 1
"""Raised when a field of kits.json goes away or means something else; a new field does not raise it."""

ALL, CALENDAR, QR_SVG, QR_PNG, PAGE = "allt.zip", "kalender.ics", "qr.svg", "qr.png", "index.html"
"""The names of a kit's files in its folder."""

_MADE = (1980, 1, 1, 0, 0, 0)  # the first date that a ZIP can hold
_READABLE = 0o644 << 16  # -rw-r--r--, or some programs unpack files that nobody may read
_PACKED = ("png", "jpg", "jpeg", "zip")


def kit_files(kit: Kit, *, settings: Settings, pictures: Mapping[str, bytes]) -> Iterator[tuple[str, bytes]]:
    """Every file of a kit's folder by name. `pictures`: prepared bytes by `KitPicture.path`.

    Raises KeyError for a picture without bytes.
    """
    yield PAGE, kit_page(kit, settings=settings).encode()
    yield (
        ALL,
        kit_zip(kit, {picture.path: pictures[picture.path] for picture in kit.pictures}, settings=settings),
    )
    for number, picture in enumerate(kit.pictures, start=1):
        yield f"bild-{number}.zip", picture_zip(picture, pictures[picture.path])
    if kit.calendar:
        yield CALENDAR, kit.calendar.encode()
    yield QR_SVG, kit.qr_svg.encode()
    yield QR_PNG, kit.qr_png


def kit_zip(kit: Kit, files: Mapping[str, bytes], *, settings: Settings) -> bytes:
    """Everything in one file. `files`: prepared pictures by `KitPicture.path`; texts are UTF-8 with CRLF."""
    held = {f"texter/{post.network}.txt": _typed(post.text) for post in kit.posts}
    held["texter/kort-text.txt"] = _typed(kit.short)
    held["texter/lang-text.txt"] = _typed(running_text(kit.long))
    held["texter/lang-text.html"] = f"{plain_html(kit.long)}\n".encode()
    held["texter/lank.txt"] = _typed(kit.url)
    held |= {f"bilder/{picture.file}": files[picture.path] for picture in kit.pictures}
    if kit.pictures:
        held["bilder/alt-texter.txt"] = _typed("\n\n".join(map(_about, kit.pictures)))
    if kit.calendar:
        held[CALENDAR] = kit.calendar.encode()
    held |= {QR_SVG: kit.qr_svg.encode(), QR_PNG: kit.qr_png, "LÄSMIG.txt": _typed(_read_me(kit, settings))}
    return _zip(held)


def picture_zip(picture: KitPicture, content: bytes) -> bytes:
    """A picture with its alt text: for who wants no more than a post."""
    return _zip({picture.file: content, "alt-text.txt": _typed(_about(picture))})


def kits_json(kits: Iterable[Kit], *, settings: Settings, municipality: str, place: str) -> bytes:
    """All kits of a municipality for its own web to fetch, newest first (fields: docs/spridning.md)."""
    folder = url(settings, kits_path(municipality))
    told = {
        "version": JSON_VERSION,
        "publisher": settings.name,
        "municipality": municipality,
        "place": place,
        "page_url": folder,
        "feed_url": f"{folder}rss.xml",
        "items": [_told(kit, settings) for kit in newest_first(kits)],
    }
    return (json.dumps(told, ensure_ascii=False, indent=2) + "\n").encode()


def kits_rss(
    kits: Iterable[Kit], *, settings: Settings, municipality: str, title: str, focus: Mapping[str, str]
) -> bytes:
    """All kits of a municipality for readers of RSS, newest first; `focus`: names of focus areas by slug."""
    folder = url(settings, kits_path(municipality))
    return rss(
        Feed(
            title=title,
            description=str(say("Nyheter från {name}", name=settings.name)),
            home_url=folder,
            folder_url=folder,
            language=settings.language,
            author=settings.name,
            entries=tuple(_entry(kit, settings, focus) for kit in newest_first(kits)),
        )
    )


def _entry(kit: Kit, settings: Settings, focus: Mapping[str, str]) -> FeedEntry:
    picture = next(iter(kit.pictures), None)
    return FeedEntry(
        url=kit.url,
        title=kit.title,
        summary=kit.short,
        html=Markup(plain_html(kit.long)),  # noqa: S704 - cleaned by nh3
        published_at=kit.published_at,
        updated_at=kit.published_at,
        tags=(kit.label, *(focus[slug] for slug in kit.focus if slug in focus)),
        picture_url=url(settings, picture.media_path) if picture else "",
        picture_alt=picture.alt if picture else "",
        picture_type=media_type(picture.media_path) if picture else "",
        picture_size=0,
        language=kit.language,
    )


def _told(kit: Kit, settings: Settings) -> dict[str, object]:
    event = kit.event
    return {
        "id": kit.slug,
        "url": kit.url,
        "more_url": kit.more_url,
        "kit_url": kit.kit_url,
        "title": kit.title,
        "label": kit.label,
        "short": kit.short,
        "long_html": plain_html(kit.long),
        "long_text": running_text(kit.long),
        "posts": {post.network: post.text for post in kit.posts},
        "pictures": [_pictured(picture, settings) for picture in kit.pictures],
        "event": event
        and {
            "start": event.start.isoformat(),
            "end": event.end.isoformat() if event.end else None,
            "place": event.place,
            "access": event.access,
            "online": event.online,
        },
        "facts": dict(kit.facts),
        "eu_statement": kit.eu_statement,
        "ics_url": f"{kit.kit_url}{CALENDAR}" if kit.calendar else None,
        "zip_url": f"{kit.kit_url}{ALL}",
        "qr_url": f"{kit.kit_url}{QR_SVG}",
        "published": kit.published_at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "municipality": kit.municipality,
        "focus": list(kit.focus),
        "language": kit.language,
    }


def _pictured(picture: KitPicture, settings: Settings) -> dict[str, object]:
    return {
        "url": url(settings, picture.media_path),
        "alt": picture.alt,
        "caption": picture.caption,
        "photographer": picture.photographer,
        "terms": str(picture.terms),
        "width": picture.width,
        "height": picture.height,
    }


def _about(picture: KitPicture) -> str:
    """What a picture shows and what may be done with it, a line each."""
    rows: tuple[tuple[Text, object], ...] = (
        (say("Alt-text"), picture.alt or say("Bilden är pynt och behöver ingen alt-text.")),
        (say("Bildtext"), picture.caption),
        (say("Gjord av"), picture.photographer),
        (say("Så får den användas"), picture.terms),
    )
    return "\n".join((picture.file, *(f"{name}: {words}" for name, words in rows if words)))


def _read_me(kit: Kit, settings: Settings) -> str:
    """What is in the file, and whose words it is."""
    parts = (
        kit.title,
        say("Material att sprida vidare från {name}.", name=settings.name),
        say("Mappen texter har inlägg för sociala medier, en kort och en lång text. Ändra gärna i dem."),
        say("Mappen bilder har bilder, alt-texter och hur bilderna får användas.") if kit.pictures else "",
        say("Öppna kalender.ics för att lägga dagen i en kalender.") if kit.calendar else "",
        say("QR-koden leder till nyhetens egen sida: qr.png för tryck, qr.svg går att förstora."),
        say("Nyheten: {url}", url=kit.url),
        say("Frågor: {address}", address=settings.sender.reply_to or settings.sender.email),
    )
    return "\n\n".join(str(part) for part in parts if part)


def _typed(text: str) -> bytes:
    """Text as Windows' own editor wants it: CRLF, UTF-8 without a mark before it."""
    return ("\r\n".join(text.splitlines()) + "\r\n").encode()


def _zip(held: Mapping[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with ZipFile(packed, "w") as file:
        for name in sorted(held):
            info = ZipInfo(name, _MADE)
            info.create_system, info.external_attr = 3, _READABLE
            info.compress_type = ZIP_STORED if name.rpartition(".")[2] in _PACKED else ZIP_DEFLATED
            file.writestr(info, held[name])
    return packed.getvalue()
