"""comms send, comms tick, comms run, comms retract."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import replace
from pathlib import Path

import click

from comms.app.clock import utc_now
from comms.app.clockwork import run_every
from comms.app.delivering import Hands
from comms.app.house import find_root, open_house, read_settings
from comms.app.language import shown
from comms.app.language import translate as _
from comms.app.logging_lines import Event
from comms.app.pausing import left_over
from comms.app.pausing import rest as send_to_the_rest
from comms.app.planning import ledger
from comms.app.publishing import FOLDER, withdraw
from comms.app.retracting import retract as retract_from_all
from comms.app.running import send as send_entry
from comms.app.running import tick as tick_once
from comms.app.stopping import told_to_stop
from comms.cli import voice
from comms.cli.log_lines import in_lines, tell, tell_delivery, tell_refusal, tell_report
from comms.cli.options import house_at, now_in, now_option, workspace_option
from comms.cli.report import say_archive_faults, say_report
from comms.errors import CommsError, ExitCode, Text, say
from comms.model.ledger import Delivery

_BEAT = 30


@contextmanager
def _hands() -> Iterator[Hands]:
    """SIGTERM and Ctrl-C finish the delivery in hand, then stop; each delivery moves the progress line."""
    done = total = 0
    with told_to_stop() as stopping, voice.progress(_("Sänder")) as progress:

        def expect(copies: int) -> None:
            nonlocal total
            total += copies
            progress(done, total)

        def count(_delivery: Delivery) -> None:
            nonlocal done
            done += 1
            progress(done, max(done, total))

        yield Hands(stopping.is_set, count, expect)


@click.command(help=_("Sänd ID nu, med det godkända fingeravtrycket."))
@click.argument("identity", metavar="ID")
@click.option(
    "--plan", "fingerprint", metavar=_("FINGERAVTRYCK"), required=True, help=_("Det som godkändes.")
)
@click.option("--rest", is_flag=True, help=_("Sänd till dem som säkert inte har fått det."))
@click.option("--yes", is_flag=True, help=_("Fråga inte (för skript)."))
@click.option(
    "--recipients", type=int, default=None, help=_("Bekräfta antalet mottagare när det har ändrats.")
)
@workspace_option
@now_option
def send(
    identity: str,
    fingerprint: str,
    recipients: int | None,
    folder: Path,
    now: str | None,
    *,
    rest: bool,
    yes: bool,
) -> int:
    """Send an approved entry, or send one that has gone out to the rest."""
    house = house_at(folder)
    moment = now_in(house, now)
    with ledger(house) as store:
        if rest and not store.fence_if_old(moment):  # else nothing is asked: nothing will be sent
            left, doubtful = left_over(house, store, identity, moment)
            if left and not yes and not voice.confirm(_question(identity, left, doubtful)):
                return int(ExitCode.DONE)
            send_to_the_rest(house, store, identity, fingerprint, moment)
        with _hands() as hands:
            report = send_entry(
                house,
                store,
                identity,
                fingerprint=fingerprint,
                recipients=recipients,
                now=moment,
                hands=hands,
            )
    return say_report(report)


def _question(identity: str, left: int, doubtful: int) -> Text:
    if not doubtful:
        return say("Sända {id} till {count} som inte har fått det?", id=identity, count=left)
    return say(
        "Sända {id} till {count}? {doubtful} av dem kan redan ha fått det: databasen är återställd, "
        "och journalen vet inget om dem.",
        id=identity,
        count=left,
        doubtful=doubtful,
    )


@click.command(
    help=_("Gör det som ska göras nu, en gång. Kör från cron varje minut, eller använd comms run.")
)
@workspace_option
@now_option
def tick(folder: Path, now: str | None) -> int:
    """Do what is due."""
    house = house_at(folder)
    as_json, moment = house.settings.json_log, now_in(house, now)

    def once() -> int:
        with ledger(house) as store, _hands() as hands:
            heard = replace(hands, on_result=tell_delivery) if as_json else hands
            return tell_report(tick_once(house, store, moment, heard), as_json=as_json)

    return in_lines(once, as_json=as_json)


@click.command(help=_("Håll klockan och gör det som ska göras, tills du avbryter med Ctrl-C."))
@click.option("--no-web", is_flag=True, help=_("Visa inte de publika sidorna, som comms.yaml annars säger."))
@workspace_option
def run(folder: Path, *, no_web: bool) -> int:
    """Tick until told to stop, and serve the public pages meanwhile."""
    root = find_root(folder)
    settings = read_settings(root)
    as_json = settings.json_log

    def on_and_on() -> int:
        with (
            told_to_stop() as stopping,
            nullcontext() if settings.metrics is None else _figures(root),
            nullcontext() if no_web or settings.web is None else _pages(root, stopping),
        ):
            tell(say("Klockan går. Avbryt med Ctrl-C."), Event("clock.started"), as_json=as_json)
            run_every(_BEAT, lambda: _beat(root, Hands(stopping.is_set), as_json=as_json), stopping)
        stopped = say("Klockan har stannat. Det som väntar ligger kvar.")
        tell(stopped, Event("clock.stopped"), as_json=as_json)
        return int(ExitCode.DONE)

    return in_lines(on_and_on, as_json=as_json)


def _pages(root: Path, stopping: threading.Event) -> AbstractContextManager[None]:
    from comms.cli.web import beside  # noqa: PLC0415 - heavy, and an office without pages need not load it

    return beside(root, stopping)


def _figures(root: Path) -> AbstractContextManager[None]:
    from comms.cli.metrics import beside  # noqa: PLC0415 - the same, for an office without a monitor

    return beside(root)


def _beat(root: Path, hands: Hands, *, as_json: bool) -> None:
    """One tick of a long run: what is wrong today may be mended tomorrow, so it only says so."""
    try:
        house = open_house(root)
        with ledger(house) as store:
            heard = replace(hands, on_result=tell_delivery) if as_json else hands
            tell_report(tick_once(house, store, utc_now(), heard), as_json=as_json, quiet=True)
    except CommsError as refused:
        tell_refusal(refused, as_json=as_json)


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
        moment = now_in(house, now)
        found = retract_from_all(house, store, what, reason=reason, now=moment)
        voice.line(say("{what} är tillbakadragen.", what=what))
        archive = withdraw(house, store, moment)
    if archive:
        voice.line(say("  Arkivet i {folder} är skrivet på nytt.", folder=house.out / FOLDER))
        say_archive_faults(archive)
    for identity in found.voided:
        voice.line(
            say("  {id} går inte ut.", id=identity)
            if identity.startswith(f"{what}.")
            else say("  {id} behöver godkännas på nytt.", id=identity)
        )
    for identity in found.sent:
        voice.line(
            say(
                "  {id} har redan gått ut: skriv en rättelse med comms new --letter … --corrects {id}",
                id=identity,
            )
        )
    for one in found.called_off:
        voice.line(f"  {shown(one.words)}")
    for identity in found.published:
        voice.line(say("  {id} är redan publicerad: ta bort eller rätta den på nätverket.", id=identity))
    return int(ExitCode.DELIVERIES if any(one.remains for one in found.called_off) else ExitCode.DONE)
