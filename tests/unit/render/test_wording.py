"""Dates, times and sums as Swedish prose writes them."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from comms.render import wording

ZONE = ZoneInfo("Europe/Stockholm")
START = datetime(2026, 12, 9, 18, 0, tzinfo=ZONE)


def spaced(text: str) -> str:
    """The text with its no-break spaces marked."""
    return text.replace("\N{NO-BREAK SPACE}", "~")


def test_a_date_keeps_day_and_month_together() -> None:
    assert spaced(wording.spoken_date(date(2026, 3, 1))) == "1~mars 2026"
    assert spaced(wording.weekday_and_date(date(2026, 12, 9))) == "onsdag 9~december"


@pytest.mark.parametrize(
    ("end", "expected"),
    [
        (None, "kl.~18.00"),
        (datetime(2026, 12, 9, 20, 30, tzinfo=ZONE), "kl.~18.00–20.30"),
        (datetime(2026, 12, 10, 9, 0, tzinfo=ZONE), "kl.~18.00 till torsdag 10~december kl.~09.00"),
    ],
)
def test_a_time_is_written_with_dots_and_a_dash(end: datetime | None, expected: str) -> None:
    assert spaced(wording.clock(START, end)) == expected


@pytest.mark.parametrize(("amount", "expected"), [(900, "900~kr"), (1_250_000, "1~250~000~kr")])
def test_a_sum_has_spaces_that_do_not_break(amount: int, expected: str) -> None:
    assert spaced(wording.kronor(amount)) == expected


@pytest.mark.parametrize(
    ("words", "expected"),
    [([], ""), (["Eda"], "Eda"), (["Arvika", "Eda", "Torsby"], "Arvika, Eda och Torsby")],
)
def test_a_list_ends_with_och(words: list[str], expected: str) -> None:
    assert wording.listed(words) == expected
