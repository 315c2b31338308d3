"""An item as the rules read it: one text with every passage, where each letter stands, and its words.

The text is put together once and each rule runs over the whole: the cost of a rule is one search, not
one a paragraph. Passages are set apart by a line break, and hold none themselves, so that no pattern
reaches from one into the next.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property

from comms.check.context import CheckContext, Names
from comms.check.lexicon import Hit
from comms.errors import Location
from comms.model.document import Block, BlockKind, Document, Span, SpanKind
from comms.model.issue import IssueNotes
from comms.model.item import Item
from comms.text.speech import SAYS
from comms.text.swedish import Piece, sentences, word_texts, words

MASK = "\ufffc"
"""Stands for each character that rules pass over (code, addresses): no letter, no blank, no full stop."""

_URL = re.compile(r"(?:https?://|www\.)[^\s<>”\"]+|[\w.+-]+@[\w-]+\.[\w.-]+")
# Quotation marks, and the line of speech that Swedish news writes with a dash up to who said it.
_QUOTED = re.compile(
    r"”[^”\n]*”|“[^”“\n]*[”“]|\"[^\"\n]*\"|»[^«»\n]*[«»]|«[^«»\n]*»|’(?<!\w’)[^’\n]{1,120}’(?!\w)"
)
_MARKS = re.compile('[”“"»«’]')
_LINE_OF_SPEECH = re.compile(r"^[–—-] ", re.MULTILINE)
_SAYS = re.compile(rf" (?:{SAYS}) ")


# A law in its own words: "lagen (1993:387) om stöd och service till vissa funktionshindrade".
_LAW = re.compile(
    r"\b(?:[Ll]ag(?:en)?|[Ff]örordning(?:en)?|kungörelsen|konventionen|direktivet)(?: \(\d{4}:\d+\))?"
    r" (?:om|med|angående)"
    r"(?: (?!gäller|säger|ger|ska|kräver|är|har|innebär|att|som|finns|börjar)[\w-]+){0,8}"
)
_LAW_NAMES = ("lagen", "lagens", "balken", "förordningen")
"""How the name of a law ends when it is one word: "förtroendemannalagen"."""

_SPEAKS = re.compile(rf" (?:{SAYS})\b")
_TITLE_WORDS = 8
"""How many words the name of a book or a programme in italics has at most."""

_NAME_ENDINGS = (
    "vägen", "gatan", "gränden", "stigen", "torget", "verket", "förbundet", "baronen", "centralen", "partiet",
)  # fmt: skip
"""How a word ends that begins a sentence and is a name all the same: "Zigenarvägen", "Invandrarverket"."""

_NAME_FOLLOWS = re.compile(r" (?:BK|IF|IK|FF|FK|SK|FC|HC|HK|AB|HB|EK|SF)\b")
_OWNED_NAME = re.compile(r"(?<=[en][na]s) [A-ZÅÄÖ][a-zåäö]{3}")
_ABBREVIATED = re.compile(r"[A-ZÅÄÖ]+-[a-zåäö]")
"""The capitals of an abbreviation in a compound make no name: "CP-barn"."""

_BACK = 24
"""How many characters before a word tell whether it begins its sentence."""


class PassageKind(StrEnum):
    """Where in an item a passage stands."""

    TITLE = "title"
    SUMMARY = "summary"
    LEAD = "lead"
    FIELD = "field"
    ALT = "alt"
    CAPTION = "caption"
    POST = "post"
    HEADING = "heading"
    PARAGRAPH = "paragraph"
    LIST_ITEM = "list-item"
    CELL = "cell"
    QUOTE = "quote"


RUNNING = frozenset({PassageKind.PARAGRAPH, PassageKind.LIST_ITEM})
"""Running text of the body: what is measured for readability."""

BODY = RUNNING | {PassageKind.HEADING, PassageKind.CELL, PassageKind.QUOTE}
"""Everything that stands in the body."""


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of text without line breaks. `start`: its offset in the reading's text.

    `marks` give offset in the passage, line and column wherever a new span begins; column 0 means that
    only the line is known. `titles` are begin and end of what stands in italics like a book's name.
    """

    kind: PassageKind
    path: str
    text: str
    raw: str
    start: int
    marks: tuple[tuple[int, int, int], ...]
    titles: tuple[tuple[int, int], ...] = ()

    @property
    def end(self) -> int:
        """The offset after its last character in the reading's text."""
        return self.start + len(self.text)

    def location(self, offset: int) -> Location:
        """The place of the character at `offset` in the reading's text."""
        within = max(offset - self.start, 0)
        begin, line, column = self.marks[bisect_right(self.marks, within, key=lambda mark: mark[0]) - 1]
        return Location(self.path, line, column + within - begin if column else 0)


# Not slotted: what rules share is worked out once, when the first of them asks.
@dataclass(frozen=True)
class Reading:
    """What rules see. `items`: none for a greeting, one for an item, all of an issue in reading order."""

    path: str
    language: str
    passages: tuple[Passage, ...]
    documents: tuple[Document, ...]
    items: tuple[Item, ...]
    context: CheckContext
    heading: str = ""

    @cached_property
    def text(self) -> str:
        """All passages, one a line; code and addresses masked."""
        return "\n".join(passage.text for passage in self.passages)

    @cached_property
    def prose(self) -> str:
        """The text with quotations masked too: what the author answers for. Same offsets."""
        text = _QUOTED.sub(_mask, self.text) if _MARKS.search(self.text) else self.text
        for line in _LINE_OF_SPEECH.finditer(text):
            text = _masked(text, *_speech(text, line.start()))
        for passage in self.passages:
            if passage.kind is PassageKind.QUOTE:
                text = _masked(text, passage.start, passage.end)
            for first, last in passage.titles:
                text = _masked(text, passage.start + first, passage.start + last)
        return text

    @cached_property
    def words(self) -> list[Piece]:
        """The words of the prose, in order."""
        return words(self.prose)

    @cached_property
    def hits(self) -> dict[str, list[Hit]]:
        """Terms of the word lists that stand in the prose, by the code of their rule."""
        found: dict[str, list[Hit]] = {}
        for hit in self.context.lexicon.find(self.words, self.prose, self.folded):
            if not hit.term.off and not self.is_name(hit.start, hit.start + len(hit.text)):
                found.setdefault(hit.term.rule, []).append(hit)
        return found

    @cached_property
    def names(self) -> Names:
        """Names of the people, organisations and projects that the items themselves give."""
        return Names.of(name for item in self.items for name in item_names(item))

    @cached_property
    def running(self) -> list[tuple[Passage, list[Piece]]]:
        """Each passage of running text with its sentences; offsets are the passage's own."""
        return [(passage, sentences(passage.text)) for passage in self.passages if passage.kind in RUNNING]

    @cached_property
    def running_words(self) -> list[list[list[str]]]:
        """The words of every sentence in `running`, in the same order: counted once for all that measure."""
        return [[word_texts(sentence.text) for sentence in found] for _passage, found in self.running]

    @cached_property
    def folded(self) -> list[str]:
        """The words of the prose without regard to case, for rules that look words up in tables."""
        return [word.text.casefold() for word in self.words]

    @cached_property
    def vocabulary(self) -> frozenset[str]:
        """The different words of the prose, folded: what a rule looks for is most often not there at all."""
        return frozenset(self.folded)

    @cached_property
    def folded_prose(self) -> str:
        """The prose folded, only to see whether something stands anywhere in it: offsets may differ."""
        return self.prose.casefold()

    @cached_property
    def _by_kind(self) -> dict[PassageKind, list[Passage]]:
        found: dict[PassageKind, list[Passage]] = {}
        for passage in self.passages:
            found.setdefault(passage.kind, []).append(passage)
        return found

    @cached_property
    def _starts(self) -> list[int]:
        return [passage.start for passage in self.passages]

    def passage_at(self, offset: int) -> Passage:
        """The passage that holds the character at `offset`."""
        return self.passages[bisect_right(self._starts, offset) - 1]

    def location(self, offset: int) -> Location:
        """The place of the character at `offset`."""
        return self.passage_at(offset).location(offset)

    def of(self, *kinds: PassageKind) -> Iterator[Passage]:
        """The passages of some kinds, in reading order."""
        if len(kinds) == 1:
            return iter(self._by_kind.get(kinds[0], ()))
        return (passage for passage in self.passages if passage.kind in kinds)

    def search(self, pattern: re.Pattern[str], *, prose: bool = False) -> Iterator[re.Match[str]]:
        """Every match in the text, or in the author's own prose only."""
        return pattern.finditer(self.prose if prose else self.text)

    def names_at(self, start: int, end: int) -> bool:
        """Whether the characters are part of a known name."""
        return self.names.covers(self.prose, start, end) or self.context.names.covers(self.prose, start, end)

    def begins_sentence(self, start: int) -> bool:
        """Whether the word at `start` is the first of its sentence, so that a capital says nothing."""
        before = self.prose[max(start - _BACK, 0) : start].rstrip(" \u00a0–—-”\"’'(*")
        return not before or before[-1] in f".!?:…\n{MASK}"

    def is_name(self, start: int, end: int) -> bool:
        """Whether the words are a name or part of one, or stand in the title of a law."""
        text = self.prose[start:end]
        if text[:1].isupper() and (text.isupper() and len(text) > 1):
            if text in self._capitals:
                return True
        elif (
            text[:1].isupper()
            and not _ABBREVIATED.match(text)
            and (
                not self.begins_sentence(start)
                or self._is_surname(start, end)
                or self._heads_name(start, end)
            )
        ):
            return True
        if text.endswith(_LAW_NAMES):
            return True
        return self.names_at(start, end) or any(first < start < last for first, last in self._laws)

    def _is_surname(self, start: int, end: int) -> bool:
        """Whether a word that begins a sentence is somebody: seen as a name elsewhere, or speaking."""
        text = self.prose[start:end]
        return text.removesuffix("s") in self._seen or (
            text.endswith("man") and _SPEAKS.match(self.prose, end) is not None
        )

    def _heads_name(self, start: int, end: int) -> bool:
        """Whether a word that begins a sentence begins a name: "Invandrarverket", "Indianerna BK"."""
        return (
            self.prose.endswith(_NAME_ENDINGS, start, end)
            or _NAME_FOLLOWS.match(self.prose, end) is not None
            or _OWNED_NAME.match(self.prose, end) is not None
        )

    @cached_property
    def _seen(self) -> frozenset[str]:
        """Words that stand with a capital in the middle of a sentence."""
        return frozenset(
            word.text.removesuffix("s")
            for word in self.words
            if word.text[0].isupper() and not self.begins_sentence(word.start)
        )

    @cached_property
    def _capitals(self) -> frozenset[str]:
        """The words of known names in capitals, as a heading writes them."""
        known = (*self.names.by_word, *self.context.names.by_word)
        return frozenset(word.upper() for word in known if word[0].isupper())

    @cached_property
    def _laws(self) -> list[tuple[int, int]]:
        return [match.span() for match in _LAW.finditer(self.prose)]


def item_names(item: Item) -> Iterator[str]:
    """The names that an item's front matter gives: never judged as words."""
    for person in item.people:
        yield from (person.name, person.organisation)
    if item.project:
        yield from (item.project.name, item.project.applicant)


def read_item(item: Item, context: CheckContext) -> Reading:
    """Read one item: front matter first, then the body, then pictures and posts."""
    writer = _Writer(item.path)
    _read_front(writer, item)
    writer.document(item.body)
    for number, picture in enumerate(item.pictures):
        alt, caption = (item.places.get(f"images.{number}.{key}", ()) for key in ("alt", "caption"))
        writer.plain(PassageKind.ALT, picture.alt or "", picture.line, alt)
        writer.plain(PassageKind.CAPTION, picture.caption, picture.line, caption)
    for post in item.posts:
        marks = item.places.get(f"posts.{post.channel}.text", ())
        writer.plain(PassageKind.POST, post.text, post.line, marks)
    return Reading(item.path, item.language, tuple(writer.passages), (item.body,), (item,), context)


def read_notes(notes: IssueNotes, language: str, context: CheckContext) -> Reading:
    """Read an issue's own words: subject and greeting."""
    writer = _Writer(notes.path)
    writer.plain(PassageKind.TITLE, notes.subject, 1, notes.places.get("subject", ()))
    writer.document(notes.greeting)
    return Reading(notes.path, language, tuple(writer.passages), (notes.greeting,), (), context)


def read_issue(title: str, items: Sequence[Item], context: CheckContext) -> Reading:
    """Read all items of an issue as one, in the order in which they are printed."""
    passages: list[Passage] = []
    offset = 0
    for item in items:
        reading = read_item(item, context)
        passages += [_moved(passage, offset) for passage in reading.passages]
        offset += sum(len(passage.text) + 1 for passage in reading.passages)
    path = items[0].path if items else ""
    language = items[0].language if items else ""
    documents = tuple(item.body for item in items)
    return Reading(path, language, tuple(passages), documents, tuple(items), context, heading=title)


def line_of(item: Item, *keys: str) -> int:
    """The line of the first of these front matter keys that the file has, else the first line."""
    return next((item.lines[key] for key in keys if key in item.lines), 1)


def _moved(passage: Passage, by: int) -> Passage:
    return replace(passage, start=passage.start + by)


def _speech(text: str, start: int) -> tuple[int, int]:
    """A line of speech, up to who says it."""
    end = text.find("\n", start)
    end = len(text) if end < 0 else end
    says = _SAYS.search(text, start, end)
    if says is None:
        return start, end
    return start, says.start() - (text[says.start() - 1] == ",")


def _masked(text: str, start: int, end: int) -> str:
    return f"{text[:start]}{MASK * (end - start)}{text[end:]}"


def _mask(match: re.Match[str]) -> str:
    return MASK * len(match.group())


def _read_front(writer: _Writer, item: Item) -> None:
    def write(kind: PassageKind, raw: str, key: str) -> None:
        line = line_of(item, key, key.partition(".")[0])
        writer.plain(kind, raw, line, item.places.get(key, ()))

    write(PassageKind.TITLE, item.title, "title")
    write(PassageKind.SUMMARY, item.summary, "summary")
    for audience, lead in item.leads.items():
        write(PassageKind.LEAD, lead, f"leads.{audience}")
    if item.event:
        write(PassageKind.FIELD, item.event.access, "event.access")
    if item.call:
        write(PassageKind.FIELD, item.call.who, "call.who")
        write(PassageKind.FIELD, item.call.objective, "call.objective")
    for number, person in enumerate(item.people):
        marks = item.places.get(f"people.{number}.role", ())
        writer.plain(PassageKind.FIELD, person.role, person.line, marks)


class _Writer:
    """Puts passages one after the other, each with its offset and marks."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.passages: list[Passage] = []
        self._offset = 0

    def plain(
        self, kind: PassageKind, raw: str, line: int, marks: tuple[tuple[int, int, int], ...] = ()
    ) -> None:
        """A text of the front matter: where its letters stand, or at least its line."""
        if raw.strip():
            self._add(kind, raw.replace("\n", " "), raw, marks or ((0, line, 0),))

    def document(self, document: Document) -> None:
        """The body, block by block."""
        self._blocks(document.blocks, PassageKind.PARAGRAPH)

    def _blocks(self, blocks: Iterable[Block], running: PassageKind) -> None:
        for block in blocks:
            kind = _KINDS.get(block.kind, running)
            inner = kind if kind in {PassageKind.QUOTE, PassageKind.LIST_ITEM} else running
            if running is PassageKind.QUOTE:
                kind = inner = running
            if block.spans:
                self._spans(kind, block)
            self._blocks(block.children, inner)

    def _spans(self, kind: PassageKind, block: Block) -> None:
        parts: list[str] = []
        marks: list[tuple[int, int, int]] = []
        pictures: list[Span] = []
        titles: list[tuple[int, int]] = []
        length = 0
        for span in (inner for outer in block.spans for inner in outer.walk()):
            if span.kind is SpanKind.IMAGE:
                pictures.append(span)
                continue
            if span.kind is SpanKind.EMPHASIS and _is_title(span.plain()):
                titles.append((length, length + len(span.plain())))
            text = _shown(span)
            if text:
                marks.append((length, span.line, span.column))
                parts.append(text)
                length += len(text)
        if length:
            text = "".join(parts)
            whole = (0, length)  # a sentence in italics from end to end is no title
            self._add(kind, text, text, tuple(marks), tuple(span for span in titles if span != whole))
        for picture in pictures:
            self.plain(PassageKind.ALT, picture.text, picture.line)

    def _add(
        self,
        kind: PassageKind,
        text: str,
        raw: str,
        marks: tuple[tuple[int, int, int], ...],
        titles: tuple[tuple[int, int], ...] = (),
    ) -> None:
        masked = _URL.sub(_mask, text) if "@" in text or "www." in text or "://" in text else text
        self.passages.append(Passage(kind, self.path, masked, raw, self._offset, marks, titles))
        self._offset += len(masked) + 1


def _is_title(text: str) -> bool:
    """Whether words in italics look like a name of something: a capital, few words, no full stop."""
    return text[:1].isupper() and not text.endswith((".", "!", "?")) and text.count(" ") < _TITLE_WORDS


def _shown(span: Span) -> str:
    """The span's own text as rules read it: children come by themselves, a break is a blank."""
    if span.kind is SpanKind.BREAK:
        return " "
    if span.kind is SpanKind.CODE:
        return MASK * len(span.text)
    return span.text.replace("\n", " ")


_KINDS: dict[BlockKind, PassageKind] = {
    BlockKind.HEADING: PassageKind.HEADING,
    BlockKind.LIST_ITEM: PassageKind.LIST_ITEM,
    BlockKind.QUOTE: PassageKind.QUOTE,
    BlockKind.TABLE_CELL: PassageKind.CELL,
}
