"""What is put back sends nothing, not even to the officer; and what a person says when it is adopted."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from comms.app.backing_up import back_up
from comms.app.doctoring_machine import memory
from comms.app.examined import Finding
from comms.app.house import House, settings_alone
from comms.app.keyrings import watch_keys
from comms.app.planning import ledger
from comms.app.restoring import restore
from comms.cli import run
from comms.errors import UsageError
from comms.model.plan import Moment
from tests.fakes.examples import approve, issue_entry
from tests.fakes.ledger import run_to
from tests.journey.workspaces import DAY_BEFORE, POST, Office, small
from tests.unit.web.places import KEY, office_with_pages

MADE = datetime(2026, 11, 30, 9, 0, tzinfo=UTC)
AFTER = "2026-12-01T08:30"
OTHER = "en-helt-annan-nyckel-som-ocksa-ar-lang-4711"


def put_back(office: Office, into: Path) -> Office:
    """A backup of the day before the issue, in a folder of its own the day after."""
    file = back_up(settings_alone(office.folder), None, MADE)[0]
    assert run(["restore", str(file), "--into", str(into), "--now", AFTER]) == 0
    return Office(into)


def begun(folder: Path) -> House:
    """A small office with an issue on its way to somebody, and something to tell the officer."""
    small(folder)
    house = settings_alone(folder)
    with ledger(house) as store:
        run_to(store, "ada@by.example")
        store.notice("prov", "Något att veta", "Text.", MADE)
    return house


def test_not_even_the_officer_gets_mail_from_a_backup_that_nobody_has_adopted(tmp_path: Path) -> None:
    office = Office(begun(tmp_path / "w").root)
    new = put_back(office, tmp_path / "ny")
    assert "Inget sänds." in new.comms("tick", now=AFTER).said
    assert not (new.folder / "out" / "sent").exists()
    new.comms("adopt", "--yes", now=AFTER)
    new.comms("tick", now=AFTER)
    assert new.nothing_sent()
    assert "Något att veta" in {letter["Subject"] for letter in new.officers_mail()}


def test_a_post_that_may_have_been_handed_over_ahead_is_held_and_the_rest_is_told_of(tmp_path: Path) -> None:
    office = small(tmp_path / "w")
    text = "mastodon: {kind: file, network: mastodon, "
    office.change("comms.yaml", text, "mastodon: {kind: manual, ahead: 3d, network: mastodon, ")
    office.approve(POST, now=DAY_BEFORE)
    with ledger(settings_alone(office.folder)) as store:
        due = Moment(datetime(2027, 1, 5, 8, 0), datetime(2027, 1, 5, 7, 0, tzinfo=UTC))  # noqa: DTZ001 - a wall
        approve(store, replace(issue_entry("brevet-2027-01-05"), moment=due))
    new = put_back(office, tmp_path / "ny")
    adopted = new.comms("adopt", "--yes", now=AFTER)
    assert f"  {POST}: hålls kvar, och har inte börjat här\n" in adopted.out
    assert adopted.out.endswith(
        "Går ut på sin tid\n"
        "  brevet-2027-01-05  2027-01-05 08.00\n"
        "Har något av det redan sänts från ett annat ställe, för hand? Kör: comms cancel ID\n"
    )
    assert new.comms("tick", now="2026-12-01T08:35").code == 0
    assert new.slot(POST)["state"] == "held"
    assert "Går ut" not in new.comms("adopt", "--yes", now="2026-12-01T08:36").out


def lacks_a_key(office: Office) -> bool:
    """Whether the doctor says so."""
    found = memory(settings_alone(office.folder), MADE)
    return "COMMS_WEB__KEYS saknar en nyckel" in "".join(
        str(one.what) for one in found if one.finding is Finding.FAULT
    )


def test_a_person_says_that_an_old_key_is_lost_and_the_doctor_is_content(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COMMS_WEB__KEYS", KEY)
    office = office_with_pages(tmp_path / "w")
    with ledger(settings_alone(office.folder)) as store:
        watch_keys(settings_alone(office.folder), store, MADE)
    assert lacks_a_key(office) is False
    assert office.comms("adopt", "--new-keys", now=DAY_BEFORE).out == "Ingen nyckel saknas.\n"
    monkeypatch.setenv("COMMS_WEB__KEYS", OTHER)
    assert lacks_a_key(office) is True
    said = office.comms("adopt", "--new-keys", "--yes", now=DAY_BEFORE)
    assert (said.code, said.out.endswith("Nycklarna gäller som de är nu.\n")) == (0, True)
    assert lacks_a_key(office) is False
    monkeypatch.delenv("COMMS_WEB__KEYS")
    none = office.comms("adopt", "--new-keys", "--yes", now=DAY_BEFORE)
    assert (none.code, none.err) == (2, "COMMS_WEB__KEYS är inte satt. Sätt den först.\n")


@pytest.mark.parametrize(
    ("place", "there"),
    [
        ("sqlite:///../annan/c.db", "var/comms.db"),
        ("sqlite:///.dold/c.db", ".dold/c.db"),
        ("sqlite:///content/c.db", "content/c.db"),
    ],
)
def test_a_ledger_that_lies_in_an_odd_place_is_backed_up_and_comes_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str, there: str
) -> None:
    monkeypatch.setenv("COMMS_WORKSPACE__DATABASE_URL", place)
    file = back_up(begun(tmp_path / "w"), tmp_path / "k.zip", MADE)[0]
    if there == "var/comms.db":
        with pytest.raises(UsageError, match="COMMS_WORKSPACE__DATABASE_URL"):
            restore(file, tmp_path / "ny", MADE)
        monkeypatch.setenv("COMMS_WORKSPACE__DATABASE_URL", "sqlite:///var/comms.db")
    found = restore(file, tmp_path / "ny", MADE + timedelta(days=1))
    assert [held for _, held, _ in found.held] == [1]
    ledgers = [path for path in (tmp_path / "ny").rglob("*.db*") if path.is_file()]
    assert [path.relative_to(tmp_path / "ny").as_posix() for path in ledgers] == [there]


def test_a_clock_that_is_behind_puts_nothing_back(tmp_path: Path) -> None:
    file = back_up(begun(tmp_path / "w"), tmp_path / "k.zip", MADE)[0]
    with pytest.raises(UsageError, match=r"Klockan är 2026-11-30 08:00, men kopian gjordes 2026-11-30 09:00"):
        restore(file, tmp_path / "ny", MADE - timedelta(hours=1))
    assert not (tmp_path / "ny").exists()


def test_a_file_that_tells_of_nobody_who_was_erased_is_not_taken_for_one(tmp_path: Path) -> None:
    file = back_up(begun(tmp_path / "w"), tmp_path / "k.zip", MADE)[0]
    wrong = tmp_path / "korning.tsv"
    wrong.write_text("2026-12-01T08:00:00+00:00\tsending\t1\tnyckel\ta@by.example\t\n", encoding="utf-8")
    with pytest.raises(UsageError, match=r"är ingen erased\.tsv"):
        restore(file, tmp_path / "ny", MADE, erased=wrong)
    assert not (tmp_path / "ny").exists()
