"""Documents as plain text: 72 columns, links numbered and collected for the end."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass, field

from comms.model.document import Block, BlockKind, Document, Span, SpanKind
from comms.render.markup import is_safe_link

WIDTH = 72
"""Columns: quoted twice in a reply, a line still fits in 80."""


@dataclass(slots=True)
class Links:
    """The addresses of one text, numbered in order of appearance; the same address keeps its number."""

    addresses: list[str] = field(default_factory=list)

    def number(self, address: str) -> int:
        """The number of an address, from 1."""
        if address not in self.addresses:
            self.addresses.append(address)
        return self.addresses.index(address) + 1

    def listed(self) -> str:
        """`[1] https://…`, a line each."""
        return "\n".join(f"[{number}] {address}" for number, address in enumerate(self.addresses, start=1))


def to_text(document: Document, *, links: Links | None = None) -> str:
    """A document as text. Without `links`, its own links are listed at its end."""
    collected = Links() if links is None else links
    text = _joined([_block(block, collected) for block in document.blocks])
    if links is None and collected.addresses:
        return f"{text}\n\n{collected.listed()}"
    return text


def wrapped(text: str, *, first: str = "", rest: str = "") -> str:
    """Running text broken at 72 columns, never within a word; line breaks of its own stay."""
    lines = text.split("\n")
    return "\n".join(_wrap(line, first if number == 0 else rest, rest) for number, line in enumerate(lines))


def _wrap(line: str, first: str, rest: str) -> str:
    return textwrap.fill(
        line,
        WIDTH,
        initial_indent=first,
        subsequent_indent=rest,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _joined(parts: list[str]) -> str:
    return "\n\n".join(part for part in parts if part)


def _block(block: Block, links: Links) -> str:
    kind = block.kind
    if kind is BlockKind.LIST:
        return _list(block, links)
    if kind is BlockKind.TABLE:
        return "\n".join(_row(row, links) for row in block.children)
    if kind is BlockKind.RULE:
        return "* * *"
    if kind is BlockKind.CODE:
        return textwrap.indent(block.text.rstrip("\n"), "    ")
    own = wrapped(_spans(block.spans, links)) if block.spans else ""
    text = _joined([own, *(_block(child, links) for child in block.children)])
    return textwrap.indent(text, "> ") if kind is BlockKind.QUOTE else text


def _list(block: Block, links: Links) -> str:
    items = []
    for number, item in enumerate(block.children, start=block.start):
        mark = f"{number}. " if block.ordered else "- "
        text = _joined([_spans(item.spans, links), *(_block(child, links) for child in item.children)])
        reflowed = text.replace("\n\n", "\0").replace("\n", " ").replace("\0", "\n\n")
        items.append(wrapped(reflowed, first=mark, rest=" " * len(mark)))
    return "\n".join(items)


def _row(row: Block, links: Links) -> str:
    return wrapped(" | ".join(_spans(cell.spans, links) for cell in row.children))


def _spans(spans: tuple[Span, ...], links: Links) -> str:
    return "".join(_span(span, links) for span in spans)


def _span(span: Span, links: Links) -> str:
    inside = _spans(span.children, links) or span.plain()
    if span.kind is SpanKind.STRONG:
        return f"*{inside}*"
    if span.kind is SpanKind.LINK and is_safe_link(span.href):
        shown = span.href.removeprefix("mailto:").removeprefix("tel:")
        return inside if inside in {shown, span.href} else f"{inside} [{links.number(span.href)}]"
    return inside
