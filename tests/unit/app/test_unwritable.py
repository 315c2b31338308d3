"""A letter that cannot be written stops no other: not the officer's own, and not one in a preview."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from comms.app.house import House, open_house
from comms.app.planning import HORIZON, ledger, make_plan
from comms.app.previewing import preview
from comms.app.telling import drain_notices
from comms.channels.base import Passing
from comms.channels.registry import open_channel
from comms.model.plan import EntryKind, LedgerFacts
from tests.journey.workspaces import WEEK_BEFORE, small


@pytest.fixture
def house(tmp_path: Path) -> House:
    """A small workspace."""
    return open_house(small(tmp_path).folder)


def turned(house: House) -> House:
    """The same with a name of the sender that no letter can hold, as no comms.yaml can give it."""
    sender = replace(house.settings.sender, name="Leader\u200e Prov")
    return replace(house, settings=replace(house.settings, sender=sender))


def at(house: House) -> datetime:
    return datetime.fromisoformat(WEEK_BEFORE).replace(tzinfo=house.zone)


def told(house: House, subject: str, body: str) -> list[str]:
    """Why a letter to the officer could not be handed over; nothing when it was."""
    channel = open_channel(
        house.settings.channels["mail"], out=house.out.as_posix(), memory=Passing(), now=lambda: at(house)
    )
    with ledger(house) as store:
        store.notice("prov", subject, body, at(house))
        return [why for _, why in drain_notices(house, store, {"mail": channel}, at(house))]


def test_a_letter_to_the_officer_leaves_out_what_no_letter_may_hold(house: House) -> None:
    assert told(house, "Hålls kvar:\tNy\u200e plats\ni Eda", "Ny\u202e plats\x00\n\nGodkänn.\n") == []
    (file,) = house.out.glob("sent/mail/officer-*/*")
    letter = message_from_bytes(file.read_bytes(), policy=policy.default)
    assert letter["Subject"] == "Hålls kvar: Ny plats i Eda"
    text = letter.get_body(("plain",))
    assert text is not None
    assert text.get_content().split() == ["Ny", "plats", "Godkänn."]


def test_a_letter_to_the_officer_that_cannot_be_written_waits_and_stops_nothing(house: House) -> None:
    (why,) = told(turned(house), "Hålls kvar", "Godkänn.")
    assert "U+200E" in why
    assert not list(house.out.glob("sent/mail/*"))
    assert told(house, "Hålls kvar", "Godkänn.") == []


def test_a_preview_tells_of_a_letter_that_cannot_be_written_and_makes_the_rest(
    house: House, tmp_path: Path
) -> None:
    entries = make_plan(house, LedgerFacts(), at(house), at(house) + HORIZON).entries
    made = preview(turned(house), entries, tmp_path / "sett", at(house))
    issues = [one for one in made.entries if one.entry.kind is EntryKind.ISSUE and one.folders]
    assert issues
    for one in issues:
        found = [problem for problem in one.problems if problem.code == "O123"]
        assert [problem.location.path for problem in found] == ["content/items/bryggan.md"]
        assert "U+200E" in str(found[0].message)
        assert (tmp_path / "sett" / one.folders[0] / "index.html").is_file()
    assert any(one.rendered.post for one in made.entries)
