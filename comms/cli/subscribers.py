"""comms subscribers list, import, export."""

from __future__ import annotations

import getpass
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import tzinfo
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import click

from comms.app.exporting import is_unknown, personal, roll_file, roll_rows, see_free, write
from comms.app.house import House, find_root, settings_alone
from comms.app.importing import Difference, Fate, Outcome, Witness, compare, take_in
from comms.app.language import shown
from comms.app.language import translate as _
from comms.app.listing import STATE, Listed, Shown, listed
from comms.app.office import read_office
from comms.app.planning import ledger
from comms.app.roll import Roll, Wanted
from comms.app.roll_reading import COLUMNS, Given, read_roll
from comms.cli import voice
from comms.cli.options import json_option, now_in, now_option, workspace_option
from comms.cli.subscribers_privacy import COMMANDS
from comms.errors import ExitCode, UsageError, say
from comms.model.office import Office
from comms.text.csv_in import ENCODINGS

_PAGE = 500
_NAMED_BAD = 200
_WIDTHS = (36, 20, 18, 12, 14)
"""Columns of a list that is too long to be measured first: address, state, newsletters, place, audience."""

_WHOLE = say("hela området")
_NEWSLETTER = click.option("--newsletter", metavar=_("NAMN"), default="", help=_("Bara ett nyhetsbrev."))


@click.group(help=_("Prenumeranterna: visa, läs in och skriv ut; vad som är sparat om en person."))
def subscribers() -> None:
    """Hold the commands about subscribers together."""


class _Here(NamedTuple):
    """The workspace without its content: subscribers need none of it."""

    house: House
    office: Office


def _here(folder: Path) -> _Here:
    root = find_root(folder)
    return _Here(settings_alone(root), read_office(root))


def _known(office: Office, newsletter: str) -> str:
    if newsletter and newsletter not in office.settings.newsletters:
        known = ", ".join(office.settings.newsletters)
        raise UsageError(
            say("Inget nyhetsbrev heter ”{name}”. De heter: {known}", name=newsletter, known=known)
        )
    return newsletter


# List


@subscribers.command("list", help=_("Visa vilka som prenumererar på vad."))
@_NEWSLETTER
@click.option(
    "--state",
    type=click.Choice([one.value for one in Shown]),
    default=None,
    help=_("Bara de som prenumererar (confirmed), är pausade, inte har bekräftat (pending) eller slutat."),
)
@json_option
@workspace_option
@now_option
def show(newsletter: str, state: str | None, folder: Path, now: str | None, *, as_json: bool) -> None:
    """List subscribers, however many they are."""
    house, office = _here(folder)
    wanted = Shown(state) if state else None
    with ledger(house) as store:
        people = listed(store, now_in(house, now), newsletter=_known(office, newsletter), state=wanted)
        if as_json:
            _give(None, _json_pieces(map(_list_row, people)))
        else:
            _say_list(people, house.zone)


def _say_list(people: Iterator[Listed], zone: tzinfo) -> None:
    counts: Counter[Shown] = Counter()
    while page := list(islice(people, _PAGE)):
        counts.update(one.state for one in page)
        voice.table([_list_cells(one, zone) for one in page])
    for state, count in counts.items():
        voice.line(say("{state}: {count}", state=STATE[state], count=count))
    if not counts:
        voice.line(say("Ingen."))


def _list_cells(one: Listed, zone: tzinfo) -> list[str]:
    state = shown(STATE[one.state])
    if one.paused_until:
        state = f"{state} {one.paused_until.astimezone(zone):%Y-%m-%d}"
    cells = (one.address, state, ", ".join(one.newsletters), one.municipality or shown(_WHOLE), one.audience)
    since = f"{one.since.astimezone(zone):%Y-%m-%d}"
    return [*(cell.ljust(width) for cell, width in zip(cells, _WIDTHS, strict=True)), since]


def _list_row(one: Listed) -> dict[str, object]:
    return {
        "address": one.address,
        "state": one.state.value,
        "newsletters": list(one.newsletters),
        "audience": one.audience,
        "municipality": one.municipality,
        "focus": list(one.focus),
        "since": one.since.isoformat(timespec="seconds"),
        "paused_until": one.paused_until.isoformat(timespec="seconds") if one.paused_until else "",
        "source": one.source,
    }


# Import


@subscribers.command(
    "import",
    help=_(
        "Läs in samtycken som finns på papper eller i ett annat system, ur en CSV-fil. Först visas vad som "
        "skulle hända; ingenting görs förrän du säger ja. Den som har sagt nej läses aldrig in."
    ),
)
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True), metavar=_("FIL"))
@click.option("--source", default="", help=_("Var samtyckena finns, till exempel ”Blanketter, mässan 2026”."))
@click.option(
    "--consented", default="", metavar=_("DAG|KOLUMN"), help=_("Dagen för samtycket, eller kolumnen.")
)
@click.option(
    "--newsletter", "newsletters", multiple=True, metavar=_("NAMN"), help=_("Nyhetsbrev; flera går.")
)
@click.option("--audience", default="", metavar=_("NAMN"), help=_("Målgrupp där filen ingen har."))
@click.option("--municipality", default="", metavar=_("NAMN"), help=_("Kommun där filen ingen har."))
@click.option("--skip-bad", is_flag=True, help=_("Läs in resten fast några rader inte går att använda."))
@click.option("--dry-run", is_flag=True, help=_("Visa bara; fråga inte."))
@click.option("--yes", is_flag=True, help=_("Fråga inte, läs in (för skript)."))
@click.option("--by", default="", help=_("Vem som läser in (står kvar som bevis)."))
@workspace_option
@now_option
def take(
    file: Path,
    source: str,
    consented: str,
    newsletters: tuple[str, ...],
    audience: str,
    municipality: str,
    by: str,
    folder: Path,
    now: str | None,
    *,
    skip_bad: bool,
    dry_run: bool,
    yes: bool,
) -> int:
    """Take a roll in, after showing what it would do."""
    house, office = _here(folder)
    moment = now_in(house, now)
    given = Given(source, consented, newsletters, audience, municipality)
    with voice.progress(_("Läser filen")) as progress:
        roll = read_roll(office, file, given, moment.astimezone(house.zone).date(), progress)
    _say_file(file, roll)
    with ledger(house) as store:
        with voice.progress(_("Jämför med liggaren")) as progress:
            difference = compare(office, store, roll, progress)
        _say_difference(difference)
        _say_bad(roll)
        if roll.bad_count and not skip_bad:
            voice.line(say("Ingenting är inläst. Rätta raderna, eller läs in resten med --skip-bad."))
            return int(ExitCode.PROBLEMS)
        if not _is_wanted(roll, difference, dry_run=dry_run, yes=yes):
            return int(ExitCode.DONE)
        with voice.progress(_("Läser in")) as progress:
            done = take_in(office, store, roll, Witness(by or getpass.getuser(), file.name), moment, progress)
    new, changed = done.fates[Fate.NEW], done.fates[Fate.CHANGED]
    voice.line(say("Inläst: {new} nya, {changed} ändrade.", new=new, changed=changed))
    return int(ExitCode.DONE)


def _is_wanted(roll: Roll, difference: Difference, *, dry_run: bool, yes: bool) -> bool:
    """Whether it shall be done: said on the command line, or by somebody who has seen what it would do."""
    if not difference.does_something:
        voice.line(say("Det finns inget att läsa in."))
        return False
    if yes and not dry_run:
        return True
    if not dry_run and voice.watched():
        asked = say(
            "Läsa in {new} nya och {changed} ändrade ({encoding})?",
            new=difference.fates[Fate.NEW],
            changed=difference.fates[Fate.CHANGED],
            encoding=ENCODINGS[roll.encoding],
        )
        if voice.confirm(asked):
            return True
    voice.line(say("Ingenting är gjort. Läs in med --yes."))
    return False


def _say_file(file: Path, roll: Roll) -> None:
    """How the file was read: what a person must see before they say yes."""
    voice.line(say("{file} lästes som {encoding}.", file=file, encoding=ENCODINGS[roll.encoding]))
    if roll.samples:
        samples = ", ".join(f"”{one[:40]}”" for one in roll.samples)
        voice.line(say("Så här läste vi å, ä och ö: {samples}", samples=samples))
    if not roll.has_heads:
        voice.line(say("Filen har ingen rubrikrad: bara adresserna läses."))
    elif roll.ignored:
        voice.line(say("Kolumner som inte läses: {names}", names=", ".join(roll.ignored)))
    if roll.doubles:
        lines = ", ".join(f"{line} (= {first})" for line, first in roll.doubles[:20])
        voice.line(
            say(
                "Adresser som står flera gånger: {count}. Rader: {lines}",
                count=len(roll.doubles),
                lines=lines,
            )
        )
    if roll.offices:
        voice.line(
            say(
                "Står också i audiences.yaml, så de får redan brevet: {addresses}",
                addresses=", ".join(roll.offices[:20]),
            )
        )


_MARKS = {Fate.NEW: "+", Fate.CHANGED: "~", Fate.UNCHANGED: "=", Fate.NO: "-"}


def _say_difference(found: Difference) -> None:
    for fate in (Fate.NEW, Fate.CHANGED, Fate.NO):
        named = found.named.get(fate, [])
        for wanted, outcome in named:
            voice.line(f"  {_MARKS[fate]} {wanted.address}  {_what(wanted, outcome)}")
        more = found.fates[fate] - len(named)
        if more:
            voice.line(f"  {_MARKS[fate]} " + shown(say("… och {count} till", count=more)))
    voice.line(
        say(
            "Nya: {new}. Ändrade: {changed}. Oförändrade: {same}. Har sagt nej: {no}.",
            new=found.fates[Fate.NEW],
            changed=found.fates[Fate.CHANGED],
            same=found.fates[Fate.UNCHANGED],
            no=found.fates[Fate.NO],
        )
    )
    for slug, count in found.added.items():
        voice.line(say("{what}: {count} fler", what=slug, count=count))
    for slug, count in found.refused.items():
        voice.line(say("{what}: {count} har sagt nej och hoppas över", what=slug, count=count))
    for name, count in found.changed.items():
        voice.line(say("{what}: {count} ändras", what=COLUMNS[name][0], count=count))
    if found.kept:
        voice.line(say("{count} behåller det som de själva har valt.", count=found.kept))


def _what(wanted: Wanted, outcome: Outcome) -> str:
    """What becomes of an address, in few words."""
    if outcome.fate is Fate.NO:
        return shown(say("har sagt nej (rad {line})", line=wanted.line))
    words = [f"+{slug}" for slug in outcome.added]
    for name in outcome.changed:
        value = getattr(outcome.choices, name)
        told = ", ".join(value) if isinstance(value, tuple) else value
        words.append(f"{COLUMNS[name][0]}: {told or '–'}")
    return "  ".join(words)


def _say_bad(roll: Roll) -> None:
    for one in roll.bad[:_NAMED_BAD]:
        voice.line(say("Rad {line}: {what} {hint}", line=one.line, what=one.message, hint=one.hint))
    more = roll.bad_count - min(len(roll.bad), _NAMED_BAD)
    if more:
        voice.line(say("… och {count} rader till.", count=more))
    if roll.bad_count:
        voice.line(say("Rader som inte går att använda: {count}.", count=roll.bad_count))


# Export


@subscribers.command(
    help=_(
        "Skriv ut prenumeranterna som en fil för Excel. Med ADRESS: allt som är sparat om en person, i JSON, "
        "för den som frågar."
    )
)
@click.argument("address", metavar="[ADRESS]", default="")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help=_("Skriv till en fil."))
@click.option("--force", is_flag=True, help=_("Skriv över en fil som finns (med --out)."))
@_NEWSLETTER
@json_option
@workspace_option
def export(
    address: str, out: Path | None, newsletter: str, folder: Path, *, force: bool, as_json: bool
) -> None:
    """Write the roll, or what is known of one person."""
    house, office = _here(folder)
    slug = _known(office, newsletter)
    if out is not None:
        see_free(house, out, force=force)
    with ledger(house) as store:
        if address:
            found = personal(office, store, address)
            if is_unknown(found):
                voice.note(shown(say("Ingenting är sparat om {address}.", address=address)))
            _give(out, [json.dumps(found, ensure_ascii=False, indent=2).encode() + b"\n"])
        elif as_json:
            _give(out, _json_pieces(roll_rows(store, slug)))
        else:
            _give(out, roll_file(office, store, slug))
    if out is not None:
        voice.line(
            say("Skrivet till {file}, som bara du kan läsa. Radera den när den har gjort sitt.", file=out)
        )


def _json_pieces(rows: Iterable[dict[str, object]]) -> Iterator[bytes]:
    mark = "["
    for row in rows:
        yield f"{mark} {json.dumps(row, ensure_ascii=False)}\n".encode()
        mark = ","
    yield b"[]\n" if mark == "[" else b"]\n"


def _give(file: Path | None, pieces: Iterable[bytes]) -> None:
    """To a file, or on standard output as it is, whatever the locale."""
    if file is not None:
        write(file, pieces)
        return
    for piece in pieces:
        click.echo(piece, nl=False)


for _command in COMMANDS:
    subscribers.add_command(_command)
