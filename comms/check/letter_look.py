"""How a letter looks, as far as its styles tell: sizes, contrast, links told by colour (O-codes).

The letter is looked at as it is and in each setting of its style sheets: dark, a small screen, Outlook on the
web. Colours and sizes are the declared ones; what a picture or a client decides is left alone. What nobody
sees (the preheader, words for screen readers alone) is passed over.
Sources: WCAG 2.1 (1.4.1, 1.4.3), WCAG 2.2 (2.5.8). That text is 14 px at least is our own choice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from comms.check.letter import Letter, shown
from comms.check.letter_page import Element, Page, pixels
from comms.errors import Problem, Severity, Text, say
from comms.text.colours import MIN_CONTRAST, contrast

MIN_FONT_SIZE = 14.0
"""px: small print too, for many read letters on a telephone."""

MIN_TARGET = 24.0
"""px: how high a link that stands alone is, with the space round it that is its own (WCAG 2.2, 2.5.8)."""

_MIN_LARGE = 3.0
_LARGE, _LARGE_BOLD = 24.0, 18.66
"""The least contrast of large text, and from which sizes text is large: 18 pt, or 14 pt bold (WCAG 1.4.3)."""

_SHOWN_WORDS = 50
_NORMAL_LINE = 1.2
"""How high a line is in font sizes, where nothing is declared; about, for clients differ."""

_IN_LINE = frozenset("a abbr b cite code del em i ins mark small span strong sub sup u".split())
_BOLD_FROM = 600
_OWN_BOX = frozenset({"block", "inline-block", "table", "table-cell"})

_COLOURS = frozenset({"color", "background", "background-color", "background-image"})
_SIZES = frozenset(
    {"display", "font", "font-size", "font-weight", "line-height", "text-decoration", "text-decoration-line"}
    | {f"{kind}-{side}" for kind in ("padding", "margin") for side in ("top", "bottom")}
)

_Found = Iterator[tuple[Text, Text]]


@dataclass(frozen=True, slots=True)
class _Look:
    """A text that is seen: its element and words, and the setting."""

    page: Page
    element: Element
    words: str
    where: str

    @property
    def size(self) -> float:
        """Its font size in px."""
        return pixels(self.page.style(self.element, self.where)["font-size"]) or 0.0

    @property
    def colours(self) -> tuple[str, str] | None:
        """Front and ground as #rrggbb; None when they cannot be told."""
        front, ground = (
            self.page.front(self.element, self.where),
            self.page.ground(self.element, self.where),
        )
        return (front, ground) if front and ground else None

    @property
    def least_contrast(self) -> float:
        """What contrast it needs."""
        from_size = _LARGE_BOLD if _is_bold(self.page, self.element, self.where) else _LARGE
        return _MIN_LARGE if self.size >= from_size else MIN_CONTRAST


def look_problems(letter: Letter) -> list[Problem]:
    """What is hard to see or hit in a letter; the place is its template."""
    page = letter.page
    texts = tuple(_texts(page))
    return [
        Problem(code, severity, message, hint, letter.html_place)
        for code, severity, rule in _RULES
        for message, hint in rule(page, texts)
    ]


def _settings(page: Page) -> tuple[str, ...]:
    """The letter as it is, and each setting that changes something that is looked at."""
    changed = {rule.where for rule in page.rules if _looked_at(rule.where) & rule.declared.keys()}
    return tuple(where for where in page.settings if not where or where in changed)


def _looked_at(where: str) -> frozenset[str]:
    """What matters of a style: a client's own dark ground is not known, so neither is contrast on it."""
    return _SIZES if "[" in where else _SIZES | _COLOURS


def _texts(page: Page) -> Iterator[_Look]:
    """Each text that is seen, in each setting."""
    flow = [(element, words) for element, words in page.elements[0].flow() if words] if page.elements else []
    for where in _settings(page):
        yield from (
            _Look(page, element, words, where)
            for element, words in flow
            if any(sign.isalnum() for sign in words) and not page.hidden(element, where)
        )


def _small_text(_page: Page, texts: tuple[_Look, ...]) -> _Found:
    told: dict[float, list[_Look]] = {}
    for text in texts:
        if text.size < MIN_FONT_SIZE and all(
            text.element != other.element for other in told.get(text.size, ())
        ):
            told.setdefault(text.size, []).append(text)
    for size, small in told.items():
        yield (
            say(
                "Texten ”{words}” är {size} px {where}. Så små texter: {count}.",
                words=_short(small[0].words),
                size=_decimal(size),
                where=shown(small[0].where),
                count=len(small),
            ),
            say(
                "Gör texten minst {size} px: många läser brevet på en telefon.", size=_decimal(MIN_FONT_SIZE)
            ),
        )


def _pale_text(_page: Page, texts: tuple[_Look, ...]) -> _Found:
    told: dict[tuple[str, str], list[_Look]] = {}
    for text in texts:
        colours = text.colours
        if colours and contrast(*colours) < text.least_contrast:
            told.setdefault(colours, []).append(text)
    for (front, ground), pale in told.items():
        first = pale[0]
        yield (
            say(
                "Texten ”{words}” ({front}) syns för dåligt mot {ground} {where}: kontrasten är {ratio}, "
                "minst {limit} krävs.",
                words=_short(first.words),
                front=front,
                ground=ground,
                where=shown(first.where),
                ratio=_decimal(contrast(front, ground)),
                limit=_decimal(first.least_contrast),
            ),
            say("Välj en annan färg, eller ge texten en klass som har färger för mörkt läge i mallen."),
        )


def _links(page: Page) -> Iterator[Element]:
    """Each link with words that is seen."""
    return (one for one in page.elements if one.tag == "a" and one.words() and not page.hidden(one))


def _only_colour(page: Page, _texts: tuple[_Look, ...]) -> _Found:
    for link in _links(page):
        block = _block(link)
        if not _has_text_beside_links(block):
            continue
        where = next((where for where in _settings(page) if not _stands_out(page, link, block, where)), None)
        if where is not None:
            yield (
                say(
                    "Länken ”{words}” skiljer sig från texten bara genom färgen {where}.",
                    words=_short(link.words()),
                    where=shown(where),
                ),
                say("Stryk under den: den som inte ser färgen hittar den inte annars."),
            )


def _stands_out(page: Page, link: Element, block: Element, where: str) -> bool:
    """Whether a link is told from the text round it by more than its colour."""
    if page.hidden(link, where):
        return True
    own = [link, *(one for one in link.inside if not isinstance(one, str))]
    styles = [page.declared(one, where) for one in own]
    ruled = any(
        "underline" in style.get("text-decoration", "") + style.get("text-decoration-line", "")
        or _is_line(style.get("border-bottom", style.get("border", "none")))
        for style in styles
    )
    return ruled or any(_is_bold(page, one, where) != _is_bold(page, block, where) for one in own)


def _is_line(border: str) -> bool:
    return bool(border) and not border.startswith(("0", "none", "hidden"))


def _small_targets(page: Page, _texts: tuple[_Look, ...]) -> _Found:
    for link in _links(page):
        if _has_text_beside_links(_block(link)) or any(one.tag == "img" for one, _ in link.flow()):
            continue
        for where in _settings(page):
            height = _height(page, link, where)
            if height < MIN_TARGET and not page.hidden(link, where):
                yield (
                    say(
                        "Länken ”{words}” är {height} px hög {where}. Den är svår att träffa med ett finger.",
                        words=_short(link.words()),
                        height=_decimal(height),
                        where=shown(where),
                    ),
                    say("Ge den en radhöjd på minst {size} px.", size=_decimal(MIN_TARGET)),
                )
                break


def _height(page: Page, link: Element, where: str) -> float:
    """How high a link is, with the space round it in which nothing else stands."""
    height = _line(page, link, where)
    if page.declared(link, where).get("display") in _OWN_BOX:
        height += _space(page.declared(link, where), "padding")
    around = link.up()
    next(around)
    for one in around:
        if one.words() != link.words():
            break
        if one.tag not in _IN_LINE:
            height += _space(page.declared(one, where), "padding", "margin")
    return height


def _line(page: Page, element: Element, where: str) -> float:
    """The height of the element's line in px."""
    style = page.style(element, where)
    size, written = pixels(style["font-size"]) or 0.0, style.get("line-height", "normal")
    if written.endswith(("%", "em")):
        part = pixels(written.rstrip("%em"))
        return size * (part or 0.0) / (100 if written.endswith("%") else 1)
    found = pixels(written)
    if found is None:
        return size * _NORMAL_LINE
    return found if written.endswith("px") else size * found


def _space(own: dict[str, str], *kinds: str) -> float:
    sides = (own.get(f"{kind}-{side}", "") for kind in kinds for side in ("top", "bottom"))
    return sum(pixels(written) or 0.0 for written in sides)


def _block(element: Element) -> Element:
    """The nearest element round it that makes lines of its own."""
    return next((one for one in element.up() if one.tag not in _IN_LINE), element)


def _has_text_beside_links(block: Element) -> bool:
    """Whether words stand in it that lead nowhere."""
    return any(
        any(sign.isalnum() for sign in words) and not any(one.tag == "a" for one in element.up())
        for element, words in block.flow()
    )


def _is_bold(page: Page, element: Element, where: str) -> bool:
    weight = page.style(element, where).get("font-weight", "")
    return weight in {"bold", "bolder"} or (weight.isdigit() and int(weight) >= _BOLD_FROM)


def _short(words: str) -> str:
    """The first words of a text, as a message shows them."""
    even = " ".join(words.split())
    return even if len(even) <= _SHOWN_WORDS else f"{even[:_SHOWN_WORDS].rsplit(' ', 1)[0]} …"


def _decimal(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0").replace(".", ",")


_RULES: tuple[tuple[str, Severity, Callable[[Page, tuple[_Look, ...]], _Found]], ...] = (
    ("O120", Severity.WARNING, _small_text),
    ("O121", Severity.WARNING, _small_targets),
    ("O122", Severity.ERROR, _only_colour),
    ("O202", Severity.ERROR, _pale_text),
)
"""Each rule with its code and how grave it is."""
