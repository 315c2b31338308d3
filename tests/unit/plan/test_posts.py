"""When each post goes: at its own time, or in its channel's next free slot, never two in one."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from comms.errors import Text
from comms.model.item import Item
from comms.model.ledger import SlotState
from comms.model.plan import LedgerFacts, Plan, Posted, Said
from comms.plan.issues import World
from comms.plan.posts import post_id
from tests.unit.plan.builder import (
    broken,
    channel,
    entry,
    frozen,
    item,
    ledger,
    local,
    plan,
    post,
    quiet,
    said_of,
    settings,
    world,
)

BRYGGAN = "bryggan.mastodon.1"
WAYS = settings(
    channels=[channel("mastodon", "mastodon", "tue 09:00", "thu 12:00"), channel("bluesky", "bluesky")]
)


def posting(*items: Item, facts: LedgerFacts | None = None, **faults: str) -> World:
    """A world without letters: Mastodon on Tuesdays at nine and Thursdays at noon."""
    said = {BRYGGAN if name == "post" else name: Text(text) for name, text in faults.items()}
    return world(*items, ways=WAYS, facts=facts, faults=said)


def times(found: Plan) -> dict[str, str]:
    """Each post with its local time."""
    return {one.id: f"{one.moment.wall:%Y-%m-%d %H:%M}" for one in found.entries}


def test_a_post_is_named_by_item_channel_and_number() -> None:
    assert post_id("bryggan", "mastodon") == BRYGGAN


def test_a_post_with_a_time_of_its_own_goes_then() -> None:
    found = plan(posting(item("bryggan", posts=(post(at="2026-12-01 11:00"),))))
    assert times(found) == {BRYGGAN: "2026-12-01 11:00"}
    assert f"{found.entries[0].moment.at:%H:%MZ}" == "10:00Z"


def test_a_post_without_a_time_takes_the_channels_next_slot() -> None:
    found = plan(posting(item("bryggan", posts=(post(),))), since="2026-12-02")
    assert times(found) == {BRYGGAN: "2026-12-03 12:00"}


def test_a_post_waits_for_the_day_that_its_item_is_published() -> None:
    later = item("bryggan", posts=(post(),), publish_from=date(2026, 12, 9))
    assert times(plan(posting(later))) == {BRYGGAN: "2026-12-10 12:00"}


def test_two_posts_never_share_a_slot_and_the_first_published_goes_first() -> None:
    seen = posting(
        item("a", posts=(post(),), publish_from=date(2026, 11, 21)),
        item("b", posts=(post(),), publish_from=date(2026, 11, 20)),
        item("c", posts=(post(),), publish_from=date(2026, 11, 21)),
    )
    assert times(plan(seen, since="2026-11-30")) == {
        "b.mastodon.1": "2026-12-01 09:00",
        "a.mastodon.1": "2026-12-03 12:00",
        "c.mastodon.1": "2026-12-08 09:00",
    }


def test_a_slot_that_another_posts_own_time_takes_is_not_free() -> None:
    seen = posting(
        item("a", posts=(post(),)),
        item("b", posts=(post(at="2026-12-01 09:00"),), publish_from=date(2026, 11, 30)),
    )
    assert times(plan(seen, since="2026-11-30")) == {
        "b.mastodon.1": "2026-12-01 09:00",
        "a.mastodon.1": "2026-12-03 12:00",
    }


def test_two_channels_have_their_own_slots() -> None:
    ways = settings(
        channels=[channel("mastodon", "mastodon", "tue 09:00"), channel("bluesky", "bluesky", "tue 09:00")]
    )
    seen = world(item("bryggan", posts=(post("mastodon"), post("bluesky"))), ways=ways)
    assert times(plan(seen, since="2026-11-30")) == {
        "bryggan.bluesky.1": "2026-12-01 09:00",
        BRYGGAN: "2026-12-01 09:00",
    }


def test_a_slot_on_a_quiet_day_moves_and_is_told() -> None:
    ways = settings(channels=[channel("mastodon", "mastodon", "tue 09:00", days=quiet("2026-12-01"))])
    (found,) = plan(world(item("bryggan", posts=(post(),)), ways=ways), since="2026-11-30").entries
    assert f"{found.moment.wall:%Y-%m-%d}" == "2026-12-02"
    assert str(found.moment.note) == "2026-12-01 är en stilla dag: flyttat till 2026-12-02."


def test_a_time_of_its_own_is_the_officers_word_even_on_a_quiet_day() -> None:
    ways = settings(channels=[channel("mastodon", "mastodon", days=quiet("2026-12-01"))])
    seen = world(item("bryggan", posts=(post(at="2026-12-01 11:00"),)), ways=ways)
    assert times(plan(seen)) == {BRYGGAN: "2026-12-01 11:00"}


@pytest.mark.parametrize(("night", "utc"), [("2027-03-28", "01:30Z"), ("2027-10-31", "00:30Z")])
def test_a_post_at_half_past_two_goes_once_in_both_nights_when_clocks_change(night: str, utc: str) -> None:
    found = plan(posting(item("bryggan", posts=(post(at=f"{night} 02:30"),))), night, "2027-12-31")
    assert [f"{one.moment.at:%H:%MZ}" for one in found.entries] == [utc]


# What comes to nothing is named


def test_a_time_that_has_passed_is_told_and_not_made_up_for() -> None:
    found = plan(posting(item("bryggan", posts=(post(at="2026-11-20 11:00"),))))
    assert found.entries == ()
    assert said_of(found.skips) == {BRYGGAN: "Tiden 2026-11-20 11:00 har passerat utan att posten gick ut."}


def test_a_channel_without_slots_has_no_free_time() -> None:
    found = plan(posting(item("bryggan", posts=(post("bluesky"),))))
    assert said_of(found.skips) == {"bryggan.bluesky.1": "Kanalen ”bluesky” har ingen ledig tid."}


def test_an_item_that_is_over_has_no_post() -> None:
    found = plan(posting(item("bryggan", posts=(post(),), publish_until=date(2026, 11, 24))))
    assert said_of(found.skips) == {BRYGGAN: "Slutade gälla 2026-11-24."}


def test_a_free_slot_after_the_items_last_day_is_not_used() -> None:
    seen = posting(item("bryggan", posts=(post(),), publish_until=date(2026, 11, 30)))
    found = plan(seen, since="2026-11-27")
    assert said_of(found.skips) == {
        BRYGGAN: "Nästa lediga tid är 2026-12-01, efter att nyheten slutat gälla."
    }


def test_a_retracted_item_has_no_post_and_says_why() -> None:
    facts = ledger(retracted={"bryggan": "fel belopp"})
    found = plan(posting(item("bryggan", posts=(post(),)), facts=facts))
    assert said_of(found.skips) == {BRYGGAN: "Tillbakadragen: fel belopp"}


def test_a_post_of_an_item_with_a_fault_is_blocked_with_it() -> None:
    faults = {"content/items/bryggan.md": Text("rad 3: fel"), BRYGGAN: Text("för lång")}
    seen = world(item("bryggan", posts=(post(),)), ways=WAYS, faults=faults)
    assert [str(reason) for reason in entry(seen, BRYGGAN).blocked] == ["rad 3: fel", "för lång"]


def test_a_fault_in_one_channels_post_does_not_block_the_others() -> None:
    seen = posting(
        item("bryggan", posts=(post(at="2026-12-01 11:00"), post("bluesky", at="2026-12-01 11:10"))),
        post="för lång",
    )
    assert entry(seen, BRYGGAN).blocked != ()
    assert entry(seen, "bryggan.bluesky.1").blocked == ()


# What the ledger has


def approved(seen: World, state: SlotState = SlotState.APPROVED) -> LedgerFacts:
    return ledger(frozen(entry(seen, BRYGGAN), state))


def test_an_approved_post_keeps_its_slot_when_an_earlier_item_comes() -> None:
    facts = approved(posting(item("bryggan", posts=(post(),))))
    seen = posting(
        item("bryggan", posts=(post(),)),
        item("aldre", posts=(post(),), publish_from=date(2026, 11, 1)),
        facts=facts,
    )
    assert times(plan(seen)) == {BRYGGAN: "2026-11-26 12:00", "aldre.mastodon.1": "2026-12-01 09:00"}
    assert entry(seen, BRYGGAN).approved


def test_an_approved_post_whose_item_changed_is_voided() -> None:
    facts = approved(posting(item("bryggan", posts=(post(),))))
    changed = entry(posting(item("bryggan", posts=(post(),), sha256="another"), facts=facts), BRYGGAN)
    assert (changed.voided, changed.approved, changed.state) == (True, False, SlotState.APPROVED)


@pytest.mark.parametrize("state", [SlotState.RUNNING, SlotState.DONE])
def test_a_post_that_has_gone_out_stays_what_it_was(state: SlotState) -> None:
    facts = approved(posting(item("bryggan", posts=(post(),))), state)
    gone = entry(posting(item("bryggan", posts=(post(),), sha256="another"), facts=facts), BRYGGAN)
    assert (gone.voided, gone.approved, gone.state) == (False, True, state)


def test_an_approved_post_that_is_moved_follows_its_new_time_and_asks_again() -> None:
    facts = approved(posting(item("bryggan", posts=(post(at="2026-12-01 11:00"),))))
    later = item("bryggan", posts=(post(at="2026-12-02 15:00"),), sha256="another")
    moved = entry(posting(later, facts=facts), BRYGGAN)
    assert (f"{moved.moment.wall:%d %H:%M}", moved.voided) == ("02 15:00", True)


def test_a_held_post_stays_at_its_own_passed_time() -> None:
    seen = posting(item("bryggan", posts=(post(at="2026-11-26 11:00"),)))
    facts = ledger(frozen(entry(seen, BRYGGAN), SlotState.HELD, approved=False, reason="Inte godkänd."))
    assert times(plan(replace(seen, facts=facts), since="2026-11-26 10:59")) == {BRYGGAN: "2026-11-26 11:00"}
    assert times(plan(replace(seen, facts=facts), since="2026-11-27")) == {}


def test_an_approved_post_whose_item_is_broken_is_still_told_of() -> None:
    facts = approved(posting(item("bryggan", posts=(post(at="2026-12-01 11:00"),))))
    seen = world(broken("bryggan"), facts=facts, ways=WAYS)
    told = entry(seen, BRYGGAN)
    assert (told.voided, told.approved) == (True, False)
    assert [str(reason) for reason in told.blocked] == ["content/items/bryggan.md: fel"]


def test_an_approved_post_that_was_taken_out_of_its_item_is_still_told_of() -> None:
    facts = approved(posting(item("bryggan", posts=(post(at="2026-12-01 11:00"),))))
    told = entry(posting(item("bryggan", sha256="another"), facts=facts), BRYGGAN)
    assert told.voided
    assert [str(reason) for reason in told.blocked] == [
        "Nyheten ”bryggan” har ingen post för mastodon längre."
    ]


def test_a_sent_post_whose_item_is_gone_is_not_planned_again() -> None:
    facts = approved(posting(item("bryggan", posts=(post(at="2026-12-01 11:00"),))), SlotState.DONE)
    assert plan(posting(facts=facts)).entries == ()


# Not too close, and not the same twice

APART = settings(
    channels=[replace(channel("mastodon", "mastodon", "tue 09:00", "tue 10:00"), distance=timedelta(hours=2))]
)
SAME = Said("bryggan är klar.", frozenset({"leader.example/brygga"}))


def test_a_free_slot_keeps_its_distance_to_what_goes_out_already() -> None:
    first = item("bryggan", posts=(post(at="2026-12-01 08:30"),))
    found = plan(world(first, item("leden", posts=(post(),)), ways=APART), since="2026-11-30")
    assert times(found) == {BRYGGAN: "2026-12-01 08:30", "leden.mastodon.1": "2026-12-08 09:00"}


def test_distance_is_counted_in_real_hours_the_night_when_clocks_change() -> None:
    night = settings(
        channels=[replace(channel("mastodon", "mastodon", "sun 04:00"), distance=timedelta(hours=3))]
    )
    before = item("bryggan", posts=(post(at="2026-10-25 01:30"),))
    leden = item("leden", posts=(post(),), publish_from=date(2026, 10, 1))
    found = plan(world(before, leden, ways=night), since="2026-10-24")
    assert times(found)["leden.mastodon.1"] == "2026-10-25 04:00"


def two(tells: dict[str, Said], facts: LedgerFacts | None = None, **changes: object) -> Plan:
    """Two items with a post each on Mastodon, a week apart."""
    later = replace(post(at="2026-12-08 11:00"), **changes)  # type: ignore[arg-type]  # any of its fields
    items = (item("bryggan", posts=(post(at="2026-12-01 11:00"),)), item("leden", posts=(later,)))
    return plan(world(*items, ways=WAYS, facts=facts, tells=tells))


def blocked(found: Plan) -> dict[str, str]:
    return {one.id: str(one.blocked[0]) for one in found.entries if one.blocked}


def test_the_later_of_two_posts_that_say_the_same_is_stopped_and_told_how_to_go_on() -> None:
    found = two({BRYGGAN: SAME, "leden.mastodon.1": replace(SAME, links=frozenset())})
    assert blocked(found) == {
        "leden.mastodon.1": "Kontot säger detsamma i bryggan.mastodon.1, 2026-12-01. "
        "Ändra texten, eller skriv repeat: true."
    }


def test_another_text_with_the_same_link_is_the_same_post_to_its_readers() -> None:
    assert "leden.mastodon.1" in blocked(two({BRYGGAN: SAME, "leden.mastodon.1": replace(SAME, words="Ny.")}))


def test_a_post_that_is_meant_to_repeat_goes_out() -> None:
    assert blocked(two({BRYGGAN: SAME, "leden.mastodon.1": SAME}, repeat=True)) == {}


def test_after_the_channels_time_the_same_may_be_said_again() -> None:
    far = replace(post(at="2026-12-15 11:00"), text="x")
    items = (item("bryggan", posts=(post(at="2026-12-01 11:00"),)), item("leden", posts=(far,)))
    found = plan(world(*items, ways=WAYS, tells={BRYGGAN: SAME, "leden.mastodon.1": SAME}))
    assert blocked(found) == {}


def test_what_is_out_already_counts_and_another_channel_does_not() -> None:
    out = Posted("gammal.mastodon.1", "mastodon", "mastodon", local("2026-11-30 11:00"), SAME)
    assert set(blocked(two({BRYGGAN: SAME}, LedgerFacts(posted=(out,))))) == {BRYGGAN}
    assert (
        blocked(
            two({BRYGGAN: SAME}, LedgerFacts(posted=(replace(out, channel="bluesky", network="bluesky"),)))
        )
        == {}
    )


def test_posts_that_only_share_a_channel_are_two_posts() -> None:
    assert blocked(two({BRYGGAN: SAME, "leden.mastodon.1": Said("Leden är öppen.", frozenset())})) == {}


def test_a_channel_under_another_name_and_two_channels_to_one_account_have_the_same_readers() -> None:
    old = Posted("gammal.masto.1", "masto", "mastodon", local("2026-11-30 11:00"), SAME)
    assert set(blocked(two({BRYGGAN: SAME}, LedgerFacts(posted=(old,))))) == {BRYGGAN}
    twice = settings(channels=[channel("mastodon", "mastodon"), channel("masto", "mastodon")])
    items = (
        item("bryggan", posts=(post(at="2026-12-01 11:00"),)),
        item("leden", posts=(post("masto", at="2026-12-02 11:00"),)),
    )
    tells = {BRYGGAN: SAME, "leden.masto.1": SAME}
    assert set(blocked(plan(world(*items, ways=twice, tells=tells)))) == {"leden.masto.1"}


def test_times_that_the_officer_chose_too_near_each_other_are_told() -> None:
    items = (
        item("bryggan", posts=(post(at="2026-12-01 10:00"),)),
        item("leden", posts=(post(at="2026-12-01 11:30"),)),
    )
    found = plan(world(*items, ways=APART))
    notes = {one.id: str(one.moment.note) for one in found.entries}
    assert notes["leden.mastodon.1"] == "Närmare än 2 timmar från bryggan.mastodon.1."
