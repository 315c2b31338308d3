"""What `comms check --fix` writes: of all that the rules of typography find, what is certain.

A fix is made only where three things hold: the rule says which signs are right, the signs stand in the
author's own words (a quotation is the speaker's), and the file, read again with the fix in it, says what
was meant and nothing else: same blocks, same links, same code, no other value in the front matter.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from comms.check.context import CheckContext
from comms.check.engine import SWEDISH, check_item, check_notes, explain
from comms.check.reading import Passage, Reading, read_item, read_notes
from comms.check.rules_typography import SLIPS
from comms.check.slip import Edit, Slip, outside_names
from comms.errors import Problem
from comms.model.document import Block, Document, Span, SpanKind
from comms.model.issue import IssueNotes
from comms.model.item import Item
from comms.text.edit import Replacement, replaced
from comms.text.markdown import parse_markdown
from comms.text.yaml import Node, parse_yaml

_FENCE = "---"
_BLANKS = " \n"


@dataclass(frozen=True, slots=True)
class Fix:
    """`change` in the file at `path`, for the rule with `code`."""

    path: str
    code: str
    change: Replacement


@dataclass(frozen=True, slots=True)
class Mended:
    """A source text after its fixes. `left`: what has a fix that could not be placed with certainty."""

    text: str
    fixes: tuple[Fix, ...]
    left: int = 0


@dataclass(frozen=True, slots=True)
class _Placed:
    """A slip's edits, each with its place in the file."""

    code: str
    edits: tuple[Edit, ...]
    changes: tuple[Replacement, ...]


def mend_item(source: str, item: Item, context: CheckContext) -> Mended:
    """Fix an item's file, given as it is read: the problems that its exemptions leave."""
    return _mend(
        source,
        read_item(item, context),
        check_item(item, context=context),
        lambda body: read_item(replace(item, body=body), context),
    )


def mend_notes(source: str, notes: IssueNotes, language: str, context: CheckContext) -> Mended:
    """Fix the file of an issue's notes, given as it is read: the problems that its exemptions leave."""
    return _mend(
        source,
        read_notes(notes, language, context),
        check_notes(notes, language, context=context),
        lambda body: read_notes(replace(notes, greeting=body), language, context),
    )


def _mend(
    source: str, reading: Reading, problems: Collection[Problem], reread: Callable[[Document], Reading]
) -> Mended:
    """Fix what is certain: all at once, or, if that would say something else, as many as can be."""
    sought = list(_sought(reading, problems))
    found = [placed for code, slip in sought if (placed := _place(source, reading, code, slip))]
    text = _together(source, reading, found, reread)
    if text is None:
        text, kept = source, list[_Placed]()
        for placed in found:
            more = _together(source, reading, [*kept, placed], reread)
            if more is not None:
                text, kept = more, [*kept, placed]
        found = kept
    changes = dict.fromkeys((placed.code, change) for placed in found for change in placed.changes)
    fixes = tuple(Fix(reading.path, code, change) for code, change in changes)
    return Mended(text, fixes, len(sought) - len(found))


def _sought(reading: Reading, problems: Collection[Problem]) -> Iterator[tuple[str, Slip]]:
    """Every slip that has a fix in the author's own words, and that no exemption covers."""
    if reading.language != SWEDISH:
        return
    standing = set(problems)
    for code, slips in SLIPS.items():
        rule = explain(code)
        for slip in outside_names(slips, reading):
            if slip.edits and rule and rule.problem(slip.finding(reading)) in standing:
                own = tuple(edit for edit in slip.edits if slip.marks or _is_own(reading, edit))
                if own:
                    yield code, replace(slip, edits=own)


def _is_own(reading: Reading, edit: Edit) -> bool:
    """Whether the signs stand outside quotations and code."""
    return reading.prose[edit.start : edit.end] == reading.text[edit.start : edit.end]


def _place(source: str, reading: Reading, code: str, slip: Slip) -> _Placed | None:
    """Find each edit's place in the file; None unless all have one."""
    lines = source.split("\n")
    places = [_change(lines, reading, edit) for edit in slip.edits]
    changes = tuple(place for place in places if place)
    return _Placed(code, slip.edits, changes) if len(changes) == len(places) else None


def _change(lines: Sequence[str], reading: Reading, edit: Edit) -> Replacement | None:
    """The edit where it stands in the file: its whole run of text must stand there, sign by sign."""
    passage = reading.passage_at(edit.start)
    if edit.end > passage.end:
        return None
    start, end = edit.start - passage.start, edit.end - passage.start
    old = passage.raw[start:end]
    place = _in_body(lines, passage, start, end) or _in_front(lines, passage, start)
    if place is None or old != reading.text[edit.start : edit.end]:
        return None
    line, column = place
    written = lines[line - 1][column - 1 : column - 1 + len(old)]
    return Replacement(line, column, old, edit.new) if written == old else None


def _in_body(lines: Sequence[str], passage: Passage, start: int, end: int) -> tuple[int, int] | None:
    """The place in the body, when the run of text up to it stands in the file without mark-up in it."""
    begun = [mark for mark in passage.marks if mark[0] <= start]
    first, line, column = begun[-1]
    following = [mark[0] for mark in passage.marks if mark[0] > start]
    if not column or line > len(lines) or (following and following[0] < end):
        return None
    run = passage.raw[first:end]
    stands = lines[line - 1][column - 1 : column - 1 + len(run)] == run
    return (line, column + start - first) if stands else None


def _in_front(lines: Sequence[str], passage: Passage, start: int) -> tuple[int, int] | None:
    """The place in the front matter, when the whole value stands there once, as YAML may have folded it."""
    end = _front_end(lines)
    if passage.marks[0][2] or not passage.marks[0][1] <= end:
        return None
    words = [re.escape(word) for word in re.split("[ \n]+", passage.raw.strip(" \n"))]
    front = "\n".join(lines[:end])
    found = list(re.finditer("[ \n]+".join(words), front))
    if len(found) != 1:
        return None
    at = found[0].start() + _folded_offset(found[0].group(), passage.raw, start)
    return front.count("\n", 0, at) + 1, at - front.rfind("\n", 0, at)


def _folded_offset(written: str, raw: str, start: int) -> int:
    """Where the sign at `start` of `raw` stands in `written`, which has the same words and other blanks."""
    before = sum(1 for sign in raw[:start] if sign not in _BLANKS)
    signs = [at for at, sign in enumerate(written) if sign not in _BLANKS]
    if raw[start] not in _BLANKS:
        return signs[before]
    return signs[before - 1] + 1 if before else 0


def _front_end(lines: Sequence[str]) -> int:
    """The line that ends the front matter, counted from 1; 0 when there is none."""
    if not lines or lines[0].rstrip() != _FENCE:
        return 0
    return next((number for number, line in enumerate(lines[1:], 2) if line.rstrip() == _FENCE), 0)


def _together(
    source: str, reading: Reading, found: Sequence[_Placed], reread: Callable[[Document], Reading]
) -> str | None:
    """The source with all of these, or None when they overlap or it would then say something else."""
    changes = {change for placed in found for change in placed.changes}
    text, made = replaced(source, changes)
    if len(made) != len(changes):
        return None
    edits = sorted({edit for placed in found for edit in placed.edits}, key=lambda edit: edit.start)
    wanted = [_edited(passage, edits) for passage in reading.passages]
    return text if not found or _says(wanted, source, text, reading, reread) else None


def _edited(passage: Passage, edits: Iterable[Edit]) -> str:
    """The passage's text with the edits that are in it."""
    parts: list[str] = []
    done = 0
    for edit in edits:
        if passage.start <= edit.start < passage.end:
            parts += [passage.raw[done : edit.start - passage.start], edit.new]
            done = edit.end - passage.start
    return "".join([*parts, passage.raw[done:]])


def _says(
    wanted: Sequence[str], source: str, text: str, reading: Reading, reread: Callable[[Document], Reading]
) -> bool:
    """Whether the new text, read as a reader gets it, says what is wanted, and all else as before."""
    front, body, end = _parsed(source)
    new_front, new_body, _ = _parsed(text)
    again = reread(new_body)
    if _bones(body) != _bones(new_body) or len(again.passages) != len(reading.passages):
        return False
    values: list[tuple[str, str]] = []
    for passage, new, want in zip(reading.passages, again.passages, wanted, strict=True):
        if passage.marks[0][1] > end:
            if new.raw != want:
                return False
        elif passage.raw != want:
            values.append((passage.raw.strip(), want.strip()))
    pairs = zip(front, new_front, strict=False)
    changed = [(old.strip(), new.strip()) for old, new in pairs if old != new]
    return len(front) == len(new_front) and sorted(changed) == sorted(values)


def _parsed(source: str) -> tuple[list[str], Document, int]:
    """Every key and value of the front matter in order, the body, and the front matter's last line."""
    lines = source.split("\n")
    end = _front_end(lines)
    root, _ = parse_yaml("\n".join(lines[1 : end - 1]) or "\n")
    body = parse_markdown("\n".join(lines[end:]), first_line=end + 1)
    return list(_scalars(root)), body, end


def _scalars(node: Node | None) -> Iterator[str]:
    if node is None or node.value is None:
        yield ""
    elif isinstance(node.value, str):
        yield node.value
    elif isinstance(node.value, list):
        for inner in node.value:
            yield from _scalars(inner)
    else:
        for key, inner in node.value.items():
            yield key
            yield from _scalars(inner)


def _bones(document: Document) -> list[tuple[object, ...]]:
    """All of a body but its running text: kinds, levels, addresses, code, exemptions."""
    bones: list[tuple[object, ...]] = [(one.code, one.reason, one.line) for one in document.exemptions]
    for block in document.walk():
        bones.append(_block_bones(block))
        bones += [_span_bones(span) for outer in block.spans for span in outer.walk()]
    return bones


def _block_bones(block: Block) -> tuple[object, ...]:
    return block.kind, block.line, block.level, block.ordered, block.start, block.audience, block.text


def _span_bones(span: Span) -> tuple[object, ...]:
    code = span.text if span.kind in {SpanKind.CODE, SpanKind.IMAGE} else ""
    return span.kind, span.line, span.href, code
