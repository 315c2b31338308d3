"""Issues in a row: what is new in each, what the ledger remembers, what blocks one and not the others."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from comms.errors import Text
from comms.model.ledger import SlotState
from comms.model.plan import Entry, Skip
from comms.plan.issues import World
from tests.unit.plan.builder import (
    AUDIENCES,
    NEWSLETTER,
    broken,
    entry,
    frozen,
    item,
    ledger,
    local,
    notes,
    picks,
    plan,
    quiet,
    said_of,
    schedule,
    settings,
    why_not,
    world,
)

DECEMBER, JANUARY, FEBRUARY = "brevet-2026-12-01", "brevet-2027-01-05", "brevet-2027-02-02"
AFTER_DECEMBER = "2026-12-02"


def approved(seen: World, identity: str = DECEMBER, state: SlotState = SlotState.APPROVED) -> World:
    """The same world, where one issue is approved and has come to `state`."""
    return replace(seen, facts=ledger(frozen(entry(seen, identity), state)))


def blocks(planned: Entry) -> list[str]:
    return [str(reason) for reason in planned.blocked]


# Names, times, editions


def test_an_issue_is_named_by_newsletter_and_local_date_and_says_when() -> None:
    (december,) = plan(world(item("bryggan")), until="2026-12-02").entries
    assert (december.id, december.schedule, december.channel) == (DECEMBER, "brevet", "mail")
    assert f"{december.moment.at:%H:%MZ}" == "07:00Z"


def test_a_plan_begins_after_its_first_moment_and_ends_with_its_last() -> None:
    seen = world(item("bryggan"))
    ids = [one.id for one in plan(seen, "2026-12-01 08:00", "2027-01-05 08:00").entries]
    assert ids == [JANUARY]


def test_editions_come_in_the_order_of_the_letters_audiences_and_the_files_municipalities() -> None:
    letter = replace(NEWSLETTER, audiences=("public", "offices"), whole_area=True)
    kansli = replace(AUDIENCES.recipients[0], municipality="", address="kansli@leader.example")
    area = replace(AUDIENCES, recipients=(*AUDIENCES.recipients, kansli))
    december = entry(world(item("bryggan"), ways=settings(letter), audiences=area), DECEMBER)
    assert [edition.key for edition in december.editions] == [
        ("public", "eda"),
        ("public", "sunne"),
        ("offices", "eda"),
        ("offices", "sunne"),
        ("offices", ""),
    ]
    assert said_of(december.skips)["public-whole-area"] == "Har inga mottagare."


def test_a_letter_for_one_municipality_has_only_that_edition() -> None:
    letter = replace(NEWSLETTER, municipalities=("sunne",), audiences=("offices",))
    december = entry(world(item("bryggan"), ways=settings(letter)), DECEMBER)
    assert [edition.key for edition in december.editions] == [("offices", "sunne")]


def test_an_audience_or_municipality_that_is_not_in_the_file_makes_no_edition() -> None:
    letter = replace(NEWSLETTER, audiences=("offices", "gäster"), municipalities=("eda", "atlantis"))
    december = entry(world(item("bryggan"), ways=settings(letter)), DECEMBER)
    assert [edition.key for edition in december.editions] == [("offices", "eda")]


def test_an_issue_without_news_has_nothing_to_send_and_names_every_edition() -> None:
    december = entry(world(), DECEMBER)
    assert december.nothing_to_send
    assert said_of(december.skips) == dict.fromkeys(
        ("offices-eda", "offices-sunne", "public-eda", "public-sunne"), "Inget nytt att berätta."
    )


def test_the_officers_subject_is_the_issues_title() -> None:
    said = [notes(DECEMBER, subject="Snart är det jul")]
    assert entry(world(item("bryggan"), said=said), DECEMBER).title == "Snart är det jul"


def test_a_slot_that_is_skipped_for_a_quiet_day_is_named_with_its_newsletter() -> None:
    letter = replace(NEWSLETTER, quiet=replace(quiet("2026-12-01"), on_quiet=quiet().on_quiet.SKIP))
    found = plan(world(item("bryggan"), ways=settings(letter)))
    assert found.entries == ()
    assert list(said_of(found.skips)) == ["brevet 2026-12-01 08:00"]


# New once in each edition


def test_an_item_is_new_in_one_issue_only_and_the_next_says_where_it_was() -> None:
    seen = world(item("bryggan"), item("sedan", publish_from=date(2026, 12, 20)))
    assert picks(entry(seen, DECEMBER)) == ["bryggan"]
    assert picks(entry(seen, JANUARY)) == ["sedan"]
    assert why_not(entry(seen, JANUARY), "bryggan") == "Var med i brevet-2026-12-01."
    assert entry(seen, FEBRUARY).nothing_to_send


def test_an_item_that_one_edition_had_is_still_new_in_another_letter() -> None:
    weekly = replace(NEWSLETTER, slug="torsdagsbrevet", schedule=schedule("first thursday 08:00"))
    seen = world(item("bryggan"), ways=settings(NEWSLETTER, weekly))
    assert picks(entry(seen, DECEMBER)) == ["bryggan"]
    assert picks(entry(seen, "torsdagsbrevet-2026-12-03")) == ["bryggan"]


def test_an_item_whose_municipality_is_added_is_new_where_it_was_not() -> None:
    seen = world(item("bryggan", municipalities=("eda",)))
    done = replace(approved(seen, state=SlotState.DONE).facts)
    wider = world(item("bryggan", municipalities=("eda", "sunne")), facts=done)
    january = entry(wider, JANUARY, since=AFTER_DECEMBER)
    assert picks(january, "offices", "sunne") == ["bryggan"]
    assert picks(january, "offices", "eda") == []


@pytest.mark.parametrize("state", [SlotState.RUNNING, SlotState.DONE, SlotState.APPROVED, SlotState.HELD])
def test_an_item_in_an_issue_that_went_or_may_go_is_not_new_afterwards(state: SlotState) -> None:
    seen = approved(world(item("bryggan"), item("nu")), state=state)
    january = entry(seen, JANUARY, since=AFTER_DECEMBER)
    assert january.nothing_to_send


@pytest.mark.parametrize("state", [SlotState.CANCELLED, SlotState.SKIPPED])
@pytest.mark.parametrize("since", ["2026-11-25", AFTER_DECEMBER])
def test_a_cancelled_or_skipped_issue_gives_its_items_back(state: SlotState, since: str) -> None:
    seen = approved(world(item("bryggan")), state=state)
    assert picks(entry(seen, JANUARY, since=since)) == ["bryggan"]


def test_an_issue_that_was_held_without_approval_gives_its_items_back() -> None:
    seen = world(item("bryggan"))
    facts = ledger(frozen(entry(seen, DECEMBER), SlotState.HELD, approved=False))
    assert picks(entry(replace(seen, facts=facts), JANUARY, since=AFTER_DECEMBER)) == ["bryggan"]


def test_an_issue_that_was_held_because_its_files_changed_gives_its_items_back() -> None:
    facts = approved(world(item("bryggan")), state=SlotState.HELD).facts
    seen = world(item("bryggan", sha256="another"), facts=facts)
    assert picks(entry(seen, JANUARY, since=AFTER_DECEMBER)) == ["bryggan"]


def test_a_slot_that_nobody_approved_before_now_takes_nothing_from_the_next() -> None:
    assert picks(entry(world(item("bryggan")), JANUARY, since=AFTER_DECEMBER)) == ["bryggan"]


def test_what_was_full_in_a_sent_issue_comes_in_the_next() -> None:
    letter = settings(replace(NEWSLETTER, max_items=1))
    seen = approved(world(item("a"), item("b"), ways=letter), state=SlotState.DONE)
    assert picks(entry(seen, JANUARY, since=AFTER_DECEMBER)) == ["b"]


# Approved


def test_an_approved_issue_keeps_its_items_and_a_new_one_waits_with_a_reason() -> None:
    facts = approved(world(item("bryggan"))).facts
    december = entry(world(item("bryggan"), item("ny"), facts=facts), DECEMBER)
    assert december.approved
    assert picks(december) == ["bryggan"]
    assert said_of(december.waiting) == {"ny": "Kom efter godkännandet: väntar till nästa nummer."}


def test_what_waits_is_in_the_next_issue() -> None:
    facts = approved(world(item("bryggan"))).facts
    assert picks(entry(world(item("bryggan"), item("ny"), facts=facts), JANUARY)) == ["ny"]


def test_an_issue_that_has_gone_out_announces_nothing_as_waiting() -> None:
    facts = approved(world(item("bryggan")), state=SlotState.DONE).facts
    assert entry(world(item("bryggan"), item("ny"), facts=facts), DECEMBER).waiting == ()


def test_an_approved_issue_whose_item_changed_is_voided_and_planned_anew() -> None:
    facts = approved(world(item("bryggan"))).facts
    december = entry(world(item("bryggan", sha256="another"), item("ny"), facts=facts), DECEMBER)
    assert (december.voided, december.approved) == (True, False)
    assert picks(december) == ["bryggan", "ny"]


def test_a_sent_issue_is_what_it_was_whatever_happens_to_its_files() -> None:
    sent = approved(world(item("bryggan")), state=SlotState.DONE).facts
    december = entry(world(item("bryggan", sha256="another"), facts=sent), DECEMBER)
    assert (december.voided, december.approved, december.state) == (False, True, SlotState.DONE)
    assert picks(december) == ["bryggan"]


def test_a_broken_new_item_does_not_block_an_approved_issue() -> None:
    facts = approved(world(item("bryggan"))).facts
    december = entry(world(item("bryggan"), broken("trasig"), facts=facts), DECEMBER)
    assert (december.approved, december.blocked) == (True, ())


def test_an_approved_issue_counts_todays_addresses() -> None:
    facts = approved(world(item("bryggan"))).facts
    fewer = replace(AUDIENCES, recipients=AUDIENCES.recipients[1:])
    december = entry(world(item("bryggan"), facts=facts, audiences=fewer), DECEMBER)
    assert december.approved
    assert [edition.recipients for edition in december.editions] == [0, 1, 1, 1]


def test_a_fault_among_the_addresses_blocks_an_approved_issue() -> None:
    # The faulty row is nobody's address today: sending would leave that reader out in silence.
    facts = approved(world(item("bryggan"))).facts
    faults = {"audiences.yaml": Text("audiences.yaml:9: ”naringsliv” är ingen e-postadress.")}
    december = entry(world(item("bryggan"), facts=facts, faults=faults), DECEMBER)
    assert blocks(december) == ["audiences.yaml:9: ”naringsliv” är ingen e-postadress."]


def test_an_approved_issue_whose_newsletter_left_the_settings_is_still_told_of() -> None:
    facts = approved(world(item("bryggan"))).facts
    december = entry(world(item("bryggan"), facts=facts, ways=settings()), DECEMBER)
    assert (december.voided, december.approved) == (True, False)
    assert blocks(december) == ["Nyhetsbrevet ”brevet” finns inte längre i comms.yaml."]


# Blocks


@pytest.mark.parametrize(
    "path",
    [
        "audiences.yaml",
        "strategy.yaml",
        "brand",
        "templates/newsletters/municipal.mjml.j2",
        f"content/issues/{DECEMBER}.md",
    ],
)
def test_a_fault_in_a_file_that_the_issue_needs_blocks_it(path: str) -> None:
    faults = {path: Text(f"{path}: fel")}
    assert blocks(entry(world(item("bryggan"), faults=faults), DECEMBER)) == [f"{path}: fel"]


def test_a_fault_in_another_issues_notes_does_not_block() -> None:
    faults = {f"content/issues/{JANUARY}.md": Text("fel")}
    assert blocks(entry(world(item("bryggan"), faults=faults), DECEMBER)) == []


def test_an_item_with_a_fault_blocks_only_the_issue_that_has_it() -> None:
    faults = {"content/items/bryggan.md": Text("content/items/bryggan.md:3: fel")}
    seen = world(item("bryggan"), item("sedan", publish_from=date(2026, 12, 20)), faults=faults)
    assert blocks(entry(seen, DECEMBER)) == ["content/items/bryggan.md:3: fel"]
    assert blocks(entry(seen, JANUARY)) == []


def test_notes_that_cannot_be_read_block_their_issue_even_without_news() -> None:
    seen = world()
    seen = replace(seen, workspace=replace(seen.workspace, broken_notes=frozenset({DECEMBER})))
    december = entry(seen, DECEMBER)
    assert blocks(december) == [f"content/issues/{DECEMBER}.md har fel."]
    assert not december.nothing_to_send


# Extra letters and corrections


def extra(issue: str, at: str, **changes: object) -> World:
    said = [notes(issue, at=local(at), pin=("bryggan",), **changes)]
    return world(item("bryggan"), said=said)


def test_an_extra_letter_goes_out_at_its_own_time_beside_the_cadence() -> None:
    seen = extra("brevet-2026-12-10", "2026-12-10 14:00")
    ids = [one.id for one in plan(seen, until="2027-01-06").entries]
    assert ids == [DECEMBER, "brevet-2026-12-10", JANUARY]
    letter = entry(seen, "brevet-2026-12-10")
    assert (f"{letter.moment.at:%H:%MZ}", str(letter.moment.note)) == ("13:00Z", "Extra brev.")


def test_an_extra_letter_in_the_night_without_its_hour_says_when_it_goes() -> None:
    letter = entry(extra("brevet-2027-03-28", "2027-03-28 02:30"), "brevet-2027-03-28")
    assert str(letter.moment.note) == "Klockan 02.30 finns inte den natten: går ut 03.30."


def test_the_officers_own_time_wins_over_the_schedules_on_the_same_day() -> None:
    found = plan(extra(DECEMBER, "2026-12-01 14:00"))
    assert [f"{one.moment.wall:%H:%M}" for one in found.entries] == ["14:00"]
    assert said_of(found.skips) == {f"{DECEMBER} 08:00": "Samma dag har redan ett nummer av brevet."}


def test_a_day_whose_letter_has_gone_out_has_no_second_one_and_says_so() -> None:
    facts = approved(world(item("bryggan")), state=SlotState.DONE).facts
    found = plan(replace(extra(DECEMBER, "2026-12-01 14:00"), facts=facts))
    assert [(one.id, one.state) for one in found.entries] == [(DECEMBER, SlotState.DONE)]
    assert [skip for skip in found.skips if skip.what == f"{DECEMBER} 14:00"] == [
        Skip(f"{DECEMBER} 14:00", Text("Samma dag har redan ett nummer av brevet."))
    ]


def test_an_approved_extra_letter_that_is_moved_follows_its_new_time_and_asks_again() -> None:
    seen = approved(extra("brevet-2026-12-10", "2026-12-10 09:00"), "brevet-2026-12-10")
    moved = replace(extra("brevet-2026-12-10", "2026-12-10 15:00", sha256="another"), facts=seen.facts)
    letter = entry(moved, "brevet-2026-12-10")
    assert (f"{letter.moment.wall:%H:%M}", letter.voided) == ("15:00", True)
    assert said_of(plan(moved).skips) == {}


def test_an_approved_extra_letter_whose_notes_are_gone_is_voided_at_its_time() -> None:
    seen = approved(extra("brevet-2026-12-10", "2026-12-10 09:00"), "brevet-2026-12-10")
    letter = entry(world(item("bryggan"), facts=seen.facts), "brevet-2026-12-10")
    assert (f"{letter.moment.wall:%H:%M}", letter.voided) == ("09:00", True)


@pytest.mark.parametrize(
    "state", [SlotState.PLANNED, SlotState.APPROVED, SlotState.HELD, SlotState.CANCELLED, SlotState.SKIPPED]
)
def test_a_correction_of_an_issue_that_has_not_gone_out_is_blocked(state: SlotState) -> None:
    facts = approved(world(item("bryggan")), state=state).facts
    seen = replace(extra("brevet-2026-12-10", "2026-12-10 09:00", corrects=DECEMBER), facts=facts)
    assert blocks(entry(seen, "brevet-2026-12-10")) == [f"Rättar {DECEMBER}, som inte har gått ut."]


def test_a_correction_of_an_issue_that_never_was_is_blocked() -> None:
    seen = extra("brevet-2026-12-10", "2026-12-10 09:00", corrects="brevet-2020-01-07")
    assert blocks(entry(seen, "brevet-2026-12-10")) == ["Rättar brevet-2020-01-07, som inte har gått ut."]


@pytest.mark.parametrize("state", [SlotState.RUNNING, SlotState.DONE])
def test_a_correction_of_a_sent_issue_goes_out_and_names_it(state: SlotState) -> None:
    facts = approved(world(item("bryggan")), state=state).facts
    letter = entry(
        replace(extra("brevet-2026-12-10", "2026-12-10 09:00", corrects=DECEMBER), facts=facts),
        "brevet-2026-12-10",
    )
    assert (letter.corrects, letter.blocked) == (DECEMBER, ())
    assert picks(letter) == ["bryggan"]
