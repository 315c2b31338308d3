"""Documents as HTML for letters and pages: inline styles, everything escaped, safe links only."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import nh3
from markupsafe import Markup, escape

from comms.model.document import Block, BlockKind, Document, Span, SpanKind

SAFE_LINKS = ("https://", "http://", "mailto:", "tel:")
"""What a link may start with; anything else is shown as its words."""

_TAGS: Final = {
    *("h2", "h3", "h4", "h5", "h6", "p", "ul", "ol", "li", "blockquote", "pre", "code", "hr", "br"),
    *("em", "strong", "a", "table", "thead", "tbody", "tr", "th", "td"),
}
_ATTRIBUTES: Final = {
    "*": {"style", "class"},
    "a": {"href"},
    "ol": {"start"},
    "th": {"scope", "align"},
    "td": {"align"},
    "table": {"width", "cellpadding", "cellspacing", "border"},
}


@dataclass(frozen=True, slots=True)
class Style:
    """How a document looks: colours as #rrggbb, `size` in px, `heading` = level of its highest heading.

    Classes go on every element so that a letter's dark mode can reach them.
    """

    ink: str = "#26332c"
    heading_colour: str = "#1f4d3a"
    link: str = "#1f5f7a"
    rule: str = "#d9d3c3"
    size: int = 16
    heading: int = 3


def to_html(document: Document, style: Style | None = None) -> Markup:
    """A document as HTML: well-formed, inline styles, no picture, no attribute that came from outside."""
    writer = _Writer(style or Style(), _highest(document))
    html = "".join(writer.block(block) for block in document.blocks)
    cleaned = nh3.clean(
        html,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        url_schemes={"https", "http", "mailto", "tel"},
        link_rel=None,
    )
    return Markup(cleaned.replace("<br>", "<br />").replace("&nbsp;", "&#160;"))  # noqa: S704 -- cleaned above


def _highest(document: Document) -> int:
    return min((block.level for block in document.walk() if block.kind is BlockKind.HEADING), default=1)


def is_safe_link(href: str) -> bool:
    """Whether an address may be linked to."""
    return href.lower().startswith(SAFE_LINKS)


class _Writer:
    """Writes blocks and spans with one style."""

    def __init__(self, style: Style, highest: int) -> None:
        self.style = style
        self.highest = highest

    def block(self, block: Block) -> str:
        return _BLOCKS[block.kind](self, block)

    def blocks(self, blocks: tuple[Block, ...]) -> str:
        return "".join(self.block(block) for block in blocks)

    def spans(self, spans: tuple[Span, ...]) -> str:
        return "".join(_SPANS[span.kind](self, span) for span in spans)

    def text(self, size: int, after: int, colour: str = "") -> str:
        """The style that every block of text shares; margins in px."""
        ink = colour or self.style.ink
        return f"margin:0 0 {after}px;font-size:{size}px;line-height:{size * 3 // 2}px;color:{ink}"

    def paragraph(self, block: Block) -> str:
        return f'<p class="ink" style="{self.text(self.style.size, 16)}">{self.spans(block.spans)}</p>'

    def heading(self, block: Block) -> str:
        level = min(self.style.heading + block.level - self.highest, 6)
        look = f"{self.text(self.style.size + 1, 6, self.style.heading_colour)};font-weight:bold"
        return f'<h{level} class="heading" style="{look}">{self.spans(block.spans)}</h{level}>'

    def list(self, block: Block) -> str:
        start = f' start="{block.start}"' if block.ordered and block.start != 1 else ""
        tag = "ol" if block.ordered else "ul"
        look = f"{self.text(self.style.size, 16)};padding:0 0 0 24px"
        return f'<{tag}{start} class="ink" style="{look}">{self.blocks(block.children)}</{tag}>'

    def list_item(self, block: Block) -> str:
        inside = self.spans(block.spans) + self.within_item(block.children)
        return f'<li style="margin:0 0 6px">{inside}</li>'

    def within_item(self, blocks: tuple[Block, ...]) -> str:
        """An item of one paragraph is written without the paragraph: a tight list."""
        if blocks and blocks[0].kind is BlockKind.PARAGRAPH:
            return self.spans(blocks[0].spans) + self.blocks(blocks[1:])
        return self.blocks(blocks)

    def quote(self, block: Block) -> str:
        look = f"margin:0 0 16px;padding:2px 0 2px 16px;border-left:3px solid {self.style.rule}"
        inside = self.blocks(block.children) + self.spans(block.spans)
        return f'<blockquote class="line" style="{look}">{inside}</blockquote>'

    def code(self, block: Block) -> str:
        look = f"{self.text(14, 16)};font-family:monospace;white-space:pre-wrap"
        return f'<pre class="ink" style="{look}">{escape(block.text)}</pre>'

    def rule(self, _block: Block) -> str:
        look = f"border:0;border-top:1px solid {self.style.rule};margin:8px 0 24px"
        return f'<hr class="line" style="{look}" />'

    def table(self, block: Block) -> str:
        look = "margin:0 0 16px;border-collapse:collapse;width:100%"
        rows = self.blocks(block.children)
        return (
            f'<table border="0" cellpadding="0" cellspacing="0" style="{look}"><tbody>{rows}</tbody></table>'
        )

    def row(self, block: Block) -> str:
        return f"<tr>{self.blocks(block.children)}</tr>"

    def cell(self, block: Block) -> str:
        tag, scope = ("th", ' scope="col"') if block.level else ("td", "")
        look = (
            f"padding:6px 12px 6px 0;border-bottom:1px solid {self.style.rule};text-align:left;"
            f"vertical-align:top;font-size:{self.style.size - 1}px;line-height:22px;color:{self.style.ink}"
        )
        inside = self.spans(block.spans) + self.blocks(block.children)
        return f'<{tag}{scope} class="ink line" style="{look}">{inside}</{tag}>'

    def only_children(self, block: Block) -> str:
        return self.blocks(block.children)

    def plain(self, span: Span) -> str:
        return str(escape(span.text))

    def code_span(self, span: Span) -> str:
        return f'<code style="font-family:monospace">{escape(span.text)}</code>'

    def emphasis(self, span: Span) -> str:
        return f"<em>{self.spans(span.children)}</em>"

    def strong(self, span: Span) -> str:
        return f"<strong>{self.spans(span.children)}</strong>"

    def link(self, span: Span) -> str:
        inside = self.spans(span.children) or str(escape(span.text or span.href))
        if not is_safe_link(span.href):
            return inside
        look = f"color:{self.style.link};text-decoration:underline"
        return f'<a class="link" href="{escape(span.href)}" style="{look}">{inside}</a>'

    def image(self, span: Span) -> str:
        return str(escape(span.text))

    def line_break(self, _span: Span) -> str:
        return "<br />"


_BLOCKS: Mapping[BlockKind, Callable[[_Writer, Block], str]] = {
    BlockKind.PARAGRAPH: _Writer.paragraph,
    BlockKind.HEADING: _Writer.heading,
    BlockKind.LIST: _Writer.list,
    BlockKind.LIST_ITEM: _Writer.list_item,
    BlockKind.QUOTE: _Writer.quote,
    BlockKind.CODE: _Writer.code,
    BlockKind.RULE: _Writer.rule,
    BlockKind.TABLE: _Writer.table,
    BlockKind.TABLE_ROW: _Writer.row,
    BlockKind.TABLE_CELL: _Writer.cell,
    BlockKind.FOR: _Writer.only_children,
}

_SPANS: Mapping[SpanKind, Callable[[_Writer, Span], str]] = {
    SpanKind.TEXT: _Writer.plain,
    SpanKind.CODE: _Writer.code_span,
    SpanKind.EMPHASIS: _Writer.emphasis,
    SpanKind.STRONG: _Writer.strong,
    SpanKind.LINK: _Writer.link,
    SpanKind.IMAGE: _Writer.image,
    SpanKind.BREAK: _Writer.line_break,
}
