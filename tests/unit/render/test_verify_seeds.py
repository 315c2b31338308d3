"""Each seeded fault is found without a browser, by its own code, and named in the letter's own words."""

from __future__ import annotations

from dataclasses import replace

import pytest

from comms.check.letter import Letter
from comms.check.letter_look import look_problems
from comms.errors import Problem
from comms.render.verify import edition_problems
from tests.unit.check.test_letters import DUTIES
from tests.unit.render import build
from tests.unit.render.seeded import SEEDED, Seed

FULL = replace(
    build.ITEM, pictures=(build.PICTURE,), event=build.EVENT, call=build.CALL, project=build.PROJECT
)
BARE = "color:#fff;text-decoration:none"
EDITION = build.edition(FULL, municipality="arvika")


def problems(html: str) -> list[Problem]:
    edition = replace(EDITION, html=html)
    return edition_problems(edition, settings=build.SETTINGS, template_path="templates/prov") + look_problems(
        Letter(edition, DUTIES)
    )


def codes(html: str) -> set[str]:
    return {problem.code for problem in problems(html)}


def changed(old: str, new: str) -> str:
    assert old in EDITION.html
    return EDITION.html.replace(old, new, 1)


def test_the_letter_that_is_seeded_is_sound() -> None:
    assert problems(EDITION.html) == []


@pytest.mark.parametrize("seed", SEEDED, ids=lambda seed: seed.name)
def test_lint_finds_a_seeded_fault(seed: Seed) -> None:
    assert seed.code in codes(seed.apply(EDITION.html))


def test_fifteen_faults_are_seeded_each_with_its_own_code_and_axe_finds_ten() -> None:
    assert len({seed.code for seed in SEEDED}) == len(SEEDED) == 15
    assert len({seed.axe for seed in SEEDED if seed.axe}) == 10


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("<title>", "<title>Något annat: ", "O114"),
        ('content="width=device-width, initial-scale=1"', 'content="maximum-scale=1.5"', "O117"),
        ("<h1", '<div aria-hidden="true"><a href="https://a.example">Dold</a></div><h1', "O118"),
        ("<h1", '<div aria-hidden="true"><span tabindex="0">Dold</span></div><h1', "O118"),
        ('alt="En spång leder över en myr."', 'alt="IMG_1234"', "O119"),
        ('alt="En spång leder över en myr."', 'alt="led-i-host.png"', "O119"),
        ("</h1>", '</h1><p style="font-size:13px;line-height:24px;color:#ffffff">Litet</p>', "O120"),
        ("</h1>", '</h1><p style="font-size:0.8em;color:#ffffff">Litet</p>', "O120"),
        (
            "</head>",
            "<style>@media (max-width:479px) { h1 { font-size: 12px !important } }</style></head>",
            "O120",
        ),
        (
            "</h1>",
            '</h1><p style="margin:0;line-height:20px"><a href="#a" style="color:#fff">A</a></p>',
            "O121",
        ),
        (
            "</head>",
            "<style>@media (prefers-color-scheme: dark) { .ink { color: #333 !important } }</style></head>",
            "O202",
        ),
    ],
)
def test_another_fault_is_found(old: str, new: str, code: str) -> None:
    assert code in codes(changed(old, new))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('content="width=device-width, initial-scale=1"', 'content="width=device-width, maximum-scale=5"'),
        (
            "</h1>",
            '</h1><div aria-hidden="true"><a tabindex="-1" href="#a" style="color:#fff">Dold</a></div>',
        ),
        ('alt="En spång leder över en myr."', 'alt="Spång"'),
        ('alt="En spång leder över en myr."', 'alt="Bild 1 av 3: en spång leder över en myr."'),
        ("</h1>", '</h1><p style="display:none;font-size:9px">Bara för skärmläsare</p>'),
        ("</h1>", '</h1><p style="font-size:9px">&#160;</p>'),
        (
            "</h1>",
            '</h1><p style="line-height:20px"><a href="#a" style="color:#fff">A</a></p>',
        ),
        (
            "</h1>",
            f'</h1><p style="color:#fff">Mer <a href="#a" style="{BARE}"><b>om</b></a></p>',
        ),
    ],
)
def test_what_only_looks_like_a_fault_is_left_alone(old: str, new: str) -> None:
    assert codes(changed(old, new)) == set()


def said(html: str, code: str) -> str:
    return next(str(problem.message) for problem in problems(html) if problem.code == code)


def seeded(code: str) -> str:
    (seed,) = [seed for seed in SEEDED if seed.code == code]
    return said(seed.apply(EDITION.html), code)


def test_a_message_names_the_words_where_the_fault_is() -> None:
    assert "I det här brevet" in seeded("O102")
    assert seeded("O105") == "Rubriker i en tabell säger inte om de gäller sin rad eller sin kolumn: ”När”."
    assert "”Leden runt sjön öppnar”" in seeded("O116")
    assert "bara genom färgen" in seeded("O122")
    assert "#b9bdba" in seeded("O202")


def test_what_is_wrong_in_dark_mode_alone_says_so() -> None:
    css = "<style>@media (prefers-color-scheme: dark) { .ink { color: #333 !important } }</style></head>"
    assert "i mörkt läge" in said(changed("</head>", css), "O202")


def test_an_empty_heading_is_told_by_the_one_before_it() -> None:
    assert seeded("O115").startswith("En rubrik på nivå 3 är tom. Den står efter ”")
