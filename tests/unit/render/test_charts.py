"""Pictures of figures: what they show can be read without seeing them, and without telling colours apart."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comms.render.charts import FILL, INK, PAPER, Bar, BarChart, BarGroup, bar_chart, in_words, share_of
from comms.text.colours import contrast

SVG = "{http://www.w3.org/2000/svg}"


def chart(
    *groups: BarGroup, title: str = "Vem hörs, 2026", notes: tuple[str, ...] = ("9 personer",)
) -> BarChart:
    return BarChart("balans", title, notes, groups)


def drawn(shown: BarChart) -> ET.Element:
    return ET.fromstring(bar_chart(shown))  # noqa: S314 - our own picture


def words(picture: ET.Element) -> list[str]:
    return ["".join(one.itertext()) for one in picture.iter(f"{SVG}text")]


QUOTED = BarGroup(
    "Citeras",
    (Bar("kvinna", 3, 9), Bar("man", 5, 9), Bar("ej angivet", 1, 9, unsaid=True)),
)


# Shares


@pytest.mark.parametrize(
    ("count", "base", "said"),
    [
        (3, 9, "3 av 9 (33 %)"),
        (5, 9, "5 av 9 (56 %)"),
        (0, 4, "0 av 4 (0 %)"),
        (4, 4, "4 av 4 (100 %)"),
        (1, 300, "1 av 300 (under 1 %)"),
        (299, 300, "299 av 300 (över 99 %)"),
        (0, 0, "0 av 0"),
    ],
)
def test_a_share_never_stands_without_what_it_is_a_share_of(count: int, base: int, said: str) -> None:
    assert str(share_of(count, base)) == said


# For those who do not see it


def test_the_picture_has_a_role_a_title_and_a_description_with_every_figure() -> None:
    picture = drawn(chart(QUOTED))
    title, description = picture.find(f"{SVG}title"), picture.find(f"{SVG}desc")
    assert title is not None
    assert description is not None
    assert (picture.get("role"), picture.get("lang")) == ("img", "sv")
    assert picture.get("aria-labelledby") == title.get("id")
    assert picture.get("aria-describedby") == description.get("id")
    assert title.text == "Vem hörs, 2026"
    assert description.text == in_words(chart(QUOTED))


def test_the_paragraph_says_the_same_figures_as_the_picture() -> None:
    said = in_words(chart(QUOTED))
    assert said == (
        "Vem hörs, 2026. 9 personer. "
        "Citeras: kvinna 3 av 9 (33 %), man 5 av 9 (56 %), ej angivet 1 av 9 (11 %)."
    )
    figures = [text for text in words(drawn(chart(QUOTED))) if " av " in text]
    assert len(figures) == 3
    assert all(figure in said for figure in figures)


def test_the_figures_of_no_bar_are_left_out_of_the_picture() -> None:
    shown = words(drawn(chart(QUOTED, BarGroup("Syns", (Bar("kvinna", 0, 0),)))))
    assert shown == [
        "Vem hörs, 2026", "9 personer",
        "Citeras", "kvinna", "3 av 9 (33 %)", "man", "5 av 9 (56 %)", "ej angivet", "1 av 9 (11 %)",
        "Syns", "kvinna", "0 av 0",
    ]  # fmt: skip


# For those who do not tell colours apart


def test_every_label_has_a_pattern_of_its_own_the_same_in_all_groups() -> None:
    picture = drawn(chart(QUOTED, BarGroup("Syns", (Bar("man", 1, 2), Bar("kvinna", 1, 2)))))
    fills = [
        bar.get("fill") for bar in picture.iter(f"{SVG}rect") if (bar.get("fill") or "").startswith("url")
    ]
    kvinna, man, unsaid, *again = fills
    assert len({kvinna, man, unsaid}) == 3
    assert again == [man, kvinna]
    known = {f"url(#{one.get('id')})" for one in picture.iter(f"{SVG}pattern")}
    assert set(fills) <= known


def test_text_and_bars_stand_out_against_the_ground() -> None:
    assert contrast(INK, PAPER) >= 4.5
    assert contrast(FILL, PAPER) >= 4.5
    colours = set(re.findall(r"#[0-9a-f]{6}", bar_chart(chart(QUOTED))))
    assert colours <= {INK, PAPER, FILL}


def test_a_bar_is_as_long_as_its_share() -> None:
    bars = [one for one in drawn(chart(QUOTED)).iter(f"{SVG}rect") if one.get("x")]
    assert [int(one.get("width") or 0) for one in bars] == [100, 167, 33]


# Whatever people say


@given(st.text(max_size=200), st.integers(0, 10**6))
def test_any_words_make_a_picture_that_can_be_read(label: str, count: int) -> None:
    picture = drawn(chart(BarGroup(label, (Bar(label, count, 10**6),)), title=label, notes=(label,)))
    height = int(picture.get("height") or 0)
    assert all(int(one.get("y") or 0) < height for one in picture.iter(f"{SVG}text"))


def test_a_label_cannot_become_a_part_of_the_picture() -> None:
    picture = drawn(chart(BarGroup("<b>", (Bar('"/><script>alert(1)</script>', 1, 1),))))
    assert picture.find(f".//{SVG}script") is None
    assert "<b>" in words(picture)


def test_a_long_label_is_cut_in_the_picture_and_whole_in_the_paragraph() -> None:
    long = "en person som vill beskriva sig med många egna ord"
    shown = chart(BarGroup("Citeras", (Bar(long, 1, 1),)))
    assert "en person som vill beskri…" in words(drawn(shown))
    assert long in in_words(shown)


def test_the_same_figures_give_the_same_picture() -> None:
    assert bar_chart(chart(QUOTED)) == bar_chart(chart(QUOTED))
