"""Keeping: what has been kept for long enough goes, once, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from comms.app.erasing import erase
from comms.app.hashed import erased_keys
from comms.app.house import House, settings_alone
from comms.app.keeping import ALL, Kept, Most, keep
from comms.app.planning import ledger
from comms.errors import ConfigError
from comms.model.settings import Secret
from comms.model.subscriber import (
    ALL_NEWSLETTERS,
    Choices,
    Consent,
    ConsentKind,
    NoKind,
    Ticket,
    TicketKind,
)
from comms.store import Store, subscribers, suppressions
from comms.store.database import Database
from comms.store.schema import exits
from comms.store.tickets import Asking
from tests.fakes.ledger import accepted, ended, run_to, sending
from tests.fakes.old_ledger import contents
from tests.unit.web.places import KEY, office_with_pages

NOW = datetime(2026, 12, 1, 8, 0, tzinfo=UTC)
DAY = timedelta(days=1)
CHOICES = Choices(("brevet",), "offices", "eda")
ADA = "ada@by.example"


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    """A small office with public pages and a decision of its own."""
    monkeypatch.setenv("COMMS_WEB__KEYS", KEY)
    office = office_with_pages(tmp_path / "w")
    text = (office.folder / "comms.yaml").read_text("utf-8")
    office.write("comms.yaml", f"{text}\nsubscribers:\n  keep: {{decision: LS 2026-14}}\n")
    return settings_alone(tmp_path / "w")


@pytest.fixture
def store(house: House) -> Iterator[Store]:
    """Its ledger."""
    with ledger(house) as opened:
        yield opened


def kept(house: House, store: Store, now: datetime, *, dry: bool = False, most: Most = ALL) -> dict[str, int]:
    """What a clearing did, without what it found nothing of."""
    done = keep(house, store, now, dry=dry, most=most)
    numbers = {name: getattr(done, name) for name in Kept.__slots__ if name not in ("decision", "dry")}
    return {name: number for name, number in numbers.items() if number}


def subscribe(house: House, address: str, *, ended_at: datetime | None = None) -> None:
    """A subscriber with evidence from a network."""
    database = Database(house.database_url)
    with database.writing() as connection:
        subscribers.put(
            connection, address=address, key=address, choices=CHOICES, paused_until=None, source="s",
            ended="", now=NOW,
        )  # fmt: skip
        said = Consent(ConsentKind.CONFIRMED, CHOICES, NOW, "s", "", "192.0.2.0/24")
        subscribers.witness(connection, address, said)
        if ended_at:
            subscribers.end(connection, address, ALL_NEWSLETTERS, "Avslutad.", ended_at)
            suppressions.suppress(connection, address, "Avslutad.", ended_at, kind=NoKind.OWN)
            suppressions.suppress(connection, address, "Ringde.", ended_at, newsletter="brevet")
    database.close()


def ask(store: Store, address: str) -> None:
    ticket = Ticket("1" * 16, TicketKind.CONFIRM, address, address, CHOICES, "", "s", "192.0.2.0/24", NOW)
    store.tickets.ask(Asking(ticket, "n", (address,), (address,)), ())


def test_nothing_is_old_enough_yet(house: House, store: Store) -> None:
    subscribe(house, ADA)
    ask(store, "bo@by.example")
    before = contents(house.database_url)
    done = keep(house, store, NOW + 6 * DAY, dry=False)
    assert done.is_nothing
    assert done.decision == "LS 2026-14"
    before["forms"] = []  # they cannot act again anyway
    assert contents(house.database_url) == before


def test_a_dry_run_counts_what_a_real_one_takes_and_changes_nothing(house: House, store: Store) -> None:
    subscribe(house, ADA, ended_at=NOW)
    ask(store, "cia@by.example")
    run_to(store, "bo@by.example")
    ended(store, sending(store), accepted())
    store.close_finished_slots(NOW)
    before = contents(house.database_url)
    late = NOW + 1096 * DAY
    counted = kept(house, store, late, dry=True)
    assert contents(house.database_url) == before
    assert list(house.journal.glob("*.tsv"))
    assert counted == {
        "tickets": 1, "networks": 3, "people": 1, "addresses": 1, "journals": 1,
    }  # fmt: skip
    # The network of who never answered goes with the rest of it.
    assert kept(house, store, late) == counted | {"networks": 1}
    assert kept(house, store, late) == {}
    assert "by.example" not in str(contents(house.database_url))
    assert not list(house.journal.glob("*.tsv"))


@pytest.mark.parametrize(("days", "part"), [(8, "tickets"), (91, "addresses"), (366, "networks")])
def test_each_part_has_a_term_of_its_own(house: House, store: Store, days: int, part: str) -> None:
    subscribe(house, ADA)
    ask(store, "bo@by.example")
    run_to(store, "cia@by.example")
    ended(store, sending(store), accepted())
    store.close_finished_slots(NOW)
    assert part not in kept(house, store, NOW + (days - 2) * DAY)
    assert kept(house, store, NOW + days * DAY)[part] == 1


def test_who_left_long_ago_is_forgotten_and_their_noes_stand_hidden(house: House, store: Store) -> None:
    subscribe(house, ADA, ended_at=NOW)
    subscribe(house, "kvar@by.example")
    keep(house, store, NOW + 1096 * DAY, dry=False)
    (hashed,) = erased_keys(ADA, [Secret(KEY)])
    assert [(no.newsletter, no.kind) for no in store.leaving.noes([ADA, hashed])] == [
        (ALL_NEWSLETTERS, NoKind.ERASED),
        ("brevet", NoKind.OFFICER),
    ]
    assert store.leaving.noes([ADA]) == []
    assert [one.address for one in store.subscribers.all()] == ["kvar@by.example"]


def test_who_came_back_while_others_were_forgotten_stays(
    house: House, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    subscribe(house, ADA, ended_at=NOW)
    late = NOW + 1096 * DAY
    (found,) = store.forgetting.ended(late)
    subscribe(house, ADA)
    monkeypatch.setattr(store.forgetting, "ended", lambda _before: iter([found]))
    assert "people" not in kept(house, store, late)
    assert store.subscribers.find(ADA) is not None


def test_the_reason_of_who_left_names_nobody_however_they_were_spelt(house: House, store: Store) -> None:
    subscribe(house, ADA, ended_at=NOW)
    store.suppress(ADA, f"Mejl från {ADA.upper()}.", NOW, kind=NoKind.COMPLAINT)
    keep(house, store, NOW + 1096 * DAY, dry=False)
    reasons = [no.reason for no in store.leaving.noes(erased_keys(ADA, [Secret(KEY)]))]
    assert "Mejl från (raderad adress)." in reasons
    assert ADA not in str(contents(house.database_url)).casefold()


def test_a_turn_takes_no_more_than_it_may_and_tells_what_is_left(house: House, store: Store) -> None:
    for number in range(3):
        subscribe(house, f"p{number}@by.example", ended_at=NOW)
    late, two = NOW + 1096 * DAY, Most(people=2, issues=0)
    run_to(store, "bo@kommun.example")
    ended(store, sending(store), accepted())
    store.close_finished_slots(NOW)
    turns = [kept(house, store, late, most=two) for _ in range(2)]
    assert [(turn["people"], turn["more"]) for turn in turns] == [(2, True), (1, True)]
    assert kept(house, store, late, most=Most(2, 1)) == {"addresses": 1}
    assert kept(house, store, late, most=two) == {}


def test_exits_and_evidence_of_who_is_no_more_here_go_and_an_offices_stay(house: House, store: Store) -> None:
    subscribe(house, ADA)
    people = (ADA, "borta@kommun.example", "kontor1@eda.example")
    database = Database(house.database_url)
    with database.writing() as connection:
        for number, address in enumerate(people):
            connection.execute(
                exits.insert().values(id=f"{number:016}", address_key=address, newsletter="brevet")
            )
        lifted = Consent(ConsentKind.CHANGED, CHOICES, NOW, "spärren hävd: fel", by="Anna")
        subscribers.witness(connection, "borta@kommun.example", lifted)
    database.close()
    late = NOW + 1096 * DAY
    assert kept(house, store, late, dry=True)["strangers"] == 2
    assert kept(house, store, late)["strangers"] == 2
    assert "borta@" not in str(contents(house.database_url))
    assert [row["address_key"] for row in contents(house.database_url)["exits"]] == [ADA, None, people[2]]


def test_without_a_key_the_noes_of_who_left_stand_in_clear(
    house: House, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    subscribe(house, ADA, ended_at=NOW)
    monkeypatch.delenv("COMMS_WEB__KEYS")
    keep(settings_alone(house.root), store, NOW + 1096 * DAY, dry=False)
    assert [no.kind for no in store.leaving.noes([ADA])] == [NoKind.OWN, NoKind.OFFICER]
    assert list(store.subscribers.all()) == []


def test_an_office_in_audiences_is_never_forgotten(house: House, store: Store) -> None:
    subscribe(house, "kontor1@eda.example", ended_at=NOW)
    assert "people" not in kept(house, store, NOW + 1096 * DAY)
    assert [no.kind for no in store.leaving.noes(["kontor1@eda.example"])] == [NoKind.OWN, NoKind.OFFICER]


def test_when_audiences_cannot_be_read_nothing_goes(house: House, store: Store) -> None:
    subscribe(house, ADA, ended_at=NOW)
    (house.root / "audiences.yaml").write_text("audiences: [", encoding="utf-8")
    with pytest.raises(ConfigError):
        keep(house, store, NOW + 1096 * DAY, dry=False)
    assert len(list(store.subscribers.all())) == 1


def put_back_after(house: House, act: Callable[[Store], object]) -> None:
    """Put back the copy of the database that was made before `act`, as after a crash of the disk."""
    file = house.database_file
    assert file is not None
    with ledger(house) as store:
        store.tend("2026-12-01")
        act(store)
    for rest in ("", "-wal", "-shm"):
        file.with_name(f"{file.name}{rest}").unlink(missing_ok=True)
    (file.parent / "backups" / "comms.db.2026-12-01").rename(file)


def test_who_was_erased_and_comes_back_with_a_backup_is_erased_again(house: House) -> None:
    subscribe_first(house)
    put_back_after(house, lambda store: erase(house, store, ADA, "", NOW))
    with ledger(house) as store:
        assert kept(house, store, NOW + DAY, dry=True) == {"again": 1}
        assert store.subscribers.find(ADA) is not None
        assert kept(house, store, NOW + DAY) == {"again": 1}
        assert store.subscribers.find(ADA) is None
        assert len(store.leaving.noes(erased_keys(ADA, [Secret(KEY)]))) == 1
        assert kept(house, store, NOW + DAY) == {}


def test_a_no_of_a_stranger_comes_back_too(house: House) -> None:
    subscribe_first(house)
    put_back_after(house, lambda store: erase(house, store, "bo@by.example", "", NOW))
    with ledger(house) as store:
        assert kept(house, store, NOW + DAY) == {"again": 1}
        assert len(store.leaving.noes(erased_keys("bo@by.example", [Secret(KEY)]))) == 1


def test_who_came_back_by_themselves_is_left_alone(house: House, store: Store) -> None:
    subscribe(house, ADA)
    erase(house, store, ADA, "", NOW - DAY)
    subscribe(house, ADA)
    database = Database(house.database_url)
    with database.writing() as connection:
        suppressions.lift(connection, erased_keys(ADA, [Secret(KEY)]), [ALL_NEWSLETTERS], [NoKind.ERASED])
    database.close()
    assert kept(house, store, NOW + DAY) == {}
    assert store.subscribers.find(ADA) is not None


def subscribe_first(house: House) -> None:
    with ledger(house):
        pass
    subscribe(house, ADA)
