"""The brand's colours: each that stands on another can be read there, in light and in dark."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import pytest

from comms.errors import Location
from comms.model.settings import Brand, DarkBrand
from comms.render.palette import contrast_problems, mixed
from tests.unit.render import build

LINES = {"brand": 20, "brand.paper": 21, "brand.soft": 22, "brand.focus.leder": 23, "brand.dark.link": 24}


def said(brand: Brand) -> list[str]:
    return [f"{problem.message} {problem.hint}" for problem in contrast_problems(brand)]


def test_the_brand_that_ships_can_be_read_in_light_and_in_dark() -> None:
    assert said(build.BRAND) == []
    assert said(Brand()) == []


def test_a_pale_accent_is_told_with_its_contrast_and_what_to_do() -> None:
    (found,) = said(replace(build.BRAND, focus={"leder": "#e0b040"}))
    assert found == (
        "Färgen för insatsområdet leder (#e0b040) syns för dåligt mot papperet (#ffffff): "
        "kontrast 2,0, minst 4,5 krävs. Välj en mörkare färg i brand.focus.leder."
    )


def test_a_dark_link_in_dark_mode_is_to_be_lighter() -> None:
    dark = replace(build.BRAND.dark, link="#1b5a7a")
    found = said(replace(build.BRAND, dark=dark))
    assert len(found) == 3
    assert "papperet i mörkt läge (#1c2420)" in found[0]
    assert all(one.endswith("Välj en ljusare färg i brand.dark.link.") for one in found)


@pytest.mark.parametrize(
    ("brand", "line"),
    [
        (replace(build.BRAND, soft="#cccccc"), 22),
        (replace(build.BRAND, focus={"leder": "#eeeeee"}), 23),
        (replace(build.BRAND, dark=replace(build.BRAND.dark, link="#222222")), 24),
        (replace(build.BRAND, paper="#777777"), 21),
        (replace(build.BRAND, mast_text="#1f4d3a"), 20),
    ],
)
def test_the_place_is_the_colour_that_the_office_wrote(brand: Brand, line: int) -> None:
    found = contrast_problems(brand, lines=LINES)
    assert found[0].location == Location("comms.yaml", line)


def test_a_ground_on_which_the_eu_statement_cannot_be_read_is_told() -> None:
    (found,) = [one for one in said(replace(build.BRAND, ground="#336699")) if "EU" in one]
    assert found.startswith(
        "Meningen om EU:s stöd (#003399) syns för dåligt mot botten runt brevet (#336699)"
    )
    assert found.endswith("Välj en ljusare färg i brand.ground.")


WITHOUT_WORDS = {"line"}


@pytest.mark.parametrize("name", [one.name for one in fields(DarkBrand) if one.name not in WITHOUT_WORDS])
def test_each_dark_colour_but_that_of_lines_is_looked_at(name: str) -> None:
    bad = "#ece8dd" if name in {"ground", "paper", "panel", "mast"} else "#1c2420"
    assert said(replace(build.BRAND, dark=replace(build.BRAND.dark, **{name: bad})))


@pytest.mark.parametrize(
    "name", ["ground", "paper", "panel", "notice", "mast", "ink", "soft", "heading", "link", "mast_text"]
)
def test_each_light_colour_but_that_of_lines_is_looked_at(name: str) -> None:
    bad = "#22302a" if name in {"ground", "paper", "panel", "notice"} else "#fdfdf8"
    change: dict[str, Any] = {name: "#1f4d3a" if name == "mast_text" else bad}
    assert said(replace(build.BRAND, **change))


def test_a_mixture_lies_between_its_colours() -> None:
    assert mixed("#000000", "#ffffff", 0.25) == "#bfbfbf"
    assert mixed("#123456", "#abcdef", 1) == "#123456"
