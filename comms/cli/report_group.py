"""comms report: the group, with comms report balance and comms report consent."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from functools import partial
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

import click

from comms.app import consenting, reporting
from comms.app.consenting import ConsentReport, acts, consent_report, consent_sheet
from comms.app.language import shown
from comms.app.language import translate as _
from comms.app.reporting import (
    BalanceReport,
    balance_chart,
    balance_report,
    balance_row,
    balance_sheet,
    notes,
)
from comms.app.wording import SLOT
from comms.cli import voice
from comms.cli.options import date_of, house_at, now_in, now_option, workspace_option
from comms.cli.report_out import Out, out_options, period_options
from comms.cli.report_strategy import delivery, strategy, year
from comms.errors import Text, say
from comms.model.item import Item
from comms.model.plan import EntryKind
from comms.model.report import UNSAID, Measure, Showing, Tally, Trait, Use
from comms.render.charts import bar_chart, in_words, share_of

Json = dict[str, object]

_HEAD = 24
"""How many signs of somebody's own words stand over a column: a long one would make a table of one cell."""


@click.group(help=_("Redovisa i siffror: vad som nådde vem, vem som hörs och syns, och på vilken grund."))
def report() -> None:
    """Hold the reports together."""


for _command in (strategy, delivery, year):
    report.add_command(_command)


@report.command(
    help=_(
        "Visa vem som citeras och syns i en periods nyheter: efter kön med egna ord, kommun och sektor. "
        "Kön gissas aldrig; andelen som inget har sagt visas alltid."
    )
)
@period_options
@click.option(
    "--format",
    "kind",
    type=click.Choice(["table", "csv", "json", "svg"]),
    default="table",
    help=_("Tabell, fil för kalkylprogram, JSON eller bild."),
)
@out_options
@click.option("--newsletter", metavar=_("NAMN"), default="", help=_("Bara nyheter som gått ut i ett brev."))
@workspace_option
def balance(
    since: str, until: str, kind: str, out: Path | None, newsletter: str, folder: Path, *, force: bool
) -> None:
    """Show who is heard and seen."""
    house = house_at(folder)
    found = balance_report(house, date_of(since), date_of(until), newsletter)
    to = Out(house, out, force)
    if kind == "svg":
        chart = balance_chart(found)
        to.give(bar_chart(chart), in_words(chart) + "\n")
    elif kind == "json":
        to.tell(partial(voice.as_json, balance_row(found, shown)))
    elif kind == "csv":
        to.give(balance_sheet(found))
        voice.note(shown(reporting.GUARDED))  # a table has no room for sentences
    else:
        to.tell(partial(_say_balance, found))


@report.command(
    help=_(
        "Visa på vilken grund människor syns på bild, det mest brådskande först. Med BILD eller NAMN: "
        "också varje nyhet, utgåva och inlägg där bilden finns."
    )
)
@click.argument("what", metavar="[BILD|NAMN]", default="")
@click.option(
    "--format",
    "kind",
    type=click.Choice(["table", "csv", "json"]),
    default="table",
    help=_("Tabell, fil för kalkylprogram eller JSON."),
)
@out_options
@workspace_option
@now_option
def consent(what: str, kind: str, out: Path | None, folder: Path, now: str | None, *, force: bool) -> None:
    """Show on what ground people are shown."""
    house = house_at(folder)
    to = Out(house, out, force)
    found = consent_report(house, now_in(house, now), what)
    items = house.workspace.items
    if kind == "json":
        to.tell(partial(voice.as_json, _consent_row(found, items)))
    elif kind == "csv":
        to.give(consent_sheet(found, items))
    else:
        to.tell(partial(_say_consent, found, items, house.zone))


# Balance


def _say_balance(found: BalanceReport) -> None:
    for note in notes(found):
        voice.line(note)
    whole = found.balance.whole
    if not whole.appearances:
        return
    voice.title(shown(reporting.TRAIT[Trait.GENDER]))
    voice.table(_by_value(found, whole, "count", Measure))
    for trait in (Trait.MUNICIPALITY, Trait.SECTOR):
        voice.title(shown(reporting.TRAIT[trait]))
        turned = zip(*_by_value(found, whole, "count", reporting.HEARD_AND_SEEN, trait), strict=True)
        voice.table(list(turned))
    voice.title(_("Inom varje grupp"))
    voice.table(_by_value(found, whole, "group", [one for one in Measure if one is not Measure.PRESENT]))
    _say_months(found)
    empty = [shown(reporting.MEASURE[one]) for one in Measure if not _counted(whole, one)]
    if empty:
        voice.line(say("Ingen att räkna: {what}.", what="; ".join(empty)))


def _counted(tally: Tally, measure: Measure) -> bool:
    """Whether a measure counts anybody."""
    return any(one.base for one in tally.of(measure, Trait.GENDER))


def _by_value(
    found: BalanceReport,
    tally: Tally,
    of: Literal["count", "group"],
    measures: Iterable[Measure],
    trait: Trait = Trait.GENDER,
) -> list[tuple[str, ...]]:
    """A line for each measure, a column for each value: shares of all that it counts, or of the group."""
    heads = ("", *(_head(found.label(one)) for one in tally.of(Measure.PRESENT, trait)))
    people = (_("olika personer"), *(str(one.people) for one in tally.of(Measure.PRESENT, trait)))
    lines = [
        (
            shown(reporting.MEASURE[measure]),
            *(
                shown(share_of(one.count, one.base if of == "count" else one.group))
                for one in tally.of(measure, trait)
            ),
        )
        for measure in measures
        if _counted(tally, measure)
    ]
    return [heads, *([people] if of == "count" else []), *lines]


def _say_months(found: BalanceReport) -> None:
    """Who is heard and seen over time, with the months in which nobody is."""
    values = found.balance.whole.of(Measure.PRESENT, Trait.GENDER)
    lines = [("", "", *(_head(found.label(one)) for one in values))]
    measures = [one for one in reporting.OVER_TIME if _counted(found.balance.whole, one)]
    for month, tally in found.balance.months.items():
        for measure in measures:
            counts = {one.value: one for one in tally.of(measure, Trait.GENDER)}
            if not counts:
                continue
            base = counts[UNSAID].base
            shares = (
                shown(share_of(counts[one.value].count if one.value in counts else 0, base)) for one in values
            )
            lines.append((month, shown(reporting.MEASURE[measure]), *shares))
    if len(lines) > 1:
        voice.title(_("Månad för månad, efter kön"))
        voice.table(lines)


# Consent


def _say_consent(found: ConsentReport, items: Mapping[str, Item], zone: ZoneInfo) -> None:
    if not found.shown and not found.asked:
        voice.line(say("Inga bilder av människor finns i nyheterna."))
    for item in found.named_in:
        voice.line(
            say("{what} nämns i {file} men syns inte på någon bild.", what=found.asked, file=item.path)
        )
    if found.shown:
        voice.title(shown(say("Bilder av människor {today}", today=found.today)))
        voice.table([_on_one_line(_ground(found, one)) for one in found.shown])
    for one in found.shown:
        if one.picture in found.uses:
            voice.title(shown(say("Var {picture} finns", picture=one.picture)))
            rows = [*_in_items(one, items), *_in_entries(found, one, zone)] or [("–", "")]
            voice.table([_on_one_line(row) for row in rows])
    voice.title(_("Gör nu"))
    for act in acts(found, items):
        voice.line(f"  {' '.join(shown(act).split())}")


def _ground(found: ConsentReport, one: Showing) -> tuple[str, ...]:
    """One picture as a row: where it stands, who is in it, on what ground and until when."""
    given = one.consent
    dates = (
        [
            (say("givet {day}", day=given.given_on), given.given_on),
            (say("till {day}", day=given.expires), given.expires),
            (say("taget tillbaka {day}", day=given.withdrawn_on), given.withdrawn_on),
            (say("för {scope}", scope=", ".join(given.scope)), given.scope),
            (say("vårdnadshavare {name}", name=given.guardian), given.guardian),
        ]
        if given
        else []
    )
    told = [given.basis] if given and given.basis else []
    told += [shown(text) for text, there in dates if there]
    if one.picture in found.retracted:
        told.append(shown(say("tillbakadragen: {why}", why=found.retracted[one.picture])))
    state = shown(consenting.CONSENT[one.state]) if one.people or given else "–"
    return state, one.picture, ", ".join(one.people) or "–", ", ".join(told) or "–"


def _in_items(one: Showing, items: Mapping[str, Item]) -> Iterator[tuple[str, ...]]:
    for item in (items[slug] for slug in one.items):
        yield _("nyhet"), item.path, item.publish_from.isoformat(), item.title


def _in_entries(found: ConsentReport, one: Showing, zone: ZoneInfo) -> Iterator[tuple[str, ...]]:
    for use in found.uses[one.picture]:
        where = "-".join(part for part in (use.audience, use.municipality) if part)
        kind = _("utgåva") if use.kind is EntryKind.ISSUE else _("inlägg")
        when = voice.moment(use.at, zone)
        yield kind, f"{use.id} {where}".strip(), when, shown(_standing(use))


def _standing(use: Use) -> Text:
    """Where a use stands: the slot's state, how many have it, and where it can be seen."""
    counted = say("hos {sent} mottagare", sent=use.sent) if use.sent else say("hos ingen")
    if use.unknown:
        counted = say("{counted}, ovisst hos {unknown}", counted=counted, unknown=use.unknown)
    link = say(", {link}", link=use.link) if use.link and use.out else ""
    return say("{state}, {counted}{link}", state=SLOT[use.state], counted=counted, link=link)


def _consent_row(found: ConsentReport, items: Mapping[str, Item]) -> Json:
    """The shape is a contract: more keys are welcome, these stay."""
    return {
        "today": found.today.isoformat(),
        "pictures": [_showing_row(found, one) for one in found.shown],
        "named_in": [item.slug for item in found.named_in],
        "left_out": list(found.left_out),
        "next": [shown(act) for act in acts(found, items)],
    }


def _showing_row(found: ConsentReport, one: Showing) -> Json:
    given = one.consent
    uses = found.uses.get(one.picture)
    return {
        "picture": one.picture,
        "people": list(one.people),
        "items": list(one.items),
        "state": one.state.value,
        "basis": given.basis if given else None,
        "given_on": _date(given.given_on if given else None),
        "scope": list(given.scope) if given else [],
        "expires": _date(given.expires if given else None),
        "guardian": given.guardian if given else "",
        "withdrawn_on": _date(given.withdrawn_on if given else None),
        "retracted": found.retracted.get(one.picture),
        "uses": None if uses is None else [_use_row(use) for use in uses],
    }


def _use_row(use: Use) -> Json:
    return {
        "kind": use.kind.value,
        "picture": use.picture,
        "id": use.id,
        "title": use.title,
        "audience": use.audience,
        "municipality": use.municipality,
        "channel": use.channel,
        "state": use.state.value,
        "at": use.at.isoformat(),
        "accepted": use.sent,
        "unknown": use.unknown,
        "link": use.link,
        "file": use.file,
    }


def _date(day_: date | None) -> str | None:
    return day_.isoformat() if day_ else None


def _word(text: Text | str) -> str:
    return shown(text) if isinstance(text, Text) else text


def _head(text: Text | str) -> str:
    word = _word(text)
    return word if len(word) <= _HEAD else f"{word[: _HEAD - 1].rstrip()}…"


def _on_one_line(cells: Iterable[str]) -> tuple[str, ...]:
    """A name or a title may hold a line break, which would part the row."""
    return tuple(" ".join(cell.split()) for cell in cells)
