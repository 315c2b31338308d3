"""Which items an edition has and why; which it has not and why not."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from comms.model.item import ItemKind
from comms.model.plan import Entry
from tests.unit.plan.builder import (
    NEWSLETTER,
    broken,
    entry,
    item,
    ledger,
    local,
    notes,
    picks,
    said_of,
    settings,
    why_not,
    world,
)

DECEMBER = "brevet-2026-12-01"


def whys(planned: Entry, municipality: str = "eda") -> dict[str, str]:
    """Why each item is in the offices' edition of a municipality."""
    return {
        pick.item: str(pick.why)
        for edition in planned.editions
        if edition.key == ("offices", municipality)
        for pick in edition.picks
    }


# For


def test_a_new_item_from_the_municipality_says_from_where_and_for_whom() -> None:
    planned = entry(world(item("bryggan", municipalities=("eda",))), DECEMBER)
    assert whys(planned) == {"bryggan": "Ny, från Eda, för Kontor."}


def test_a_new_item_for_the_whole_area_says_so() -> None:
    planned = entry(world(item("bryggan")), DECEMBER)
    assert whys(planned) == {"bryggan": "Ny, gäller hela området, för Kontor."}


def test_a_pinned_item_says_that_the_editor_pinned_it() -> None:
    planned = entry(world(item("bryggan"), said=[notes(DECEMBER, pin=("bryggan",))]), DECEMBER)
    assert whys(planned) == {"bryggan": "Fäst av redaktören."}


def test_an_edition_has_only_items_for_its_audience_and_its_municipality() -> None:
    planned = entry(
        world(
            item("for-eda", municipalities=("eda",)),
            item("for-sunne", municipalities=("sunne",)),
            item("for-kontor", audiences=("offices",)),
        ),
        DECEMBER,
    )
    assert picks(planned, "offices", "eda") == ["for-eda", "for-kontor"]
    assert picks(planned, "offices", "sunne") == ["for-sunne", "for-kontor"]
    assert picks(planned, "public", "eda") == ["for-eda"]


def test_the_edition_of_the_whole_area_has_the_items_of_every_municipality() -> None:
    letter = replace(NEWSLETTER, municipalities=(), whole_area=True)
    area = replace(
        world().workspace.audiences,
        recipients=(
            replace(
                world().workspace.audiences.recipients[0], municipality="", address="kansli@leader.example"
            ),
        ),
    )
    planned = entry(
        world(
            item("for-eda", municipalities=("eda",)),
            item("for-sunne", municipalities=("sunne",)),
            ways=settings(letter),
            audiences=area,
        ),
        DECEMBER,
    )
    assert picks(planned, "offices", "") == ["for-eda", "for-sunne"]


# Against


def test_an_item_that_is_published_later_waits_until_that_day() -> None:
    planned = entry(world(item("nu"), item("sedan", publish_from=date(2026, 12, 2))), DECEMBER)
    assert picks(planned) == ["nu"]
    assert why_not(planned, "sedan") == "Publiceras först 2026-12-02."


def test_an_item_published_on_the_very_day_is_in() -> None:
    planned = entry(world(item("idag", publish_from=date(2026, 12, 1))), DECEMBER)
    assert picks(planned) == ["idag"]


def test_an_item_that_is_over_is_left_out_with_its_last_day() -> None:
    planned = entry(world(item("nu"), item("slut", publish_until=date(2026, 11, 30))), DECEMBER)
    assert why_not(planned, "slut") == "Slutade gälla 2026-11-30."


def test_an_item_whose_last_day_is_the_very_day_is_in() -> None:
    planned = entry(world(item("sista", publish_until=date(2026, 12, 1))), DECEMBER)
    assert picks(planned) == ["sista"]


def test_an_item_of_the_greatest_age_is_in_and_one_a_day_older_is_out() -> None:
    aged = item("gammal", dated_on=date(2026, 10, 2))
    older = item("for-gammal", dated_on=date(2026, 10, 1))
    planned = entry(world(aged, older), DECEMBER)
    assert picks(planned) == ["gammal"]
    assert why_not(planned, "for-gammal") == "Äldre än 60 dagar."


def test_an_excluded_item_is_left_out_on_the_editors_word() -> None:
    said = [notes(DECEMBER, exclude=("bryggan",))]
    planned = entry(world(item("nu"), item("bryggan"), said=said), DECEMBER)
    assert why_not(planned, "bryggan") == "Undantagen av redaktören för detta nummer."


def test_an_item_excluded_from_one_issue_comes_in_the_next() -> None:
    said = [notes(DECEMBER, exclude=("bryggan",))]
    seen = world(item("nu"), item("bryggan"), said=said)
    assert picks(entry(seen, "brevet-2027-01-05")) == ["bryggan"]


def test_a_retracted_item_is_left_out_even_when_it_is_pinned() -> None:
    said = [notes(DECEMBER, pin=("bryggan",))]
    facts = ledger(retracted={"bryggan": "fel belopp"})
    planned = entry(world(item("nu"), item("bryggan"), said=said, facts=facts), DECEMBER)
    assert picks(planned) == ["nu"]
    assert why_not(planned, "bryggan") == "Tillbakadragen: fel belopp"


def test_a_pin_beats_age_date_and_having_been_in_before() -> None:
    said = [notes("brevet-2027-01-05", pin=("bryggan", "gammal", "sedan"))]
    seen = world(
        item("bryggan"),
        item("gammal", dated_on=date(2025, 1, 1)),
        item("sedan", publish_from=date(2028, 1, 1)),
        said=said,
    )
    assert picks(entry(seen, DECEMBER)) == ["bryggan"]
    assert picks(entry(seen, "brevet-2027-01-05")) == ["bryggan", "gammal", "sedan"]


def test_a_pin_outside_its_audience_is_not_sent_there_and_says_so() -> None:
    said = [notes(DECEMBER, pin=("bryggan",))]
    planned = entry(world(item("nu"), item("bryggan", municipalities=("sunne",)), said=said), DECEMBER)
    assert picks(planned, "offices", "eda") == ["nu"]
    assert why_not(planned, "bryggan") == "Fäst av redaktören, men inte taggad för Kontor i Eda."
    assert picks(planned, "offices", "sunne") == ["bryggan", "nu"]


def test_a_full_letter_leaves_the_last_ones_for_the_next_issue() -> None:
    letter = replace(NEWSLETTER, max_items=2)
    seen = world(item("a"), item("b"), item("c"), ways=settings(letter))
    december, january = entry(seen, DECEMBER), entry(seen, "brevet-2027-01-05")
    assert picks(december) == ["a", "b"]
    assert why_not(december, "c") == "Brevet är fullt (2 nyheter): väntar till nästa nummer."
    assert picks(january) == ["c"]


# Order


def test_pins_come_first_in_the_editors_order() -> None:
    said = [notes(DECEMBER, pin=("c", "b"))]
    seen = world(item("a", kind=ItemKind.CALL), item("b"), item("c"), said=said)
    assert picks(entry(seen, DECEMBER)) == ["c", "b", "a"]


def test_the_municipalitys_own_come_before_the_whole_areas() -> None:
    seen = world(item("a", kind=ItemKind.CALL), item("b", municipalities=("eda",)))
    assert picks(entry(seen, DECEMBER)) == ["b", "a"]


def test_kinds_come_in_the_order_of_what_readers_can_act_on() -> None:
    kinds = list(reversed(ItemKind))
    seen = world(
        *(item(kind.value, kind=kind) for kind in kinds), ways=settings(replace(NEWSLETTER, max_items=9))
    )
    assert picks(entry(seen, DECEMBER)) == [
        "call",
        "invitation",
        "decision",
        "grant",
        "story",
        "office",
        "outlook",
    ]


def test_of_one_kind_the_newest_comes_first_and_ties_go_by_name() -> None:
    seen = world(
        item("b", dated_on=date(2026, 11, 10)),
        item("c", dated_on=date(2026, 11, 20)),
        item("a", dated_on=date(2026, 11, 10)),
    )
    assert picks(entry(seen, DECEMBER)) == ["c", "a", "b"]


# Broken items


def test_a_broken_item_blocks_the_issue_that_would_have_had_it_with_its_fault() -> None:
    planned = entry(world(item("nu"), broken("trasig")), DECEMBER)
    assert [str(reason) for reason in planned.blocked] == ["content/items/trasig.md: fel"]


def test_a_broken_item_for_later_does_not_block_the_issue_before_it() -> None:
    later = broken("trasig", publish_from=date(2026, 12, 20))
    seen = world(item("nu"), item("sedan", publish_from=date(2026, 12, 20)), later)
    assert entry(seen, DECEMBER).blocked == ()
    assert entry(seen, "brevet-2027-01-05").blocked != ()


def test_a_broken_item_for_one_audience_does_not_block_another_audiences_letter() -> None:
    letters = (
        replace(NEWSLETTER, slug="kontorsbrevet", audiences=("offices",)),
        replace(NEWSLETTER, slug="folkbrevet", audiences=("public",)),
    )
    seen = world(item("nu"), broken("trasig", audiences=("public",)), ways=settings(*letters))
    assert entry(seen, "kontorsbrevet-2026-12-01").blocked == ()
    assert entry(seen, "folkbrevet-2026-12-01").blocked != ()


def test_an_excluded_broken_item_does_not_block() -> None:
    said = [notes(DECEMBER, exclude=("trasig",))]
    assert entry(world(item("nu"), broken("trasig"), said=said), DECEMBER).blocked == ()


# Extra letters


def test_an_extra_letter_has_only_its_pinned_items() -> None:
    said = [notes("brevet-2026-12-10", at=local("2026-12-10 14:00"), pin=("b",))]
    planned = entry(world(item("a"), item("b"), said=said), "brevet-2026-12-10")
    assert picks(planned) == ["b"]
    assert why_not(planned, "a") == "Ett extra brev har bara de nyheter som redaktören har fäst."


def test_an_extra_letter_without_an_item_for_an_edition_leaves_that_edition_out() -> None:
    said = [notes("brevet-2026-12-10", at=local("2026-12-10 14:00"), pin=("b",))]
    planned = entry(world(item("b", audiences=("public",)), said=said), "brevet-2026-12-10")
    assert {edition.audience for edition in planned.editions} == {"public"}
    assert said_of(planned.skips)["offices-eda"] == "Inget nytt att berätta."
