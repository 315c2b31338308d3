"""What is wrong with a rendered letter: size, headings, alt texts, tables, links, contrast (O-codes).

What law asks of it (the EU's emblem, sender, a way to stop) is read by comms/check/letters.py (V-codes).

The HTML is read with the standard library's parser, as mail clients other than Outlook see it.
Sources: WCAG 2.1 (1.1.1, 1.3.1, 1.4.3, 2.4.4, 3.1.1), Gmail's clipping at about 102 kB.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from itertools import pairwise

from comms.errors import Location, Problem, Severity, Text, say
from comms.model.audience import WHOLE_AREA_KEY
from comms.model.issue import Edition
from comms.model.settings import Brand
from comms.text.colours import MIN_CONTRAST, contrast

MAX_HTML_BYTES = 100_000
"""Gmail hides the rest of a letter, with its unsubscribe link, somewhere above 102,000."""

_LARGEST = 3
_GENERIC = frozenset({"läs mer", "klicka här", "här", "länk", "mer", "mer information", "read more"})
_FOREIGN = frozenset(
    {"script", "iframe", "object", "embed", "form", "input", "link", "video", "audio", "svg"}
)
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})


@dataclass(slots=True)
class _Link:
    """A link: where it leads, and the words or picture texts in it."""

    href: str
    words: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return " ".join("".join(self.words).split())


@dataclass(slots=True)
class _Table:
    """A table: its role, and its header cells."""

    role: str
    headers: list[str | None] = field(default_factory=list)


class _Letter(HTMLParser):
    """Collects what the rules ask for."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.html = html
        self.lang = ""
        self.title: list[str] = []
        self.headings: list[tuple[int, list[str], int]] = []
        self.links: list[_Link] = []
        self.tables: list[_Table] = []
        self.pictures: list[dict[str, str | None]] = []
        self.foreign: list[str] = []
        self._open: list[str] = []
        self._open_tables: list[_Table] = []
        self._starts = [0, *(number for number, sign in enumerate(html, start=1) if sign == "\n")]
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        line, column = self.getpos()
        self.foreign += [name for name in (tag, *given) if name in _FOREIGN or name.startswith("on")]
        if tag == "html":
            self.lang = given.get("lang") or ""
        elif tag in _HEADINGS:
            self.headings.append((int(tag[1]), [], self._starts[line - 1] + column))
        elif tag == "a":
            self.links.append(_Link(given.get("href") or ""))
        elif tag == "table":
            table = _Table(given.get("role") or "")
            self.tables.append(table)
            self._open_tables.append(table)
        elif tag == "th" and self._open_tables:
            self._open_tables[-1].headers.append(given.get("scope"))
        elif tag == "img":
            self.pictures.append(given)
            self._say(given.get("alt") or "")
        self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in self._open:
            while self._open.pop() != tag:
                pass
        if tag == "table" and self._open_tables:
            self._open_tables.pop()

    def handle_data(self, data: str) -> None:
        self._say(data)

    def _say(self, words: str) -> None:
        if "title" in self._open:
            self.title.append(words)
        if "a" in self._open:
            self.links[-1].words.append(words)
        if _HEADINGS.intersection(self._open):
            self.headings[-1][1].append(words)

    def sections(self) -> list[tuple[int, str]]:
        """Bytes of HTML from each h2 or h3 to the next, and its words, largest first."""
        marks = [(at, "".join(words)) for level, words, at in self.headings if level in {2, 3}]
        ends = [*(at for at, _ in marks[1:]), len(self.html)]
        sizes = [
            (len(self.html[at:end].encode()), words) for (at, words), end in zip(marks, ends, strict=True)
        ]
        return sorted(sizes, reverse=True)


_Found = Iterator[tuple[Text, Text]]


def edition_problems(edition: Edition, *, template_path: str) -> list[Problem]:
    """What stops or weakens a letter; the place is its template."""
    letter = _Letter(edition.html)
    return [
        Problem(code, severity, message, hint, Location(template_path))
        for code, severity, rule in _RULES
        for message, hint in rule(letter, edition)
    ]


def contrast_problems(brand: Brand, *, path: str = "comms.yaml", line: int = 0) -> list[Problem]:
    """Pairs of the brand's colours that are too alike to read."""
    return [
        Problem(
            "O201",
            Severity.ERROR,
            say(
                "Färgen {front} ({use}) syns för dåligt mot {back}: kontrast {ratio}, minst {limit} krävs.",
                front=front,
                use=use,
                back=back,
                ratio=_decimal(ratio),
                limit=_decimal(MIN_CONTRAST),
            ),
            say("Välj en mörkare eller ljusare färg."),
            Location(path, line),
        )
        for use, front, back in _pairs(brand)
        if (ratio := contrast(front, back)) < MIN_CONTRAST
    ]


def _pairs(brand: Brand) -> Iterator[tuple[str, str, str]]:
    """Use, front and back of what the templates set on each other."""
    for back in (brand.paper, brand.ground):
        yield "ink", brand.ink, back
        yield "heading", brand.heading, back
        yield "link", brand.link, back
        for slug, colour in brand.focus.items():
            yield f"focus.{slug}", colour, back
    yield "heading", "#ffffff", brand.heading


def _decimal(number: float) -> str:
    return f"{number:.1f}".replace(".", ",")


def _size(letter: _Letter, edition: Edition) -> _Found:
    size = len(edition.html.encode())
    if size < MAX_HTML_BYTES:
        return
    largest = "; ".join(f"”{words}” {size // 1000} kB" for size, words in letter.sections()[:_LARGEST])
    yield (
        say(
            "Brevet till {audience} ({place}) är {size} kB, Gmail visar 100 kB. Störst: {largest}.",
            audience=edition.audience,
            place=edition.municipality or WHOLE_AREA_KEY,
            size=size // 1000,
            largest=largest,
        ),
        say("Korta de största texterna eller lägg färre nyheter i numret."),
    )


def _language(letter: _Letter, _edition: Edition) -> _Found:
    if letter.lang in {"", "und"}:
        yield say("Brevet säger inte vilket språk det är på."), say('Skriv lang="sv" i taggen <mjml>.')


def _title(letter: _Letter, _edition: Edition) -> _Found:
    if not "".join(letter.title).strip():
        yield say("Brevet har ingen titel."), say("Skriv ämnet i <mj-title>.")


def _one_h1(letter: _Letter, _edition: Edition) -> _Found:
    count = sum(level == 1 for level, _, _ in letter.headings)
    if count != 1:
        yield (
            say("Brevet har {count} huvudrubriker (h1).", count=count),
            say("Låt brevets namn vara den enda. Nyheternas rubriker är h2 eller lägre."),
        )


def _heading_jumps(letter: _Letter, _edition: Edition) -> _Found:
    for (level, _, _), (following, words, _) in pairwise(letter.headings):
        if following > level + 1:
            yield (
                say(
                    "Rubriken ”{words}” hoppar från nivå {level} till {following}.",
                    words="".join(words),
                    level=level,
                    following=following,
                ),
                say("Ta nivåerna i ordning: skärmläsare bygger innehållet av dem."),
            )


def _alt(letter: _Letter, _edition: Edition) -> _Found:
    for picture in letter.pictures:
        if picture.get("alt") is None:
            yield (
                say("Bilden {source} saknar alt-text.", source=picture.get("src") or ""),
                say('Beskriv bilden, eller skriv alt="" om den bara är pynt.'),
            )


def _layout_tables(letter: _Letter, _edition: Edition) -> _Found:
    bare = sum(table.role != "presentation" and not table.headers for table in letter.tables)
    if bare:
        yield (
            say("{count} tabeller är till för utseendet men säger det inte.", count=bare),
            say('Skriv role="presentation" på dem: annars läses de upp som tabeller.'),
        )


def _table_headers(letter: _Letter, _edition: Edition) -> _Found:
    if any(scope is None for table in letter.tables for scope in table.headers):
        yield (
            say("En rubrik i en tabell säger inte om den gäller sin rad eller sin kolumn."),
            say('Skriv scope="row" eller scope="col" på varje <th>.'),
        )


def _empty_links(letter: _Letter, _edition: Edition) -> _Found:
    for link in letter.links:
        if not link.text or not link.href:
            yield (
                say("Länken ”{text}” till ”{href}” saknar ord eller adress.", text=link.text, href=link.href),
                say("Skriv vad länken leder till, eller ta bort den."),
            )


def _generic_links(letter: _Letter, _edition: Edition) -> _Found:
    for link in letter.links:
        if link.text.lower().rstrip(".:…") in _GENERIC:
            yield (
                say("Länken ”{text}” säger inte vart den leder.", text=link.text),
                say("Nämn nyheten: många hör länkarna lästa för sig."),
            )


def _ambiguous_links(letter: _Letter, _edition: Edition) -> _Found:
    targets = Counter(text for text, _ in {(link.text, link.href) for link in letter.links})
    for text in sorted(text for text, count in targets.items() if count > 1 and text):
        yield (
            say("Flera länkar heter ”{text}” men leder till olika sidor.", text=text),
            say("Ge dem olika ord."),
        )


def _foreign(letter: _Letter, _edition: Edition) -> _Found:
    for name in sorted(set(letter.foreign)):
        yield (
            say("”{name}” fungerar inte i e-post, eller laddar något utifrån.", name=name),
            say("Ta bort det ur mallen."),
        )


_RULES: tuple[tuple[str, Severity, Callable[[_Letter, Edition], _Found]], ...] = (
    ("O101", Severity.ERROR, _size),
    ("O102", Severity.ERROR, _one_h1),
    ("O103", Severity.ERROR, _alt),
    ("O104", Severity.ERROR, _layout_tables),
    ("O105", Severity.ERROR, _table_headers),
    ("O106", Severity.ERROR, _empty_links),
    ("O107", Severity.ERROR, _language),
    ("O108", Severity.ERROR, _title),
    ("O109", Severity.WARNING, _heading_jumps),
    ("O110", Severity.WARNING, _generic_links),
    ("O111", Severity.WARNING, _ambiguous_links),
    ("O112", Severity.ERROR, _foreign),
)
"""Each rule with its code and how grave it is."""
