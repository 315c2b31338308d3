"""The strategy's pictures: all that they show is in their words, and nothing is told by colour alone."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comms.render.report_charts import (
    LEVELS,
    Lane,
    Matrix,
    Timeline,
    bar,
    heat_cards,
    heat_map,
    level,
    matrix_in_words,
    spans,
    timeline,
    timeline_in_words,
)
from comms.render.report_style import depths
from comms.text.colours import MIN_CONTRAST, contrast

SVG = "{http://www.w3.org/2000/svg}"
MATRIX = Matrix(
    id="karta",
    title="Insatsområde och kommun",
    base="Antal nyheter, av 12 nyheter som gick ut 2026.",
    columns=("Destination 7-sam Värmland", "Smarta lösningar och modiga entreprenörer"),
    accents=(1, 2),
    rows=("Arvika", "Säffle", "Torsby"),
    counts=((3, 0), (10, 1), (None, 7)),
)
TIMELINE = Timeline(
    id="tid",
    title="Nyheter månad för månad",
    base="Antal nyheter, av 9 nyheter.",
    months=("2026-11", "2026-12", "2027-01"),
    lanes=(Lane("Destination 7-sam Värmland", 1, (2, 0, 5)), Lane("Smarta lösningar", 2, (0, 1, 1))),
    most=5,
)
DRAWINGS: dict[str, Callable[[], str]] = {
    "wide map": lambda: heat_map(MATRIX),
    "narrow map": lambda: heat_cards(MATRIX),
    "wide timeline": lambda: timeline(TIMELINE),
    "narrow timeline": lambda: timeline(TIMELINE, narrow=True),
}


def parsed(drawn: str) -> ET.Element:
    return ET.fromstring(drawn)  # noqa: S314 - our own picture


def words(drawn: str) -> list[str]:
    return ["".join(one.itertext()) for one in parsed(drawn).iter(f"{SVG}text")]


@pytest.mark.parametrize("name", DRAWINGS)
def test_each_picture_has_a_role_a_title_and_a_description(name: str) -> None:
    picture = parsed(DRAWINGS[name]())
    title, described = picture.find(f"{SVG}title"), picture.find(f"{SVG}desc")

    assert title is not None
    assert described is not None
    assert picture.get("role") == "img"
    assert picture.get("aria-labelledby") == title.get("id")
    assert picture.get("aria-describedby") == described.get("id")


@pytest.mark.parametrize("name", DRAWINGS)
def test_nothing_is_drawn_outside_the_picture(name: str) -> None:
    picture = parsed(DRAWINGS[name]())
    width, height = float(picture.get("width", 0)), float(picture.get("height", 0))

    for one in picture.iter():
        x, y = float(one.get("x", 0)), float(one.get("y", 0))
        assert 0 <= x <= width
        assert 0 <= y <= height
        assert x + float(one.get("width", 0)) <= width + 0.1
        assert y + float(one.get("height", 0)) <= height + 0.1


def test_the_alternative_says_every_figure_and_tells_none_from_not_counted() -> None:
    assert matrix_in_words(MATRIX) == (
        "Insatsområde och kommun. Antal nyheter, av 12 nyheter som gick ut 2026. "
        "Destination 7-sam Värmland: Arvika 3, Säffle 10, Torsby inte räknat. "
        "Smarta lösningar och modiga entreprenörer: Arvika inget, Säffle 1, Torsby 7."
    )


def test_the_timelines_alternative_says_every_figure() -> None:
    assert timeline_in_words(TIMELINE) == (
        "Nyheter månad för månad. Antal nyheter, av 9 nyheter. Destination 7-sam Värmland: november 2026 2, "
        "december 2026 inget, januari 2027 5. Smarta lösningar: november 2026 inget, december 2026 1, "
        "januari 2027 1."
    )


@pytest.mark.parametrize("name", ["wide map", "narrow map"])
def test_the_number_stands_in_each_square_and_an_empty_one_is_hatched_and_says_so(name: str) -> None:
    drawn = DRAWINGS[name]()

    assert {"3", "10", "1", "7", "inget", "inte räknat"} <= set(words(drawn))
    squares = [one for one in parsed(drawn).iter(f"{SVG}rect") if one.get("rx") == "6"]
    assert [one.get("class") for one in squares if one.get("class") == "empty"] == ["empty"]
    assert drawn.count('class="hatch"') == 2  # the square and the legend


def test_the_narrow_map_names_each_square() -> None:
    assert words(heat_cards(MATRIX)).count("Säffle") == 2


def test_each_month_has_its_number_and_the_year_stands_where_it_begins() -> None:
    found = words(timeline(TIMELINE))

    assert [one for one in found if one.isdigit()] == ["2", "0", "5", "0", "1", "1", "2026", "2027"]
    assert {"nov", "dec", "jan"} <= set(found)


def test_months_without_room_are_named_by_their_first_letter() -> None:
    months = tuple(f"2026-{month:02}" for month in range(1, 13))
    year = replace(TIMELINE, months=months, lanes=(Lane("Allt", 1, (0,) * 12),), most=0)

    assert "".join(one for one in words(timeline(year, narrow=True)) if one.isalpha())[4:] == "JFMAMJJASOND"


def test_a_word_that_does_not_fit_is_cut_at_its_own_hyphen_or_gets_one() -> None:
    long = replace(
        MATRIX, rows=("Arvika-Östervallskogsbygden", "Landsbygdsutvecklingssamverkansrådet", "Eda")
    )

    found = words(heat_cards(long))

    # The width takes eighteen signs, with one to spare.
    assert found[1:4] == ["Arvika-", "Östervallskogsbyg-", "den"]


# How deep


def test_the_legend_covers_every_count_once_and_in_order() -> None:
    for most in range(1, 60):
        found = [count for _, least, largest in spans(most) for count in range(least, largest + 1)]
        assert found == list(range(1, most + 1))


@given(st.integers(1, 10_000), st.data())
def test_more_is_never_paler_and_only_none_has_no_colour(most: int, data: st.DataObject) -> None:
    one, other = sorted(data.draw(st.tuples(st.integers(0, most), st.integers(0, most))))

    assert level(one, most) <= level(other, most) <= LEVELS
    assert (level(one, most) == 0) is (one == 0)


@given(st.integers(0, 0xFFFFFF), st.integers(0, 0xFFFFFF))
def test_numbers_are_read_on_every_depth_whatever_the_offices_colours(heading: int, paper: int) -> None:
    for ground, ink in depths(f"#{heading:06x}", f"#{paper:06x}"):
        assert contrast(ground, ink) >= MIN_CONTRAST


# Whatever the office has


@given(
    st.lists(st.text(max_size=60), min_size=1, max_size=7, unique=True),
    st.lists(st.text(max_size=60), min_size=1, max_size=16, unique=True),
    st.integers(0, 99),
)
def test_any_names_make_a_picture_that_is_well_formed(columns: list[str], rows: list[str], seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - figures for a test
    counts = tuple(tuple(chance.choice((None, 0, 1, 9, 120)) for _ in columns) for _ in rows)
    matrix = Matrix("karta", "Titel", "Bas", tuple(columns), tuple(range(len(columns))), tuple(rows), counts)

    assert parsed(heat_map(matrix)).tag == f"{SVG}svg"
    assert parsed(heat_cards(matrix)).tag == f"{SVG}svg"


def test_the_bar_is_silent_and_has_no_length_without_a_base() -> None:
    assert 'width="33.3"' in bar(1, 3)
    assert 'aria-hidden="true"' in bar(1, 3)
    assert 'class="f"' not in bar(0, 0)
