"""Who is shown has the last word: what they take back goes out nowhere, from no item, however approved."""

from __future__ import annotations

import shutil

import pytest

from comms.model.ledger import SlotState
from tests.journey.workspaces import ISSUE, ITEM, PICTURE, POST, SLOT, WEEK_BEFORE, Office, body

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
