"""A parsed Markdown body: blocks and spans, each with its place in the file."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


class SpanKind(StrEnum):
    """Kinds of running text."""

    TEXT = "text"
    CODE = "code"
    EMPHASIS = "emphasis"
    STRONG = "strong"
    LINK = "link"
    IMAGE = "image"
    BREAK = "break"


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of running text. `text` for text, code and image (its alt); `href` for link and image.

    Line and column count from 1 in the file; for text they are exact for the first character.
    """

    kind: SpanKind
    line: int
    column: int
    text: str = ""
    href: str = ""
    children: tuple[Span, ...] = ()

    def plain(self) -> str:
        """The words of the span without mark-up."""
        if self.kind is SpanKind.BREAK:
            return "\n"
        return self.text or "".join(child.plain() for child in self.children)

    def walk(self) -> Iterator[Span]:
        """The span and all within it, in reading order."""
        yield self
        for child in self.children:
            yield from child.walk()


class BlockKind(StrEnum):
    """Kinds of blocks."""

    PARAGRAPH = "paragraph"
    HEADING = "heading"
    LIST = "list"
    LIST_ITEM = "list-item"
    QUOTE = "quote"
    CODE = "code"
    RULE = "rule"
    TABLE = "table"
    TABLE_ROW = "table-row"
    TABLE_CELL = "table-cell"
    FOR = "for"


@dataclass(frozen=True, slots=True)
class Block:
    """A block of the body. `level`: of a heading, or 1 for a header cell; `audience`: of a `for` block.

    `ordered`: of a list; `start`: its first number. `text`: of a code block.
    """

    kind: BlockKind
    line: int
    spans: tuple[Span, ...] = ()
    children: tuple[Block, ...] = ()
    level: int = 0
    ordered: bool = False
    start: int = 1
    text: str = ""
    audience: str = ""

    def plain(self) -> str:
        """The words of the block's own spans."""
        return "".join(span.plain() for span in self.spans)

    def walk(self) -> Iterator[Block]:
        """The block and all within it, in reading order."""
        yield self
        for child in self.children:
            yield from child.walk()


@dataclass(frozen=True, slots=True)
class Exemption:
    """A recorded exception: `<!-- comms: ok CODE "reason" -->` silences CODE in its block."""

    code: str
    reason: str
    line: int
    first_line: int
    last_line: int


@dataclass(frozen=True, slots=True)
class Document:
    """A body in Markdown, parsed once for every use: checks, HTML, text part."""

    blocks: tuple[Block, ...] = ()
    exemptions: tuple[Exemption, ...] = ()

    def walk(self) -> Iterator[Block]:
        """All blocks in reading order."""
        for block in self.blocks:
            yield from block.walk()

    def spans(self) -> Iterator[Span]:
        """All spans in reading order."""
        for block in self.walk():
            for span in block.spans:
                yield from span.walk()

    def for_audience(self, audience: str) -> Document:
        """The body as one audience reads it: its own blocks opened, the others' left out."""

        def opened(blocks: tuple[Block, ...]) -> Iterator[Block]:
            for block in blocks:
                if block.kind is not BlockKind.FOR:
                    yield block
                elif block.audience == audience:
                    yield from opened(block.children)

        return Document(tuple(opened(self.blocks)), self.exemptions)
