"""The command line: parse, call one use case, print, give an exit code.

Commands are loaded when they are run, so that `comms --help` is quick; the one handler of errors
is here.
"""

from __future__ import annotations

import importlib
import sys
import traceback
from typing import TYPE_CHECKING, cast

import click

from comms import __version__
from comms.app.language import translate as _
from comms.cli import voice
from comms.errors import CommsError, ExitCode

if TYPE_CHECKING:
    from collections.abc import Sequence

_COMMANDS: dict[str, tuple[str, str]] = {
    "init": ("begin", _("Skapa en ny arbetsyta i en mapp.")),
    "new": ("begin", _("Börja en nyhet, ett extra brev eller en rättelse.")),
    "feeds": ("feeds", _("Andras nyheter: hämta flöden, se förslag, ta in dem som nyheter.")),
    "check": ("check", _("Granska allt: fel, klarspråk, Schyst, bilder, inställningar.")),
    "links": ("links", _("Fråga varje länk om den fortfarande leder någonstans.")),
    "lsp": ("lsp", _("Visa problemen i redigeraren medan du skriver (LSP).")),
    "plan": ("plan", _("Visa vad som går ut när, till vem, och vad som inte gör det.")),
    "preview": ("preview", _("Visa alla brev och poster som filer; ingen annan ser dem.")),
    "proof": ("preview", _("Sänd ett provbrev till kollegor.")),
    "answer": ("answer", _("Svara på frågorna som ingen maskin kan svara på.")),
    "approve": ("approve", _("Godkänn det som planen visar; då fryses det.")),
    "send": ("send", _("Sänd något godkänt nu.")),
    "tick": ("send", _("Gör det som ska göras nu, en gång (för cron).")),
    "run": ("send", _("Håll klockan: gör det som ska göras tills du avbryter.")),
    "web": ("web", _("Visa de publika sidorna: arkivet, prenumerera och avsluta.")),
    "simulate": ("plan", _("Visa vad schemat skulle göra under en tid, utan att göra det.")),
    "status": ("status", _("Visa läget: vad som gått ut, väntar och hålls kvar.")),
    "who": ("status", _("Visa vem som fått något, vem som inte fått det, och varför.")),
    "done": ("done", _("Säg att en post är publicerad för hand, och var den ligger.")),
    "pause": ("steer", _("Pausa något som håller på att sändas.")),
    "resume": ("steer", _("Låt något pausat fortsätta.")),
    "cancel": ("steer", _("Ställ in något som inte har gått ut till alla.")),
    "reconcile": ("steer", _("Red ut ovissa leveranser med bevis eller ditt ord.")),
    "suppress": ("steer", _("Sänd aldrig mer till en adress.")),
    "subscribers": ("subscribers", _("Prenumeranterna: visa, läs in, skriv ut, radera.")),
    "bounces": ("bounces", _("Studsarna: läs dem, visa vad som kommit tillbaka, och det ingen förstår.")),
    "worker": ("steer", _("En av flera arbetare (PostgreSQL).")),
    "adopt": ("steer", _("Ta över en återställd eller kopierad databas.")),
    "archive": ("archive", _("Skriv allt som har sänts som en webbplats, med flöden och spridningspaket.")),
    "report": (
        "report_group",
        _("Redovisa i siffror: vad som nådde vem, vem som hörs och syns, och på vilken grund."),
    ),
    "retract": ("send", _("Dra tillbaka en nyhet eller bild ur allt som väntar.")),
    "backup": ("keeping", _("Gör en säkerhetskopia i en fil, eller läs igenom en.")),
    "restore": ("keeping", _("Lägg en säkerhetskopia i en ny mapp, som inte sänder.")),
    "audit": ("keeping", _("Skriv det som har gått ut i en fil för granskning.")),
    "doctor": ("status", _("Undersök om datorn och arbetsytan är redo.")),
    "metrics": ("metrics", _("Visa siffror för övervakning, i Prometheus form.")),
}


class _Lazy(click.Group):
    """A group that knows its commands by name and loads each from its module when it is run."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names in the order of the work."""
        del ctx
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load one command."""
        del ctx
        if cmd_name not in _COMMANDS:
            return None
        module = importlib.import_module(f"comms.cli.{_COMMANDS[cmd_name][0]}")
        return cast("click.Command", getattr(module, cmd_name))

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List commands with their sentence, without loading any."""
        del ctx
        with formatter.section(_("Kommandon")):
            formatter.write_dl([(name, sentence) for name, (_module, sentence) in _COMMANDS.items()])


@click.group(
    cls=_Lazy,
    help=_(
        "Från Markdown till kommunala nyhetsbrev och schemalagda poster: granskat, godkänt och sänt en gång."
    ),
    epilog=_("Börja med: comms check, comms plan, comms preview. Varje kommando har --help."),
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, message="comms %(version)s")
def comms() -> None:
    """Hold the commands together."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit with its code."""
    sys.exit(run(arguments))


def run(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; gives the exit code. The only place that turns errors into text."""
    try:
        result = comms.main(args=arguments, prog_name="comms", standalone_mode=False)
    except CommsError as refused:
        voice.complain(refused)
        return int(refused.exit_code)
    except click.exceptions.Exit as done:
        return done.exit_code
    except (click.Abort, click.ClickException) as wrong:
        _say_wrong_usage(wrong)
        return int(ExitCode.USAGE)
    except SystemExit:  # click's only one here: the reader of our output has gone, which is no fault
        return int(ExitCode.DONE)
    except Exception:  # noqa: BLE001 - the top: what nobody foresaw is said kindly and shown whole
        traceback.print_exc()
        voice.note(
            _("Det här är ett fel i comms självt. Ingenting har gått förlorat: liggaren vet vad som sänts.")
        )
        voice.note(_("Spara texten ovan och skicka den till den som sköter programmet."))
        return int(ExitCode.CONFIGURATION)
    return int(result) if isinstance(result, int) else int(ExitCode.DONE)


def _say_wrong_usage(wrong: click.Abort | click.ClickException) -> None:
    if isinstance(wrong, click.ClickException):
        wrong.show()
    else:
        voice.note(_("Avbrutet. Ingenting har ändrats."))
