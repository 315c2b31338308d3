"""comms backup, restore, audit."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from comms.app.auditing import Audited, audit_file
from comms.app.backing_up import KEPT, Backup, back_up, check
from comms.app.clock import read_now
from comms.app.house import find_root, settings_alone
from comms.app.keyrings import WEB
from comms.app.language import shown
from comms.app.language import translate as _
from comms.app.planning import ledger
from comms.app.restoring import PLACE, Restored
from comms.app.restoring import restore as put_back
from comms.app.wording import DELIVERY, SLOT
from comms.cli import voice
from comms.cli.options import day, house_at, json_option, now_in, now_option, workspace_option
from comms.errors import ExitCode, Text, UsageError, say
from comms.model.ledger import DeliveryState, SlotState

_SWEDEN = ZoneInfo("Europe/Stockholm")
_FILE = click.Path(path_type=Path, dir_okay=False)


@click.command(
    help=_(
        "Gör en säkerhetskopia i en fil: liggaren, arbetsytans filer och journalerna. "
        "Det går bra medan något sänds."
    )
)
@click.option("--out", type=_FILE, default=None, help=_("Filen (annars en ny i var/backups)."))
@click.option("--no-files", "without", is_flag=True, help=_("Utan mapparna content och templates."))
@click.option("--force", is_flag=True, help=_("Skriv över en fil som finns."))
@click.option(
    "--keep",
    type=click.IntRange(min=1),
    default=KEPT,
    show_default=True,
    help=_("Hur många kopior som får ligga kvar i var/backups."),
)
@click.option(
    "--check", "checked", type=_FILE, default=None, help=_("Läs igenom en kopia, och gör ingen ny.")
)
@json_option
@workspace_option
@now_option
def backup(
    out: Path | None,
    checked: Path | None,
    folder: Path,
    now: str | None,
    *,
    without: bool,
    force: bool,
    keep: int,
    as_json: bool,
) -> int:
    """Make a backup, or read one through."""
    if checked is not None:
        _say_backup(checked, check(checked), 0, is_new=False, as_json=as_json)
        return int(ExitCode.DONE)
    house = settings_alone(find_root(folder))
    file, made, gone = back_up(house, out, now_in(house, now), files=not without, force=force, keep=keep)
    _say_backup(file, made, gone, is_new=True, as_json=as_json)
    return int(ExitCode.DONE)


def _say_backup(file: Path, made: Backup, gone: int, *, is_new: bool, as_json: bool) -> None:
    if as_json:
        voice.as_json(
            {"file": str(file), "files": made.files, "bytes": made.size, "removed": gone, **_json(made)}
        )
        return
    voice.line(
        say("Kopian är gjord och genomläst: {file}", file=file)
        if is_new
        else say("Kopian är hel: {file}", file=file)
    )
    voice.line(
        say(
            "Gjord {when} av comms {program}. {files} filer, {size} MB uppackad.",
            when=voice.moment(made.made_at, _SWEDEN),
            program=made.program,
            files=made.files,
            size=f"{made.size / 1_000_000:.1f}".replace(".", ","),
        )
    )
    rows = [
        (
            slot.id,
            shown(SLOT[SlotState(slot.state)]),
            ", ".join(f"{shown(DELIVERY[DeliveryState(state)])} {n}" for state, n in slot.counts.items()),
        )
        for slot in made.ledger.open
    ]
    if rows:
        voice.title(_("Inte klart när kopian gjordes"))
        voice.table(rows)
    if made.left_out:
        voice.line(
            say(
                "Inte med, för de är nycklar, länkar, dolda eller har namn som inte går att packa: {files}",
                files=", ".join(map(_visible, made.left_out)),
            )
        )
    voice.line(
        say("Nycklarna är inte med. Spara dem på ett annat ställe: {names}", names=", ".join(made.keys))
        if made.keys
        else say("Lösenord och nycklar är inte med. Spara dem på ett annat ställe.")
    )
    if gone:
        voice.line(say("Gamla kopior borttagna: {count}", count=gone))


@click.command(
    help=_("Lägg en säkerhetskopia i en ny mapp. Ingenting sänds därifrån förrän du kör comms adopt.")
)
@click.argument("file", type=_FILE, metavar=_("FIL"))
@click.option(
    "--into",
    type=click.Path(path_type=Path, file_okay=False),
    required=True,
    help=_("En mapp som är tom eller inte finns."),
)
@click.option("--database-url", "url", default="", help=_("En tom databas, när kopian är av PostgreSQL."))
@click.option(
    "--erased", type=_FILE, default=None, help=_("Den gamla datorns var/erased.tsv, om den finns kvar.")
)
@json_option
@now_option
def restore(file: Path, into: Path, url: str, erased: Path | None, now: str | None, *, as_json: bool) -> int:
    """Put a backup back."""
    moment = read_now(now, _SWEDEN)
    found = put_back(file, into, moment, url=url, erased=erased)
    if as_json:
        held = [{"id": slot.id, "held": held, "unknown": unknown} for slot, held, unknown in found.held]
        voice.as_json(
            {
                "folder": str(into),
                "held": held,
                "erased": found.erased,
                "missing_keys": list(found.keys),
                "trouble": shown(found.trouble) if found.trouble else "",
                **_json(found.backup),
            }
        )
    else:
        _say_restored(found, into, moment)
    return int(ExitCode.PROBLEMS if found.keys or found.trouble else ExitCode.DONE)


def _say_restored(found: Restored, into: Path, now: datetime) -> None:
    made_at = found.backup.made_at
    voice.line(say("Kopian ligger i {folder}. Ingenting sänds därifrån.", folder=into))
    voice.line(
        say(
            "Den gjordes {when}, för {days} dygn sedan. Nej, prenumerationer, godkännanden och "
            "tillbakadragna nyheter efter det är inte med.",
            when=voice.moment(made_at, _SWEDEN),
            days=max(0, (now - made_at).days),
        )
    )
    if found.erased:
        voice.line(say("Raderade igen, för de bad om det efter kopian: {count}", count=found.erased))
    for name in found.keys:
        voice.line(
            say(
                "{name} saknas eller är en annan än när kopian gjordes. Sätt den som förut, annars gäller "
                "varken gamla länkar eller raderade personers nej.",
                name=name,
            )
        )
    if WEB in found.keys:
        voice.line(
            say(
                "Ta sedan bort mappen och lägg tillbaka kopian en gång till: då söks de som är raderade. Är "
                "nyckeln borta för gott: comms adopt --new-keys"
            )
        )
    if found.trouble is not None:
        voice.line(say("Raderade personer är inte sökta än, för comms.yaml eller audiences.yaml har fel:"))
        voice.line(found.trouble)
    if found.held:
        voice.title(_("Hålls kvar"))
        voice.table(
            [
                (
                    slot.id,
                    shown(SLOT[slot.state]),
                    shown(say("hålls kvar {held}, ovissa {unknown}", held=held, unknown=unknown)),
                )
                for slot, held, unknown in found.held
            ]
        )
    voice.title(_("Gör så här"))
    for number, step in enumerate(_steps(found, into), start=1):
        voice.line(f"  {number}. {shown(step)}")


def _steps(found: Restored, into: Path) -> Iterator[Text]:
    yield say("Se till att den gamla datorn är stannad för gott.")
    yield say("Gå till mappen: cd {folder}. Se efter: comms status och comms doctor", folder=into)
    if found.backup.ledger.kind == "sqlite" and not found.backup.place:
        yield say(
            "Låt {name} vara {value} för allt som körs i mappen, eller skriv det i comms.yaml. Annars "
            "används en annan databas.",
            name="COMMS_WORKSPACE__DATABASE_URL",
            value=f"sqlite:///{PLACE}",
        )
    if found.held:
        yield say("Se vilka det gäller: comms who {id}", id=found.held[0][0].id)
        yield say(
            "Finns den gamla datorns var/journal kvar: kopiera filerna till {folder}, och kör "
            "comms reconcile --journal",
            folder=(into / (found.backup.place or PLACE)).parent / "journal",
        )
        yield say("Fråga mejlserverns logg: comms reconcile --postfix-log FIL")
    yield say("Spärra dem som har sagt nej efter kopian: comms suppress ADRESS")
    yield say("Ta över databasen: comms adopt")
    if found.held:
        yield say("Sänd till dem som inte har fått det: comms send ID --rest --plan FINGERAVTRYCK")


@click.command(
    help=_(
        "Skriv det som har gått ut under en tid i en fil för granskning: brev, inlägg, bilder, "
        "godkännanden och antal. Ingen mottagares adress är med."
    )
)
@click.option("--from", "since", required=True, metavar=_("DATUM"), help=_("Första dagen."))
@click.option("--to", "until", required=True, metavar=_("DATUM"), help=_("Sista dagen."))
@click.option("--out", type=_FILE, required=True, help=_("Filen, till exempel granskning-2026.zip."))
@click.option("--force", is_flag=True, help=_("Skriv över en fil som finns."))
@json_option
@workspace_option
def audit(since: str, until: str, out: Path, folder: Path, *, force: bool, as_json: bool) -> int:
    """Export what went out."""
    house = house_at(folder)
    first, last = day(since, house.zone), day(until, house.zone, end=True)
    if last < first:
        raise UsageError(say("Sista dagen är före den första. Byt plats på --from och --to."))
    if not house.has_ledger:
        raise UsageError(say("Det finns ingen liggare än, så inget har gått ut härifrån."))
    with ledger(house) as store:
        made = audit_file(house, store, first, last, out, force=force)
    if as_json:
        voice.as_json(
            {"file": str(out), "issues": made.issues, "posts": made.posts, "missing": list(made.missing)}
        )
    else:
        _say_audited(made, out)
    return int(ExitCode.DONE)


def _say_audited(made: Audited, out: Path) -> None:
    voice.line(
        say("Utskick: {issues}. Inlägg: {posts}. Fil: {file}", issues=made.issues, posts=made.posts, file=out)
    )
    if made.missing:
        voice.line(say("Bilder som inte är med: {count}. Varför står i filen.", count=len(made.missing)))
    voice.line(say("Packa upp filen och öppna index.html."))


def _visible(name: str) -> str:
    """A name on one line, also one with a line break in it."""
    return "".join(one if one.isprintable() else ascii(one)[1:-1] for one in name)


def _json(made: Backup) -> dict[str, object]:
    return {
        "made_at": made.made_at.isoformat(),
        "program": made.program,
        "version": made.ledger.version,
        "intents": made.ledger.intents,
        "open": [
            {"id": slot.id, "state": slot.state, "deliveries": dict(slot.counts)} for slot in made.ledger.open
        ],
        "keys": list(made.keys),
        "left_out": list(made.left_out),
    }
