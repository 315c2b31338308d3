"""Colours as CSS writes them, and their contrast."""

from __future__ import annotations

import pytest

from comms.text.colours import colour, contrast


def test_black_on_white_has_the_highest_contrast() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


def test_it_does_not_matter_which_of_two_is_in_front() -> None:
    assert contrast("#003399", "#f7f4ec") == contrast("#f7f4ec", "#003399")


@pytest.mark.parametrize(
    ("written", "is_"),
    [
        ("#003399", "#003399"),
        (" #039 ", "#003399"),
        ("BLACK", "#000000"),
        ("rgb(0, 51, 153)", "#003399"),
        ("rgba(0,51,153,1)", "#003399"),
        ("rgb(0 51 153 / 1.0)", "#003399"),
        ("rgb(999, 0, 0)", "#ff0000"),
    ],
)
def test_a_colour_is_read_in_each_way_that_css_writes_it(written: str, is_: str) -> None:
    assert colour(written) == is_


@pytest.mark.parametrize("written", ["", "gold", "#12", "#00339", "rgba(0,51,153,0.5)", "transparent"])
def test_what_is_no_colour_or_is_seen_through_is_none(written: str) -> None:
    assert colour(written) is None
