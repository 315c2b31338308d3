"""Forgetting: an address that was everywhere is nowhere, and what was counted is still counted."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from comms.errors import StoreError
from comms.model.audience import address_key
from comms.model.ledger import DeliveryState, End, EventKind, SlotState
from comms.model.plan import Recipient
from comms.model.subscriber import ALL_NEWSLETTERS, Choices, Consent, ConsentKind, No, NoKind
from comms.store import Store, subscribers, suppressions
from comms.store.database import Database
from comms.store.schema import consents, exits, tickets
from comms.store.traces import blot, cleaned, holds, remember_erased, remembered
from tests.fakes.examples import ISSUE, NOW, approve, issue_entry
from tests.fakes.ledger import File, Home, accepted, ended, run_to, sending
from tests.fakes.old_ledger import contents

ADA = "Ada.Öberg@Räksmörgås.example"
KEY = address_key(ADA)
JOHANNA = f"x.{KEY}"
ELSA = "elsa.lind@kommun.example"
HASHED = f"erased:{'5' * 32}"
ERASED = [No(HASHED, ALL_NEWSLETTERS, NoKind.ERASED, "Bad om det.", NOW)]
LATER = NOW + timedelta(days=400)
CHOICES = Choices(("kommunbrevet",), "public", "arvika")
ANSWER = f"550 5.1.1 <{ADA.upper()}>: ada.öberg is unknown here"


def is_named(url: str) -> list[str]:
    """Every value in the database that names Ada, however it is spelt."""
    wanted = re.compile(r"(?<![\w.])ada\.öberg(?!\w)", re.IGNORECASE)
    rows = [row for found in contents(url).values() for row in found]
    return [str(value) for row in rows for value in row.values() if wanted.search(str(value))]


def put_everywhere(store: Store, database: Database) -> None:
    """Ada in every table that knows of people, and another whose address ends as hers."""
    run_to(store, ADA, JOHANNA)
    first, second = sending(store), sending(store)
    ended(store, first, End(DeliveryState.REJECTED, ANSWER, outcome="rejected", detail=ANSWER))
    ended(store, second, replace(accepted(), detail=f"250 Ok, not as {ADA}"))
    store.event(first, EventKind.BOUNCE_HARD, f"postfix {ADA}", ANSWER, NOW)
    store.notice("k", f"Om {ADA}", f"Det gick inte till {KEY}.", NOW)
    with database.writing() as connection:
        subscribers.put(
            connection,
            address=ADA,
            key=KEY,
            choices=CHOICES,
            paused_until=None,
            source="https://brev.leader.example/prenumerera/",
            ended="",
            now=NOW,
        )
        subscribers.witness(connection, KEY, Consent(ConsentKind.CONFIRMED, CHOICES, NOW, "mejl", "", "::"))
        connection.execute(exits.insert().values(id="0" * 16, address_key=KEY, newsletter="kommunbrevet"))
        connection.execute(
            tickets.insert().values(
                id="1" * 16, kind="confirm", address=ADA, address_key=KEY, domain="r.example",
                choices=subscribers.choices_out(CHOICES), text="", source="s", network="::", asked_at=NOW,
            )
        )  # fmt: skip
        suppressions.suppress(connection, ADA, "Ringde.", NOW, newsletter="kommunbrevet")


def test_an_address_that_was_everywhere_is_nowhere(store: Store, database: Database, home: Home) -> None:
    put_everywhere(store, database)
    assert len(is_named(home.url)) > 10
    assert store.forgetting.erase(ADA, KEY, ERASED) is True
    assert [value for value in is_named(home.url) if JOHANNA not in value] == []
    assert list(store.leaving.noes([KEY, HASHED])) == ERASED


def test_what_is_counted_stays_counted(store: Store, database: Database, home: Home) -> None:
    put_everywhere(store, database)
    before = [(row.state, row.attempt, row.updated_at) for row in store.deliveries(ISSUE)]
    store.forgetting.erase(ADA, KEY, ERASED)
    rows = list(store.deliveries(ISSUE))
    assert [(row.state, row.attempt, row.updated_at) for row in rows] == before
    first = rows[0]
    assert first.recipient == first.recipient_name == f"raderad-{first.id}"
    assert first.key == f"{ISSUE}.raderad-{first.id}"
    assert rows[1].recipient == JOHANNA
    assert first.reason == "550 5.1.1 <(raderad adress)>: (raderad adress) is unknown here"
    (exit_row,) = contents(home.url)["exits"]
    assert (exit_row["id"], exit_row["address_key"]) == ("0" * 16, None)


@pytest.fixture
def file(migrated_file: Path, tmp_path: Path) -> File:
    """A migrated file: a server keeps its own files in order."""
    found = File(tmp_path)
    shutil.copy(migrated_file, found.path)
    return found


def test_the_file_itself_has_no_trace(file: File) -> None:
    store = file.open()
    run_to(store, *(f"kontor{n}@kommun.example" for n in range(300)), ELSA)
    beside = [file.path, file.path.with_name("comms.db-wal")]
    assert any(holds(one, ELSA) for one in beside)
    store.forgetting.erase(ELSA, ELSA, ERASED)
    assert store.forgetting.scrub(ELSA)
    assert not any(holds(one, ELSA) for one in beside)
    store.close()


def test_while_somebody_reads_the_file_waits_to_be_cleaned(file: File) -> None:
    store, reader = file.open(), Database(file.url)
    run_to(store, ELSA)
    with reader.reading() as connection:
        connection.execute(text("SELECT count(*) FROM deliveries")).scalar()
        store.forgetting.erase(ELSA, ELSA, ERASED)
        assert not cleaned(file.path, ELSA, patience=0)
    reader.close()
    assert cleaned(file.path, ELSA)
    store.close()


def test_nothing_happens_while_a_letter_is_on_its_way(store: Store, home: Home) -> None:
    run_to(store, ADA)
    row = sending(store)
    before = contents(home.url)
    assert store.forgetting.erase(ADA, KEY, ERASED) is None
    assert contents(home.url) == before
    ended(store, row, accepted())
    assert store.forgetting.erase(ADA, KEY, ERASED) is True


def test_a_stranger_gets_a_no_and_nothing_else(store: Store, home: Home) -> None:
    assert store.forgetting.erase(ADA, KEY, ERASED) is False
    assert {name for name, rows in contents(home.url).items() if rows} == {"alembic_version", "suppressions"}


def test_an_erased_copy_that_waited_is_passed_over_and_never_planned_again(store: Store) -> None:
    run_to(store, ADA, JOHANNA)
    store.forgetting.erase(ADA, KEY, ERASED)
    assert [row.state for row in store.deliveries(ISSUE)] == [DeliveryState.SKIPPED, DeliveryState.PLANNED]
    ended(store, sending(store), accepted())
    store.close_finished_slots(NOW)
    assert store.again(ISSUE, [DeliveryState.SKIPPED], NOW) == 0
    (skipped, _) = store.deliveries(ISSUE)
    assert (skipped.state, skipped.reason) == (DeliveryState.SKIPPED, "Adressen är raderad.")


def test_an_erased_copy_whose_fate_is_unknown_is_not_sent_again_by_a_word(store: Store) -> None:
    run_to(store, ADA)
    row = ended(store, sending(store), End(DeliveryState.UNKNOWN, "Svaret uteblev."))
    store.forgetting.erase(ADA, KEY, ERASED)
    (row,) = store.unknown()
    assert store.resolve(row, End(DeliveryState.PLANNED, not_before=NOW), "Enligt Anna", NOW) is None
    done = store.resolve(row, End(DeliveryState.ACCEPTED, receipt="Enligt Anna"), "Enligt Anna", NOW)
    assert done is not None


def test_no_row_but_an_erased_one_may_change_its_key(store: Store, database: Database) -> None:
    run_to(store, ADA)
    ended(store, sending(store), accepted())
    with pytest.raises(StoreError), database.writing() as connection:
        connection.execute(text("UPDATE deliveries SET key = 'x'"))


def test_addresses_leave_issues_that_are_long_done_and_posts_keep_their_channel(
    store: Store, home: Home
) -> None:
    run_to(store, ADA, "info@kommun.example")
    first, second = sending(store), sending(store)
    ended(store, first, End(DeliveryState.REJECTED, ANSWER, outcome="rejected", detail=ANSWER))
    ended(store, second, replace(accepted(), detail="250 Ok <info@kommun.example>"))
    assert store.forgetting.old_slots(LATER) == []
    store.close_finished_slots(NOW)
    assert store.forgetting.old_slots(NOW) == []
    assert store.forgetting.old_slots(LATER) == [ISSUE]
    assert store.forgetting.addresses(ISSUE, dry=True) == 2
    assert len(is_named(home.url)) > 0
    assert store.forgetting.addresses(ISSUE) == 2
    assert is_named(home.url) == []
    assert "info@kommun.example" not in str(contents(home.url))
    assert [row.state for row in store.deliveries(ISSUE)] == [DeliveryState.REJECTED, DeliveryState.ACCEPTED]
    assert store.forgetting.addresses(ISSUE) == store.forgetting.addresses(ISSUE, dry=True) == 0


def test_an_issue_that_still_runs_keeps_its_addresses(store: Store) -> None:
    run_to(store, ADA)
    store.set_slot_state(ISSUE, SlotState.RUNNING, "", NOW)
    assert store.forgetting.old_slots(LATER) == []
    assert store.forgetting.addresses(ISSUE) == 0


def test_more_than_one_batch_of_addresses_goes(store: Store) -> None:
    approve(store, issue_entry())
    number = store.editions(ISSUE)[0][0]
    people = [Recipient(f"p{n}@kommun.example", "", "public", "arvika") for n in range(1101)]
    store.start_run(ISSUE, ((one, number, DeliveryState.SKIPPED, "Nej.") for one in people), NOW)
    assert store.forgetting.addresses(ISSUE) == 1101


def test_what_the_officer_was_told_long_ago_loses_its_addresses(store: Store, home: Home) -> None:
    store.remember_told("k", f"Det gick inte till {ADA}, se https://social.example/@leader/71", NOW)
    store.notice("n", f"Väntar: {ADA}", "", NOW)
    assert store.forgetting.told(LATER, dry=True) == 1
    assert store.forgetting.told(LATER) == 1
    told, waiting = (row["subject"] for row in contents(home.url)["notices"])
    assert told == "Det gick inte till (raderad adress), se https://social.example/@leader/71"
    assert waiting == f"Väntar: {ADA}"


def test_networks_go_after_their_time(store: Store, database: Database, home: Home) -> None:
    put_everywhere(store, database)
    assert store.forgetting.networks(NOW) == 0
    assert store.forgetting.networks(LATER, dry=True) == 2
    assert store.forgetting.networks(LATER) == 2
    assert store.forgetting.networks(LATER) == 0
    assert {row["network"] for row in contents(home.url)["consents"]} == {""}


def person(database: Database, name: str, since: datetime, *, ended_at: datetime | None = None) -> None:
    with database.writing() as connection:
        subscribers.put(
            connection, address=f"{name}@by.example", key=f"{name}@by.example", choices=CHOICES,
            paused_until=None, source="s", ended="", now=since,
        )  # fmt: skip
        if ended_at:
            subscribers.end(connection, f"{name}@by.example", ALL_NEWSLETTERS, "Avslutad.", ended_at)


def test_only_who_ended_everything_long_ago_has_left(store: Store, database: Database) -> None:
    person(database, "kvar", NOW)
    person(database, "nyss", NOW, ended_at=LATER)
    person(database, "borta", NOW, ended_at=NOW)
    person(database, "tillbaka", NOW, ended_at=NOW)
    with database.writing() as connection:
        connection.execute(
            tickets.insert().values(
                id="1" * 16, kind="confirm", address="t", address_key="tillbaka@by.example", domain="",
                choices=subscribers.choices_out(CHOICES), text="", source="s", network="", asked_at=LATER,
            )
        )  # fmt: skip
    assert list(store.forgetting.ended(LATER)) == [("borta@by.example", "borta@by.example")]


def test_known_keys_are_every_person_once_for_each_place(store: Store, database: Database) -> None:
    for n in range(3):
        person(database, f"p{n}", NOW)
    with database.writing() as connection:
        connection.execute(consents.delete())
    store.suppress("nej@by.example", "Nej.", NOW)
    assert list(store.forgetting.known_keys()) == [
        "p0@by.example", "p1@by.example", "p2@by.example", "nej@by.example",
    ]  # fmt: skip


# Files beside the database


def test_journals_lose_the_address_sign_by_sign(store: Store, tmp_path: Path) -> None:
    run_to(store, ADA, JOHANNA)
    for _ in range(2):
        ended(store, sending(store), End(DeliveryState.REJECTED, ANSWER, outcome="rejected", detail=ANSWER))
    (journal,) = (tmp_path / "journal").glob("*.tsv")
    before = journal.read_text("utf-8").splitlines()
    blot(tmp_path / "journal", ADA, KEY)
    after = journal.read_text("utf-8").splitlines()
    assert [len(line.encode()) for line in after] == [len(line.encode()) for line in before]
    hers = [line for line in after if JOHANNA not in line]
    assert len(hers) == 2
    assert not any("räksmörgås" in line.casefold() or KEY in line for line in hers)
    theirs = [line for line in after if JOHANNA in line]
    assert [line.split("\t")[:5] for line in theirs] == [
        line.split("\t")[:5] for line in before if JOHANNA in line
    ]


def test_who_was_erased_is_remembered_beside_the_database(tmp_path: Path) -> None:
    assert remembered(tmp_path) == {}
    remember_erased(tmp_path, HASHED, NOW)
    remember_erased(tmp_path, HASHED, LATER)
    with (tmp_path / "erased.tsv").open("a") as file:
        file.write("2026-12-01T08:00:00+00:00\terased:cut")
    assert remembered(tmp_path) == {HASHED: LATER}
