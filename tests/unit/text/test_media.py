"""What a letter loads, however it is written, and which pictures leave with a retracted item."""

from __future__ import annotations

import pytest

from comms.model.site import SiteEdition
from comms.text.media import left_behind, media_in, pictures_in, stem

BASE = "https://brev.leader.example/nytt"
FIRST, SECOND = "media/0123456789abcdef.png", "media/fedcba9876543210.jpg"


def letter(*pictures: str, withdrawn: bool = False) -> SiteEdition:
    page = "".join(f'<img src="{BASE}/{picture}">' for picture in pictures)
    return SiteEdition("public", "eda", "Brevet", "brev/b/public-eda.html", (), page, withdrawn)


def stems(*paths: str) -> set[str]:
    return set(map(stem, paths))


@pytest.mark.parametrize(
    ("written", "path"),
    [
        ('<img src="{}/media/logo.png">', "media/logo.png"),
        ("<img src='{}/media/logo.png' alt=''>", "media/logo.png"),
        ('<img srcset="{0}/media/liten.png 1x, {0}/media/logo.png 2x">', "media/logo.png"),
        ('<img srcset="{0}/media/logo.png,{0}/media/stor.png 2x">', "media/logo.png"),
        ('<td background="{}/media/logo.png">', "media/logo.png"),
        ("<style>a {{ background: url({}/media/logo.png) no-repeat }}</style>", "media/logo.png"),
        ('<td style="background: url(&quot;{}/media/logo.png&quot;)">', "media/logo.png"),
        ("<!--[if mso]><v:fill src='{}/media/logo.png' /><![endif]-->", "media/logo.png"),
        ('<img src="{}/media/logo.png?v=2#a">', "media/logo.png"),
        ('<img src="{}/media/v%C3%A5r%20logga.png">', "media/vår logga.png"),
        ('<img src="{}/media/Sol &amp; (sjö).png">', "media/Sol & (sjö).png"),
        ('<img src="https://forr.leader.example/media/logo.png">', "media/logo.png"),
    ],
)
def test_a_file_is_found_however_a_letter_names_it(written: str, path: str) -> None:
    assert path in media_in(written.format(BASE))


def test_pictures_are_those_below_the_address_that_are_named_by_their_bytes() -> None:
    page = (
        f'<img src="{BASE}/{FIRST}"><img src=\'{BASE}/{SECOND}\'><img src="{BASE}/{FIRST}">'
        f'<img src="https://annan.example/media/aaaaaaaaaaaaaaaa.png"><img src="{BASE}/media/logo.png">'
    )
    assert pictures_in(page, f"{BASE}/") == (FIRST, SECOND)


def test_pictures_that_only_withdrawn_letters_have_leave_with_the_item() -> None:
    assert left_behind([letter(FIRST, SECOND, withdrawn=True)], BASE, ()) == stems(FIRST, SECOND)


def test_a_picture_that_another_letter_or_another_item_has_stays() -> None:
    editions = [letter(FIRST, SECOND, withdrawn=True), letter(SECOND)]
    assert left_behind(editions, BASE, ()) == stems(FIRST)
    assert left_behind(editions, BASE, stems(FIRST)) == set()
