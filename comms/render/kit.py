"""The spread kit: an item made ready for a municipality to pass on in its own channels.

Everything that goes out again in somebody else's name is here in one value: words, pictures with what may be
done with them, the date for a calendar, and a code that leads to the item's own page.
"""

from __future__ import annotations

import io
from collections.abc import Collection, Iterator, Mapping
from datetime import date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

import segno

from comms.errors import Text, say
from comms.model.item import Item, Picture
from comms.model.kit import Kit, KitPicture
from comms.model.settings import Settings
from comms.model.site import PUBLIC
from comms.model.workspace import Workspace
from comms.render.addresses import kit_path, media_path, url
from comms.render.calendar import calendar
from comms.render.facts import calendar_event, facts_of
from comms.render.kit_texts import long_text, posts, short_text, words_of
from comms.render.wording import KINDS
from comms.text.consents import SPREAD_KIT, Pictures, says_nothing, why_not

QR_WIDTH = 600
"""The least width in px of a QR code as PNG: 5 cm in print at 300 dots an inch."""

_QR_BORDER = 4  # modules of quiet zone around the code (ISO/IEC 18004, 6.3.8)
_NAME = 40  # characters of the slug in the name of a picture's file: names must fit in any list of files


def may_be_passed_on(item: Item) -> bool:
    """Whether an item has a kit: what is not for the public is not for the public of a municipality."""
    return PUBLIC in item.audiences


def spread_kit(  # noqa: PLR0913 -- an item, where, from what, when, and what has happened to its pictures
    item: Item,
    *,
    municipality: str,
    settings: Settings,
    workspace: Workspace,
    published_at: datetime,
    on: date,
    told: Pictures,
    sizes: Mapping[str, tuple[int, int]] | None = None,
    retracted: Collection[str] = (),
) -> Kit:
    """Make the kit of an item for a municipality ("" for the whole area).

    Its words are those of the day when it was published, whenever they are written; `on` is the day on which
    its pictures must be free to pass on, `told` what all items tell of pictures.
    `sizes`: width and height in px of prepared pictures by path, for those that are not as in the item.
    `retracted`: paths and sha256 of pictures that go out no more. Raises TemplateError.
    """
    day = published_at.astimezone(ZoneInfo(settings.timezone)).date()
    words = words_of(item, municipality=municipality, settings=settings, workspace=workspace, on=day)
    facts = {
        fact.name: fact.href or fact.value
        for fact in facts_of(item, settings, workspace.audiences.municipalities)
    }
    short = short_text(words, workspace.templates)
    judged = [
        (picture, why_not_passed_on(item, picture, on=on, told=told, retracted=retracted))
        for picture in item.pictures
    ]
    pictures = [picture for picture, reason in judged if reason is None]
    date_file = calendar_event(item, settings, text=short, published_at=published_at)
    svg, png = _qr_codes(words.url, item.title)
    return Kit(
        slug=item.slug,
        municipality=municipality,
        place=words.place,
        language=item.language,
        title=item.title,
        label=str(KINDS[item.kind]),
        short=short,
        long=long_text(item, facts, settings),
        url=words.url,
        more_url=item.link,
        kit_url=url(settings, kit_path(municipality, item.slug)),
        published_at=published_at,
        event=words.event,
        calendar=calendar([date_file], title=item.title).decode() if date_file else "",
        posts=posts(words, workspace.templates),
        pictures=tuple(_pictures(item.slug, pictures, sizes or {})),
        left_out=tuple(reason for _, reason in judged if reason),
        qr_svg=svg,
        qr_png=png,
        eu_statement=settings.eu_statement if item.project and item.project.eu_funded else "",
        facts=facts,
        focus=item.focus,
    )


def why_not_passed_on(
    item: Item, picture: Picture, *, on: date, told: Pictures, retracted: Collection[str]
) -> Text | None:
    """Why a picture may not be passed on, None when it may; see `spread_kit`."""
    name = picture.path.rpartition("/")[2]
    if picture.path in retracted or picture.sha256 in retracted:
        return say("”{name}”: bilden är tillbakadragen.", name=name)
    if picture.stock and (picture.consent is None or says_nothing(picture.consent.basis)):
        return say("”{name}” är en arkivbild, och det står inte vad licensen tillåter.", name=name)
    return why_not(item, picture, SPREAD_KIT, on, told)


def _pictures(
    slug: str, pictures: list[Picture], sizes: Mapping[str, tuple[int, int]]
) -> Iterator[KitPicture]:
    for number, picture in enumerate(pictures, start=1):
        path = media_path(picture)
        width, height = sizes.get(picture.path, (picture.width, picture.height))
        yield KitPicture(
            path=picture.path,
            sha256=picture.sha256,
            file=f"{slug[:_NAME].strip('-')}-{number}.{path.rpartition('.')[2]}",
            media_path=path,
            alt=picture.alt or "",
            caption=picture.caption,
            photographer=picture.photographer,
            terms=_terms(picture),
            width=width,
            height=height,
        )


def _terms(picture: Picture) -> Text:
    """What those who use a picture may do, and what is asked of them, in whole sentences."""
    terms = _use(picture)
    if picture.photographer:
        terms = _then(terms, say("Skriv ut vem som har gjort bilden: {name}.", name=picture.photographer))
    if picture.consent and picture.consent.expires:
        until = say("Visa den till och med {day}, och ta sedan bort den.", day=picture.consent.expires)
        terms = _then(terms, until)
    return terms


def _use(picture: Picture) -> Text:
    if picture.people:
        return say(
            "Bilden får användas tillsammans med den här nyheten i kommunens egna kanaler. De som syns har "
            "sagt ja till det, men inte till annat."
        )
    return say("Bilden får användas fritt tillsammans med den här nyheten.")


def _then(first: Text, second: Text) -> Text:
    return say("{first} {second}", first=first, second=second)


@lru_cache(maxsize=256)
def _qr_codes(address: str, title: str) -> tuple[str, bytes]:
    """A QR code as SVG that scales, and as PNG for print: black on white, with its quiet zone.

    Kept, for it is most of the work of a kit and the same for every municipality.
    """
    code = segno.make_qr(address, error="m")
    name = str(say("QR-kod till {title}", title=title))
    svg, png = io.BytesIO(), io.BytesIO()
    colours = {"dark": "#000000", "light": "#ffffff", "border": _QR_BORDER}
    code.save(svg, kind="svg", omitsize=True, xmldecl=False, nl=False, title=name, **colours)
    width, _ = code.symbol_size(border=_QR_BORDER)
    code.save(png, kind="png", scale=-(-QR_WIDTH // width), **colours)
    return svg.getvalue().decode(), png.getvalue()
