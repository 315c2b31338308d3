"""A post in the terminal: all that its page tells, in lines that fit, in colour only when wanted."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from rich.cells import cell_len

from comms.cli.posts import post_row, post_text
from comms.errors import Location, Problem, Severity, say
from comms.model.network import Crop, PartKind
from comms.text.networks import NETWORKS
from tests.unit.render.test_post_page import CARD, TEXT, media, part, post, view

BLOCKED = (say("Inlägget är för långt."),)


def test_who_when_text_picture_card_and_count_are_told_in_order() -> None:
    made = post("mastodon", TEXT, replace(media(), crop=Crop(0, 0, 0.5, 1)))
    told = post_text(view(made), width=100)
    order = (
        "Mastodon · Leader Provbygd · @provbygd",
        "tis 1 dec 2026 kl. 11.00, UTC+1 · svenska · mote.mastodon.1",
        "Kom till Charlottenberg.",
        "Alt-text: Alt 1.",
        "50 procent av bredden är kvar",
        "Inget kort: inlägget visar bilder i stället.",
        "av 500 tecken",
        "Varje länk räknas som 23 tecken",
    )
    places = [told.index(words) for words in order]
    assert places == sorted(places)


def test_parts_comment_warning_card_and_problems_are_told() -> None:
    more = (
        part(PartKind.REPLY, "Andra delen.", "mastodon"),
        part(PartKind.COMMENT, "Anmäl dig.", "mastodon"),
    )
    made = replace(post("mastodon", TEXT, more=more), warning="Handlar om mat")
    place = Location("content/items/mote.md", 12)
    problem = Problem("N107", Severity.WARNING, say("Sex taggar."), say("Behåll fem."), place)
    left_out = Problem("N111", Severity.NOTICE, say("84 tecken är utelämnade."), say("Läs slutet."), place)
    told = post_text(replace(view(made, CARD), problems=(problem, left_out)), width=80, blocked=BLOCKED)
    for words in (
        "! Inlägget är för långt.",
        "Varning: ”Handlar om mat” Resten är dold tills någon öppnar.",
        "Del 1 av 2",
        "Del 2 av 2",
        "Andra delen.",
        "10 av 500 tecken",
        "Gränsmöte",
        "Det här är en gissning.",
        "räknas som 23 tecken, och ett @namn utan sin server.\n84 tecken är utelämnade.\n",
        "varning N107: Sex taggar.",
        "Behåll fem. (content/items/mote.md:12)",
    ):
        assert words in told


def test_the_fold_is_a_line_of_its_own() -> None:
    told = post_text(view(post("facebook", "ord " * 60)), width=80).split("\n")
    assert sum("ungefär här viks texten i telefonen" in line for line in told) == 1


@pytest.mark.parametrize("network", NETWORKS)
@pytest.mark.parametrize("width", [30, 50, 100])
def test_lines_are_no_wider_than_the_terminal(network: str, width: int) -> None:
    text = "Två länder, en kväll. ☕ 日本語 " * 9 + TEXT + "x" * 200
    told = post_text(view(post(network, text, media()), CARD), width=width)
    assert max(cell_len(line) for line in told.split("\n")) <= width
    assert not re.search(r"[ \t]$", told, re.MULTILINE)


def test_there_are_no_colours_unless_they_are_wanted() -> None:
    made = view(post("mastodon"))
    assert "\N{ESCAPE}" not in post_text(made, width=80)
    assert "\N{ESCAPE}" in post_text(made, width=80, in_colour=True)


def test_what_an_officer_wrote_is_no_markup() -> None:
    assert "[red]hej[/red] :smile:" in post_text(view(post("mastodon", "[red]hej[/red] :smile:")), width=80)


def test_scripts_get_the_values() -> None:
    row = post_row(view(post("facebook", "ord " * 60, media())), BLOCKED)
    assert (row["network"], row["at"], row["blocked"]) == (
        "facebook",
        "2026-12-01T11:00:00+01:00",
        ["Inlägget är för långt."],
    )
    assert isinstance(row["parts"], list)
    first = row["parts"][0]
    assert (first["length"], first["limit"], first["before_fold"].count("ord")) == (240, 63_206, 27)
