"""Structure across an item, what the EU asks to be told, and posts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from comms.model.item import ItemKind
from tests.unit.check.builder import call, codes, event, found, item_with, messages, post, project

DECEMBER = date(2026, 12, 1)


@pytest.mark.parametrize(
    ("code", "changes"),
    [
        ("C510", {"publish_until": date(2026, 11, 1), "dated_on": date(2026, 10, 1)}),
        ("C511", {"event": event("2026-12-01T18:00", "2026-12-01T17:00")}),
        ("C512", {"call": call(opens="2026-12-01", closes="2026-11-01")}),
        ("C513", {"event": event("2026-11-01T18:00"), "publish_from": DECEMBER}),
        ("C522", {"call": call(opens="2020-12-01", closes="2021-12-01")}),
        ("C522", {"call": call(closes="2026-11-30"), "publish_from": DECEMBER}),
        ("C514", {"activities": ("utbyten",)}),
        ("C515", {"indicators": ("foretag",)}),
        ("C516", {"leads": {"offices": "Till er."}}),
        ("C518", {"publish_until": date(2026, 12, 24), "dated_on": date(2026, 12, 25)}),
        ("C520", {"posts": (post("Kom hit."),)}),
    ],
)
def test_what_does_not_agree_is_found(code: str, changes: Mapping[str, Any]) -> None:
    assert [code] == codes(item_with(**changes))


@pytest.mark.parametrize(
    "changes",
    [
        {"publish_until": date(2026, 11, 10)},
        {"event": event("2026-12-01T18:00", "2026-12-01T20:00")},
        {"event": event("2026-12-01T18:00"), "publish_from": DECEMBER},
        {"call": call()},
        {"call": call(closes="2026-12-01"), "publish_from": DECEMBER},
        {"focus": ("bygd", "larande"), "activities": ("utbyten",), "indicators": ("foretag",)},
        {"leads": {"public": "Till er."}},
        {"posts": (post("Kom hit."),), "summary": "Bryggan är klar."},
    ],
)
def test_what_agrees_is_left_alone(changes: Mapping[str, Any]) -> None:
    assert codes(item_with(**changes)) == []


def test_a_block_for_an_audience_that_the_item_is_not_for_is_found() -> None:
    body = "Text.\n\n::: for offices\nDela gärna.\n:::\n"

    assert messages(item_with(body), "C517") == ["Blocket för ”offices” kommer ingen att läsa."]
    assert messages(item_with(body, audiences=("public", "offices")), "C517") == []


def test_an_item_without_text_is_an_error() -> None:
    assert codes(item_with("")) == ["C519"]


def test_a_call_says_what_the_eu_asks() -> None:
    incomplete = replace(call(), who="", objective="", total_sek=None)
    item = item_with("Sök nu.", kind=ItemKind.CALL, call=incomplete)

    assert sorted(messages(item, "V601")) == [
        "Utlysningen säger inte hur mycket pengar som finns.",
        "Utlysningen säger inte vad pengarna är till för.",
        "Utlysningen säger inte vem som kan söka.",
        "Utlysningen säger inte vilket område den gäller.",
    ]


def test_a_call_without_its_facts_lacks_the_days_too() -> None:
    item = item_with("Sök i Sunne.", kind=ItemKind.CALL)

    assert len(found(item, "V601")) == 5


def test_a_whole_call_is_left_alone() -> None:
    assert found(item_with("Sök nu i Sunne.", kind=ItemKind.CALL, call=call()), "V601") == []
    assert found(item_with("Sök i alla kommuner.", kind=ItemKind.CALL, call=call()), "V601") == []


def test_an_eu_funded_project_names_the_eu() -> None:
    silent = item_with("Bygdelaget får stöd.", project=project())

    assert messages(silent, "V602") == ["Projektet ”Bryggan” har EU-stöd, men texten nämner inte EU."]
    assert found(item_with("Bygdelaget får EU-stöd.", project=project()), "V602") == []
    assert found(item_with("Bygdelaget får stöd.", project=project(eu_funded=False)), "V602") == []


def test_a_tag_of_words_from_the_item_needs_capitals() -> None:
    item = item_with("Vi söker smarta lösningar.", posts=(post("Sök nu. #smartalösningar"),))

    problem = found(item, "N701")[0]
    assert str(problem.hint) == "Skriv ”#SmartaLösningar”, med stor bokstav i varje ord."


@pytest.mark.parametrize(
    "tags", ["#SmartaLösningar #Leader7sam", "#landsbygdsutveckling", "#småföretag #fika!", "#sunne"]
)
def test_tags_of_one_word_or_with_capitals_are_fine(tags: str) -> None:
    item = item_with("Vi söker smarta lösningar.", posts=(post(tags),))

    assert [p for code in ("N701", "N702", "N703") for p in found(item, code)] == []


def test_a_name_run_together_needs_capitals() -> None:
    item = item_with(posts=(post("#leader7sam i höst"),))

    assert [str(problem.hint) for problem in found(item, "N701")] == [
        "Skriv ”#Leader7sam”, med stor bokstav i varje ord."
    ]


def test_a_tag_of_figures_is_found() -> None:
    assert messages(item_with(posts=(post("Nu #2027 #LEADER2027"),)), "N702") == [
        "Taggen ”#2027” har bara siffror och blir ingen länk."
    ]


def test_a_tag_with_a_hyphen_is_found() -> None:
    assert messages(item_with(posts=(post("Om #stads-land och #Leader7sam"),)), "N703") == [
        "Taggen ”#stads-land” bryts vid bindestrecket."
    ]


def test_more_than_three_emoji_are_found() -> None:
    assert len(found(item_with(posts=(post("Kom ☕🌲👩‍🌾🇸🇪"),)), "N704")) == 1
    assert found(item_with(posts=(post("Kom ☕🌲👩🏽‍🌾 1, 2, 3 © 2026"),)), "N704") == []


def test_link_in_bio_needs_an_address() -> None:
    assert len(found(item_with(posts=(post("Anmäl dig, länk i bio."),)), "N705")) == 1
    assert found(item_with(posts=(post("Anmäl dig på leder.example, länk i bio."),)), "N705") == []
