"""Markdown -> `Document`: one parse with positions, for checks, HTML and the text part alike.

CommonMark by markdown-it-py with raw HTML off and tables on. Two additions: `::: for AUDIENCE` … `:::`
blocks that one audience alone reads, and comments `<!-- … -->`, which never reach a reader; the form
`<!-- comms: ok CODE "reason" -->` records an exemption from a rule. Indented code is off: officers
indent by accident, never for code.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode
from mdit_py_plugins.container import container_plugin

from comms.errors import Text, say
from comms.model.document import Block, BlockKind, Document, Exemption, Span, SpanKind

if TYPE_CHECKING:
    from collections.abc import Iterator

_COMMENT = re.compile(r"<!--(.*?)-->", re.DOTALL)
_EXEMPTION = re.compile(
    r'\s*comms:\s*ok\s+(?P<code>[A-Z]\d{3})\s*(?:"(?P<reason>[^"]*)"|”(?P<curly>[^”]*)”)?\s*'
)
_FENCE = re.compile(r"^[\s>*+\-\d.)]*:{3,}(?P<words>.*)$")
_FOR = re.compile(r"^for[ \t]+(?P<audience>[a-z0-9-]+)$")
_ESCAPE = re.compile(r"\\(?P<sign>[!-/:-@\[-`{-~])|&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]*);")


@dataclass(frozen=True, slots=True)
class Fault:
    """Mark-up that would be misread: where, what is wrong and what to do."""

    line: int
    message: Text
    hint: Text
    column: int = 1


@cache
def _parser() -> MarkdownIt:
    return (
        MarkdownIt("commonmark", {"html": False})
        .enable("table")
        .disable("code")
        .use(container_plugin, "for", validate=lambda words, _markup: bool(_FOR.match(words.strip())))
    )


def parse_markdown(source: str, *, first_line: int = 1) -> Document:
    """Parse a body whose first line is line `first_line` of its file."""
    visible, comments = _without_comments(source)
    reader = _Reader(visible.split("\n"), first_line)
    blocks = reader.blocks(SyntaxTreeNode(_parser().parse(visible)).children)
    return Document(blocks, tuple(_exemptions(comments, blocks, first_line)))


def markup_faults(source: str, *, first_line: int = 1) -> list[Fault]:
    """Find mark-up that would show text to the wrong readers.

    A `:::` line must open or close a block that stands by itself, as the parser has understood it: then
    no audience can see another's text. A comment must be closed, or readers would see it.
    """
    visible, _ = _without_comments(source)
    lines = visible.split("\n")
    blocks = {
        token.map[0]: token.map[1]
        for token in _parser().parse(visible)
        if token.type == "container_for_open" and token.level == 0 and token.map
    }
    closed = {end for end in blocks.values() if end < len(lines) and _words(lines[end]) == ""}
    faults = list(_open_comment(lines, first_line))
    astray = 0
    for number, line in enumerate(lines):
        words = _words(line)
        if words is None or number in closed:
            continue
        if number in blocks:
            if blocks[number] not in closed:
                astray += 1
                faults.append(_unclosed(first_line + number))
        elif words:
            astray += 1
            outer = next((start for start, end in blocks.items() if start < number < end), None)
            faults.append(
                _misplaced(first_line + number, words, None if outer is None else first_line + outer)
            )
        elif astray:
            astray -= 1  # the end of a block whose beginning has been complained of
        else:
            faults.append(_stray(first_line + number))
    return faults


def _words(line: str) -> str | None:
    """What follows `:::` on a line; None when the line is no such line."""
    found = _FENCE.match(line)
    return found["words"].strip() if found else None


def _open_comment(lines: list[str], first_line: int) -> Iterator[Fault]:
    for number, line in enumerate(lines, first_line):
        if "<!--" in line:
            message = say("Kommentaren stängs aldrig: läsarna skulle se den.")
            yield Fault(number, message, say("Avsluta den med ”-->”."), line.index("<!--") + 1)
            return


def _misplaced(line: int, words: str, outer: int | None) -> Fault:
    if not _FOR.match(words):
        return _misspelt(line, words)
    return _nested(line, outer) if outer is not None else _indented(line)


def _indented(line: int) -> Fault:
    message = say("Blocket står inne i en lista, ett citat eller ett kodblock, och skulle visas för alla.")
    return Fault(line, message, say("Skriv ”::: for …” längst till vänster, efter en tom rad."))


def _stray(line: int) -> Fault:
    message = say("Raden ”:::” stänger ett block som inte har öppnats.")
    return Fault(line, message, say("Ta bort raden, eller öppna blocket med ”::: for MÅLGRUPP”."))


def _misspelt(line: int, words: str) -> Fault:
    message = say("Raden ”::: {words}” går inte att läsa.", words=words)
    return Fault(line, message, say("Skriv till exempel ”::: for business-offices”."))


def _nested(line: int, opened: int) -> Fault:
    message = say("Blocket öppnas inne i blocket från rad {opened}.", opened=opened)
    return Fault(line, message, say("Stäng det första blocket med ”:::” på en egen rad före detta."))


def _unclosed(line: int) -> Fault:
    message = say("Blocket för en målgrupp är inte stängt: resten av texten skulle hamna i det.")
    return Fault(line, message, say("Skriv ”:::”, med lika många kolon, på en egen rad där blocket slutar."))


def _without_comments(source: str) -> tuple[str, list[tuple[int, str]]]:
    """Blank comments out, keeping every line and column; give each comment's line (from 0) and text."""
    comments: list[tuple[int, str]] = []

    def blank(match: re.Match[str]) -> str:
        comments.append((source.count("\n", 0, match.start()), match.group(1)))
        return re.sub(r"[^\n]", " ", match.group())

    return _COMMENT.sub(blank, source), comments


def _exemptions(
    comments: list[tuple[int, str]], blocks: tuple[Block, ...], first_line: int
) -> Iterator[Exemption]:
    """Scope each exemption: the block that it stands in, else the next block."""
    starts = [block.line for block in blocks]
    for offset, text in comments:
        if "comms:" not in text:
            continue
        line = first_line + offset
        match = _EXEMPTION.fullmatch(text)
        code, reason = ("", "") if match is None else (match["code"], match["reason"] or match["curly"] or "")
        begun = [start for start in starts if start <= line]
        later = [start for start in starts if start > line]
        inside = begun and _last_line(blocks[len(begun) - 1]) >= line
        first = begun[-1] if inside else (later[0] if later else line)
        following = [start for start in starts if start > first]
        yield Exemption(code, reason.strip(), line, first, following[0] - 1 if following else 1_000_000)


def _last_line(block: Block) -> int:
    lines = [span.line for part in block.walk() for outer in part.spans for span in outer.walk()]
    return max([block.line, *lines])


_CODE_LINES = 50
"""How many lines code within a paragraph is sought over."""


class _Reader:
    """Turns markdown-it's tree into blocks and spans, finding each text's column in the source."""

    def __init__(self, lines: list[str], first_line: int) -> None:
        self._lines = lines
        self._first = first_line
        self._line = 0
        self._column = 0

    def blocks(self, nodes: list[SyntaxTreeNode]) -> tuple[Block, ...]:
        return tuple(block for node in nodes for block in self._block(node))

    def _block(self, node: SyntaxTreeNode) -> Iterator[Block]:
        kind = _BLOCKS.get(node.type)
        place = node.map or (node.children[0].map if node.children else None)
        start = place[0] if place else self._line
        line = self._first + start
        if kind is None:
            yield from self.blocks(node.children)  # a table's head and body are no blocks of ours
        elif kind is BlockKind.CODE:
            yield Block(kind, line, text=node.content)
        elif node.children and node.children[0].type == "inline":
            inline = node.children[0]
            self._line, self._column = start, self._cell_start(node)
            level = int(node.tag[1]) if kind is BlockKind.HEADING else int(node.type == "th")
            yield Block(kind, line, spans=self._spans(inline.children), level=level)
        else:
            ordered = node.type == "ordered_list"
            yield Block(
                kind,
                line,
                children=self.blocks(node.children),
                ordered=ordered,
                start=int(node.attrs.get("start", 1)) if ordered else 1,
                audience=_audience(node) if kind is BlockKind.FOR else "",
            )

    def _cell_start(self, node: SyntaxTreeNode) -> int:
        """Cells of a row share its line: each is sought after the one before."""
        same_row = node.type in {"td", "th"} and node.previous_sibling is not None
        return self._column if same_row else 0

    def _spans(self, nodes: list[SyntaxTreeNode]) -> tuple[Span, ...]:
        """Read a row of nodes; the parser leaves empty texts between marks."""
        return tuple(self._span(node) for node in nodes if node.type != "text" or node.content)

    def _span(self, node: SyntaxTreeNode) -> Span:
        if node.type in {"softbreak", "hardbreak"}:
            here = Span(
                SpanKind.BREAK if node.type == "hardbreak" else SpanKind.TEXT,
                self._first + self._line,
                self._column + 1,
                text="" if node.type == "hardbreak" else " ",
            )
            self._line, self._column = self._line + 1, 0
            return here
        if node.type in _MARKED:
            line, column = self._first + self._line, self._column + 1
            children = self._spans(node.children)
            href = str(node.attrs.get("href", ""))
            if children:
                line, column = children[0].line, children[0].column
            return Span(_MARKED[node.type], line, column, href=href, children=children)
        if node.type == "code_inline":
            return Span(SpanKind.CODE, *self._seek_code(node.content), text=node.content)
        line, column = self._seek(node.content)
        kind = _PLAIN.get(node.type, SpanKind.TEXT)
        text = _alt(node) if kind is SpanKind.IMAGE else node.content
        return Span(kind, line, column, text=text, href=str(node.attrs.get("src", "")))

    def _seek_code(self, text: str) -> tuple[int, int]:
        """Find code from the cursor on; move past it. A line's end within it is read as a blank."""
        rest = "\n".join(self._lines[self._line : self._line + _CODE_LINES])
        words = re.escape(text).replace("\\ ", "[ \\n]")
        found = re.compile(f"`[ \\n]?({words})[ \\n]?`").search(rest, self._column)
        if found is None:
            return self._first + self._line, self._column + 1
        line = self._line + rest.count("\n", 0, found.start(1))
        column = found.start(1) - (rest.rfind("\n", 0, found.start(1)) + 1)
        self._line += rest.count("\n", 0, found.end())
        self._column = found.end() - (rest.rfind("\n", 0, found.end()) + 1)
        return self._first + line, column + 1

    def _seek(self, text: str) -> tuple[int, int]:
        """Find `text` from the cursor on; move past it. Escapes are seen through.

        It stands on the cursor's line, or below it when code before it went over a line's end.
        """
        line, column = self._line, self._column
        while line < len(self._lines) and (line == self._line or self._lines[line].strip()):
            found = self._lines[line].find(text, column)
            end = found + len(text)
            if found < 0:
                found, end = _through_escapes(self._lines[line], text, column)
            if found >= 0:
                self._line, self._column = line, end
                return self._first + line, found + 1
            line, column = line + 1, 0
        source = self._lines[self._line] if self._line < len(self._lines) else ""
        return self._first + self._line, min(self._column, len(source)) + 1


def _through_escapes(source: str, text: str, start: int) -> tuple[int, int]:
    """Where `text` stands in `source` from `start` when an escape or entity is one sign; -1 if nowhere."""
    plain: list[str] = []
    places: list[int] = []
    position = start
    for escape in _ESCAPE.finditer(source, start):
        sign = escape["sign"] or html.unescape(escape.group())
        between = range(position, escape.start())
        plain += [source[position : escape.start()], sign]
        places += [*between, *(escape.start() for _ in sign)]
        position = escape.end()
    plain.append(source[position:])
    places += range(position, len(source) + 1)
    found = "".join(plain).find(text)
    return (-1, -1) if found < 0 else (places[found], places[found + len(text)])


def _alt(image: SyntaxTreeNode) -> str:
    """An image's alternative text, without mark-up."""
    return "".join(node.content for node in image.walk() if node is not image and not node.children)


def _audience(node: SyntaxTreeNode) -> str:
    match = _FOR.match(node.info.strip())
    return match["audience"] if match else ""


_BLOCKS: dict[str, BlockKind] = {
    "paragraph": BlockKind.PARAGRAPH,
    "heading": BlockKind.HEADING,
    "bullet_list": BlockKind.LIST,
    "ordered_list": BlockKind.LIST,
    "list_item": BlockKind.LIST_ITEM,
    "blockquote": BlockKind.QUOTE,
    "fence": BlockKind.CODE,
    "hr": BlockKind.RULE,
    "table": BlockKind.TABLE,
    "tr": BlockKind.TABLE_ROW,
    "th": BlockKind.TABLE_CELL,
    "td": BlockKind.TABLE_CELL,
    "container_for": BlockKind.FOR,
}
_MARKED: dict[str, SpanKind] = {"em": SpanKind.EMPHASIS, "strong": SpanKind.STRONG, "link": SpanKind.LINK}
_PLAIN: dict[str, SpanKind] = {"image": SpanKind.IMAGE}
