"""The EU emblem and the statement beside it, as Regulation (EU) 2022/129, Annex II, asks for them.

Each function reads a letter and finds; those about how the emblem and the statement look hold only when
they are there: that they are is a rule of its own.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import takewhile

from comms.check.letter import EU, Letter, alt, in_a_row, shown, spaced
from comms.check.letter_page import Element, Page, pixels
from comms.check.rule import Finding
from comms.errors import Location, Text, say
from comms.text.colours import MIN_CONTRAST, colour, contrast

STATEMENTS = ("Medfinansieras av Europeiska unionen", "Finansieras av Europeiska unionen")
"""The statement in Swedish, when the EU pays a part and when it pays all (Annex II, 2)."""

FONTS = ("Arial", "Auto", "Calibri", "Garamond", "Trebuchet", "Tahoma", "Verdana", "Ubuntu")
"""The typefaces that may stand with the emblem (Annex II, 3)."""

COLOURS: Mapping[str, Text] = {
    "#003399": say("reflexblått"),
    "#000000": say("svart"),
    "#ffffff": say("vitt"),
}
"""The colours that the statement may have (Annex II, 6 and 9)."""

OWN_EMBLEM = "6b82f6fde1598756d46ebf65f0d07f0ddd812ffdf7260f5c77e788e5cfdfeb99"
"""The SHA-256 of the emblem that scripts/draw_emblem.py draws: known to be right."""

MIN_HEIGHT = 38.0
"""px: one centimetre, the least height in the Commission's guidelines for those who get money from the EU."""

MIN_SIZE = 12.0
"""px: what can be read on a telephone. Our own choice, where the regulation says proportionate."""

MIN_PART = 1 / 8
"""The least size of the statement as part of the emblem's height: our own choice, far below the EU's sign."""

MIN_GAP = 4.0
"""px between emblem and text. Our own choice, where the regulation says that the text must not interfere."""

_FLY = 3 / 2
_TOLERANCE = 0.02
_BORDER = 1 / 25
_COLOURED = 1.05
"""The contrast to white from which a ground counts as coloured."""

_PNG = b"\x89PNG\r\n\x1a\n"
_PICTURE_OF_ITEM = re.compile(r"/media/[0-9a-f]{16}\.")
_EFFECTS = ("text-shadow", "filter", "-webkit-text-stroke", "-webkit-text-stroke-width")
_CHANGES = ("filter", "transform", "border-radius", "clip-path", "mix-blend-mode", "mask")
_PLAIN = frozenset({"", "none", "0", "0px", "normal", "initial"})
_RULE = re.compile(r"^[ \t]*(?:={8,}|-{8,}|_{8,}|\*{8,}|#{8,})[ \t]*$", re.MULTILINE)
_LINES = ("underline", "line-through", "overline")


def missing(letter: Letter) -> Iterator[Finding]:
    """Find letters without the emblem, or in which it is hidden or too small to be seen (Annex II, 1)."""
    hint = say("Lägg tillbaka det i sidfoten, intill meningen om EU:s stöd: det är ett villkor för stödet.")
    if letter.emblem is None:
        yield Finding(letter.html_place, say("EU-emblemet saknas i brevet."), hint)
        return
    for where in letter.page.settings:
        if letter.page.hidden(letter.emblem, where):
            yield Finding(letter.html_place, say("EU-emblemet syns inte {where}.", where=shown(where)), hint)
            return
        height = _box(letter.page, letter.emblem, where)[1]
        if height is not None and height < MIN_HEIGHT:
            message = say(
                "EU-emblemet är bara {height} px högt {where}.", height=f"{height:g}", where=shown(where)
            )
            yield Finding(letter.html_place, message, say("Gör det minst 38 px högt: det är en centimeter."))
            return


def without_name(letter: Letter) -> Iterator[Finding]:
    """Find emblems that do not say to those who listen that they are the EU's."""
    if letter.emblem is not None and not EU.search(alt(letter.emblem)):
        message = say("EU-emblemets alt-text nämner inte EU.")
        hint = say('Skriv till exempel alt="EU:s flagga: tolv gula stjärnor i en ring på blå botten."')
        yield Finding(letter.html_place, message, hint)


def altered(letter: Letter) -> Iterator[Finding]:
    """Find emblems with another form than 3:2, or changed by style (Annex II, 7 and 9)."""
    emblem = letter.emblem
    if emblem is None:
        return
    source = emblem.attributes.get("src", "")
    if source != letter.duties.emblem_url:
        message = say("EU-emblemet hämtas från {source}, så ingen vet om det är rätt fil.", source=source)
        hint = say("Skriv letter.emblem_url. Ett eget emblem läggs i {path}.", path=letter.duties.emblem_path)
        yield Finding(letter.html_place, message, hint)
    elif not _is_emblem(letter.duties.emblem):
        message = say("EU-emblemets fil är inte en PNG-bild i formen 3:2.")
        hint = say("Ta tillbaka filen som följer med comms, eller hämta emblemet från EU.")
        yield Finding(Location(letter.duties.emblem_path), message, hint)
    yield from _once(
        letter, (one for where in letter.page.settings for one in _changes(letter, emblem, where))
    )


def smaller_than_logo(letter: Letter) -> Iterator[Finding]:
    """Find logos that are both wider and higher than the emblem (Annex II, 7)."""
    emblem = letter.emblem
    for logo in (one for one in letter.pictures if emblem and one is not emblem and _is_logo(letter, one)):
        name = alt(logo) or logo.attributes.get("src", "")
        for where in letter.page.settings:
            width, height = _box(letter.page, emblem, where) if emblem else (None, None)
            other_width, other_height = _size(letter.page, logo, where)
            if letter.page.hidden(logo, where):
                continue
            if other_width is None and other_height is None:
                message = say("Logotypen ”{name}” har ingen storlek i brevet.", name=name)
                hint = say("Skriv width och height, så att den inte blir större än EU-emblemet.")
            elif _beats(other_width, width) and _beats(other_height, height):
                message = say(
                    "Logotypen ”{name}” är större än EU-emblemet {where}.", name=name, where=shown(where)
                )
                hint = say("Gör emblemet minst lika högt eller lika brett som den största logotypen.")
            else:
                continue
            yield Finding(letter.html_place, message, hint)
            break


def statement_missing(letter: Letter) -> Iterator[Finding]:
    """Find letters that do not say beside the emblem, as text, that the EU pays (Annex II, 2)."""
    duties = letter.duties
    if not any(spaced(one) in spaced(duties.statement) for one in STATEMENTS):
        message = say("Meningen om EU:s stöd är ”{statement}”.", statement=duties.statement)
        hint = say("Skriv hela meningen i eu_statement: ”{statement}”.", statement=STATEMENTS[0])
        yield Finding(duties.setting("eu_statement"), message, hint)
        return
    hint = say("Lägg tillbaka letter.eu_statement som text intill EU-emblemet.")
    if letter.statement is None:
        in_picture = any(spaced(duties.statement) in spaced(alt(one)) for one in letter.pictures)
        message = say("Meningen ”{statement}” saknas i brevet.", statement=duties.statement)
        if in_picture:
            message = say("Meningen ”{statement}” står bara i en bild.", statement=duties.statement)
        yield Finding(letter.html_place, message, hint)
    elif letter.emblem is not None and not _adjoin(letter.page, letter.emblem, letter.statement):
        message = say("Meningen ”{statement}” står inte intill EU-emblemet.", statement=duties.statement)
        yield Finding(letter.html_place, message, hint)
    if not _says_so_itself(letter.edition.text, duties.statement):
        message = say("Meningen ”{statement}” saknas i brevets textdel.", statement=duties.statement)
        yield Finding(letter.text_place, message, say("Lägg tillbaka letter.eu_statement i mallen för text."))


def _says_so_itself(text: str, statement: str) -> bool:
    """Whether the text part has the statement as the letter's own, not only as a fact of some item.

    Items stand between rules of signs. There it counts when it is a paragraph of its own.
    """
    rules = [match.start() for match in _RULE.finditer(text)]
    for match in in_a_row(statement).finditer(text):
        outside = not rules or match.start() < rules[0] or match.start() > rules[-1]
        above = text[: match.start()].rpartition("\n\n")[2]
        if outside or not above.strip() or _RULE.search(above):
            return True
    return False


def statement_look(letter: Letter) -> Iterator[Finding]:
    """Find statements in the wrong typeface, slanted, underlined, too small, unseen or coloured."""
    if letter.statement is None:
        return
    parts = tuple(dict.fromkeys(_parts(letter.statement, spaced(letter.duties.statement))))
    yield from _once(
        letter,
        (one for where in letter.page.settings for part in parts for one in _looks(letter, part, where)),
    )


def statement_faint(letter: Letter) -> Iterator[Finding]:
    """Find statements that stand out too little from their ground (WCAG 2.1, 1.4.3)."""
    if letter.statement is None:
        return
    for where in letter.page.settings:
        front = letter.page.front(letter.statement, where)
        back = letter.page.ground(letter.statement, where)
        if front and back and contrast(front, back) < MIN_CONTRAST:
            message = say(
                "Meningen om EU:s stöd syns för dåligt {where}: {front} mot {back} har kontrasten {ratio}.",
                where=shown(where),
                front=front,
                back=back,
                ratio=f"{contrast(front, back):.1f}".replace(".", ","),
            )
            hint = say("Välj reflexblått (#003399), svart eller vitt: det som syns bäst. Minst 4,5 krävs.")
            yield Finding(letter.html_place, message, hint)
            return


def statement_touches(letter: Letter) -> Iterator[Finding]:
    """Find statements that stand against the emblem (Annex II, 4)."""
    emblem, statement = letter.emblem, letter.statement
    if emblem is None or statement is None or not _adjoin(letter.page, emblem, statement):
        return
    for where in letter.page.settings:
        gap = _gap(letter.page, emblem, statement, where)
        if gap is not None and gap < MIN_GAP:
            message = say(
                "Meningen om EU:s stöd står för nära EU-emblemet {where}: {gap} px.",
                where=shown(where),
                gap=f"{gap:g}",
            )
            yield Finding(letter.html_place, message, say("Ge meningen luft: padding på minst 4 px."))
            return


def _once(letter: Letter, found: Iterable[tuple[Text, Text]]) -> Iterator[Finding]:
    """Each fault of the HTML where it is seen first: what is wrong everywhere is said once."""
    said: set[tuple[str, object]] = set()
    for message, hint in found:
        fault = (message.template, dict(message.values).get("key"))
        if fault not in said:
            said.add(fault)
            yield Finding(letter.html_place, message, hint)


def _is_emblem(content: bytes) -> bool:
    """Whether a file is the emblem that we drew, or at least a PNG of the emblem's form."""
    if hashlib.sha256(content).hexdigest() == OWN_EMBLEM:
        return True
    if not content.startswith(_PNG) or len(content) < 24:  # noqa: PLR2004 - signature, IHDR, width, height
        return False
    width, height = int.from_bytes(content[16:20]), int.from_bytes(content[20:24])
    return height > 0 and abs(width / height / _FLY - 1) < _TOLERANCE


def _changes(letter: Letter, emblem: Element, where: str) -> Iterator[tuple[Text, Text]]:
    """What the style does to the emblem that it may not."""
    page = letter.page
    own = page.declared(emblem, where)
    width, height = _size(page, emblem, where)
    if width and height and abs(width / height / _FLY - 1) > _TOLERANCE:
        message = say(
            "EU-emblemet är {width} × {height} px {where}.",
            width=f"{width:g}",
            height=f"{height:g}",
            where=shown(where),
        )
        yield message, say("Gör det en och en halv gång så brett som högt, till exempel 120 × 80 px.")
    for key in _CHANGES:
        if own.get(key, "") not in _PLAIN:
            message = say("EU-emblemet ändras av ”{key}” {where}.", key=key, where=shown(where))
            yield message, say("Ta bort det ur stilen: emblemet ska visas som det är.")
    if own.get("opacity", "1") not in {"1", "1.0", "100%"}:
        message = say("EU-emblemet ändras av ”{key}” {where}.", key="opacity", where=shown(where))
        yield message, say("Ta bort det ur stilen: emblemet ska visas som det är.")
    back = page.ground(emblem, where)
    line, ink = _border(own)
    needed = int((height or (width or 0) / _FLY) * _BORDER)
    bare = line < needed or ink != "#ffffff"
    if back and contrast(back, "#ffffff") > _COLOURED and bare:
        message = say("EU-emblemet saknar vit ram mot färgad botten {where}.", where=shown(where))
        hint = say("Skriv border:{width}px solid #ffffff: en tjugofemtedel av höjden.", width=max(needed, 1))
        yield message, hint
    elif line and ink not in {"#ffffff", None}:
        message = say("EU-emblemet har en ram i annan färg än vit {where}.", where=shown(where))
        yield message, say("Ta bort ramen, eller gör den vit.")


def _border(own: Mapping[str, str]) -> tuple[float, str | None]:
    """A border's width in px and colour; a border that is not solid has none."""
    parts = own.get("border", "").split()
    written = [own.get("border-width", ""), *parts]
    inks = [own.get("border-color", ""), *parts]
    solid = "solid" in (*parts, own.get("border-style", ""))
    line = next((pixels(part) or 0.0 for part in written if pixels(part) is not None), 0.0)
    return (line if solid else 0.0), next((ink for ink in map(colour, inks) if ink), None)


def _looks(letter: Letter, part: Element, where: str) -> Iterator[tuple[Text, Text]]:
    """What is wrong with the look of the statement, or a part of it."""
    style, there = letter.page.style(part, where), shown(where)
    if letter.page.hidden(part, where):
        yield say("Meningen om EU:s stöd syns inte {where}.", where=there), say("Ta bort det som döljer den.")
        return
    font = style.get("font-family", "").split(",")[0].strip(" '\"")
    if not any(font == name.lower() or font.startswith(f"{name.lower()} ") for name in FONTS):
        message = say("Meningen om EU:s stöd har typsnittet ”{font}” {where}.", font=font, where=there)
        yield message, say("Välj ett av dem som EU tillåter: {fonts}.", fonts=", ".join(FONTS))
    decorated = " ".join(letter.page.declared(one, where).get("text-decoration", "") for one in part.up())
    lined = any(line in decorated for line in _LINES)
    effect = any(style.get(key, "") not in _PLAIN for key in _EFFECTS)
    if lined or effect or style.get("font-style", "normal") not in {"normal", "initial"}:
        message = say(
            "Meningen om EU:s stöd är kursiv, understruken eller har en effekt {where}.", where=there
        )
        yield message, say("Skriv den rak, utan streck och skugga. Fet får den vara.")
    least = max(MIN_SIZE, (_emblem_height(letter, where) or 0) * MIN_PART)
    size = pixels(style["font-size"]) or 0.0
    if size < least:
        message = say("Meningen om EU:s stöd är {size} px hög {where}.", size=f"{size:g}", where=there)
        yield message, say("Gör den minst {least} px, i proportion till emblemet.", least=f"{least:g}")
    ink = style.get("color", "#000000")
    if colour(ink) not in COLOURS:
        message = say("Meningen om EU:s stöd har färgen {colour} {where}.", colour=ink, where=there)
        yield message, say("Välj reflexblått (#003399), svart (#000000) eller vitt (#ffffff).")


def _parts(element: Element, statement: str) -> Iterator[Element]:
    """The elements that the words of the statement stand in: one, unless it is put together."""
    texts = [(one, spaced(text)) for one, text in element.flow() if spaced(text).strip()]
    whole = [one for one, text in texts if statement in text]
    yield from whole or (one for one, text in texts if text in statement)


def _emblem_height(letter: Letter, where: str) -> float | None:
    return _box(letter.page, letter.emblem, where)[1] if letter.emblem is not None else None


def _size(page: Page, picture: Element, where: str) -> tuple[float | None, float | None]:
    """A picture's width and height in px as they are written; where style leaves it open, by attributes."""
    own, attributes = page.declared(picture, where), picture.attributes
    width, height = (
        next(
            (
                found
                for found in map(pixels, (own.get(key, ""), attributes.get(key, "")))
                if found is not None
            ),
            None,
        )
        for key in ("width", "height")
    )
    return width, height


def _box(page: Page, emblem: Element, where: str) -> tuple[float | None, float | None]:
    """The emblem's width and height in px, the one from the other where only one is written."""
    width, height = _size(page, emblem, where)
    return (height * _FLY if width is None and height is not None else width), (
        width / _FLY if height is None and width is not None else height
    )


def _beats(other: float | None, own: float | None) -> bool:
    """Whether a logo's measure is larger, or may be."""
    return other is None or (own is not None and other > own)


def _is_logo(letter: Letter, picture: Element) -> bool:
    source = picture.attributes.get("src", "")
    if letter.duties.logo_url and source == letter.duties.logo_url:
        return True
    said = "logo" in source.rpartition("/")[2].lower() or "logo" in alt(picture).lower()
    return said and not _PICTURE_OF_ITEM.search(source)


def _adjoin(page: Page, emblem: Element, statement: Element) -> bool:
    """Whether no other text or picture stands between the two in reading order."""
    order = [element for element, text in page.flow if text or alt(element) or element is emblem]
    inside = [place for place, element in enumerate(order) if any(one is statement for one in element.up())]
    place = next((place for place, element in enumerate(order) if element is emblem), None)
    return place is not None and bool(inside) and (place + 1 == inside[0] or place - 1 == inside[-1])


def _gap(page: Page, emblem: Element, statement: Element, where: str) -> float | None:
    """How far the statement stands from the emblem in px, by what is written; None if it cannot be told."""
    around = list(emblem.up())
    common = next((one for one in statement.up() if one in around), None)
    if common is None or common is statement:  # as text beside a picture in its line: the client decides
        return None
    first, last = sorted((emblem, statement), key=lambda one: one.number)
    before = list(takewhile(lambda one: one is not common, first.up()))
    after = list(takewhile(lambda one: one is not common, last.up()))
    wide = _space(page, before, "right", where) + _space(page, after, "left", where)
    high = _space(page, before, "bottom", where) + _space(page, after, "top", where)
    between = [
        pixels(page.declared(one, where).get(key, "")) or pixels(one.attributes.get(key, "")) or 0.0
        for one in page.elements[first.number + 1 : last.number]
        if one not in before and one not in after
        for key in ("width", "height")
    ]
    cells = [one for one in (*before, *after) if one.tag == "td" and one.parent is common]
    if common.tag != "tr":
        return max(wide, high, *between) if between else max(wide, high)
    if any("%" in page.declared(one, where).get("width", one.attributes.get("width", "")) for one in cells):
        return None
    return wide + max(between, default=0.0) + _slack(page, emblem, cells, where)


def _space(page: Page, elements: list[Element], side: str, where: str) -> float:
    declared = (page.declared(one, where) for one in elements)
    return sum(
        (pixels(own.get(f"{key}-{side}", "")) or 0.0) for own in declared for key in ("padding", "margin")
    )


def _slack(page: Page, emblem: Element, cells: list[Element], where: str) -> float:
    """How much wider than the emblem, with its border, its cell is."""
    cell = next((one for one in cells if one in emblem.up()), None)
    width = _box(page, emblem, where)[0]
    if cell is None or width is None:
        return 0.0
    line, _ = _border(page.declared(emblem, where))
    room = pixels(page.declared(cell, where).get("width", "")) or pixels(cell.attributes.get("width", ""))
    return max((room or 0.0) - width - 2 * line, 0.0)
