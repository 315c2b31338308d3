"""Who is shown has the last word: what they take back goes out nowhere, from no item, however approved."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from comms.model.ledger import SlotState
from tests.journey.workspaces import (
    ISSUE,
    ITEM,
    PICTURE,
    POST,
    SLOT,
    WEEK_BEFORE,
    Office,
    Watched,
    body,
)

COPY = "content/pictures/kopia.png"
POST_SLOT = "2026-12-03T12:01"
OTHER = "content/items/fest.md"


def shows(office: Office, consent: str, *, picture: str = PICTURE, more: str = "") -> None:
    """Write another item, that goes out much later, with the picture and what somebody said of it."""
    file = picture.removeprefix("content/")
    rows = [
        f"  - file: {file}",
        "    alt: Siv Ek på bryggan.",
        "    people: [Siv Ek]",
        f"    consent: {consent}",
    ]
    office.write_item("fest", since="2027-02-01", more="\n".join(["images:", *rows, more, ""]))


def grant(office: Office, scope: str = "") -> None:
    """Say in the item about the jetty itself who is shown, and on what ground."""
    consent = f"{{basis: muntligt ja, date: 2026-11-12{scope}}}"
    added = f"    people: [Siv Ek]\n    consent: {consent}\n"
    office.change(ITEM, "    photographer:", f"{added}    photographer:")


@pytest.mark.parametrize("picture", [PICTURE, COPY], ids=["the same file", "the same bytes"])
@pytest.mark.parametrize("more", ["", "kindd: story"], ids=["whole", "with faults of its own"])
def test_a_yes_taken_back_in_one_item_holds_what_another_was_approved_with(
    office: Office, picture: str, more: str
) -> None:
    grant(office)
    if picture != PICTURE:
        shutil.copy(office.folder / PICTURE, office.folder / picture)
    office.approve()
    office.approve(POST)

    shows(office, "{basis: muntligt ja, withdrawn_on: 2026-11-28}", picture=picture, more=more)
    office.comms("tick", now=SLOT)
    office.comms("tick", now=POST_SLOT)

    assert office.nothing_sent()
    for identity in (ISSUE, POST):
        held = office.slot(identity, now=POST_SLOT)
        assert held["state"] == SlotState.HELD.value
        assert f"{PICTURE} är återkallat 2026-11-28 (se {OTHER})" in str(held)
    told = [letter for letter in office.officers_mail() if str(letter["Subject"]).startswith("Hålls kvar")]
    assert len(told) == len((ISSUE, POST))
    assert all(PICTURE in body(letter) for letter in told)


def test_what_is_held_for_a_yes_taken_back_is_not_sent_by_hand_either(office: Office) -> None:
    grant(office)
    seen = office.approve()
    shows(office, "{basis: muntligt ja, withdrawn_on: 2026-11-28}")

    refused = office.comms("send", ISSUE, "--plan", seen, "--yes", now=SLOT)

    assert refused.code != 0
    assert PICTURE in refused.said
    assert office.nothing_sent()


def test_a_yes_that_still_holds_in_another_item_holds_nothing(office: Office) -> None:
    grant(office)
    office.approve()
    shows(office, "{basis: muntligt ja, date: 2026-11-12}")

    office.comms("tick", now=SLOT)

    assert office.states() == {"accepted": 5}


def test_check_names_every_item_that_shows_a_picture_taken_back(office: Office) -> None:
    shows(office, "{basis: muntligt ja, withdrawn_on: 2026-11-28}")

    problems = office.comms("check", "--format", "json", now=WEEK_BEFORE).json["problems"]

    assert {(one["file"], one["code"]) for one in problems if one["severity"] == "error"} == {
        (OTHER, "S132"),
        (ITEM, "S130"),
        (ITEM, "S132"),
    }


def test_a_yes_for_the_letter_alone_stops_the_post_and_not_the_letter(office: Office) -> None:
    grant(office, scope=", scope: [brevet]")

    checked = office.comms("check", now=WEEK_BEFORE)
    (reason,) = office.entry(POST)["blocked"]
    office.approve()
    office.comms("tick", now=SLOT)

    assert "S134" in checked.out
    assert "gäller inte mastodon" in reason
    assert office.states() == {"accepted": 5}
    assert office.posts() == []


# While somebody thinks, and while it goes out


def retract(office: Office, what: str, now: str = WEEK_BEFORE) -> None:
    answer = office.comms("retract", what, "--reason", "har ångrat sig", "--yes", now=now)
    assert answer.code == 0, answer.said


@pytest.mark.parametrize("identity", [ISSUE, POST])
@pytest.mark.parametrize("what", ["bryggan", PICTURE])
def test_what_is_retracted_while_a_person_is_asked_is_not_approved(
    office: Office, monkeypatch: pytest.MonkeyPatch, what: str, identity: str
) -> None:
    grant(office)
    office.answer(identity)
    seen = office.fingerprint(identity)

    def thinks(*_asked: object) -> bool:
        retract(office, what)
        return True

    monkeypatch.setattr("comms.cli.approve.is_anyone_there", lambda: True)
    monkeypatch.setattr("comms.cli.approve.ask", thinks)

    answer = office.comms("approve", identity, "--plan", seen, "--by", "Anna", now=WEEK_BEFORE)

    assert answer.code != 0
    assert "är tillbakadragen" in answer.err
    for clock in (SLOT, POST_SLOT):
        office.comms("tick", now=clock)
    assert office.nothing_sent()


@pytest.mark.parametrize("identity", [ISSUE, POST])
def test_what_is_retracted_in_the_moment_of_its_approval_is_held_at_its_time(
    office: Office, monkeypatch: pytest.MonkeyPatch, identity: str
) -> None:
    monkeypatch.setattr("comms.store.Store.void_approval", lambda *_: None)
    office.approve(identity)
    retract(office, "bryggan")

    for clock in (SLOT, POST_SLOT):
        office.comms("tick", now=clock)

    assert office.nothing_sent()
    assert "nyheten är tillbakadragen: har ångrat sig" in str(office.slot(identity, now=POST_SLOT))


def take_back(office: Office) -> None:
    shows(office, "{basis: muntligt ja, withdrawn_on: 2026-11-28}")


def retract_and_take_out(office: Office) -> None:
    retract(office, PICTURE, now=SLOT)
    text = (office.folder / ITEM).read_text(encoding="utf-8")
    start, end = text.index("images:"), text.index("posts:")
    office.write(ITEM, text[:start] + text[end:])


def retract_the_item(office: Office) -> None:
    retract(office, "bryggan", now=SLOT)


NOES = pytest.mark.parametrize("no", [take_back, retract_and_take_out, retract_the_item])


def cut_short(office: Office, relay: Watched) -> str:
    """An issue that a person paused after its first letters; its fingerprint."""
    office.write_audiences(40)
    office.sends_through(relay)
    seen = office.approve()

    def pause(dot: int) -> None:
        if dot == 3:
            office.comms("pause", ISSUE, now=SLOT)

    relay.at_dot = pause
    office.comms("tick", now=SLOT)
    assert 0 < relay.got.total() < 40
    return seen


@pytest.mark.servers
@NOES
def test_the_rest_of_a_paused_issue_does_not_get_what_somebody_has_said_no_to(
    office: Office, no: Callable[[Office], None]
) -> None:
    with Watched() as relay:
        seen = cut_short(office, relay)
        before = relay.got.total()
        no(office)

        resumed = office.comms("resume", ISSUE, now=SLOT)
        office.comms("tick", now=SLOT)
        office.comms("cancel", ISSUE, "--yes", now=SLOT)
        rest = office.comms("send", ISSUE, "--plan", seen, "--rest", "--yes", now=SLOT)

        assert (resumed.code != 0, rest.code != 0) == (True, True)
        assert f"comms cancel {ISSUE}" in resumed.err
        assert "får inte gå ut till fler" in rest.err
        assert relay.got.total() == before


@pytest.mark.servers
@NOES
def test_a_run_that_was_broken_off_pauses_instead_of_going_on_with_what_somebody_has_said_no_to(
    office: Office, no: Callable[[Office], None]
) -> None:
    with Watched() as relay:
        cut_short(office, relay)
        before = relay.got.total()
        office.comms("resume", ISSUE, now=SLOT)
        no(office)

        answer = office.comms("tick", now=SLOT)

        assert answer.code != 0
        assert office.slot()["state"] == SlotState.PAUSED.value
        assert relay.got.total() == before
        assert relay.told[-1] == "Pausad: Brevet"


# A yes that ends


def ending(office: Office, day: str) -> None:
    consent = f"{{basis: muntligt ja, date: 2026-11-12, expires: {day}}}"
    added = f"    people: [Siv Ek]\n    consent: {consent}\n"
    office.change(ITEM, "    photographer:", f"{added}    photographer:")


@pytest.mark.parametrize(("day", "code"), [("2026-12-02", 1), ("2026-12-03", 0)])
def test_a_post_in_a_free_slot_is_not_approved_for_a_day_after_the_yes_has_ended(
    office: Office, day: str, code: int
) -> None:
    ending(office, day)
    office.answer(POST)
    seen = office.fingerprint(POST)

    answer = office.comms("approve", POST, "--plan", seen, "--by", "Anna", now=WEEK_BEFORE)

    assert answer.code == code
    assert ("S133" in answer.said) == bool(code)


@pytest.mark.parametrize(("identity", "day"), [(ISSUE, "2026-12-01"), (POST, "2026-12-03")])
def test_what_is_held_is_not_sent_by_hand_when_the_yes_has_ended(
    office: Office, identity: str, day: str
) -> None:
    ending(office, day)
    seen = office.approve(identity)
    office.comms("tick", now="2026-12-04T09:00")
    assert office.slot(identity, now=POST_SLOT)["state"] == SlotState.HELD.value

    answer = office.comms("send", identity, "--plan", seen, "--yes", now="2026-12-04T09:10")

    assert answer.code != 0
    assert f"gäller till {day}" in answer.said
    assert office.nothing_sent()


def test_what_is_late_does_not_go_out_by_itself_when_the_yes_ended_in_the_night(office: Office) -> None:
    office.change("comms.yaml", "max_lateness: 12h", "max_lateness: 48h")
    ending(office, "2026-12-01")
    office.approve()

    office.comms("tick", now="2026-12-02T07:00")

    assert office.nothing_sent()
    assert "gäller till 2026-12-01" in str(office.slot(now="2026-12-02T07:00"))


# A picture by another name


def renamed(office: Office, *, approved: bool) -> Path:
    """Retract the picture, take it out of its item, and show the same bytes by another name."""
    if approved:
        office.approve()
    retract(office, PICTURE)
    (office.folder / PICTURE).rename(office.folder / COPY)
    office.change(ITEM, "pictures/bryggan.png", COPY.removeprefix("content/"))
    return office.folder / COPY


@pytest.mark.parametrize("approved", [True, False])
def test_a_retracted_picture_is_not_free_by_another_name(office: Office, *, approved: bool) -> None:
    renamed(office, approved=approved)
    (reason,) = office.entry()["blocked"]
    assert COPY in reason
    assert "är tillbakadragen" in reason


def test_a_picture_that_no_item_shows_any_more_can_be_retracted_while_it_is_in_what_is_frozen(
    office: Office,
) -> None:
    office.approve()
    text = (office.folder / ITEM).read_text(encoding="utf-8")
    start, end = text.index("images:"), text.index("posts:")
    office.write(ITEM, text[:start] + text[end:])
    retract(office, PICTURE)
    (office.folder / PICTURE).rename(office.folder / COPY)
    office.write(ITEM, text.replace("pictures/bryggan.png", COPY.removeprefix("content/")))

    (reason,) = office.entry()["blocked"]

    assert COPY in reason


def test_check_says_to_retract_before_the_picture_is_taken_out(office: Office) -> None:
    shows(office, "{basis: muntligt ja, withdrawn_on: 2026-11-28}")
    problems = office.comms("check", "--format", "json", now=WEEK_BEFORE).json["problems"]
    hints = {one["hint"] for one in problems if one["code"] == "S132"}
    assert all(hint.startswith(f"Kör först: comms retract {PICTURE}") for hint in hints)
    assert hints
