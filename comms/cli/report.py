"""What a run came to, and what is wrong in the archive, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from comms.app.delivering import RunReport
from comms.app.language import shown
from comms.app.language import translate as _
from comms.app.wording import DELIVERY, counted
from comms.cli import voice
from comms.errors import ExitCode, say
from comms.model.ledger import DeliveryState
from comms.text.masking import masked

if TYPE_CHECKING:
    from comms.app.archiving import Archived


def say_report(report: RunReport, *, quiet: bool = False) -> int:
    """Tell what a run did; silent when nothing happened and `quiet`."""
    if report.busy:
        voice.line(say("En annan körning pågår redan. Den här gjorde ingenting."))
        return int(ExitCode.DONE)
    if report.refused is not None:
        voice.line(report.refused)
        return int(report.exit_code)
    _say_recovered(report)
    _say_entries(report)
    _say_stops(report)
    if report.drained:
        counts = ", ".join(f"{shown(word)} {count}" for word, count in counted(report.drained.counts))
        if counts or not quiet:
            voice.line(say("Leveranser: {counts}.", counts=counts or _("inga")))
        if report.drained.stopped and not quiet:
            voice.line(say("Stoppad. Det som väntar ligger kvar till nästa körning."))
    for identity, count in report.failed.items():
        voice.line(say("Inte bekräftat framme: {count}. Se vilka: comms who {id}", count=count, id=identity))
    for subject, reason_unsent in report.unsent_notices:
        voice.line(
            say("Kunde inte meddela kommunikatören (”{subject}”): {why}", subject=subject, why=reason_unsent)
        )
    return int(report.exit_code)


def _say_recovered(report: RunReport) -> None:
    """Tell what an earlier run left: each copy that may have gone out, and how many others go again."""
    unknown = [row for row in report.recovered if row.state is DeliveryState.UNKNOWN]
    for row in unknown:
        voice.line(
            say(
                "Avbruten förut: {slot} till {who}: {state}.",
                slot=row.slot_id,
                who=masked(row.recipient) if row.subscribes else row.recipient,
                state=DELIVERY[row.state],
            )
        )
    begun_again = len(report.recovered) - len(unknown)
    if begun_again:
        voice.line(say("Avbrutna förut, innan något hade lämnats över: {count}.", count=begun_again))


def _say_entries(report: RunReport) -> None:
    """Tell which entries began, were held or came to nothing."""
    for identity in report.started:
        voice.line(say("Sänds: {id}", id=identity))
    for identity, count in report.known.items():
        voice.line(say("Redan mottagna enligt journalen: {count} i {id}.", count=count, id=identity))
    for identity, reason in report.held:
        voice.line(say("Hålls kvar: {id}. {reason}", id=identity, reason=reason))
    for identity, reason in report.stuck:
        voice.line(say("Kan inte börja: {id}. {reason}", id=identity, reason=reason))
    for identity in report.skipped:
        voice.line(say("Hoppas över: {id}. Inget nytt att berätta.", id=identity))


def _say_stops(report: RunReport) -> None:
    """Tell what was looked at before the first copy, and what rests, waits or was stopped."""
    for seen in report.preflights:
        voice.line(
            say(
                "Före första brevet i {id}: {count} mottagare{change}, bland dem {sample}",
                id=seen.slot,
                count=seen.recipients,
                change=say(", {change}", change=seen.change) if seen.change else "",
                sample=", ".join(seen.sample),
            )
        )
    if report.unbacked is not None:
        voice.line(report.unbacked)
    if report.unfed is not None:
        voice.line(report.unfed)
    for channel, (until, why) in report.resting.items():
        voice.line(
            say(
                "Kanalen {channel} har stannat och vilar till {when}: {why}",
                channel=channel,
                when=f"{until:%H.%M.%S}",
                why=why,
            )
        )
    for channel, count in report.late.items():
        voice.line(
            say("För sent för {channel}: {count} leveranser hålls kvar.", channel=channel, count=count)
        )
    for identity, reason in report.paused.items():
        voice.line(say("Pausad: {id}. {reason} Fortsätt med: comms resume {id}", id=identity, reason=reason))


def say_archive_faults(made: Archived) -> None:
    """Say what is not as it should be in the archive."""
    for path in made.written.left:
        voice.line(
            say("{path} lämnades orörd: filen är inte skriven av comms. Flytta den och kör igen.", path=path)
        )
    for path in made.missing:
        voice.line(say("{path} saknas: bildfilen finns inte längre i content, eller är en annan.", path=path))
    for slug in made.unreadable:
        voice.line(
            say("Nyheten ”{slug}” visas som den var: filen saknas eller har fel. Kör: comms check", slug=slug)
        )
    for fault in made.faults:
        voice.line(fault)
