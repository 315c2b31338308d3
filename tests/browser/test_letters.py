"""Every edition of the example office's letters in Chromium: on a phone and at a desk, light and dark."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.conftest import Example
from tests.browser.looking import NOT_FOR_LETTERS, Scheme, differs, faults, opened, violations
from tests.unit.render.seeded import SEEDED
from tests.unit.render.test_verify_seeds import EDITION

pytestmark = [pytest.mark.servers, pytest.mark.no_cover]

PHONE, DESK = 360, 700
SOUND = EDITION.html
LOOKED_AT = {
    "kommunbrevet-2026-12-01/business-offices-torsby": "municipal-torsby",
    "kommunbrevet-2026-12-01/public-munkfors": "municipal-munkfors",
    "kommunnotisen-2026-12-16/business-offices-sunne": "notis-sunne",
}
"""Editions whose looks are kept as references, approved by a person who has looked at them."""


def test_every_edition_fits_its_window_and_axe_finds_nothing(browser: Browser, example: Example) -> None:
    """Axe, which takes seconds, is asked of every third; with COMMS_LOOKS=all of all (`make looks`)."""
    found = {}
    folders = example.editions()
    every = 1 if os.environ.get("COMMS_LOOKS") == "all" else 3
    for number, folder in enumerate(folders):
        with opened(browser, (folder / "brev.html").as_uri(), width=PHONE) as page:
            asked = number % every == 0 or f"{folder.parent.name}/{folder.name}" in LOOKED_AT
            if wrong := faults(page, PHONE, DESK, without=NOT_FOR_LETTERS, asks_axe=asked):
                found[f"{folder.parent.name}/{folder.name}"] = wrong
    assert len(folders) >= 21
    assert found == {}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [PHONE, DESK])
def test_the_letters_look_as_a_person_has_approved(
    browser: Browser, example: Example, width: int, scheme: Scheme
) -> None:
    found = []
    for folder, name in LOOKED_AT.items():
        address = (example.folder / "preview" / folder / "brev.html").as_uri()
        with opened(browser, address, width=width, scheme=scheme) as page:
            found.append(differs(page, f"{name}-{width}-{scheme}"))
    assert [one for one in found if one] == []


def test_axe_finds_ten_of_the_fifteen_seeded_faults_and_lint_the_rest(
    browser: Browser, tmp_path: Path
) -> None:
    found = {}
    for number, seed in enumerate((*SEEDED, None)):
        letter = tmp_path / f"{number}.html"
        letter.write_text(seed.apply(SOUND) if seed else SOUND)
        with opened(browser, letter.as_uri(), width=DESK) as page:
            found[seed.name if seed else "sound"] = set(violations(page, without=NOT_FOR_LETTERS))
    assert found == {seed.name: {seed.axe} - {""} for seed in SEEDED} | {"sound": set()}
    assert [seed.name for seed in SEEDED if not seed.axe and "lint" not in seed.finders] == []
