"""The page of one edition in a preview: the letter as others will meet it, and all that is known of it.

Copies of the letter force what a frame cannot ask for: light, dark, and pictures that are not shown. They
are made by changing the compiled HTML at a few known places, never by compiling it again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from functools import cache, cached_property
from html import unescape
from urllib.parse import unquote

from jinja2 import Template

from comms.errors import Problem, Severity
from comms.model.issue import Edition
from comms.model.mail_client import ClientSummary, Unsupported
from comms.model.plan import Pick, Skip
from comms.render.changes import Change
from comms.render.markup import is_safe_link
from comms.render.pages import environment
from comms.render.verify import MAX_HTML_BYTES

SUBJECT_SHOWN = 40
"""Characters of a subject that a telephone upright shows, about: 33 to 45, by its make and letters."""

PREHEADER_SHOWN = 85
"""Characters of the preheader that the two lines below it hold, about."""

LARGEST = 5
"""Sections of a letter whose size is told."""

_GRAVITY = (Severity.ERROR, Severity.WARNING, Severity.NOTICE)
_DARK = re.compile(r"\(\s*prefers-color-scheme\s*:\s*dark\s*\)", re.IGNORECASE)
_LIGHT = re.compile(r"\(\s*prefers-color-scheme\s*:\s*light\s*\)", re.IGNORECASE)
_ALWAYS, _NEVER = "(min-width:0)", "(max-width:0)"
_SCHEME = re.compile(r"(?<![\w(-])(color-scheme\s*:\s*)[^;}\"]+", re.IGNORECASE)
_META = re.compile(r'(<meta\s+name="(?:supported-)?color-schemes?"\s+content=")[^"]*', re.IGNORECASE)
_HEAD = re.compile(r"</head>", re.IGNORECASE)
_PICTURE = re.compile(r"<img\b[^>]*>", re.IGNORECASE)
_SOURCE = re.compile(r'\s(?:src|srcset)="[^"]*"', re.IGNORECASE)
_BACKGROUND = re.compile(r"url\([^)]*\)", re.IGNORECASE)
_BACKGROUND_ATTRIBUTE = re.compile(r'(<(?:table|td|body)\b[^>]*?)\sbackground="[^"]*"', re.IGNORECASE)
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_TAG = re.compile(r"<[^>]*>")
_ALT = re.compile(r'<img\b[^>]*?\balt="([^"]*)"[^>]*>', re.IGNORECASE)
_LINK = re.compile(r'<a\b[^>]*?\bhref="([^"]*)"[^>]*>(.*?)</a>', re.IGNORECASE | re.DOTALL)
_HEADING = re.compile(r"<h([1-3])\b[^>]*>(.*?)</h\1>", re.IGNORECASE | re.DOTALL)
_HIDDEN = re.compile(r'<body\b[^>]*>\s*<div style="display:\s*none[^"]*"[^>]*>(.*?)</div>', re.DOTALL)
_FILLING = re.compile(
    "[\\s\N{ZERO WIDTH NON-JOINER}\N{COMBINING GRAPHEME JOINER}\N{SOFT HYPHEN}\N{ZERO WIDTH SPACE}]+"
)


def light_copy(html: str) -> str:
    """The letter as it is in light mode, whatever the machine that shows it prefers."""
    return _forced(_LIGHT.sub(_ALWAYS, _DARK.sub(_NEVER, html)), "light")


def dark_copy(html: str) -> str:
    """The letter as mail programs that honour its dark rules show it in dark mode."""
    return _forced(_DARK.sub(_ALWAYS, _LIGHT.sub(_NEVER, html)), "dark")


def pictureless_copy(html: str) -> str:
    """The letter where pictures are blocked: their words stay, in their place."""
    bare = _PICTURE.sub(lambda found: _SOURCE.sub("", found[0]), light_copy(html))
    return _BACKGROUND.sub("none", _BACKGROUND_ATTRIBUTE.sub(r"\1", bare))


def has_dark_rules(html: str) -> bool:
    """Whether the letter says how it looks in dark mode."""
    return _DARK.search(html) is not None


def _forced(html: str, scheme: str) -> str:
    named = _META.sub(rf"\g<1>{scheme}", _SCHEME.sub(rf"\g<1>{scheme}", html))
    # Last of all rules, for a letter that says nothing of schemes.
    # The 360 px of a telephone have no scroll bar in them.
    rules = f":root{{color-scheme:{scheme}}}@media(max-width:400px){{:root{{scrollbar-width:none}}}}"
    return _HEAD.sub(lambda end: f"<style>{rules}</style>{end[0]}", named, count=1)


def preheader(html: str) -> str:
    """What an inbox shows after the subject: the letter's hidden first words, without their filling."""
    found = _HIDDEN.search(html)
    return _FILLING.sub(" ", _words(found[1])).strip() if found else ""


def cut(text: str, most: int) -> str:
    """The beginning of a text as a narrow screen shows it."""
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


@dataclass(frozen=True, slots=True)
class Link:
    """A link of the letter: its words and where it leads; `inside` the letter itself."""

    words: str
    href: str
    inside: bool

    @property
    def shown(self) -> str:
        """The address as a person reads it."""
        return unquote(self.href)

    @property
    def can_follow(self) -> bool:
        """Whether the page may lead there."""
        return is_safe_link(self.href)


def links(html: str) -> tuple[Link, ...]:
    """Every link with its words, in reading order; a picture in a link is its words."""
    body = _COMMENT.sub("", html)
    return tuple(
        Link(_words(_ALT.sub(r"\1", words)), unescape(href), href.startswith("#"))
        for href, words in _LINK.findall(body)
    )


def sections(html: str) -> list[tuple[str, int]]:
    """Bytes of HTML from each heading to the next, with its words, largest first; "" stands before them."""
    marks = [(found.start(), _words(found[2])) for found in _HEADING.finditer(html)]
    starts = [(0, ""), *marks]
    ends = [*(at for at, _ in marks), len(html)]
    sizes = [
        (words, len(html[at:end].encode())) for (at, words), end in zip(starts, ends, strict=True) if end > at
    ]
    return sorted(sizes, key=lambda size: -size[1])


@dataclass(frozen=True, slots=True)
class Field:
    """A header field: as a person reads it, and as it stands on the wire."""

    name: str
    value: str
    raw: str


def header_fields(letter: bytes) -> tuple[Field, ...]:
    """The header of a letter, field by field (RFC 5322 2.2.3 unfolding, RFC 2047 encoded words)."""
    head = letter.partition(b"\r\n\r\n")[0].decode("ascii", "replace")
    fields = []
    for raw in re.split(r"\r\n(?![ \t])", head):
        name, _, value = raw.partition(":")
        fields.append(Field(name, _decoded(re.sub(r"\r\n(?=[ \t])", "", value).strip()), value.strip()))
    return tuple(fields)


def _decoded(value: str) -> str:
    try:
        return str(make_header(decode_header(value)))
    except (HeaderParseError, LookupError, UnicodeError):
        return value


def _words(html: str) -> str:
    return " ".join(unescape(_TAG.sub("", html)).split())


@dataclass(frozen=True, slots=True)
class Neighbour:
    """Another edition of the issue: where its page is, and whose it is."""

    href: str
    name: str


@dataclass(frozen=True, slots=True)
class Copies:
    """Where the letter lies in light, in dark and without pictures."""

    light: str
    dark: str
    bare: str


@dataclass(frozen=True)
class EditionPage:
    """All that an edition's page tells: `html` and `text` are as they lie in the folder, `letter` its bytes.

    `titles` gives items' titles by slug; `files` from what they are called to where they are. `findings` is
    what mail programs ignore, `clients` how the letter fares in each, `dated` the day of that data. Sentences
    (`made`, `when`, `place`) are ready to be read.
    """

    title: str
    audience: str
    place: str
    when: str
    made: str
    sender: str
    edition: Edition
    html: str
    text: str
    letter: bytes
    recipients: int
    files: Mapping[str, str]
    copies: Copies
    picks: tuple[Pick, ...] = ()
    skips: tuple[Skip, ...] = ()
    titles: Mapping[str, str] | None = None
    problems: tuple[Problem, ...] = ()
    findings: tuple[Unsupported, ...] = ()
    clients: tuple[ClientSummary, ...] = ()
    dated: str = ""
    change: Change | None = None
    previous: Neighbour | None = None
    following: Neighbour | None = None

    @property
    def subject(self) -> str:
        """The letter's subject."""
        return self.edition.subject

    @cached_property
    def preheader(self) -> str:
        """What the inbox shows after the subject."""
        return preheader(self.html)

    @property
    def text_size(self) -> int:
        """Bytes of the text part."""
        return len(self.text.encode())

    @property
    def longest_line(self) -> int:
        """Characters of the text part's longest line."""
        return max(map(len, self.text.split("\n")))

    @cached_property
    def size(self) -> int:
        """Bytes of HTML."""
        return len(self.edition.html.encode())

    @property
    def has_dark_rules(self) -> bool:
        """Whether the letter says how it looks in dark mode."""
        return has_dark_rules(self.html)

    @cached_property
    def sections(self) -> Sequence[tuple[str, int]]:
        """The largest parts of the letter."""
        return sections(self.edition.html)[:LARGEST]

    @cached_property
    def links(self) -> tuple[Link, ...]:
        """The links that lead out of the letter."""
        return tuple(link for link in links(self.html) if not link.inside)

    @cached_property
    def fields(self) -> tuple[Field, ...]:
        """The header of the letter."""
        return header_fields(self.letter)

    @property
    def gravest(self) -> list[Problem]:
        """Problems, errors first."""
        return sorted(self.problems, key=lambda problem: _GRAVITY.index(problem.severity))

    @property
    def by_client(self) -> Iterator[tuple[ClientSummary, list[Unsupported], list[Unsupported]]]:
        """Each mail program: what it ignores, what nobody has looked at first, and what it shows in part."""
        for summary in self.clients:
            own = [one for one in self.findings if one.client == summary.slug]
            ignored = sorted((one for one in own if not one.partly), key=lambda one: bool(one.reviewed))
            yield summary, ignored, [one for one in own if one.partly]

    @property
    def why(self) -> Iterator[tuple[str, str]]:
        """Each item's title and why it was chosen."""
        return ((self._title(pick.item), str(pick.why)) for pick in self.picks)

    @property
    def left_out(self) -> Iterator[tuple[str, str]]:
        """What was not chosen, and why."""
        return ((self._title(skip.what), str(skip.reason)) for skip in self.skips)

    def _title(self, slug: str) -> str:
        return (self.titles or {}).get(slug, slug)


def edition_page(page: EditionPage) -> str:
    """The page as HTML."""
    return _template().render(
        page=page,
        cut=cut,
        most=MAX_HTML_BYTES,
        subject_shown=SUBJECT_SHOWN,
        preheader_shown=PREHEADER_SHOWN,
    )


@cache
def _template() -> Template:
    return environment().get_template("edition")
