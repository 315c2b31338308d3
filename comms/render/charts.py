"""Pictures of figures as SVG: bars with their numbers beside them, and the same figures as a paragraph.

Nothing is told by colour alone: each bar has its label and its count in words, and each label a pattern of
its own. A share never stands without what it is a share of. The picture holds no script and loads nothing.
Sources: WCAG 2.1 (1.1.1, 1.4.1, 1.4.3, 1.4.11), https://www.w3.org/WAI/tutorials/images/complex/.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape

from comms.errors import Text, say

INK, PAPER, FILL = "#22302a", "#ffffff", "#1f4d3a"
"""Colours of text, ground and bars: ink 13.8:1 and fill 9.9:1 against the ground."""

_WIDTH, _MARGIN = 760, 24
_BAR_X, _BAR_WIDTH, _BAR_HEIGHT = 250, 300, 16
_LINE, _ROW, _GAP = 20, 24, 14
_LABEL, _TEXT = 26, 84
"""Signs that fit before the bars, and across the picture, with some to spare in the widest usual font."""

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

_STROKE = f'fill="none" stroke="{FILL}" stroke-width="1.6"'
_FULL, _EMPTY = (f'<rect width="8" height="8" fill="{colour}"/>' for colour in (FILL, PAPER))
_PATTERNS = (
    _FULL,
    f'{_EMPTY}<path d="M-2 2l4-4M0 8l8-8M6 10l4-4" {_STROKE}/>',
    f'{_EMPTY}<path d="M2 0v3M6 4v3" fill="none" stroke="{FILL}" stroke-width="3"/>',
    f'{_EMPTY}<path d="M0 2h8M0 6h8" {_STROKE}/>',
    f'{_EMPTY}<path d="M2 0v8M6 0v8" {_STROKE}/>',
    f'{_EMPTY}<path d="M0 0l8 8M8 0l-8 8" {_STROKE}/>',
    f'{_FULL}<circle cx="4" cy="4" r="2" fill="{PAPER}"/>',
    f'{_FULL}<path d="M0 4h8" stroke="{PAPER}" stroke-width="2"/>',
)


@dataclass(frozen=True, slots=True)
class Bar:
    """`count` of `base`, by what it is called. `unsaid`: those who have not said, drawn without a filling."""

    label: str
    count: int
    base: int
    unsaid: bool = False


@dataclass(frozen=True, slots=True)
class BarGroup:
    """Bars that share a heading."""

    heading: str
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class BarChart:
    """A picture of figures. `id` tells its parts from those of other pictures on the same page."""

    id: str
    title: str
    notes: tuple[str, ...]
    groups: tuple[BarGroup, ...]
    language: str = "sv"


def share_of(count: int, base: int) -> Text:
    """`3 av 9 (33 %)`: a share with what it is a share of. Without a base there is no share."""
    if not base:
        return say("0 av 0")
    return say("{count} av {base} ({percent} %)", count=count, base=base, percent=_percent(count, base))


def _percent(count: int, base: int) -> Text | int:
    """Whole per cent, but nobody is rounded away: one of three hundred is not none."""
    rounded = (200 * count + base) // (2 * base)
    if count and not rounded:
        return say("under 1")
    if count < base and rounded == 100:  # noqa: PLR2004 - per cent
        return say("över 99")
    return rounded


def in_words(chart: BarChart) -> str:
    """The picture's alternative: a paragraph that says every figure that it shows."""
    sentences = [chart.title, *chart.notes]
    for group in chart.groups:
        told = ", ".join(f"{bar.label} {share_of(bar.count, bar.base)}" for bar in group.bars)
        sentences.append(f"{group.heading}: {told}")
    return " ".join(f"{sentence.rstrip('.')}." for sentence in sentences)


def bar_chart(chart: BarChart) -> str:
    """Draw the chart: one bar a line, its label before it and its figures after it."""
    patterns = _patterns(chart)
    rows: list[str] = []
    y = _MARGIN
    for line in _wrapped(chart.title, _TEXT * 3 // 4):
        y += _LINE + 4
        rows.append(_text(_MARGIN, y, line, size=20, bold=True))
    for line in (line for note in chart.notes for line in _wrapped(note, _TEXT)):
        y += _LINE
        rows.append(_text(_MARGIN, y, line))
    for group in chart.groups:
        y += _GAP
        for line in _wrapped(group.heading, _TEXT):
            y += _LINE
            rows.append(_text(_MARGIN, y, line, bold=True))
        for bar in group.bars:
            y += _ROW
            rows += _bar(bar, y, patterns[_kind(bar)])
    return "\n".join([*_head(chart, y + _MARGIN), *_definitions(patterns), *rows, "</svg>", ""])


def _head(chart: BarChart, height: int) -> Iterator[str]:
    title, described = f"{chart.id}-title", f"{chart.id}-desc"
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{height}" '
        f'viewBox="0 0 {_WIDTH} {height}" role="img" lang="{_safe(chart.language)}" '
        f'aria-labelledby="{_safe(title)}" aria-describedby="{_safe(described)}" '
        f'font-family="Arial, Helvetica, sans-serif" font-size="14" fill="{INK}">'
    )
    yield f'<title id="{_safe(title)}">{_safe(chart.title)}</title>'
    yield f'<desc id="{_safe(described)}">{_safe(in_words(chart))}</desc>'
    # A ground of its own: on a dark page the text would else be dark on dark.
    yield f'<rect width="{_WIDTH}" height="{height}" fill="{PAPER}"/>'


def _kind(bar: Bar) -> str:
    return "" if bar.unsaid else bar.label


def _patterns(chart: BarChart) -> Mapping[str, str]:
    """A pattern for each label, the same wherever it stands; "" is for those who have not said."""
    labels = dict.fromkeys(_kind(bar) for group in chart.groups for bar in group.bars if not bar.unsaid)
    return {"": f"{chart.id}-unsaid"} | {
        label: f"{chart.id}-{place % len(_PATTERNS)}" for place, label in enumerate(labels)
    }


def _definitions(patterns: Mapping[str, str]) -> Iterator[str]:
    yield "<defs>"
    for identity in dict.fromkeys(patterns.values()):
        number = identity.rpartition("-")[2]
        drawn = _PATTERNS[int(number)] if number.isdigit() else _EMPTY
        yield (
            f'<pattern id="{_safe(identity)}" width="8" height="8" patternUnits="userSpaceOnUse">'
            f"{drawn}</pattern>"
        )
    yield "</defs>"


def _bar(bar: Bar, y: int, pattern: str) -> Iterator[str]:
    top = y - _BAR_HEIGHT + 3
    long = round(_BAR_WIDTH * bar.count / bar.base) if bar.base else 0
    label = bar.label if len(bar.label) <= _LABEL else f"{bar.label[: _LABEL - 1].rstrip()}…"
    yield _text(_MARGIN + 8, y, label)
    yield (
        f'<path d="M{_BAR_X} {y + 3}h{_BAR_WIDTH}" fill="none" stroke="{INK}" stroke-width="0.5"'
        ' stroke-dasharray="2 3"/>'
    )
    if long:
        dashed = ' stroke-dasharray="4 2"' if bar.unsaid else ""
        yield (
            f'<rect x="{_BAR_X}" y="{top}" width="{long}" height="{_BAR_HEIGHT}" '
            f'fill="url(#{_safe(pattern)})" stroke="{FILL}"{dashed}/>'
        )
    yield _text(_BAR_X + _BAR_WIDTH + 12, y, str(share_of(bar.count, bar.base)))


def _text(x: int, y: int, words: str, *, size: int = 0, bold: bool = False) -> str:
    looks = (f' font-size="{size}"' if size else "") + (' font-weight="bold"' if bold else "")
    return f'<text x="{x}" y="{y}"{looks}>{_safe(words)}</text>'


def _wrapped(text: str, width: int) -> Sequence[str]:
    return textwrap.wrap(text, width, break_on_hyphens=False)


def _safe(text: str) -> str:
    """As text or a value in XML: people's own words may hold anything."""
    return escape(_NOT_XML.sub("", text))
