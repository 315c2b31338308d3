"""Accessibility: pictures, headings and links."""

from __future__ import annotations

import pytest

from comms.check.accessibility import LEADS
from comms.errors import Severity
from comms.render.markup import SAFE_LINKS
from tests.unit.check.builder import BODY_LINE, found, item_with, messages, picture


def test_a_missing_alt_is_an_error_but_an_empty_one_is_decoration() -> None:
    problem = found(item_with(pictures=(picture(None),)), "A401")[0]

    assert (problem.severity, problem.location.line) == (Severity.ERROR, 5)
    assert str(problem.message) == "Bilden ”brygga.jpg” saknar alt-text."
    assert found(item_with(pictures=(picture(""),)), "A401") == []


def test_a_picture_of_people_is_never_mere_decoration() -> None:
    (problem,) = found(item_with(pictures=(picture("", shown=["Karin Ek"], consent="ja"),)), "A401")

    assert str(problem.hint) == (
        "Skriv i alt vad bilden visar. En bild av människor är aldrig bara utsmyckning."
    )


@pytest.mark.parametrize("alt", ["Bild på en brygga.", "Foto av en brygga.", "En bild som visar en brygga."])
def test_an_alt_that_begins_with_picture_is_found(alt: str) -> None:
    assert len(found(item_with(pictures=(picture(alt),)), "A402")) == 1


@pytest.mark.parametrize("alt", ["brygga.jpg", "brygga", "IMG_2041", "DSC00231"])
def test_an_alt_that_is_a_file_name_is_found(alt: str) -> None:
    assert len(found(item_with(pictures=(picture(alt),)), "A403")) == 1


def test_a_good_alt_has_no_problems() -> None:
    item = item_with(pictures=(picture("En brygga i motljus. Bildäck ligger på stranden."),))

    assert [p for code in ("A402", "A403", "A404", "A405") for p in messages(item, code)] == []


def test_an_alt_without_full_stop_is_noticed() -> None:
    problem = found(item_with(pictures=(picture("En brygga"),)), "A404")[0]

    assert Severity.NOTICE is problem.severity


def test_an_alt_of_more_than_250_characters_is_found() -> None:
    assert messages(item_with(pictures=(picture("b" * 250 + "."),)), "A405") == ["Alt-texten har 251 tecken."]
    assert messages(item_with(pictures=(picture("b" * 249 + "."),)), "A405") == []


def test_an_empty_heading_is_an_error() -> None:
    problem = found(item_with("Text.\n\n##\n\nMer."), "A406")[0]

    assert (problem.severity, problem.location.line) == (Severity.ERROR, BODY_LINE + 2)
    assert found(item_with("## Bryggan"), "A406") == []


def test_a_picture_in_the_text_needs_an_alt() -> None:
    problem = found(item_with("Se: ![](brygga.jpg)"), "A407")[0]

    assert str(problem.message) == "Bilden ”brygga.jpg” i texten saknar alt-text."
    assert found(item_with("![En brygga.](brygga.jpg)"), "A407") == []


def test_an_alt_in_the_text_is_read_like_the_others() -> None:
    assert len(found(item_with("![Bild på en brygga.](brygga.jpg)"), "A402")) == 1


def test_an_empty_link_is_an_error() -> None:
    assert messages(item_with("Se [](https://leder.example/)."), "A408") == [
        "Länken till https://leder.example/ har ingen text."
    ]
    assert messages(item_with("[Anmäl dig]()"), "A408") == ["Länken ”Anmäl dig” har ingen adress."]
    assert messages(item_with("[![En brygga.](b.jpg)](https://leder.example/)"), "A408") == []


def test_a_heading_of_level_one_is_found() -> None:
    assert [p.location.line for p in found(item_with("Text.\n\n# Bryggan"), "C501")] == [BODY_LINE + 2]
    assert found(item_with("## Bryggan"), "C501") == []


def test_a_jump_in_heading_levels_is_found() -> None:
    problem = found(item_with("## Bryggan\n\n#### Räcket"), "C502")[0]

    assert str(problem.message) == "Rubriknivån hoppar från 2 till 4."
    assert str(problem.hint) == "Skriv ### framför rubriken."
    assert found(item_with("## Ett\n\n### Två\n\n## Tre"), "C502") == []


@pytest.mark.parametrize(
    ("text", "words", "hint"),
    [
        ("[sidan](x.example)", "leder ingenstans: ”x.example”.", "https://x.example"),
        ("[sidan](htps://x.example/a)", "leder ingenstans: ”htps://x.example/a”.", "https://x.example/a"),
        ("[sidan](/karta)", "leder ingenstans: ”/karta”.", "Skriv hela adressen"),
        ("[sidan](#karta)", "leder ingenstans: ”#karta”.", "Skriv hela adressen"),
        ("[sidan](kansli@x.example)", "”kansli@x.example”.", "mailto:kansli@x.example"),
        ("[sidan](https://x.example/ut lysning)", "går inte att läsa", "https://x.example/ut%20lysning"),
        ("[den *nya* sidan](https://x.example/ut lysning)", "”den nya sidan” går inte", "%20"),
        ("[sidan] (https://x.example)", "går inte att läsa", "Ta bort mellanslaget mellan ] och (."),
    ],
)
def test_a_link_that_the_reader_cannot_follow_is_an_error_with_address_and_remedy(
    text: str, words: str, hint: str
) -> None:
    (problem,) = found(item_with(f"Läs här.\n\nSe {text} nu."), "A409")

    assert problem.severity is Severity.ERROR
    assert problem.location.line == BODY_LINE + 2
    assert words in str(problem.message)
    assert hint in str(problem.hint)


def test_a_broken_link_points_at_its_bracket() -> None:
    (problem,) = found(item_with("Se *nu* [sidan](https://x.example/ut lysning)."), "A409")

    assert problem.location.column == len("Se *nu* [")


@pytest.mark.parametrize(
    "text",
    [
        "[sidan](https://x.example/a_(b))",
        "[sidan](<https://x.example/ut%20lysning>)",
        "[ring oss](tel:+4656016000) och [skriv](mailto:kansli@x.example)",
        "`[sidan](x.example)` och `[sidan](https://x y)`",
        "Han sa [sic] (enligt protokollet) ja, se [1](det står i noten).",
        "```\n[sidan](https://x y)\n```",
    ],
)
def test_a_link_that_works_and_brackets_that_are_no_link_are_left_alone(text: str) -> None:
    assert messages(item_with(text), "A409") == []


def test_links_are_followed_where_a_letter_follows_them() -> None:
    assert LEADS == SAFE_LINKS
