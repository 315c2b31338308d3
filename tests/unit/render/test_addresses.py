"""Where letters' files live on the web."""

from __future__ import annotations

from dataclasses import replace

import pytest

from comms.render import addresses
from tests.unit.render import build


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("content/pictures/led.png", "media/abababababababab.png"),
        ("content/pictures/LED.JPEG", "media/abababababababab.jpg"),
    ],
)
def test_a_picture_is_named_by_its_bytes(path: str, expected: str) -> None:
    assert addresses.media_path(replace(build.PICTURE, path=path)) == expected


def test_a_base_address_with_a_slash_gives_one_slash() -> None:
    settings = replace(build.SETTINGS, base_url="https://brev.leader.example/")
    assert addresses.emblem_url(settings) == "https://brev.leader.example/media/eu-emblem.png"


def test_the_whole_area_has_a_name_of_its_own_in_addresses() -> None:
    url = addresses.web_url(build.SETTINGS, "kommunbrevet-2026-12-01", "offices", "")
    assert url == "https://brev.leader.example/brev/kommunbrevet-2026-12-01/offices-whole-area.html"


@pytest.mark.parametrize(
    ("logo", "expected"),
    [
        ("", ""),
        ("templates/assets/logo.png", "https://brev.leader.example/media/logo.png"),
        ("https://leader.example/logo.png", "https://leader.example/logo.png"),
    ],
)
def test_a_logo_of_its_own_replaces_the_drawn_wordmark(logo: str, expected: str) -> None:
    brand = replace(build.BRAND, logo=logo, logo_alt="Leader Provbygd")
    settings = replace(build.SETTINGS, brand=brand)
    assert addresses.logo_url(settings) == expected
    html = build.edition(build.ITEM, settings=settings).html
    assert ('alt="Leader Provbygd"' in html) == bool(logo)
