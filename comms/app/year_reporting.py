"""`comms report year`, and reports as pages: a folder that can be sent as it is."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path

from comms.app.house import House
from comms.app.pdf import pdf_of
from comms.app.planning import ledger
from comms.app.reporting import (
    BalanceReport,
    balance_chart,
    balance_report,
    balance_row,
    balance_sheet,
    refuse_own,
    unwritable,
)
from comms.app.reporting import notes as balance_notes
from comms.app.strategy_figures import (
    Json,
    coverage_row,
    coverage_sheet,
    delivery_row,
    delivery_sheet,
)
from comms.app.strategy_reporting import (
    StrategyReport,
    coverage_report,
    delivery_report,
    names_of,
    notes,
    strategy_chart,
)
from comms.app.witnessing import consent_report
from comms.errors import UsageError, say
from comms.model.coverage import Deliveries
from comms.model.report import ConsentState, Period
from comms.render.addresses import EMBLEM_PATH
from comms.render.charts import bar_chart, in_words
from comms.render.report_page import (
    Letterhead,
    Letters,
    People,
    YearReport,
    delivery_page,
    strategy_page,
    year_page,
)
from comms.render.sheet import sheet
from comms.report.consent import showings

PAGE, DATA, PRINT = "index.html", "data.json", "rapport.pdf"
_SIGN = b'{\n  "strategy": {\n    "period": {'
"""How a report's data begins."""

_ASSETS = Path("templates/assets")
_SUBSCRIBERS = ("nyhetsbrev", "bekräftade", "pausade", "avslutade", "obesvarade", "den")


@dataclass(frozen=True)
class Year:
    """What a year's report tells, gathered. `consents`: pictures of people by where their consent stands."""

    strategy: StrategyReport
    deliveries: Deliveries
    balance: BalanceReport
    consents: Mapping[ConsentState, int]
    subscribers: Mapping[str, Letters]
    readers: int


def year_of(number: int) -> Period:
    """The days of a year."""
    return Period(date(number, 1, 1), date(number, 12, 31))


def year_report(house: House, year: int, now: datetime) -> Year:
    """Gather all of a year's figures, from the ledger and the files as they stand at `now`."""
    period = year_of(year)
    today = now.astimezone(house.zone).date()
    shown = [one for one in showings(house.workspace.items.values(), today) if one.people]
    subscribers, readers = _subscribers(house, now)
    return Year(
        coverage_report(house, period, now),
        delivery_report(house, period, now),
        balance_report(house, period.since, period.until),
        {state: sum(one.state is state for one in shown) for state in ConsentState},
        subscribers,
        readers,
    )


def strategy_html(house: House, report: StrategyReport) -> bytes:
    """The strategy report as a page."""
    return strategy_page(letterhead(house), report.names, report.coverage, report.gaps, notes(report))


def delivery_html(house: House, found: Deliveries) -> bytes:
    """The report of deliveries as a page."""
    return delivery_page(letterhead(house), names_of(house), found)


def files_of(house: House, year: Year) -> dict[str, bytes]:
    """All files of the year's folder but the PDF: name -> bytes. The page carries the hash of the data."""
    data = f"{json.dumps(_data(year), ensure_ascii=False, indent=2)}\n".encode()
    strategy, balance = strategy_chart(year.strategy), balance_chart(year.balance)
    texts = {
        "strategi.csv": coverage_sheet(year.strategy),
        "utskick.csv": delivery_sheet(house, year.deliveries),
        "balans.csv": balance_sheet(year.balance),
        "prenumeranter.csv": _subscribers_sheet(house, year),
        "strategi.svg": bar_chart(strategy),
        "strategi.svg.txt": f"{in_words(strategy)}\n",
        "balans.svg": bar_chart(balance),
        "balans.svg.txt": f"{in_words(balance)}\n",
    }
    page = year_page(letterhead(house), names_of(house), _told(year, sha256(data).hexdigest()))
    return {PAGE: page, DATA: data} | {name: text.encode() for name, text in texts.items()}


def write_year(house: House, year: Year, folder: Path, *, as_pdf: bool, force: bool) -> list[str]:
    """Write the year's folder; the names of its files. A PDF that an earlier report left is made anew too.

    Raises `UsageError` when the folder belongs to the workspace, holds something else than an earlier report
    and not `force`, or cannot be written, and `ConfigError` when nothing here can print a PDF: then nothing
    is written, so that a folder never holds the figures of two days.
    """
    refuse_own(folder, house)
    try:
        is_ours = _is_report(folder)
        strangers = [] if is_ours or not folder.is_dir() else sorted(path.name for path in folder.iterdir())
        as_pdf = as_pdf or (is_ours and (folder / PRINT).exists())
    except OSError as refused:
        raise unwritable(folder, refused) from refused
    if strangers and not force:
        raise UsageError(
            say(
                "{folder} har redan annat i sig: {names}. Välj en annan mapp, eller skriv ändå med --force.",
                folder=folder,
                names=", ".join(strangers[:3]),
            )
        )
    files = files_of(house, year)
    if as_pdf:
        files[PRINT] = pdf_of(files[PAGE])
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            (folder / name).write_bytes(content)
    except OSError as refused:
        raise unwritable(folder, refused) from refused
    return [*files]


def letterhead(house: House) -> Letterhead:
    """Whose report it is. A logo on the web is left out: the page loads nothing."""
    settings = house.settings
    logo = "" if settings.brand.logo.startswith("https://") else settings.brand.logo.rpartition("/")[2]
    return Letterhead(
        name=settings.name,
        brand=settings.brand,
        zone=house.zone,
        eu_statement=settings.eu_statement,
        emblem=_bytes(house.root / _ASSETS / EMBLEM_PATH.rpartition("/")[2]),
        logo=_bytes(house.root / _ASSETS / logo) if logo else b"",
        postal_address=settings.sender.postal_address,
        mail=settings.sender.reply_to,
    )


def _told(year: Year, fingerprint: str) -> YearReport:
    found = year.strategy.coverage
    return YearReport(
        period=found.period,
        as_of=found.as_of,
        coverage=found,
        gaps=year.strategy.gaps,
        notes=notes(year.strategy),
        deliveries=year.deliveries,
        people=People(notes=balance_notes(year.balance), chart=balance_chart(year.balance)),
        consents=year.consents,
        subscribers=year.subscribers,
        readers=year.readers,
        fingerprint=fingerprint,
    )


def _data(year: Year) -> Json:
    return {
        "strategy": coverage_row(year.strategy),
        "delivery": delivery_row(year.deliveries),
        "balance": balance_row(year.balance),
        "consents": {state.value: count for state, count in year.consents.items()},
        "subscribers": {
            slug: {
                "confirmed": one.confirmed,
                "paused": one.paused,
                "ended": one.ended,
                "pending": one.pending,
            }
            for slug, one in year.subscribers.items()
        },
        "readers": year.readers,
    }


def _subscribers(house: House, now: datetime) -> tuple[Mapping[str, Letters], int]:
    """Each newsletter's subscribers now, and how many different people they are."""
    if not house.has_ledger:
        return {slug: Letters(0, 0, 0, 0) for slug in house.settings.newsletters}, 0
    with ledger(house) as store:
        found = consent_report(house, store, now).grounds
    told = {
        slug: Letters(one.confirmed, one.paused, one.ended, one.pending)
        for slug, one in found.newsletters.items()
    }
    return told, found.people


def _subscribers_sheet(house: House, year: Year) -> str:
    day = f"{year.strategy.coverage.as_of.astimezone(house.zone):%Y-%m-%d}"
    return sheet(
        _SUBSCRIBERS,
        [
            [slug, one.confirmed, one.paused, one.ended, one.pending, day]
            for slug, one in year.subscribers.items()
        ],
    )


def _is_report(folder: Path) -> bool:
    """Whether an earlier report of a year lies in a folder. Others have a data.json too."""
    data = folder / DATA
    return data.is_file() and data.read_bytes().startswith(_SIGN)


def _bytes(file: Path) -> bytes:
    """A file that may be missing."""
    return file.read_bytes() if file.is_file() else b""
