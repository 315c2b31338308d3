"""comms pause, resume, cancel, reconcile, suppress, adopt, worker."""

from __future__ import annotations

import getpass
from datetime import datetime
from pathlib import Path

import click

from comms.app.adopting import adopt as adopt_database
from comms.app.delivering import RunReport
from comms.app.house import House, find_root, settings_alone
from comms.app.keyrings import accept_keys, keys_match
from comms.app.language import shown
from comms.app.language import translate as _
from comms.app.logging_lines import Event
from comms.app.office import Ledger
from comms.app.pausing import Standing
from comms.app.pausing import cancel as cancel_entry
from comms.app.pausing import pause as pause_entry
from comms.app.pausing import resume as resume_entry
from comms.app.planning import ledger
from comms.app.reconciling import (
    NOTHING_UNKNOWN,
    Reconciled,
    Sources,
    Word,
    by_evidence,
    by_word,
    mailbox,
    unknown_of,
)
from comms.app.stopping import told_to_stop
from comms.app.suppressing import lift as lift_noes
from comms.app.suppressing import liftable
from comms.app.suppressing import suppress as suppress_address
from comms.app.suppressing import told as suppression_told
from comms.app.wording import DELIVERY, SLOT, counted
from comms.app.working import work
from comms.cli import voice
from comms.cli.log_lines import in_lines, tell, tell_report
from comms.cli.options import house_at, now_in, now_option, workspace_option
from comms.errors import ExitCode, UsageError, say
from comms.model.ledger import DeliveryState
from comms.model.plan import EntryKind
from comms.model.settings import Settings

_REASON = click.option("--reason", default="", help=_("Varför; det står kvar i liggaren."))
_YES = click.option("--yes", is_flag=True, help=_("Fråga inte (för skript)."))


@click.command(help=_("Pausa ID mitt i sändningen. Inget mer börjar sändas efter det."))
@click.argument("identity", metavar="ID")
@_REASON
@workspace_option
@now_option
def pause(identity: str, reason: str, folder: Path, now: str | None) -> int:
    """Stop an entry until somebody resumes it."""
    house = settings_alone(find_root(folder))
    with ledger(house) as store:
        _say(pause_entry(store, identity, reason, now_in(house, now)))
    voice.line(say("Fortsätt med: comms resume {id}   Avbryt med: comms cancel {id}", id=identity))
    return int(ExitCode.DONE)


@click.command(help=_("Låt ett pausat ID fortsätta där det stannade."))
@click.argument("identity", metavar="ID")
@workspace_option
@now_option
def resume(identity: str, folder: Path, now: str | None) -> int:
    """Let a paused entry go on."""
    house = house_at(folder)
    with ledger(house) as store:
        _say(resume_entry(house, store, identity, now_in(house, now)))
    voice.line(say("Det som väntar går ut vid nästa körning: comms tick, eller comms run som redan går."))
    return int(ExitCode.DONE)


@click.command(help=_("Ställ in ID: det som inte har gått ut går inte ut."))
@click.argument("identity", metavar="ID")
@_REASON
@_YES
@workspace_option
@now_option
def cancel(identity: str, reason: str, folder: Path, now: str | None, *, yes: bool) -> int:
    """Call an entry off."""
    house = settings_alone(find_root(folder))
    if not yes and not voice.confirm(
        say("Ställa in {id}? Det som har gått ut går inte att ta tillbaka.", id=identity)
    ):
        return int(ExitCode.DONE)
    with ledger(house) as store:
        stands = cancel_entry(house, store, identity, reason, now_in(house, now))
    if stands.called_off is None:
        _say(stands)
        return _said_of_doubt(stands)
    voice.line(stands.called_off.words)
    return int(ExitCode.DELIVERIES if stands.called_off.remains else ExitCode.DONE)


def _said_of_doubt(stands: Standing) -> int:
    """Say that a post that is called off may be out, when nobody knows."""
    doubtful = stands.states.get(DeliveryState.UNKNOWN, 0)
    if not doubtful or stands.slot.kind is not EntryKind.POST:
        return int(ExitCode.DONE)
    voice.line(
        say(
            "Den kan vara ute: titta på kontot. Den publiceras inte igen. "
            "Ligger den där: comms reconcile {id} --sent",
            id=stands.slot.id,
        )
    )
    return int(ExitCode.DELIVERIES)


@click.command(help=_("Red ut ovissa leveranser med bevis, eller med ditt eget ord."))
@click.argument("identity", metavar="ID", default="")
@click.option(
    "--postfix-log",
    "logs",
    multiple=True,
    type=click.Path(path_type=Path),
    help=_("Postfix logg; även packad (.gz)."),
)
@click.option(
    "--maildir",
    "maildirs",
    multiple=True,
    type=click.Path(path_type=Path),
    help=_("Brevlåda på disk som får en kopia av allt."),
)
@click.option(
    "--imap",
    default="",
    metavar="imaps://USER@HOST/MAPP",
    help=_("Brevlåda som får en kopia av allt. Lösenordet sätts i COMMS_IMAP_PASSWORD."),
)
@click.option(
    "--message-ids",
    "lists",
    multiple=True,
    type=click.Path(path_type=Path),
    help=_("Lista med Message-ID som e-postleverantören säger sig ha tagit emot."),
)
@click.option("--journal", is_flag=True, help=_("Körningens egen journal: efter en återställd databas."))
@click.option(
    "--complete",
    is_flag=True,
    help=_("Jag svarar för att källan har allt: det som saknas där gick inte ut, och sänds igen."),
)
@click.option("--address", default="", help=_("Bara den här mottagaren (med --sent eller --not-sent)."))
@click.option(
    "--sent/--not-sent",
    "sent",
    default=None,
    help=_("Mitt ord: det kom fram, eller det gick inte ut och ska sändas igen."),
)
@click.option("--link", default="", metavar="URL", help=_("Var inlägget ligger (med --sent)."))
@click.option("--id", "name", default="", help=_("Vad nätverket kallar inlägget, om länken inte säger det."))
@click.option("--by", default="", help=_("Vem som svarar för det (står kvar i liggaren)."))
@_YES
@workspace_option
@now_option
def reconcile(
    identity: str,
    logs: tuple[Path, ...],
    maildirs: tuple[Path, ...],
    imap: str,
    lists: tuple[Path, ...],
    address: str,
    link: str,
    name: str,
    by: str,
    folder: Path,
    now: str | None,
    *,
    sent: bool | None,
    journal: bool,
    complete: bool,
    yes: bool,
) -> int:
    """Settle what is unknown."""
    house = house_at(folder)
    sources = Sources(
        logs, maildirs, lists, mailbox(imap) if imap else None, journal=journal, complete=complete
    )
    if sources.any and sent is not None:
        raise UsageError(say("Ange antingen källor eller --sent/--not-sent, inte båda."))
    if complete and not sources.outside:
        raise UsageError(
            say("--complete gäller en källa utanför comms: ange också till exempel --postfix-log.")
        )
    if address and sent is None:
        raise UsageError(say("Ange också --sent eller --not-sent för {address}.", address=address))
    if (link or name) and not sent:
        raise UsageError(say("--link och --id hör ihop med --sent, för ett inlägg."))
    with ledger(house) as store:
        moment = now_in(house, now)
        if sources.any:
            if (
                complete
                and not yes
                and not voice.confirm(say("Sända igen till alla som inte finns i källan?"))
            ):
                return int(ExitCode.DONE)
            return _told(by_evidence(house, store, identity, sources, moment))
        if sent is not None:
            question = say("Sända igen? Den som redan har fått det får det två gånger.")
            if not sent and not yes and not voice.confirm(question):
                return int(ExitCode.DONE)
            word = Word(sent, by or getpass.getuser(), link, name)
            return _told(by_word(store, identity, address, word, moment))
        return _told(Reconciled((), tuple(unknown_of(store, identity))))


@click.command(
    help=_("Sänd aldrig mer till ADRESS, vad filerna än säger; eller ta tillbaka kontorets spärr.")
)
@click.argument("address", metavar=_("ADRESS"))
@click.option("--reason", required=True, help=_("Varför; det står kvar i liggaren."))
@click.option("--newsletter", default="", metavar=_("NAMN"), help=_("Bara det här nyhetsbrevet, inte alla."))
@click.option("--lift", is_flag=True, help=_("Ta tillbaka en spärr som kontoret har lagt."))
@_YES
@workspace_option
@now_option
def suppress(
    address: str, reason: str, newsletter: str, folder: Path, now: str | None, *, lift: bool, yes: bool
) -> int:
    """Write a standing no, or take one back."""
    house = settings_alone(find_root(folder))  # a no must be possible to write whatever is wrong elsewhere
    with ledger(house, urgent=not lift) as store:
        moment = now_in(house, now)
        if lift:
            return _lift(house.settings, store, (address, newsletter, reason), moment, yes=yes)
        meant = suppress_address(house.settings, store, address, reason, moment, newsletter)
    told = (
        say(
            "{address} är spärrad för {name}. Det gäller också utskick som pågår.",
            address=meant,
            name=newsletter,
        )
        if newsletter
        else say("{address} är spärrad. Det gäller också utskick som pågår.", address=meant)
    )
    voice.line(told)
    return int(ExitCode.DONE)


def _lift(settings: Settings, store: Ledger, asked: tuple[str, str, str], now: datetime, *, yes: bool) -> int:
    """Say what stands, ask, and take it back; `asked`: address, newsletter, reason."""
    address, newsletter, reason = asked
    meant, noes = liftable(settings, store, address, newsletter)
    for no in noes:
        voice.line(suppression_told(settings, no))
    question = say(
        "Ta tillbaka spärren? Bara kontorets ord står bakom det, inte personens. "
        "Prenumerationer som spärren avslutade börjar inte igen."
    )
    if not yes and not voice.confirm(question):
        return int(ExitCode.DONE)
    lift_noes(store, noes, reason, getpass.getuser(), now)
    voice.line(say("{address} är inte spärrad av kontoret längre.", address=meant))
    return int(ExitCode.DONE)


@click.command(help=_("Ta över en återställd eller kopierad databas, så att den får sända igen."))
@click.option(
    "--new-keys",
    is_flag=True,
    help=_("Nycklar i COMMS_WEB__KEYS som saknas är borta för gott. Databasen rörs inte."),
)
@_YES
@workspace_option
@now_option
def adopt(folder: Path, now: str | None, *, new_keys: bool, yes: bool) -> int:
    """Say that this database is the one; or that these keys are."""
    house = house_at(folder)
    with ledger(house) as store:
        moment = now_in(house, now)
        if new_keys:
            return _adopt_keys(house, store, moment, yes=yes)
        reason = store.fence_if_old(moment)
        if reason:
            voice.line(reason)
        question = say("Ta över databasen? Det som hålls kvar sänds inte av sig självt.")
        if not yes and not voice.confirm(question):
            return int(ExitCode.DONE)
        found = adopt_database(house, store, moment)
    voice.line(say("Databasen är er nu, och det som planeras härefter sänds."))
    held = found.held
    for slot, count in held:
        if count:
            voice.line(say("  {id}: {count} hålls kvar", id=slot.id, count=count))
        else:
            voice.line(say("  {id}: hålls kvar, och har inte börjat här", id=slot.id))
    if any(count for _slot, count in held):
        voice.line(
            say(
                "Se vad journalen vet: comms reconcile --journal. "
                "Sänd resten: comms send ID --rest --plan FINGERAVTRYCK"
            )
        )
    if not all(count for _slot, count in held):
        voice.line(
            say(
                "Sänd det som inte har börjat: comms send ID --plan FINGERAVTRYCK. "
                "Den som har fått det enligt journalen får det inte igen."
            )
        )
    if found.coming:
        voice.title(_("Går ut på sin tid"))
        voice.table([(slot.id, voice.moment(slot.due_at, house.zone)) for slot in found.coming])
        voice.line(say("Har något av det redan sänts från ett annat ställe, för hand? Kör: comms cancel ID"))
    return int(ExitCode.DONE)


def _adopt_keys(house: House, store: Ledger, now: datetime, *, yes: bool) -> int:
    """Say what is lost with the old keys, ask, and let the new ones be the right ones."""
    lost = keys_match(house, store)
    if lost is None:
        voice.line(say("Ingen nyckel saknas."))
        return int(ExitCode.DONE)
    voice.line(lost)
    question = say("Är den gamla nyckeln borta för gott? Det som bara den kan läsa är då förlorat.")
    if not yes and not voice.confirm(question):
        return int(ExitCode.DONE)
    accept_keys(house, store, now)
    voice.line(say("Nycklarna gäller som de är nu."))
    return int(ExitCode.DONE)


@click.command(help=_("En av flera arbetare, på en eller flera datorer (kräver PostgreSQL)."))
@click.option(
    "--concurrency", default=4, show_default=True, help=_("Hur många kanaler som sänder samtidigt.")
)
@workspace_option
def worker(concurrency: int, folder: Path) -> int:
    """Work until told to stop; the copies in hand are finished."""
    root = find_root(folder)
    as_json = settings_alone(root).settings.json_log

    def ready() -> None:
        tell(say("Arbetaren går. Avbryt med Ctrl-C."), Event("worker.started"), as_json=as_json)

    def told(report: RunReport) -> None:
        tell_report(report, as_json=as_json, quiet=True)

    def serve() -> int:
        with told_to_stop() as stopping:
            work(root, stopping, told, ready, concurrency=concurrency)
        stopped = say("Arbetaren har stannat. Det som väntar ligger kvar.")
        tell(stopped, Event("worker.stopped"), as_json=as_json)
        return int(ExitCode.DONE)

    return in_lines(serve, as_json=as_json)


def _say(stands: Standing) -> None:
    voice.line(say("{id}: {state}.", id=stands.slot.id, state=SLOT[stands.slot.state]))
    if stands.states:
        voice.line(", ".join(f"{shown(word)} {count}" for word, count in counted(stands.states)))
    if stands.in_flight:
        voice.line(say("På väg just nu, och går inte att hejda: {count}.", count=stands.in_flight))


def _told(found: Reconciled) -> int:
    for row, source in found.settled:
        voice.line(
            say(
                "{slot} till {who}: {state} ({source})",
                slot=row.slot_id,
                who=row.recipient,
                state=DELIVERY[row.state],
                source=source,
            )
        )
    for row in found.early:
        voice.line(
            say("{slot} till {who}: sänds fortfarande, fråga senare", slot=row.slot_id, who=row.recipient)
        )
    for row in found.unknown:
        voice.line(
            say("{slot} till {who}: oviss. {why}", slot=row.slot_id, who=row.recipient, why=row.reason)
        )
    for identity, count in found.held:
        voice.line(
            say(
                "{id}: {count} hålls kvar. Sänd dem: comms send {id} --rest --plan FINGERAVTRYCK",
                id=identity,
                count=count,
            )
        )
    if not (found.settled or found.early or found.unknown or found.held):
        voice.line(NOTHING_UNKNOWN)
    return int(ExitCode.DELIVERIES if found.unknown or found.early else ExitCode.DONE)
