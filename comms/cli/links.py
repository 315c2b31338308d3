"""comms links."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import click

from comms.app.language import shown
from comms.app.language import translate as _
from comms.app.links import LinkFound, LinkState, check_links
from comms.cli import voice
from comms.cli.options import house_at, json_option, workspace_option
from comms.errors import ExitCode, say

_HEADINGS = {
    LinkState.DEAD: say("Döda länkar: ta bort eller byt dem."),
    LinkState.MOVED: say("Sidor som har flyttat för gott: byt gärna till den nya adressen."),
    LinkState.UNASKED: say("Gick inte att fråga nu: prova igen senare, eller öppna dem själv."),
}


@click.command(help=_("Fråga varje länk om den fortfarande leder någonstans. Varje adress frågas en gång."))
@workspace_option
@json_option
def links(folder: Path, *, as_json: bool) -> int:
    """Check links."""
    house = house_at(folder)
    with voice.progress(_("Frågar länkar")) as progress:
        found = check_links(house, progress)
    counts = Counter(one.state for one in found)
    if as_json:
        voice.as_json(
            {
                "links": [_row(one) for one in found],
                "summary": {state.value: counts[state] for state in LinkState},
            }
        )
    else:
        _say(found, counts)
    return int(ExitCode.PROBLEMS if counts[LinkState.DEAD] else ExitCode.DONE)


def _row(one: LinkFound) -> dict[str, object]:
    """The shape is a contract: more keys are welcome, these stay."""
    return {
        "url": one.link.url,
        "file": one.link.location.path,
        "line": one.link.location.line,
        "state": one.state.value,
        "status": one.status,
        "to": one.to,
        "why": shown(one.why) if one.why else "",
    }


def _say(found: Sequence[LinkFound], counts: Counter[LinkState]) -> None:
    for state, heading in _HEADINGS.items():
        if counts[state]:
            voice.title(shown(heading))
        for one in found:
            if one.state is state:
                voice.line(f"{one.link.location}: {one.link.url}")
                voice.line(f"    {shown(one.why) if one.why else one.to}")
        if counts[state]:
            voice.line()
    voice.line(
        say(
            "Länkar: {all}. Döda: {dead}. Flyttade: {moved}. Gick inte att fråga nu: {unasked}.",
            all=len(found),
            dead=counts[LinkState.DEAD],
            moved=counts[LinkState.MOVED],
            unasked=counts[LinkState.UNASKED],
        )
    )
