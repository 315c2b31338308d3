"""A post as its network shows it, in a terminal: plain text, and its values for scripts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from io import StringIO

from rich.console import Console
from rich.text import Text as Styled

from comms.app.language import shown
from comms.app.language import translate as _
from comms.app.wording import SEVERITY
from comms.errors import Problem, Severity, Text, say
from comms.model.network import Crop, SegmentKind
from comms.render.post_gallery import Shot
from comms.render.post_view import Bubble, PostView
from comms.render.wording import NBSP

_BAR = 20
"""Cells of the bar that shows how much of the limit is used."""

_NARROWEST = 30
_INDENT = "  "
_STYLES = {SegmentKind.LINK: "underline cyan", SegmentKind.HASHTAG: "cyan", SegmentKind.MENTION: "cyan"}
_GRAVE = {Severity.ERROR: "bold red", Severity.WARNING: "yellow", Severity.NOTICE: "blue"}


def post_text(view: PostView, *, width: int, blocked: Sequence[Text] = (), in_colour: bool = False) -> str:
    """The post as text, lines at most `width` cells where words allow it; `blocked`: why it cannot go out."""
    console = Console(
        file=StringIO(),
        width=max(width, _NARROWEST),
        force_terminal=in_colour,
        color_system="standard" if in_colour else None,
        highlight=False,
        markup=False,
        emoji=False,
    )
    with console.capture() as captured:
        for indent, line in _lines(view, blocked):
            for piece in line.wrap(console, console.width - len(indent)) if line.plain else [line]:
                piece.rstrip()
                console.print(Styled(indent if piece.plain else "") + piece, soft_wrap=True)
    return captured.get().rstrip("\n")


_Line = tuple[str, Styled]


def _lines(view: PostView, blocked: Sequence[Text]) -> Iterator[_Line]:
    """Every line with its indent, in the order in which a reader meets what they tell."""
    yield from _heading(view)
    for reason in blocked:
        yield "", Styled(f"! {shown(reason)}", style=_GRAVE[Severity.ERROR])
    first, *more = view.bubbles
    if view.post.warning:
        yield (
            "",
            Styled(
                shown(
                    say("Varning: ”{warning}” Resten är dold tills någon öppnar.", warning=view.post.warning)
                ),
                style="yellow",
            ),
        )
    yield from _part(first, named=len(view.bubbles) > 1)
    for shot in view.shots:
        yield from _picture(shot, view.done_to(shot))
    yield from _card(view)
    for bubble in more:
        yield from _part(bubble, named=True)
    yield from _counts(view)
    for problem in view.problems:
        yield from _problem(problem)


def _heading(view: PostView) -> Iterator[_Line]:
    who = " · ".join(filter(None, (view.network.name, view.name, view.account)))
    yield "", Styled(who, style="bold")
    yield "", Styled(" · ".join(filter(None, (view.when, shown(view.language), view.post.id))), style="dim")


def _part(bubble: Bubble, *, named: bool) -> Iterator[_Line]:
    yield "", Styled()
    if named:
        yield "", Styled(shown(bubble.name), style="bold")
    line = Styled()
    for stretch in bubble.stretches:
        if stretch.folds:
            yield _INDENT, line
            yield _INDENT, Styled(f"┄┄ {_('ungefär här viks texten i telefonen')} ┄┄", style="yellow")
            line = Styled()
        head, *rest = stretch.text.split("\n")
        line.append(head, style=_STYLES.get(stretch.kind))
        for text in rest:
            yield _INDENT, line
            line = Styled(text, style=_STYLES.get(stretch.kind, ""))
    yield _INDENT, line


def _picture(shot: Shot, done: Sequence[Text]) -> Iterator[_Line]:
    yield "", Styled()
    alt = say("Alt-text: {alt}", alt=shot.media.alt) if shot.media.alt else say("Pynt, utan alt-text.")
    yield "", Styled(shown(say("Bild {number}", number=shot.number)), style="bold")
    yield _INDENT, Styled(shown(alt))
    size = f"{shot.media.width} × {shot.media.height} px." if shot.media.width else ""
    yield _INDENT, Styled(" ".join([*map(shown, done), size]).strip(), style="dim")


def _card(view: PostView) -> Iterator[_Line]:
    yield "", Styled()
    yield "", Styled(_("Kort"), style="bold")
    if view.card:
        yield _INDENT, Styled(view.card.title)
        if view.card.description:
            yield _INDENT, Styled(view.card.description)
        yield _INDENT, Styled(view.host, style="cyan")
    yield _INDENT, Styled(shown(view.card_says), style="dim")


def _counts(view: PostView) -> Iterator[_Line]:
    yield "", Styled()
    for bubble in view.bubbles:
        named = f"{shown(bubble.name)}: " if len(view.bubbles) > 1 else ""
        yield "", Styled(named) + _count(bubble)
    yield "", Styled(shown(view.counts), style="dim")
    if view.left_out:
        yield "", Styled(shown(view.left_out), style="yellow")


def _count(bubble: Bubble) -> Styled:
    style = _GRAVE[Severity.ERROR] if bubble.over else ""
    if not bubble.limit:
        return Styled(shown(say("{length} tecken", length=_thousands(bubble.length))))
    used = min(_BAR, round(_BAR * bubble.length / bubble.limit))
    told = say("{length} av {limit} tecken", length=_thousands(bubble.length), limit=_thousands(bubble.limit))
    if bubble.byte_limit:
        told = say(
            "{characters}, {size} av {limit} byte",
            characters=told,
            size=_thousands(bubble.size),
            limit=_thousands(bubble.byte_limit),
        )
    return Styled(f"{'█' * used}{'░' * (_BAR - used)} {shown(told)}", style=style)


def _thousands(number: int) -> str:
    return f"{number:,}".replace(",", NBSP)


def _problem(problem: Problem) -> Iterator[_Line]:
    word = f"{shown(SEVERITY[problem.severity])} {problem.code}: "
    yield "", Styled(word, style=_GRAVE[problem.severity]) + Styled(shown(problem.message))
    yield _INDENT, Styled(f"{shown(problem.hint)} ({problem.location})")


def post_row(view: PostView, blocked: Sequence[Text]) -> dict[str, object]:
    """A post for scripts: the shape is a contract, more keys are welcome. `blocked`: why it cannot go out."""
    card = view.card
    return {
        "id": view.post.id,
        "item": view.post.item,
        "channel": view.post.channel,
        "network": view.network.slug,
        "name": view.name,
        "account": view.account,
        "at": view.at.isoformat() if view.at else "",
        "local": view.when,
        "language": view.post.language,
        "warning": view.post.warning,
        "shortened": view.post.shortened,
        "parts": [_part_row(bubble) for bubble in view.bubbles],
        "pictures": [_picture_row(shot, view.done_to(shot)) for shot in view.shots],
        "card": {
            "maker": view.network.card.value,
            "guess": view.guess,
            "says": shown(view.card_says),
            "url": card.url if card else "",
            "title": card.title if card else "",
            "description": card.description if card else "",
        },
        "blocked": [shown(reason) for reason in blocked],
        "problems": [_problem_row(problem) for problem in view.problems],
    }


def _part_row(bubble: Bubble) -> dict[str, object]:
    before: list[str] = []
    for stretch in bubble.stretches:
        if stretch.folds:
            break
        before.append(stretch.text)
    return {
        "kind": bubble.kind.value,
        "text": bubble.text,
        "length": bubble.length,
        "limit": bubble.limit,
        "bytes": bubble.size,
        "byte_limit": bubble.byte_limit,
        "before_fold": "".join(before) if bubble.folds else bubble.text,
    }


def _picture_row(shot: Shot, done: Sequence[Text]) -> dict[str, object]:
    media = shot.media
    return {
        "path": media.path,
        "alt": media.alt,
        "width": media.width,
        "height": media.height,
        "focal": list(media.focal),
        "padded": media.padded,
        "crop": _crop_row(shot.sent_crop),
        "seen": _crop_row(shot.seen),
        "says": [shown(remark) for remark in done],
    }


def _crop_row(crop: Crop | None) -> dict[str, float] | None:
    if crop is None:
        return None
    return {"left": crop.left, "top": crop.top, "width": crop.width, "height": crop.height}


def _problem_row(problem: Problem) -> dict[str, object]:
    return {
        "code": problem.code,
        "severity": problem.severity.value,
        "message": shown(problem.message),
        "hint": shown(problem.hint),
        "file": problem.location.path,
        "line": problem.location.line,
        "column": problem.location.column,
    }
