"""A letter's HTML as a mail client shows it: a tree of elements, and the style that each ends up with.

Enough of CSS for letters, whose style stands in place: class and tag selectors, `@media`, `!important`,
what is inherited. What it does not understand it leaves alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from html.parser import HTMLParser

from comms.text.colours import colour

_VOID = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"}
)
_UNSEEN = frozenset({"head", "style", "title", "script", "noscript"})
_HIDES: Mapping[str, frozenset[str]] = {
    "display": frozenset({"none"}),
    "visibility": frozenset({"hidden", "collapse"}),
    "max-height": frozenset({"0", "0px"}),
}
_FAR = 500.0
"""px: what is moved as far as this stands outside every screen."""

_FAINTEST = 0.1
"""The opacity up to which nothing is seen."""

_MOVES = ("left", "right", "top", "bottom")
_DRAWN_OUT = ("margin-left", "margin-right", "margin-top", "text-indent")
_OUT_OF_FLOW = frozenset({"absolute", "fixed", "relative"})
_SIZES = ("width", "height", "max-width", "max-height")
_CUTS = frozenset({"hidden", "clip"})
_CUT_AWAY = re.compile(
    r"inset\((?:[5-9]\d|100)(?:\.\d+)?%|circle\(0|ellipse\(0"
    r"|polygon\(0(?:px|%)? 0(?:px|%)?(?:,\s*0(?:px|%)? 0(?:px|%)?)*\)|rect\((?:[01](?:px)?[,\s]*){4}\)"
)
_SHRUNK = re.compile(r"scale(?:3d|x|y)?\(\s*0(?:\.0\d*)?\s*[,)]|translate\w*\(.*-?\d{4,}(?:px)?")
_SIGNED = re.compile(r"(-?\d+(?:\.\d+)?)(px|pt|em|rem|vw|vh|%)?")
_UNIT = {"": 1.0, "px": 1.0, "pt": 4 / 3, "em": 16.0, "rem": 16.0, "vw": 6.0, "vh": 6.0, "%": 6.0}
"""What a unit is in px, about: of far away, no more is asked."""

_INHERITED = frozenset(
    {"color", "font-family", "font-size", "font-style", "font-weight", "line-height", "text-shadow"}
)
_BUILT_IN: Mapping[str, Mapping[str, str]] = {
    "a": {"text-decoration": "underline"},
    "u": {"text-decoration": "underline"},
    "ins": {"text-decoration": "underline"},
    "em": {"font-style": "italic"},
    "i": {"font-style": "italic"},
    "cite": {"font-style": "italic"},
    "address": {"font-style": "italic"},
    **{tag: {"font-weight": "bold"} for tag in ("b", "strong", "th", "h1", "h2", "h3", "h4", "h5", "h6")},
}
"""What a client does to a tag that has no style of its own, as far as rules ask."""

_URGENT = "!important"
_DEFAULT_SIZE = "16px"
_PIXELS = re.compile(r"(\d+(?:\.\d+)?)(?:px)?")
_LENGTH = re.compile(r"(\d+(?:\.\d+)?)(px|pt|em|rem|%)?")
_PICTURE = re.compile(r"url\(|gradient\(")
_FONT = re.compile(
    r"(?P<before>[a-z0-9 -]*?)(?P<size>[\d.]+(?:px|pt|em|rem|%))(?:\s*/\s*\S+)?\s+(?P<family>.+)"
)
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_COMPOUND = re.compile(r"(?P<tag>[a-zA-Z][a-zA-Z0-9]*|\*)?(?P<marks>(?:[.#][\w-]+|\[[^\]]*\])*)")
_CLIENT = re.compile(r"\[(?:data-og\w+|owa|data-outlook-\w+)\]")
"""An attribute that a client writes round a letter: what follows it holds in that client alone."""

_ATTRIBUTE = re.compile(
    r"\[\s*(?P<name>[\w-]+)\s*(?:(?P<how>[~|^$*]?)=\s*(?P<quote>[\"']?)(?P<value>.*?)(?P=quote)\s*[iIsS]?\s*)?\]"
)
_PARTS = re.compile(r"(?:\[[^\]]*\]|[^\s\[\]])+")
_COMMA = re.compile(r",(?![^\[]*\])")


@dataclass(slots=True, eq=False)
class Element:
    """An element: its place in reading order, tag, attributes, classes and id as `.class` and `#id`."""

    number: int
    tag: str
    attributes: Mapping[str, str]
    parent: Element | None
    marks: frozenset[str]
    inside: list[Element | str] = field(default_factory=list)
    _said: str | None = field(default=None, init=False)

    def up(self) -> Iterator[Element]:
        """The element and those around it, innermost first."""
        at: Element | None = self
        while at is not None:
            yield at
            at = at.parent

    def flow(self) -> Iterator[tuple[Element, str]]:
        """Each text with the element that it stands in, each picture without words; in reading order."""
        if self.tag == "img":
            yield self, ""
        for one in self.inside:
            if not isinstance(one, str):
                yield from one.flow()
            elif one.strip():
                yield self, one

    def words(self) -> str:
        """All text in the element, blanks evened out; read once, when the page is whole."""
        if self._said is None:
            parts = (one if isinstance(one, str) else one.words() for one in self.inside)
            self._said = " ".join(" ".join(parts).split())
        return self._said


@dataclass(frozen=True, slots=True)
class Compound:
    """One part of a selector: tag or "", classes and ids, attributes as name, way of comparing, value."""

    tag: str
    marks: frozenset[str]
    attributes: tuple[tuple[str, str, str], ...] = ()

    def means(self, element: Element) -> bool:
        """Whether the element is such a one."""
        return (
            self.tag in {"", "*", element.tag}
            and self.marks <= element.marks
            and all(_has(element, *asked) for asked in self.attributes)
        )


def _has(element: Element, name: str, how: str, value: str) -> bool:
    own = element.attributes.get(name)
    if own is None or how == "?":
        return own is not None
    compare = {
        "": own == value,
        "~": value in own.split(),
        "|": own == value or own.startswith(f"{value}-"),
        "^": bool(value) and own.startswith(value),
        "$": bool(value) and own.endswith(value),
        "*": bool(value) and value in own,
    }
    return compare[how]


@dataclass(frozen=True, slots=True)
class CssRule:
    """One selector with its declarations. `where`: the media query or client that it is for, "" for all."""

    where: str
    compounds: tuple[Compound, ...]
    declared: Mapping[str, str]

    def covers(self, element: Element) -> bool:
        """Whether the selector means the element; a child is taken for any descendant."""
        if not self.compounds[-1].means(element):
            return False
        around = element.up()
        next(around)
        return all(any(one.means(above) for above in around) for one in reversed(self.compounds[:-1]))


# Not slotted: what rules share is worked out once.
@dataclass(frozen=True)
class Page:
    """A letter's elements in reading order, and its style sheets' rules in theirs."""

    elements: tuple[Element, ...]
    rules: tuple[CssRule, ...]

    @cached_property
    def settings(self) -> tuple[str, ...]:
        """How the letter may be shown: "" for as it is, then each media query or client with rules."""
        return tuple(dict.fromkeys(["", *(rule.where for rule in self.rules)]))

    @cached_property
    def _declared(self) -> dict[tuple[int, str], dict[str, str]]:
        return {}

    @cached_property
    def _away(self) -> dict[tuple[int, str], bool]:
        return {}

    @cached_property
    def _styles(self) -> dict[tuple[int, str], dict[str, str]]:
        return {}

    def declared(self, element: Element, where: str = "") -> dict[str, str]:
        """What is declared for the element itself; of several values the strongest."""
        known = self._declared.get((element.number, where))
        if known is not None:
            return known
        own = declarations(element.attributes.get("style", ""))
        sheets = [rule.declared for rule in self.rules if rule.where in {"", where} and rule.covers(element)]
        found = dict(_BUILT_IN.get(element.tag, {}))
        if "bgcolor" in element.attributes:
            found["background-color"] = element.attributes["bgcolor"]
        for urgent in (False, True):
            for values in (*sheets, own):
                found |= {
                    key: value.removesuffix(_URGENT).strip()
                    for key, value in values.items()
                    if value.endswith(_URGENT) is urgent
                }
        self._declared[element.number, where] = found
        return found

    def style(self, element: Element, where: str = "") -> dict[str, str]:
        """The element's style with what it inherits; `font-size` always as px."""
        known = self._styles.get((element.number, where))
        if known is not None:
            return known
        above = self.style(element.parent, where) if element.parent else {"font-size": _DEFAULT_SIZE}
        own = self.declared(element, where)
        style = {key: value for key, value in above.items() if key in _INHERITED}
        style |= {key: value for key, value in own.items() if value != "inherit"}
        style["font-size"] = _absolute(style["font-size"], above["font-size"])
        self._styles[element.number, where] = style
        return style

    def ground(self, element: Element, where: str = "") -> str | None:
        """The colour under an element as #rrggbb, white where none is set; None when it cannot be told.

        Where a client makes a letter dark by itself, the ground is its own and cannot be known.
        """
        if "[" in where:
            return None
        for one in element.up():
            own = self.declared(one, where)
            shorthand = own.get("background", "")
            if _PICTURE.search(shorthand + own.get("background-image", "")):
                return None
            written = own.get("background-color") or shorthand
            if written not in {"", "transparent", "none", "initial", "inherit"}:
                return colour(written)
        return "#ffffff"

    def front(self, element: Element, where: str = "") -> str | None:
        """The colour of an element's text as #rrggbb; None when it cannot be told."""
        return colour(self.style(element, where).get("color", "#000000"))

    def hidden(self, element: Element, where: str = "") -> bool:
        """Whether nobody sees the element, or the text that stands in it."""
        no_size = element.tag != "img" and self.style(element, where)["font-size"] == "0px"
        return no_size or self._is_away(element, where)

    def _is_away(self, element: Element, where: str) -> bool:
        """Whether the element or one around it is out of sight."""
        known = self._away.get((element.number, where))
        if known is None:
            known = (
                (element.parent is not None and self._is_away(element.parent, where))
                or element.tag in _UNSEEN
                or "hidden" in element.attributes
                or is_put_away(self.declared(element, where))
            )
            self._away[element.number, where] = known
        return known

    @cached_property
    def flow(self) -> tuple[tuple[Element, str], ...]:
        """Each text and picture that is seen, as `Element.flow`."""
        everything = self.elements[0].flow() if self.elements else ()
        return tuple((element, text) for element, text in everything if not self.hidden(element))

    @cached_property
    def words(self) -> str:
        """All that is seen as text; what is in pictures is not."""
        return " ".join(" ".join(text for _, text in self.flow).split())


def is_put_away(own: Mapping[str, str]) -> bool:
    """Whether a style takes the element out of sight: not shown, moved away, cut off or shrunk to nothing."""
    if any(own.get(key) in values for key, values in _HIDES.items()):
        return True
    if _part(own.get("opacity", "1")) <= _FAINTEST:
        return True
    moved = _MOVES if own.get("position") in _OUT_OF_FLOW else ()
    if any(abs(_length(own.get(key, ""))) >= _FAR for key in moved):
        return True
    if any(_length(own.get(key, "")) <= -_FAR for key in _DRAWN_OUT):
        return True
    if _CUT_AWAY.search(f"{own.get('clip-path', '')} {own.get('clip', '')}") or _SHRUNK.search(
        own.get("transform", "")
    ):
        return True
    cuts = _CUTS & {own.get(key, "") for key in ("overflow", "overflow-x", "overflow-y")}
    sizes = [size for key in _SIZES if (size := pixels(own.get(key, ""))) is not None]
    return bool(cuts) and any(size <= 1 for size in sizes)


def _part(written: str) -> float:
    """An opacity as a part of 1; 1 when it cannot be read."""
    found = re.fullmatch(r"(\d*\.?\d+)(%?)", written)
    return float(found[1]) / (100 if found[2] else 1) if found else 1.0


def _length(written: str) -> float:
    """A length with its sign in px, about; 0 when it cannot be read."""
    found = _SIGNED.fullmatch(written.strip())
    return float(found[1]) * _UNIT[found[2] or ""] if found else 0.0


def read_page(html: str) -> Page:
    """Read a letter's HTML."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    sheet = [rule for media, css in reader.sheets for rule in _rules(css, media)]
    return Page(tuple(reader.elements), tuple(sheet))


def declarations(css: str) -> dict[str, str]:
    """`a: b; c: d` as values by lower-case name; shorthands of boxes and type taken apart."""
    found: dict[str, str] = {}
    for written in css.split(";"):
        name, _, value = written.partition(":")
        key, worth = name.strip().lower(), " ".join(value.lower().replace("!", " !").split())
        worth = worth.replace("! important", _URGENT)
        if worth and key in {"padding", "margin"}:
            found |= _sides(key, worth)
        elif key == "font":
            found |= _font(worth)
        elif worth:
            found[key] = worth
    return found


def _font(worth: str) -> dict[str, str]:
    """What the shorthand says of style, size and typeface; nothing of the system's own fonts."""
    written = _FONT.fullmatch(worth.removesuffix(_URGENT).strip())
    if not written:
        return {}
    slant = "italic" if re.search(r"italic|oblique", written["before"]) else "normal"
    values = {"font-style": slant, "font-size": written["size"], "font-family": written["family"]}
    return {key: f"{value} {_URGENT}" for key, value in values.items()} if worth.endswith(_URGENT) else values


def _sides(key: str, worth: str) -> dict[str, str]:
    urgent = f" {_URGENT}" if worth.endswith(_URGENT) else ""
    top, *rest = worth.removesuffix(_URGENT).split() or [""]
    right = rest[0] if rest else top
    bottom = rest[1] if len(rest) > 1 else top
    left = rest[2] if len(rest) > 2 else right  # noqa: PLR2004 - top, right, bottom, left
    sides = {"top": top, "right": right, "bottom": bottom, "left": left}
    return {f"{key}-{side}": value + urgent for side, value in sides.items()}


def pixels(written: str) -> float | None:
    """A length in px; None for what depends on something else."""
    found = _PIXELS.fullmatch(written.strip())
    return float(found[1]) if found else None


def _absolute(size: str, above: str) -> str:
    """A font size in px: points, parts of the size above and the roots' own are worked out."""
    found = _LENGTH.fullmatch(size)
    if not found:
        return above
    per_unit = {
        "px": 1.0,
        "pt": 4 / 3,
        "em": pixels(above) or 0.0,
        "%": (pixels(above) or 0.0) / 100,
        "rem": pixels(_DEFAULT_SIZE) or 0.0,
    }
    return f"{float(found[1]) * per_unit[found[2] or 'px']:g}px"


class _Reader(HTMLParser):
    """Builds the tree; what stands in comments, as for Outlook on Windows, is not read."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[Element] = []
        self.sheets: list[tuple[str, str]] = []
        self._open: list[Element] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in reversed(attrs)}  # of two alike the first counts
        parent = self._open[-1] if self._open else (self.elements[0] if self.elements else None)
        marks = {f".{name}" for name in given.get("class", "").split()}
        marks |= {f"#{given['id']}"} if given.get("id") else set()
        element = Element(len(self.elements), tag, given, parent, frozenset(marks))
        self.elements.append(element)
        if parent is not None:
            parent.inside.append(element)
        if tag not in _VOID:
            self._open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if any(element.tag == tag for element in self._open):
            while self._open.pop().tag != tag:
                pass

    def handle_data(self, data: str) -> None:
        if not self._open:
            return
        if self._open[-1].tag == "style":
            self.sheets.append((self._open[-1].attributes.get("media", ""), data))
        self._open[-1].inside.append(data)


def _rules(css: str, media: str) -> Iterator[CssRule]:
    """The rules of a style sheet; those with selectors that are not understood are left out."""
    for head, body in _blocks(_COMMENT.sub("", css)):
        if head.startswith("@media"):
            query = head.removeprefix("@media").strip()
            yield from _rules(body, " and ".join(part for part in (media, query) if part))
        elif not head.startswith("@"):
            declared = declarations(body)
            for selector in _COMMA.split(head):
                client, compounds = _selector(selector)
                where = " ".join(part for part in (media, client) if part)
                if compounds:
                    yield CssRule(where, compounds, declared)


def _blocks(css: str) -> Iterator[tuple[str, str]]:
    """Each `head { body }` on the outermost level."""
    depth = start = 0
    head = ""
    for mark in re.finditer(r"[{}]", css):
        if mark[0] == "{":
            if depth == 0:
                head, start = css[start : mark.start()].rpartition(";")[2].strip(), mark.end()
            depth += 1
        elif depth:
            depth -= 1
            if depth == 0:
                yield head, css[start : mark.start()]
                start = mark.end()


def _selector(written: str) -> tuple[str, tuple[Compound, ...]]:
    """A selector's compounds, and the client that an attribute of its own asks for (`[data-ogsc]`)."""
    client, compounds = "", []
    for part in _PARTS.findall(written.replace(">", " ")):
        if _CLIENT.fullmatch(part):
            client = part
            continue
        found = _COMPOUND.fullmatch(part)
        asked = [_ATTRIBUTE.fullmatch(one) for one in re.findall(r"\[[^\]]*\]", part)]
        if not found or not all(asked):
            return "", ()
        marks = frozenset(re.findall(r"[.#][\w-]+", re.sub(r"\[[^\]]*\]", "", found["marks"])))
        attributes = tuple(
            (one["name"].lower(), "?" if one["value"] is None else one["how"] or "", one["value"] or "")
            for one in asked
            if one
        )
        compounds.append(Compound((found["tag"] or "").lower(), marks, attributes))
    return client, tuple(compounds)
