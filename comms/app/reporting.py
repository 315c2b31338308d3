"""`comms report balance`: who is heard and seen in what was published, as figures, sheet and picture."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import count
from pathlib import Path

from comms.app.house import House
from comms.app.planning import facts_without_touching
from comms.errors import Text, UsageError, say
from comms.model.ledger import SlotState
from comms.model.report import OTHER, UNSAID, Balance, Figure, Measure, Period, Tally, Trait
from comms.render.charts import Bar, BarChart, BarGroup, share_of
from comms.render.sheet import MARK, Cell, sheet
from comms.report.balance import FEWEST, balance

MEASURE: Mapping[Measure, Text] = {
    Measure.PRESENT: say("finns med"),
    Measure.QUOTED: say("citeras"),
    Measure.SPEAKER: say("talar på evenemang"),
    Measure.PICTURED: say("syns på bild"),
    Measure.ACTIVE: say("visas aktiv"),
    Measure.PASSIVE: say("visas passiv"),
    Measure.ACTIVITY_UNSAID: say("aktiv eller passiv: ej angivet"),
    Measure.BELOW: say("visas underifrån"),
    Measure.LEVEL: say("visas i ögonhöjd"),
    Measure.ABOVE: say("visas ovanifrån"),
    Measure.ANGLE_UNSAID: say("kameravinkel: ej angivet"),
    Measure.FRONT: say("står framtill"),
    Measure.BACK: say("står baktill"),
    Measure.PLACEMENT_UNSAID: say("fram eller bak: ej angivet"),
}
TRAIT: Mapping[Trait, Text] = {
    Trait.GENDER: say("Kön, med egna ord"),
    Trait.MUNICIPALITY: say("Kommun"),
    Trait.SECTOR: say("Sektor"),
}
OVER_TIME = (Measure.QUOTED, Measure.SPEAKER, Measure.PICTURED)
"""What is followed month by month."""

HEARD_AND_SEEN = (Measure.PRESENT, *OVER_TIME)
"""What is told of municipalities and sectors."""

_SECTOR = {"private": say("privat"), "nonprofit": say("ideell"), "public": say("offentlig")}
GUARDED = say(
    "Så att ingen pekas ut visas ett ord om kön bara när minst {fewest} olika personer har angett det i "
    "perioden. Ovanligare ord räknas ihop som ”annat”, eller som ”ej angivet” om de är färre även ihop.",
    fewest=FEWEST,
)
"""Always said, also when no word was rare: silence would tell that every word is there."""

_UNSAID = say("ej angivet")
_OTHER = say("annat")
_OWN_FOLDERS = frozenset({"content", "templates", "var"})
_OWN_FILES = frozenset({"terms.csv", "abbreviations.csv"})
_OWN_ENDINGS = frozenset({".yaml", ".yml", ".md"})
"""What in a workspace no report may be written over or among."""

_REPORT_ENDING = {".md": ".txt", ".yaml": ".txt", ".yml": ".txt", ".db": ".txt"}

_TITLE = re.compile(r"<title[^>]*>([^<\d]*)")
"""What tells a page or picture of ours from others, up to a day: all HTML begins alike, and all SVG."""

_GONE_OUT = frozenset({SlotState.RUNNING, SlotState.PAUSED, SlotState.DONE})
_HEADS = (
    "från", "till", "månad", "mått", "uppdelning", "värde", "antal", "av", "andel_procent", "personer",
    "gruppens_antal", "andel_av_gruppen_procent",
)  # fmt: skip


Json = dict[str, object]


@dataclass(frozen=True)
class BalanceReport:
    """The figures, the newsletter they were asked for ("" = all), and files that could not be counted.

    `labels`: what a value of a trait is called, where it is called something else than itself.
    """

    balance: Balance
    newsletter: str
    labels: Mapping[Trait, Mapping[str, Text | str]]
    left_out: tuple[str, ...]

    def label(self, figure: Figure) -> Text | str:
        """What a figure's value is called."""
        if figure.value == UNSAID:
            return _UNSAID
        if (figure.trait, figure.value) == (Trait.GENDER, OTHER):
            return _OTHER
        return self.labels.get(figure.trait, {}).get(figure.value, figure.value)


def balance_report(house: House, since: date, until: date, newsletter: str = "") -> BalanceReport:
    """Count the people of a period's items, or of those that a newsletter has carried.

    Raises `UsageError` for a period that ends before it begins, and for a newsletter that nobody knows.
    """
    if until < since:
        raise UsageError(say("Slutet på tiden ligger före början."))
    period = Period(since, until)
    items = list(house.workspace.items.values())
    if newsletter:
        carried = _carried(house, newsletter)
        items = [item for item in items if item.slug in carried]
    return BalanceReport(balance(items, period), newsletter, _labels(house), _left_out(house, period))


def notes(report: BalanceReport) -> list[Text]:
    """What must be known to read the figures: period, base, who has not said, what is missing."""
    counted, period = report.balance.whole, report.balance.period
    words: dict[str, object] = {"since": period.since, "until": period.until, "name": report.newsletter}
    if not counted.items:
        found = [
            say("Inga nyheter från {since} till {until} har gått ut i {name}.", **words)
            if report.newsletter
            else say("Perioden {since} till {until} har inga nyheter.", **words)
        ]
    else:
        basis = (
            say("Nyheter i {name} med publiceringsdag från {since} till {until}", **words)
            if report.newsletter
            else say("Nyheter med publiceringsdag från {since} till {until}, sända eller inte", **words)
        )
        found = [
            say(
                "{basis}: {items} st. Olika personer: {people}. "
                "Var och en räknas en gång i varje nyhet: {count}.",
                basis=basis,
                items=counted.items,
                people=counted.people,
                count=counted.appearances,
            ),
            *_about_unsaid(counted, guarded_months(report)),
        ]
    if report.left_out:
        found.append(
            say("Inte med, för filen har fel (se comms check): {files}.", files=", ".join(report.left_out))
        )
    return found


def guarded_months(report: BalanceReport) -> list[str]:
    """Months that are told without gender, as few there have given some word of it."""
    return [month for month, tally in report.balance.months.items() if tally.unsaid is None]


def balance_chart(report: BalanceReport) -> BarChart:
    """The figures as a picture: gender in all that is counted, the others in who is heard and seen."""
    period = report.balance.period
    return BarChart(
        id="balans",
        title=str(say("Vem hörs och syns, {since} till {until}", since=period.since, until=period.until)),
        notes=tuple(str(note) for note in notes(report)),
        groups=tuple(_groups(report)),
    )


def balance_sheet(report: BalanceReport) -> str:
    """Every figure as a row, in all (no month) and by month, for a spreadsheet."""
    return sheet(_HEADS, _rows(report))


def balance_row(found: BalanceReport, words: Callable[[Text], str] = str) -> Json:
    """The figures as values for scripts; `words` turns sentences into the reader's language.

    The shape is a contract: more keys are welcome, these stay.
    """
    balance_of = found.balance
    return {
        "period": {
            "from": balance_of.period.since.isoformat(),
            "to": balance_of.period.until.isoformat(),
            "basis": "publish_from",
        },
        "newsletter": found.newsletter,
        **_tally_row(found, balance_of.whole, words),
        "months": [
            {"month": month, **_tally_row(found, tally, words)} for month, tally in balance_of.months.items()
        ],
        "left_out": list(found.left_out),
        "notes": [words(note) for note in notes(found)],
    }


def _tally_row(found: BalanceReport, tally: Tally, words: Callable[[Text], str]) -> Json:
    unsaid = tally.unsaid
    return {
        "items": tally.items,
        "appearances": tally.appearances,
        "people": tally.people,
        "gender_unsaid": {
            "count": unsaid.count if unsaid else None,
            "base": unsaid.base if unsaid else None,
            "share": unsaid.share if unsaid else None,
        },
        "figures": [
            {
                "measure": one.measure.value,
                "by": one.trait.value,
                "value": None if one.value == UNSAID else one.value,
                "label": words(label) if isinstance(label := found.label(one), Text) else label,
                "count": one.count,
                "base": one.base,
                "share": one.share,
                "people": one.people,
                "group": one.group,
                "group_share": one.group_share,
            }
            for one in tally.figures
        ],
    }


def refuse_own(file: Path, house: House) -> None:
    """Keep a report out of the workspace's own files. Raises `UsageError`."""
    try:
        target = file.resolve()
    except (OSError, RuntimeError) as refused:  # RuntimeError: links that lead in a ring
        raise unwritable(file, refused) from refused
    if target == (house.database_file and house.database_file.resolve()) or _is_own(target, house.root):
        raise UsageError(
            say(
                "{file} hör till arbetsytan, och där skrivs ingen redovisning. Välj en annan plats, till "
                "exempel --out out/{stem}{ending}",
                file=file,
                stem=target.stem,
                ending=_REPORT_ENDING.get(target.suffix.lower(), target.suffix),
            )
        )


def _is_own(target: Path, root: Path) -> bool:
    if not target.is_relative_to(root.resolve()):
        return False
    first, *below = target.relative_to(root.resolve()).parts or ("",)
    if first in _OWN_FOLDERS or first.startswith("."):
        return True
    return not below and (first in _OWN_FILES or target.suffix.lower() in _OWN_ENDINGS)


def is_taken(file: Path, text: str) -> bool:
    """Whether the file holds something else than an earlier report of the kind that `text` is.

    A PDF is an earlier report when it has the title of the page `text`. A file that cannot be is not taken:
    writing it says why it cannot be.
    """
    try:
        if not file.is_file():
            return False
    except OSError:
        return False
    try:
        before = file.read_bytes()
    except OSError:
        return True
    return bool(before) and not _is_of_kind(before, text)


def _is_of_kind(before: bytes, text: str) -> bool:
    title = _TITLE.search(text)
    if title is None:
        return before.startswith(_sign(text).encode())
    # In a PDF of Chromium's: UTF-16 in hexadecimal digits (ISO 32000-1, 7.9.2.2).
    in_print = title[1].encode("utf-16-be").hex().upper().encode()
    return title[0].encode() in before or (before.startswith(b"%PDF-") and in_print in before)


def _sign(text: str) -> str:
    """What all tables and data of a kind begin with: a table its heads, the others all up to a day."""
    return text.partition("\n")[0] if text.startswith(MARK) else re.split(r"\d", text, maxsplit=1)[0]


def other_name(file: Path) -> Path:
    """A name beside that of a file, that nothing has yet."""
    names = (file.with_name(f"{file.stem}-{number}{file.suffix}") for number in count(2))
    return next(name for name in names if not name.exists())


def write(file: Path, text: str) -> None:
    """Write a report where somebody wants it. Raises `UsageError` when that cannot be."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8", newline="")
    except OSError as refused:
        raise unwritable(file, refused) from refused


def unwritable(file: Path, refused: OSError | RuntimeError) -> UsageError:
    """What is said when a report cannot be put where somebody wants it."""
    why = (isinstance(refused, OSError) and refused.strerror) or refused
    return UsageError(say("{file} går inte att skriva: {why}.", file=file, why=why))


def left_out_of(house: House) -> tuple[str, ...]:
    """Files of items with errors: nobody knows whom they show."""
    return tuple(one.path for one in house.workspace.broken.values())


def _about_unsaid(counted: Tally, guarded: list[str]) -> Iterator[Text]:
    unsaid = counted.unsaid
    if unsaid is None or not unsaid.base:
        yield say("Ingen av nyheterna nämner eller visar någon person.")
        return
    yield say(
        "Hur de vill räknas (kön) är ej angivet för {share}. Kön gissas aldrig.",
        share=share_of(unsaid.count, unsaid.base),
    )
    yield GUARDED
    if guarded:
        yield say(
            "Kön visas inte för {months}, för där skulle det kunna peka ut någon.", months=", ".join(guarded)
        )
    if 2 * unsaid.count > unsaid.base:
        yield say("För mer än hälften är det ej angivet: läs andelarna med försiktighet.")


def _carried(house: House, newsletter: str) -> set[str]:
    """The items of a newsletter's issues that have gone out, or are on their way."""
    if newsletter not in house.settings.newsletters:
        known = ", ".join(house.settings.newsletters)
        raise UsageError(
            say("Inget nyhetsbrev heter ”{name}”. De heter: {known}", name=newsletter, known=known)
        )
    return {
        pick.item
        for entry in facts_without_touching(house).frozen.values()
        if entry.newsletter == newsletter and entry.state in _GONE_OUT
        for edition in entry.editions
        for pick in edition.picks
    }


def _left_out(house: House, period: Period) -> tuple[str, ...]:
    return tuple(
        one.path
        for one in house.workspace.broken.values()
        if one.publish_from is None or one.publish_from in period
    )


def _labels(house: House) -> Mapping[Trait, Mapping[str, Text | str]]:
    return {Trait.MUNICIPALITY: house.workspace.audiences.municipalities, Trait.SECTOR: _SECTOR}


def _groups(report: BalanceReport) -> Iterator[BarGroup]:
    whole = report.balance.whole
    for trait in Trait:
        measures = Measure if trait is Trait.GENDER else HEARD_AND_SEEN
        for measure in measures:
            yield from _group(report, whole, measure, trait)
    if len(report.balance.months) > 1:
        for month, tally in report.balance.months.items():
            for measure in OVER_TIME:
                yield from _group(report, tally, measure, Trait.GENDER, month)


def _group(
    report: BalanceReport, tally: Tally, measure: Measure, trait: Trait, month: str = ""
) -> Iterator[BarGroup]:
    figures = tally.of(measure, trait)
    if not figures or not figures[0].base:
        return
    heading = f"{TRAIT[trait]}: {MEASURE[measure]}"
    bars = tuple(
        Bar(str(report.label(one)), one.count, one.base, unsaid=one.value == UNSAID) for one in figures
    )
    yield BarGroup(f"{month} {heading}" if month else heading, bars)


def _rows(report: BalanceReport) -> Iterator[list[Cell]]:
    period = report.balance.period
    for month, tally in [("", report.balance.whole), *report.balance.months.items()]:
        for one in tally.figures:
            yield [
                period.since.isoformat(),
                period.until.isoformat(),
                month,
                str(MEASURE[one.measure]),
                str(TRAIT[one.trait]),
                str(report.label(one)),
                one.count,
                one.base,
                None if one.share is None else 100 * one.share,
                one.people,
                one.group,
                None if one.group_share is None else 100 * one.group_share,
            ]
