"""After sending: a sent issue is never edited; corrections, extra letters and retractions instead."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from tests.journey.workspaces import (
    DAY_BEFORE,
    ISSUE,
    ITEM,
    NEXT_ISSUE,
    PICTURE,
    POST,
    SLOT,
    WEEK_BEFORE,
    Office,
    body,
)

EXTRA = "brevet-2026-12-02"
DAY_AFTER = "2026-12-01T15:00"
EXTRA_SLOT = "2026-12-02T09:01"
LETTER = ("--letter", "brevet", "--at", "2026-12-02 09:00", "--item", "bryggan")


def send_december(office: Office) -> str:
    seen = office.approve()
    assert office.comms("tick", now=SLOT).code == 0
    assert office.states() == {"accepted": 5}
    return seen


def files(folder: Path) -> dict[str, bytes]:
    return {path.as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


# Sent is sent


def test_a_sent_issue_is_not_touched_by_a_change_of_its_files(office: Office) -> None:
    send_december(office)
    before = files(office.folder / "out")
    office.change(ITEM, "för alla.", "för alla!")
    office.change("comms.yaml", "title: Brevet", "title: Nya brevet")
    office.comms("tick", now=DAY_AFTER)
    assert files(office.folder / "out") == before
    assert office.slot()["state"] == "done"


def test_a_second_send_of_a_sent_issue_sends_nothing(office: Office) -> None:
    seen = send_december(office)
    before = files(office.folder / "out")
    assert office.comms("send", ISSUE, "--plan", seen, now=DAY_AFTER).code == 0
    assert files(office.folder / "out") == before
    assert office.states() == {"accepted": 5}


def test_a_sent_issue_cannot_be_approved_again(office: Office) -> None:
    send_december(office)
    shown = office.fingerprint(now=DAY_AFTER)
    assert office.comms("approve", ISSUE, "--plan", shown, now=DAY_AFTER).code == 2


def test_an_address_that_is_added_after_sending_does_not_get_the_letter(office: Office) -> None:
    seen = send_december(office)
    office.write_audiences(6)
    office.comms("send", ISSUE, "--plan", seen, now=DAY_AFTER)
    assert office.states() == {"accepted": 5}


# Corrections and extra letters


def test_a_correction_is_a_new_issue_that_names_the_one_it_corrects(office: Office) -> None:
    send_december(office)
    made = office.comms("new", "Rättelse om bryggan", *LETTER, "--corrects", ISSUE)
    assert made.code == 0
    assert f"content/issues/{EXTRA}.md" in made.out
    assert office.comms("check").code == 0
    office.approve(EXTRA, now=DAY_AFTER)
    assert office.comms("tick", now=EXTRA_SLOT).code == 0
    assert office.states(EXTRA) == {"accepted": 5}
    letter = office.letters(EXTRA)["kontor1@eda.example"]
    assert letter["Subject"] == "Rättelse om bryggan"
    assert f"Det här rättar brevet {ISSUE}" in body(letter)
    assert "En ny brygga i Eda" in body(letter)


def test_a_correction_leaves_the_corrected_issue_as_it_was(office: Office) -> None:
    send_december(office)
    before = files(office.folder / "out" / "sent" / "mail" / ISSUE)
    office.comms("new", "Rättelse", *LETTER, "--corrects", ISSUE)
    office.approve(EXTRA, now=DAY_AFTER)
    office.comms("tick", now=EXTRA_SLOT)
    assert files(office.folder / "out" / "sent" / "mail" / ISSUE) == before


def test_a_correction_of_an_issue_that_has_not_gone_out_cannot_be_approved(office: Office) -> None:
    office.comms("new", "Rättelse", *LETTER, "--corrects", ISSUE)
    answer = office.comms("approve", EXTRA, "--plan", office.fingerprint(EXTRA), now=WEEK_BEFORE)
    assert answer.code == 1
    assert f"Rättar {ISSUE}, som inte har gått ut." in answer.err


def test_an_extra_letter_goes_out_between_the_regular_ones_and_changes_none(office: Office) -> None:
    office.write_item("nyhet")
    office.comms("new", "Extra", "--letter", "brevet", "--at", "2026-11-28 10:00", "--item", "nyhet")
    office.approve("brevet-2026-11-28")
    office.approve()
    office.comms("tick", now="2026-11-28T10:01")
    office.comms("tick", now=SLOT)
    assert "Ny plats nyhet" in body(office.letters("brevet-2026-11-28")["kontor1@eda.example"])
    regular = body(office.letters()["kontor1@eda.example"])
    assert "En ny brygga i Eda" in regular
    assert "Ny plats nyhet" not in regular


def test_an_extra_letter_has_only_what_was_pinned(office: Office) -> None:
    office.write_item("annat")
    office.comms("new", "Extra", *LETTER)
    (edition,) = office.entry(EXTRA)["editions"]
    assert [item["id"] for item in edition["items"]] == ["bryggan"]


@pytest.mark.parametrize("day", ["2026-12-01 14:00", "2027-01-05 09:00"])
def test_an_extra_letter_on_the_day_of_a_regular_one_is_refused(office: Office, day: str) -> None:
    answer = office.comms("new", "Extra", "--letter", "brevet", "--at", day, "--item", "bryggan")
    assert answer.code == 2
    assert "Välj en annan dag." in answer.err
    assert not (office.folder / "content" / "issues").exists()


def test_a_second_extra_letter_on_one_day_is_refused(office: Office) -> None:
    assert office.comms("new", "Extra", *LETTER).code == 0
    assert office.comms("new", "Extra", *LETTER).code == 2


# Retractions


def retract(office: Office, what: str, now: str = WEEK_BEFORE) -> str:
    answer = office.comms("retract", what, "--reason", "fel belopp", "--yes", now=now)
    assert answer.code == 0, answer.said
    return answer.out


def test_a_retracted_item_voids_the_approved_issue_and_leaves_it(office: Office) -> None:
    office.write_item("annat")
    seen = office.approve()
    assert f"{ISSUE} behöver godkännas på nytt." in retract(office, "bryggan")
    entry = office.entry()
    assert not entry["approved"]
    (edition,) = entry["editions"]
    assert [item["id"] for item in edition["items"]] == ["annat"]
    assert {"what": "bryggan", "reason": "Tillbakadragen: fel belopp"} in edition["skips"]
    assert office.comms("send", ISSUE, "--plan", seen, now=SLOT).code == 5
    assert office.nothing_sent()


def test_the_ledger_says_why_the_approval_was_taken_back(office: Office) -> None:
    office.write_item("annat")
    office.approve()
    retract(office, "bryggan")
    assert office.slot()["reason"] == "bryggan: fel belopp"


def test_the_issue_without_the_retracted_item_can_be_approved_and_sent(office: Office) -> None:
    office.write_item("annat")
    office.approve()
    retract(office, "bryggan")
    office.approve()
    office.comms("tick", now=SLOT)
    letter = body(office.letters()["kontor1@eda.example"])
    assert "Ny plats annat" in letter
    assert "En ny brygga i Eda" not in letter


def test_a_voided_issue_that_nobody_approves_again_is_held_and_told(office: Office) -> None:
    office.write_item("annat")
    office.approve()
    retract(office, "bryggan")
    office.comms("tick", now=SLOT)
    assert office.nothing_sent()
    assert office.slot()["state"] == "held"
    assert "Hålls kvar" in str(office.officers_mail()[-1]["Subject"])


def test_a_retracted_item_leaves_the_posts_that_wait(office: Office) -> None:
    office.approve(POST)
    assert f"{POST} går inte ut." in retract(office, "bryggan")
    office.comms("tick", now="2026-12-03T12:01")
    assert office.posts() == []
    skips = office.comms("plan", "--json", now=DAY_BEFORE).json["skips"]
    assert {"what": POST, "reason": "Tillbakadragen: fel belopp"} in skips


def test_a_retracted_item_comes_in_no_later_issue(office: Office) -> None:
    retract(office, "bryggan")
    assert office.entry()["editions"] == []
    assert office.entry(NEXT_ISSUE)["editions"] == []


def test_a_retraction_after_sending_says_that_it_is_too_late_and_how_to_correct(office: Office) -> None:
    send_december(office)
    assert f"comms new --letter … --corrects {ISSUE}" in retract(office, "bryggan", now=DAY_AFTER)
    assert office.states() == {"accepted": 5}


def test_a_retracted_picture_voids_the_approval_and_blocks_its_item_until_it_is_taken_out(
    office: Office,
) -> None:
    office.approve()
    retract(office, PICTURE)
    (reason,) = office.entry()["blocked"]
    assert PICTURE in reason
    assert ITEM in reason
    text = (office.folder / ITEM).read_text(encoding="utf-8")
    start, end = text.index("images:"), text.index("posts:")
    office.write(ITEM, text[:start] + text[end:])
    assert office.entry()["blocked"] == []
    office.approve()
    office.comms("tick", now=SLOT)
    assert office.states() == {"accepted": 5}


def test_a_post_with_a_retracted_picture_is_held(office: Office) -> None:
    office.approve(POST)
    retract(office, PICTURE)
    office.comms("tick", now="2026-12-03T12:01")
    assert office.posts() == []
    assert office.slot(POST)["state"] == "held"


@pytest.mark.parametrize(("answer", "retracted"), [("n", False), ("j", True)])
def test_a_person_is_asked_before_a_retraction(
    office: Office, monkeypatch: pytest.MonkeyPatch, answer: str, *, retracted: bool
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{answer}\n"))
    office.comms("retract", "bryggan", "--reason", "fel belopp", now=WEEK_BEFORE)
    assert (office.entry()["editions"] == []) == retracted


def test_a_retraction_of_what_is_not_there_is_wrong_usage(office: Office) -> None:
    answer = office.comms("retract", "bryggen", "--reason", "fel", "--yes")
    assert (answer.code, "bryggen" in answer.err) == (2, True)


def test_a_retraction_needs_a_reason(office: Office) -> None:
    assert office.comms("retract", "bryggan", "--reason", "  ", "--yes").code == 2
    assert office.entry()["editions"] != []
