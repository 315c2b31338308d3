"""The brand's colours: whether each that the templates set on another can be read there (O201), and mixtures.

Source: WCAG 2.1, 1.4.3 (contrast). What has no words (lines, leaves, hills) needs none.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from types import MappingProxyType

from comms.errors import Location, Problem, Severity, Text, say
from comms.model.settings import Brand
from comms.text.colours import MIN_CONTRAST, contrast

STATEMENT, STATEMENT_DARK = "#003399", "#ffffff"
"""The colours of the sentence about the EU's support: no office may choose them (comms/check/emblem.py)."""

_FOCUS = "focus."
_TEXTS: Mapping[str, Text] = {
    "ink": say("Texten"),
    "soft": say("Den svagare texten"),
    "heading": say("Rubrikerna"),
    "link": say("Länkarna"),
    "accent": say("Accenterna"),
    "mast_text": say("Texten i sidhuvudet"),
    "statement": say("Meningen om EU:s stöd"),
}
_GROUNDS: Mapping[str, Text] = {
    "paper": say("papperet"),
    "ground": say("botten runt brevet"),
    "panel": say("rutorna"),
    "notice": say("rutan för rättelser"),
    "mast": say("sidhuvudet"),
}
_LIGHT = {
    "paper": ("ink", "soft", "heading", "link"),
    "ground": ("ink", "heading", "link", "statement"),
    "panel": ("ink", "heading", "link"),
    "notice": ("ink",),
    "mast": ("mast_text",),
}
_DARK = {
    "paper": ("ink", "soft", "heading", "link", "accent"),
    "ground": ("ink", "heading", "link", "statement"),
    "panel": ("ink", "heading", "link"),
    "mast": ("ink",),
}
"""What stands on what in templates/newsletters: on each ground, the texts. Focus areas stand on paper."""


@dataclass(frozen=True, slots=True)
class _Pair:
    """A text's colour and what it stands on, each with its key in comms.yaml; no key, no choice."""

    what: Text
    front: str
    front_key: str
    back: str
    back_key: str


def contrast_problems(
    brand: Brand, *, path: str = "comms.yaml", lines: Mapping[str, int] = MappingProxyType({})
) -> list[Problem]:
    """Pairs of the brand's colours that are too alike to read, each at the key that the office wrote.

    `lines`: the line of each dotted key in the file at `path`.
    """
    found = {
        (pair.front_key, pair.front, pair.back): pair
        for pair in chain(_light(brand), _dark(brand))
        if contrast(pair.front, pair.back) < MIN_CONTRAST
    }
    return [_problem(pair, path, lines) for pair in found.values()]


def mixed(one: str, other: str, part: float) -> str:
    """A colour between two as #rrggbb: `part` of the first, the rest of the other."""
    pairs = ((int(one[at : at + 2], 16), int(other[at : at + 2], 16)) for at in (1, 3, 5))
    return "#" + "".join(f"{round(first * part + second * (1 - part)):02x}" for first, second in pairs)


def _problem(pair: _Pair, path: str, lines: Mapping[str, int]) -> Problem:
    own = [key for key in (pair.front_key, pair.back_key) if key]
    key = next((key for key in own if key in lines), own[0])
    other = pair.back if key == pair.front_key else pair.front
    is_dark = contrast(other, "#ffffff") > contrast(other, "#000000")
    return Problem(
        "O201",
        Severity.ERROR,
        say(
            "{what} ({front}) syns för dåligt mot {ground} ({back}): kontrast {ratio}, minst {limit} krävs.",
            what=pair.what,
            front=pair.front,
            ground=_ground(pair.back_key),
            back=pair.back,
            ratio=_decimal(contrast(pair.front, pair.back)),
            limit=_decimal(MIN_CONTRAST),
        ),
        say("Välj en ljusare färg i {key}.", key=key)
        if is_dark
        else say("Välj en mörkare färg i {key}.", key=key),
        Location(path, lines.get(key, lines.get("brand", 0))),
    )


def _light(brand: Brand) -> Iterator[_Pair]:
    for ground, texts in _LIGHT.items():
        back = getattr(brand, ground)
        for text in texts:
            front = STATEMENT if text == "statement" else getattr(brand, text)
            yield _Pair(_TEXTS[text], front, _key("brand", text), back, f"brand.{ground}")
    for slug, colour in brand.focus.items():
        what = say("Färgen för insatsområdet {focus}", focus=slug)
        yield _Pair(what, colour, f"brand.{_FOCUS}{slug}", brand.paper, "brand.paper")


def _dark(brand: Brand) -> Iterator[_Pair]:
    for ground, texts in _DARK.items():
        back = getattr(brand.dark, ground)
        for text in texts:
            front = STATEMENT_DARK if text == "statement" else getattr(brand.dark, text)
            yield _Pair(_TEXTS[text], front, _key("brand.dark", text), back, f"brand.dark.{ground}")


def _key(section: str, text: str) -> str:
    return "" if text == "statement" else f"{section}.{text}"


def _ground(key: str) -> Text:
    ground = _GROUNDS[key.rpartition(".")[2]]
    return say("{ground} i mörkt läge", ground=ground) if ".dark." in key else ground


def _decimal(number: float) -> str:
    return f"{number:.1f}".replace(".", ",")
