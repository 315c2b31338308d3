"""comms check --fix: show what would be written, ask, write."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import click

from comms.app.fixing import Proposal, errors_left, proposals, save
from comms.app.house import House
from comms.cli import voice
from comms.errors import ExitCode, Text, say
from comms.text.edit import diff

_COLOURS = {"+": "green", "-": "red", "@": "cyan"}
_HELD, _SHOWN = "\u00a0", "␣"
"""A no-break space looks like any other: it is shown by a sign."""


def fix(house: House, paths: Sequence[Path], *, yes: bool) -> int:
    """Show every fix as a difference and make them after a yes; gives the exit code."""
    found = proposals(house, paths)
    ready = [proposal for proposal in found if proposal.fixes]
    left = [proposal.refused for proposal in found if proposal.refused]
    _show(ready, by_hand=sum(proposal.left for proposal in found), refused=bool(left))
    errors = errors_left(house, paths)
    if errors:
        left.append(say("Fel som bara du kan rätta: {count}. Se comms check.", count=errors))
    if not ready:
        return _ended(left)
    if not yes and not (sys.stdin.isatty() and voice.watched()):
        voice.line(say("Inget är ändrat: ingen finns att fråga. Lägg till --yes för att spara."))
        return int(ExitCode.PROBLEMS)
    if not yes and not voice.confirm(say("Spara?")):
        voice.line(say("Inget är ändrat."))
        return _ended(left)
    unsaved = [reason for proposal in ready if (reason := save(house.root, proposal))]
    voice.line(say("Filer som har sparats: {count}.", count=len(ready) - len(unsaved)))
    return _ended([*left, *unsaved])


def _ended(left: Sequence[Text]) -> int:
    """Name the files that were left as they were."""
    for reason in left:
        voice.line(reason)
    return int(ExitCode.PROBLEMS if left else ExitCode.DONE)


def _show(ready: Sequence[Proposal], *, by_hand: int, refused: bool) -> None:
    for proposal in ready:
        for line in diff(proposal.path, proposal.before, proposal.after):
            shown = line.replace(_HELD, _SHOWN)
            whole = line.startswith(("+++", "---"))
            voice.line(click.style(shown, fg=None if whole else _COLOURS.get(line[:1]), bold=whole))
    if ready:
        voice.line()
        count = sum(len(proposal.fixes) for proposal in ready)
        voice.line(say("Rättelser: {count}. Filer: {files}.", count=count, files=len(ready)))
        if any(_HELD in proposal.after for proposal in ready):
            voice.line(say("Tecknet {sign} visar fasta mellanslag.", sign=_SHOWN))
        voice.line(say("Det som är godkänt behöver godkännas igen, och frågor om texten besvaras igen."))
    elif not refused:
        voice.line(say("Inget att rätta av sig självt."))
    if by_hand:
        voice.line(say("Lämnas åt dig, för säkerhets skull: {count}. Se comms check.", count=by_hand))
