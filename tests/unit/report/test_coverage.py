"""What reached whom: figures counted by hand on three issues, and squares that nothing reached.

What went out (tests/fakes/told.py), as it is read here. Copies are those that were accepted.

    1 March 3   offices eda    brygga led    4 copies      THREAD  March 5   brygga  mastodon
    2           offices whole  led           2             BY_HAND April 3   led     facebook
    3           public  eda    brygga borta  3             HALF    July 1    led     mastodon
    5 April 1   offices eda    led           2
    6           offices sunne  kurs          1             brygga: bygd, for Eda
    7           public  whole  led           3             led: bygd and besok, for the whole area
    9 June 2    offices eda    brygga        5             kurs: no focus area, for Sunne
   10           offices arvika led           1             borta: its file is gone
   11           public  eda    brygga        4
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from comms.model.audience import Audience, Audiences
from comms.model.coverage import Axis, Coverage, Reach
from comms.model.item import Item, ItemKind
from comms.model.report import Period
from comms.model.sent import Sent, SentPost
from comms.model.strategy import FocusArea, Strategy
from comms.model.workspace import TemplateSet, Workspace
from comms.report.coverage import coverage, months_of
from tests.fakes import told
from tests.unit.check.builder import item_with

STOCKHOLM = ZoneInfo("Europe/Stockholm")
SPRING = Period(date(2026, 3, 1), date(2026, 6, 30))
EARLY_SUMMER = Period(date(2026, 5, 1), date(2026, 6, 30))
NOW = datetime(2026, 7, 15, 8, tzinfo=UTC)
OFFICES, PUBLIC = "business-offices", "public"


def area(slug: str, *activities: str, indicators: tuple[str, ...] = ()) -> FocusArea:
    return FocusArea(slug, slug.upper(), slug, {one: one for one in activities}, indicators)


STRATEGY = Strategy(
    "",
    goals={"mal-1": "Ett", "mal-2": "Två", "mal-3": "Tre"},
    indicators={"natverk": "Nätverk", "service": "Service"},
    focus_areas={
        "bygd": area("bygd", "motesplatser", indicators=("natverk",)),
        "besok": area("besok", "leder", "miljoer"),
        "smart": area("smart", "tjanster"),
    },
)
AUDIENCES = Audiences(
    {slug: Audience(slug, slug, "") for slug in (OFFICES, PUBLIC)},
    {"arvika": "Arvika", "eda": "Eda", "sunne": "Sunne"},
    (),
)


def item(slug: str, kind: ItemKind, focus: tuple[str, ...], places: tuple[str, ...], **tags: object) -> Item:
    told_of: dict[str, object] = {"slug": slug, "kind": kind, "focus": focus, "municipalities": places}
    untagged: dict[str, object] = {"goals": (), "activities": (), "indicators": ()}
    return item_with("Nu är det klart.", **told_of | untagged | tags)


ITEMS = (
    item(
        "brygga",
        ItemKind.STORY,
        ("bygd",),
        ("eda",),
        goals=("mal-1",),
        activities=("motesplatser",),
        indicators=("natverk",),
    ),
    item("led", ItemKind.CALL, ("bygd", "besok"), (), goals=("mal-1", "mal-2"), activities=("leder",)),
    item("kurs", ItemKind.INVITATION, (), ("sunne",)),
)
SENT = Sent(told.EDITIONS, told.POSTS, ("mejl", "mastodon", "facebook", "linkedin"))


def workspace(*items: Item) -> Workspace:
    known = {one.slug: one for one in items}
    return Workspace(known, {}, {}, frozenset(), AUDIENCES, STRATEGY, TemplateSet({}, {}), {})


def counted(period: Period = SPRING, sent: Sent = SENT, *items: Item) -> Coverage:
    return coverage(workspace(*(items or ITEMS)), sent, period, as_of=NOW, zone=STOCKHOLM)


def figures(found: Coverage, axis: Axis) -> dict[str, tuple[int, int, int, int]]:
    """Items, editions, deliveries and posts of each value."""
    return {value: four(reach) for value, reach in found.rows[axis].items()}


def four(reach: Reach) -> tuple[int, int, int, int]:
    return reach.items, reach.editions, reach.deliveries, reach.posts


def squares(found: Coverage, axis: Axis) -> dict[tuple[str, str], tuple[int, int, int, int]]:
    return {(one.focus, one.value): four(one.reach) for one in found.squares if one.axis is axis}


# Each axis, by hand


def test_the_whole_counts_each_thing_once_also_what_is_lost() -> None:
    # Items: brygga, led, borta, kurs. Copies: 4 + 2 + 3 + 2 + 1 + 3 + 5 + 1 + 4 = 25. Posts: THREAD, BY_HAND.
    assert counted().whole == Reach(4, 9, 25, 2, date(2026, 6, 2))


def test_an_item_of_two_focus_areas_counts_in_both_and_an_area_without_any_is_there() -> None:
    assert figures(counted(), Axis.FOCUS) == {
        "bygd": (2, 8, 24, 2),  # all but edition 6: 25 - 1
        "besok": (1, 5, 12, 1),  # led: 1, 2, 5, 7, 10: 4 + 2 + 2 + 3 + 1
        "smart": (0, 0, 0, 0),
    }


def test_goals_activities_and_indicators_are_those_of_the_items() -> None:
    brygga, led = (1, 4, 16, 1), (1, 5, 12, 1)  # brygga: 1, 3, 9, 11: 4 + 3 + 5 + 4
    found = counted()
    assert figures(found, Axis.GOAL) == {"mal-1": (2, 8, 24, 2), "mal-2": led, "mal-3": (0, 0, 0, 0)}
    assert figures(found, Axis.ACTIVITY) == {
        "motesplatser": brygga,
        "leder": led,
        "miljoer": (0, 0, 0, 0),
        "tjanster": (0, 0, 0, 0),
    }
    assert figures(found, Axis.INDICATOR) == {"natverk": brygga, "service": (0, 0, 0, 0)}


def test_an_audience_is_reached_by_letters_to_it_and_the_public_by_posts_too() -> None:
    assert figures(counted(), Axis.AUDIENCE) == {
        OFFICES: (3, 6, 15, 0),  # 1, 2, 5, 6, 9, 10: 4 + 2 + 2 + 1 + 5 + 1
        PUBLIC: (2, 3, 10, 2),  # 3, 7, 11: 3 + 3 + 4; borta is lost: brygga and led are left
    }


def test_a_municipality_is_reached_by_what_is_for_it_in_letters_to_it_or_to_the_whole_area() -> None:
    assert figures(counted(), Axis.MUNICIPALITY) == {
        "arvika": (1, 3, 6, 1),  # led: 2, 7, 10: 2 + 3 + 1; BY_HAND
        "eda": (2, 7, 23, 2),  # 1, 2, 3, 5, 7, 9, 11: 4 + 2 + 3 + 2 + 3 + 5 + 4; THREAD, BY_HAND
        "sunne": (2, 3, 6, 1),  # led: 2, 7, kurs: 6: 2 + 3 + 1; BY_HAND
    }


def test_kinds_and_channels_are_all_there_also_those_that_carried_nothing() -> None:
    found = counted()
    kinds = {kind: told for kind, told in figures(found, Axis.KIND).items() if any(told)}
    assert kinds == {"story": (1, 4, 16, 1), "call": (1, 5, 12, 1), "invitation": (1, 1, 1, 0)}
    assert found.rows[Axis.KIND].keys() == {kind.value for kind in ItemKind}
    assert figures(found, Axis.CHANNEL) == {
        "mejl": (3, 9, 25, 0),
        "mastodon": (1, 0, 0, 1),
        "facebook": (1, 0, 0, 1),
        "linkedin": (0, 0, 0, 0),
    }


def test_a_month_without_anything_is_there_and_a_letter_after_midnight_is_of_the_next_month() -> None:
    found = counted()
    assert figures(found, Axis.MONTH) == {
        "2026-03": (2, 3, 9, 1),  # 4 + 2 + 3; borta is lost
        "2026-04": (2, 3, 6, 1),  # 31 March 22.30 UTC is 1 April 00.30 with summer time: 2 + 1 + 3
        "2026-05": (0, 0, 0, 0),
        "2026-06": (2, 3, 10, 0),  # 5 + 1 + 4
    }
    assert {month: four(of["besok"]) for month, of in found.months.items()} == {
        "2026-03": (1, 2, 6, 0),
        "2026-04": (1, 2, 5, 1),
        "2026-05": (0, 0, 0, 0),
        "2026-06": (1, 1, 1, 0),
    }


def test_what_has_no_focus_area_and_what_has_no_file_is_told() -> None:
    assert (counted().untagged, counted().lost) == (1, ("borta",))


def test_the_first_and_the_last_day_of_a_period_count() -> None:
    assert counted(Period(date(2026, 3, 3), date(2026, 3, 5))).whole == Reach(3, 3, 9, 1, date(2026, 3, 5))
    assert counted(Period(date(2026, 3, 4), date(2026, 3, 4))).whole == Reach()
    assert counted(Period(date(2026, 3, 31), date(2026, 3, 31))).whole == Reach()
    # HALF is of 30 June 22.30 UTC, which is 1 July: outside the spring, inside July.
    assert counted(Period(date(2026, 7, 1), date(2026, 7, 1))).whole == Reach(1, 0, 0, 1, date(2026, 7, 1))


def test_an_hour_earlier_the_same_letter_would_be_of_march() -> None:
    found = coverage(workspace(*ITEMS), SENT, SPRING, as_of=NOW, zone=UTC)
    assert figures(found, Axis.MONTH)["2026-03"] == (3, 6, 15, 1)  # and kurs; 9 + 2 + 1 + 3


# Squares


def test_each_square_of_the_matrix_is_there_with_what_reached_it() -> None:
    found = counted()
    assert squares(found, Axis.AUDIENCE) == {
        ("bygd", OFFICES): (2, 5, 14, 0),  # 1, 2, 5, 9, 10
        ("bygd", PUBLIC): (2, 3, 10, 2),  # 3, 7, 11; THREAD, BY_HAND
        ("besok", OFFICES): (1, 4, 9, 0),  # 1, 2, 5, 10
        ("besok", PUBLIC): (1, 1, 3, 1),  # 7; BY_HAND
        ("smart", OFFICES): (0, 0, 0, 0),
        ("smart", PUBLIC): (0, 0, 0, 0),
    }
    assert squares(found, Axis.MUNICIPALITY) == {
        ("bygd", "arvika"): (1, 3, 6, 1),  # 2, 7, 10; BY_HAND
        ("bygd", "eda"): (2, 7, 23, 2),
        ("bygd", "sunne"): (1, 2, 5, 1),  # 2, 7; kurs has no focus area
        ("besok", "arvika"): (1, 3, 6, 1),
        ("besok", "eda"): (1, 4, 11, 1),  # 1, 2, 5, 7: 4 + 2 + 2 + 3
        ("besok", "sunne"): (1, 2, 5, 1),
        ("smart", "arvika"): (0, 0, 0, 0),
        ("smart", "eda"): (0, 0, 0, 0),
        ("smart", "sunne"): (0, 0, 0, 0),
    }


def test_gaps_come_in_order_of_how_long_they_have_waited_those_that_had_nothing_first() -> None:
    # In May and June: brygga to Eda's offices and public, led to Arvika's offices. BY_HAND of 3 April was the
    # last that told of led to everybody.
    april = date(2026, 4, 3)
    gaps = [(one.focus, one.value, one.last_on) for one in counted(EARLY_SUMMER).gaps]
    assert gaps == [
        ("smart", OFFICES, None),
        ("smart", PUBLIC, None),
        ("smart", "arvika", None),
        ("smart", "eda", None),
        ("smart", "sunne", None),
        ("besok", PUBLIC, april),
        ("besok", "eda", april),
        ("besok", "sunne", april),
        ("bygd", "sunne", april),
    ]


def test_what_comes_after_the_period_fills_no_square_and_is_no_last_time() -> None:
    march = counted(Period(date(2026, 3, 4), date(2026, 3, 4)))
    last = {(one.focus, one.value): one.last_on for one in march.gaps}
    assert last["besok", "sunne"] == date(2026, 3, 3)
    assert last["besok", PUBLIC] is None


# Odd


def test_values_that_nobody_knows_any_more_still_have_their_rows() -> None:
    sent = Sent((replace(told.EDITIONS[0], audience="gamla", channel="fax"),))
    found = counted(SPRING, sent, replace(ITEMS[0], focus=("gammalt",)))
    assert figures(found, Axis.FOCUS)["gammalt"] == (1, 1, 4, 0)
    assert figures(found, Axis.AUDIENCE)["gamla"] == (1, 1, 4, 0)
    assert figures(found, Axis.CHANNEL)["fax"] == (1, 1, 4, 0)
    assert all(one.is_empty for one in found.squares)


def test_a_post_of_what_is_for_one_municipality_reaches_no_other() -> None:
    sent = Sent(posts=(SentPost("x", "brygga", "mastodon", told.at(3, 5)),))
    assert figures(counted(SPRING, sent), Axis.MUNICIPALITY) == {
        "arvika": (0, 0, 0, 0),
        "eda": (1, 0, 0, 1),
        "sunne": (0, 0, 0, 0),
    }


def test_an_item_that_is_in_an_edition_of_another_municipality_has_not_reached_its_own() -> None:
    sent = Sent((replace(told.EDITIONS[0], items=("kurs",)),))  # for Sunne, in Eda's letter
    assert set(figures(counted(SPRING, sent), Axis.MUNICIPALITY).values()) == {(0, 0, 0, 0)}


def test_nothing_sent_is_nothing_and_all_squares_are_empty() -> None:
    found = counted(SPRING, Sent())
    assert found.whole == Reach()
    assert len(found.gaps) == len(found.squares) == 3 * 2 + 3 * 3


def test_the_months_of_a_period_go_over_the_turn_of_the_year() -> None:
    def months() -> Iterator[str]:
        return months_of(Period(date(2026, 11, 30), date(2027, 2, 1)))

    assert list(months()) == ["2026-11", "2026-12", "2027-01", "2027-02"]
