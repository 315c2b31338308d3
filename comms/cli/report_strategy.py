"""comms report strategy, comms report delivery, comms report year."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path

import click

from comms.app.house import House
from comms.app.language import shown
from comms.app.language import translate as _
from comms.app.pdf import to_pdf
from comms.app.strategy_figures import (
    coverage_row,
    coverage_sheet,
    delivery_row,
    delivery_sheet,
    when,
)
from comms.app.strategy_reporting import (
    AXIS,
    SKIPS,
    STATES,
    StrategyReport,
    coverage_report,
    delivery_report,
    notes,
    period_of,
    strategy_chart,
    summary,
)
from comms.app.year_reporting import delivery_html, strategy_html, write_year, year_report
from comms.cli import voice
from comms.cli.options import date_of, house_at, now_in, now_option, workspace_option
from comms.cli.report_out import Out, out_options, period_options
from comms.errors import Text, UsageError, say
from comms.model.coverage import Axis, Course, Deliveries, Reach
from comms.render.charts import bar_chart, in_words, share_of
from comms.render.report_tables import how_many
from comms.report.delivery import by_newsletter

_CELL = 60
"""How many signs of the strategy's words begin a row: the rest would push its figures out of sight."""

_HEAD = 14
"""How many stand over a column of the matrix."""

_FORMAT = click.option(
    "--format",
    "kind",
    type=click.Choice(["table", "csv", "json", "html", "svg", "pdf"]),
    default="table",
    help=_("Tabell, fil för kalkylprogram, JSON, webbsida, bild eller PDF."),
)


@click.command(
    help=_(
        "Visa vad som gick ut för strategin: per insatsområde, insats, mål, indikator, målgrupp, kommun, "
        "slag, kanal och månad. Först det som inget nådde."
    )
)
@period_options
@_FORMAT
@out_options
@workspace_option
@now_option
def strategy(
    since: str, until: str, kind: str, out: Path | None, folder: Path, now: str | None, *, force: bool
) -> None:
    """Show what reached whom."""
    house = house_at(folder)
    found = coverage_report(house, period_of(date_of(since), date_of(until)), now_in(house, now))
    to = Out(house, out, force)
    if kind == "svg":
        chart = strategy_chart(found)
        to.give(bar_chart(chart), in_words(chart) + "\n")
    elif kind == "csv":
        to.give(coverage_sheet(found))
    elif kind in {"html", "pdf"}:
        _give_page(to, strategy_html(house, found), kind)
    elif kind == "json":
        to.tell(partial(voice.as_json, coverage_row(found)))
    else:
        to.tell(partial(_say_strategy, found))


@click.command(
    help=_(
        "Visa hur utskicken gick: per brev hur många exemplar som togs emot, avvisades, är ovissa eller kom "
        "tillbaka, summor per nyhetsbrev, och alla inlägg."
    )
)
@period_options
@click.option(
    "--format",
    "kind",
    type=click.Choice(["table", "csv", "json", "html", "pdf"]),
    default="table",
    help=_("Tabell, fil för kalkylprogram, JSON, webbsida eller PDF."),
)
@out_options
@workspace_option
@now_option
def delivery(
    since: str, until: str, kind: str, out: Path | None, folder: Path, now: str | None, *, force: bool
) -> None:
    """Show how issues and posts went."""
    house = house_at(folder)
    found = delivery_report(house, period_of(date_of(since), date_of(until)), now_in(house, now))
    to = Out(house, out, force)
    if kind == "csv":
        to.give(delivery_sheet(house, found))
    elif kind in {"html", "pdf"}:
        _give_page(to, delivery_html(house, found), kind)
    elif kind == "json":
        to.tell(partial(voice.as_json, delivery_row(found)))
    else:
        to.tell(partial(_say_delivery, house, found))


@click.command(
    help=_(
        "Skriv årets redovisning i en mapp: webbsida, bilder, tabeller och data, att sända till styrelsen "
        "och Jordbruksverket som den är."
    )
)
@click.argument("number", metavar=_("ÅR"), type=click.IntRange(2000, 2100))
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), required=True, help=_("Mappen."))
@click.option("--pdf", "as_pdf", is_flag=True, help=_("Skriv sidan som PDF också."))
@click.option("--force", is_flag=True, help=_("Skriv också i en mapp som har annat i sig."))
@workspace_option
@now_option
def year(number: int, out: Path, folder: Path, now: str | None, *, as_pdf: bool, force: bool) -> None:
    """Write the year's report."""
    house = house_at(folder)
    found = year_report(house, number, now_in(house, now))
    written = write_year(house, found, out, as_pdf=as_pdf, force=force)
    voice.line(summary(found.strategy))
    voice.line(say("Redovisningen ligger i {folder}: {files}.", folder=out, files=", ".join(written)))


def _give_page(to: Out, page: bytes, kind: str) -> None:
    """A page, or the same on paper: that needs a file to be written to."""
    if kind == "html":
        to.give(page.decode())
        return
    if to.file is None:
        raise UsageError(say("En PDF skrivs till en fil. Säg vilken: --out FIL.pdf"))
    to.see_free(to.file, page.decode())
    to_pdf(page, to.file)


# Strategy


def _say_strategy(found: StrategyReport) -> None:
    for note in (summary(found), *notes(found)):
        voice.line(note)
    squares = found.coverage.squares
    voice.title(shown(say("Tomma rutor: {share}", share=share_of(len(found.gaps), len(squares)))))
    for _square, said in found.gaps:
        voice.line(f"  {shown(said)}")
    for axis in (Axis.AUDIENCE, Axis.MUNICIPALITY):
        _say_matrix(found, axis)
    for axis in Axis:
        if found.coverage.rows[axis]:
            voice.title(shown(AXIS[axis]))
            voice.table(list(_reaches(found, axis)))


def _say_matrix(found: StrategyReport, axis: Axis) -> None:
    """Items by focus area and by audience or municipality."""
    squares = [one for one in found.coverage.squares if one.axis is axis]
    values = list(dict.fromkeys(one.value for one in squares))
    if not values:
        return
    counts = {(one.focus, one.value): one.reach.items for one in squares}
    lines = [("", *(_cut(found.name(axis, value), _HEAD) for value in values))]
    for focus in dict.fromkeys(one.focus for one in squares):
        cells = (str(counts[focus, value] or "–") for value in values)
        lines.append((_cut(found.name(Axis.FOCUS, focus), _CELL), *cells))
    voice.title(shown(say("Nyheter per insatsområde och {what}", what=shown(AXIS[axis]).lower())))
    voice.table(lines)


def _reaches(found: StrategyReport, axis: Axis) -> Iterator[tuple[str, ...]]:
    whole = found.coverage.whole
    yield "", _("nyheter"), _("utgåvor"), _("mottagna brev"), _("inlägg"), _("senast")
    for value, reach in found.coverage.rows[axis].items():
        yield (_cut(found.name(axis, value), _CELL), *_shares(reach, whole))


def _shares(reach: Reach, whole: Reach) -> Iterator[str]:
    for name in ("items", "editions", "deliveries", "posts"):
        yield shown(share_of(getattr(reach, name), getattr(whole, name)))
    yield reach.last_on.isoformat() if reach.last_on else "–"


# Delivery


def _say_delivery(house: House, found: Deliveries) -> None:
    period = found.period
    voice.line(
        say(
            "Från {since} till {until}: {issues} och {posts}.",
            since=period.since,
            until=period.until,
            issues=how_many(len(found.issues), say("1 nummer"), say("{count} nummer")),
            posts=how_many(len(found.posts), say("1 inlägg"), say("{count} inlägg")),
        )
    )
    if found.issues:
        voice.title(_("Brev"))
        voice.table(list(_answers(house, found.issues)))
        voice.title(_("Vad som hände efteråt"))
        voice.table(list(_afterwards(found.issues)))
        _say_skips(found.issues)
        voice.title(_("Per nyhetsbrev"))
        voice.table(list(_sums(house, found)))
    if found.posts:
        voice.title(_("Inlägg"))
        voice.table(
            [
                (
                    when(one.at, house.zone),
                    one.channel,
                    shown_state(one.state),
                    _cut(one.title, _CELL),
                    one.link,
                )
                for one in found.posts
            ]
        )


def shown_state(state: str) -> str:
    """What a post's state is called."""
    known = STATES.get(state)
    return shown(known) if known else state


def _answers(house: House, issues: Iterable[Course]) -> Iterator[tuple[str, ...]]:
    yield (
        _("brev"), _("första brevet"), _("exemplar"), _("mottagna"), _("avvisade"), _("ovissa"), _("väntar"),
        _("inställda"),
    )  # fmt: skip
    for one in issues:
        rest = (one.rejected, one.unknown, one.open, one.cancelled)
        accepted = shown(share_of(one.accepted, one.copies))
        yield one.id, when(one.at, house.zone), str(one.copies), accepted, *map(str, rest)


def _afterwards(issues: Iterable[Course]) -> Iterator[tuple[str, ...]]:
    yield (
        _("brev"), _("döda adresser"), _("tillfälliga fel"), _("vårt fel"), _("klagomål"), _("avslutade"),
    )  # fmt: skip
    for one in issues:
        counts = (one.dead, one.trouble, one.ours, one.complaints, one.left)
        yield one.id, *(shown(share_of(count, one.accepted)) for count in counts)


def _say_skips(issues: Iterable[Course]) -> None:
    rows = [
        (one.id, ", ".join(f"{_skip(kind)} {number}" for kind, number in one.skips.items()))
        for one in issues
        if one.skips
    ]
    if rows:
        voice.title(_("Utan exemplar"))
        voice.table(rows)


def _skip(kind: str) -> str:
    known: Text | None = SKIPS.get(kind)
    return shown(known) if known else kind


def _sums(house: House, found: Deliveries) -> Iterator[tuple[str, ...]]:
    yield _("nyhetsbrev"), _("brev"), _("mottagna"), _("döda adresser")
    for newsletter, sums in by_newsletter(found.issues).items():
        known = house.settings.newsletters.get(newsletter)
        yield (
            known.title if known else newsletter,
            str(sums["issues"]),
            shown(share_of(sums["accepted"], sums["copies"])),
            shown(share_of(sums["dead"], sums["accepted"])),
        )


def _cut(words: str, most: int) -> str:
    line = " ".join(words.split())
    return line if len(line) <= most else f"{line[: most - 1].rstrip()}…"
