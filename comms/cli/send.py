"""comms send, comms tick, comms run, comms retract."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import click

from comms.app.clock import utc_now
from comms.app.clockwork import run_every
from comms.app.house import find_root, open_house, read_settings
from comms.app.language import shown
from comms.app.language import translate as _
from comms.app.planning import ledger
from comms.app.retracting import retract as retract_from_all
from comms.app.running import Hands, RunReport
from comms.app.running import send as send_entry
from comms.app.running import tick as tick_once
from comms.app.wording import DELIVERY, counted
from comms.cli import voice
from comms.cli.options import house_at, now_in, now_option, workspace_option
from comms.errors import CommsError, ExitCode, say
from comms.model.ledger import Delivery

_BEAT = 30


@contextmanager
def _hands() -> Iterator[Hands]:
    """SIGTERM and Ctrl-C finish the delivery in hand, then stop; each delivery moves the progress line."""
    stopping = threading.Event()

    def stop(_signal: int, _frame: FrameType | None) -> None:
        stopping.set()

    before = {number: signal.signal(number, stop) for number in (signal.SIGTERM, signal.SIGINT)}
    done = 0
    try:
        with voice.progress(_("Sänder")) as progress:

            def count(_delivery: Delivery) -> None:
                nonlocal done
                done += 1
                progress(done, 0)

            yield Hands(stopping.is_set, count)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@click.command(help=_("Sänd ID nu, med det godkända fingeravtrycket."))
@click.argument("identity", metavar="ID")
@click.option(
    "--plan", "fingerprint", metavar=_("FINGERAVTRYCK"), required=True, help=_("Det som godkändes.")
)
@click.option(
    "--recipients", type=int, default=None, help=_("Bekräfta antalet mottagare när det har ändrats.")
)
@workspace_option
@now_option
def send(identity: str, fingerprint: str, recipients: int | None, folder: Path, now: str | None) -> int:
    """Send an approved entry."""
    house = house_at(folder)
    with ledger(house) as store, _hands() as hands:
        report = send_entry(
            house,
            store,
            identity,
            fingerprint=fingerprint,
            recipients=recipients,
            now=now_in(house, now),
            hands=hands,
        )
    return _say(report)


@click.command(
    help=_("Gör det som ska göras nu, en gång. Kör från cron varje minut, eller använd comms run.")
)
@workspace_option
@now_option
def tick(folder: Path, now: str | None) -> int:
    """Do what is due."""
    house = house_at(folder)
    with ledger(house) as store, _hands() as hands:
        return _say(tick_once(house, store, now_in(house, now), hands))


@click.command(help=_("Håll klockan och gör det som ska göras, tills du avbryter med Ctrl-C."))
@workspace_option
def run(folder: Path) -> int:
    """Tick until told to stop."""
    root = find_root(folder)
    read_settings(root)
    stopping = threading.Event()
    voice.line(say("Klockan går. Avbryt med Ctrl-C."))
    run_every(_BEAT, lambda: _beat(root, Hands(stopping.is_set)), stopping)
    voice.line(say("Klockan har stannat. Det som väntar ligger kvar."))
    return int(ExitCode.DONE)


def _beat(root: Path, hands: Hands) -> None:
    """One tick of a long run: what is wrong today may be mended tomorrow, so it only says so."""
    try:
        house = open_house(root)
        with ledger(house) as store:
            _say(tick_once(house, store, utc_now(), hands), quiet=True)
    except CommsError as refused:
        voice.complain(refused)


@click.command(help=_("Dra tillbaka en nyhet (namn) eller bild (content/…) ur allt som inte har gått ut."))
@click.argument("what", metavar=_("VAD"))
@click.option("--reason", required=True, help=_("Varför; det står kvar i liggaren."))
@click.option("--yes", is_flag=True, help=_("Fråga inte (för skript)."))
@workspace_option
@now_option
def retract(what: str, reason: str, folder: Path, now: str | None, *, yes: bool) -> int:
    """Retract an item or a picture."""
    house = house_at(folder)
    if not yes and not voice.confirm(say("Dra tillbaka {what}? Det kan inte göras ogjort.", what=what)):
        return int(ExitCode.DONE)
    with ledger(house) as store:
        found = retract_from_all(house, store, what, reason=reason, now=now_in(house, now))
    voice.line(say("{what} är tillbakadragen.", what=what))
    for identity in found.voided:
        voice.line(say("  {id} behöver godkännas på nytt.", id=identity))
    for identity in found.sent:
        voice.line(
            say(
                "  {id} har redan gått ut: skriv en rättelse med comms new --letter … --corrects {id}",
                id=identity,
            )
        )
    for identity in found.published:
        voice.line(say("  {id} är redan publicerad: ta bort eller rätta den på nätverket.", id=identity))
    return int(ExitCode.DONE)


def _say(report: RunReport, *, quiet: bool = False) -> int:
    """Tell what a run did; silent when nothing happened and `quiet`."""
    if report.busy:
        voice.line(say("En annan körning pågår redan. Den här gjorde ingenting."))
        return int(ExitCode.DONE)
    for delivery in report.recovered:
        voice.line(
            say(
                "Avbruten förut: {slot} till {who} är {state}.",
                slot=delivery.slot_id,
                who=delivery.recipient,
                state=DELIVERY[delivery.state],
            )
        )
    _say_entries(report)
    if report.drained:
        for channel, why in report.drained.down.items():
            voice.line(say("Kanalen {channel} har stannat: {why}", channel=channel, why=why))
        counts = ", ".join(f"{shown(word)} {count}" for word, count in counted(report.drained.counts))
        if counts or not quiet:
            voice.line(say("Leveranser: {counts}.", counts=counts or _("inga")))
    for identity, count in report.failed.items():
        voice.line(say("Inte bekräftat framme: {count}. Se vilka: comms who {id}", count=count, id=identity))
    for subject, reason_unsent in report.unsent_notices:
        voice.line(
            say("Kunde inte meddela kommunikatören (”{subject}”): {why}", subject=subject, why=reason_unsent)
        )
    return int(report.exit_code)


def _say_entries(report: RunReport) -> None:
    """Tell which entries began, were held or came to nothing."""
    for identity in report.started:
        voice.line(say("Sänds: {id}", id=identity))
    for identity, reason in report.held:
        voice.line(say("Hålls kvar: {id}. {reason}", id=identity, reason=reason))
    for identity, reason in report.stuck:
        voice.line(say("Kan inte börja: {id}. {reason}", id=identity, reason=reason))
    for identity in report.skipped:
        voice.line(say("Hoppas över: {id}. Inget nytt att berätta.", id=identity))
