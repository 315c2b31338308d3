"""Erasing: nothing is left of a person but a no that only the office's key can read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from comms.app.erasing import erase
from comms.app.hashed import erased_keys
from comms.app.house import House, settings_alone
from comms.app.planning import ledger
from comms.errors import ConfigError, UsageError
from comms.model.ledger import DeliveryState
from comms.model.settings import Secret
from comms.model.subscriber import ALL_NEWSLETTERS, No, NoKind
from comms.store import Store
from comms.store.traces import holds, remembered
from tests.fakes.examples import ISSUE
from tests.fakes.ledger import accepted, ended, run_to, sending
from tests.fakes.old_ledger import contents
from tests.unit.web.places import KEY, office_with_pages

NOW = datetime(2026, 12, 1, 8, 0, tzinfo=UTC)
ADA = "Ada@Kommun.example"
PLAIN = "ada@kommun.example"
(HASHED,) = erased_keys(PLAIN, [Secret(KEY)])


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    """A small office with public pages."""
    monkeypatch.setenv("COMMS_WEB__KEYS", KEY)
    office_with_pages(tmp_path / "w")
    return settings_alone(tmp_path / "w")


@pytest.fixture
def store(house: House) -> Iterator[Store]:
    """Its ledger."""
    with ledger(house) as opened:
        yield opened


def never() -> None:
    pytest.fail("nothing is on its way")


def noes(store: Store) -> list[No]:
    return store.leaving.noes([PLAIN, HASHED])


def test_what_is_left_is_a_no_to_everything_under_a_keyed_hash(house: House, store: Store) -> None:
    run_to(store, ADA, "bo@kommun.example")
    store.suppress(ADA, "Ringde.", NOW)
    done = erase(house, store, f"Ada Alm <{ADA}>", f"Mejl från {ADA.upper()} i dag", NOW, wait=never)
    assert (done.address, done.was_here, done.stood, done.is_clean) == (ADA, True, False, True)
    assert noes(store) == [
        No(HASHED, ALL_NEWSLETTERS, NoKind.ERASED, "Mejl från … i dag", NOW),
        No(HASHED, ALL_NEWSLETTERS, NoKind.OFFICER, "Ringde.", NOW),
    ]
    assert PLAIN not in str(contents(house.database_url)).casefold()
    assert house.database_file is not None
    found = [
        file.name for file in house.database_file.parent.rglob("*") if file.is_file() and holds(file, PLAIN)
    ]
    assert found == []


@pytest.mark.parametrize("kind", [NoKind.OFFICER, NoKind.BOUNCE, NoKind.COMPLAINT])
def test_what_only_the_office_lifts_stands_on_under_the_hash_and_a_persons_own_does_not(
    house: House, store: Store, kind: NoKind
) -> None:
    store.suppress(ADA, f"Studsade: {ADA.upper()}", NOW, kind=kind)
    store.suppress(ADA, "Avslutade själv.", NOW, kind=NoKind.OWN)
    for _ in range(2):
        erase(house, store, ADA, "", NOW)
        assert {(no.address_key, no.kind, no.reason) for no in noes(store)} == {
            (HASHED, NoKind.ERASED, "Personen bad att få bli raderad."),
            (HASHED, kind, "Studsade: (raderad adress)"),
        }


def test_the_journal_forgets_too(house: House, store: Store) -> None:
    run_to(store, ADA)
    ended(store, sending(store), accepted())
    (journal,) = house.journal.glob("*.tsv")
    assert holds(journal, PLAIN)
    erase(house, store, ADA, "", NOW)
    assert not holds(journal, PLAIN)


def test_twice_is_as_once_and_the_first_reason_stands(house: House, store: Store) -> None:
    run_to(store, ADA)
    erase(house, store, ADA, "", NOW)
    before = contents(house.database_url)
    again = erase(house, store, PLAIN, "En gång till.", NOW + timedelta(days=1))
    assert (again.was_here, again.stood) == (False, True)
    assert contents(house.database_url) == before


def test_a_stranger_is_not_here_and_the_no_is_kept_all_the_same(house: House, store: Store) -> None:
    done = erase(house, store, ADA, "", NOW)
    assert (done.was_here, done.stood) == (False, False)
    assert [no.reason for no in noes(store)] == ["Personen bad att få bli raderad."]


def test_a_no_by_an_older_key_of_the_ring_stands(
    house: House, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    erase(house, store, ADA, "", NOW)
    monkeypatch.setenv("COMMS_WEB__KEYS", f"en-ny-nyckel-som-ar-lang-nog-for-proven,{KEY}")
    newer = settings_alone(house.root)
    assert newer.settings.web is not None
    assert len(newer.settings.web.keys) == 2
    assert erase(newer, store, ADA, "", NOW).stood
    assert [no.address_key for no in noes(store)] == [HASHED]


def test_a_letter_on_its_way_is_waited_for(house: House, store: Store) -> None:
    run_to(store, ADA)
    row = sending(store)
    done = erase(house, store, ADA, "", NOW, wait=lambda: _end_once(lambda: ended(store, row, accepted())))
    assert done.was_here
    assert [one.state for one in store.deliveries(ISSUE)] == [DeliveryState.ACCEPTED]


def _end_once(act: Callable[[], object]) -> None:
    act()


def test_a_letter_that_stays_on_its_way_is_a_kind_refusal_and_a_plain_no(house: House, store: Store) -> None:
    run_to(store, ADA)
    row = sending(store)
    waited: list[int] = []
    with pytest.raises(UsageError, match="på väg just nu"):
        erase(house, store, ADA, "", NOW, wait=lambda: waited.append(1))
    assert 1 < len(waited) < 60
    assert [(no.address_key, no.kind) for no in noes(store)] == [(PLAIN, NoKind.OWN)]
    assert [one.recipient for one in store.deliveries(ISSUE)] == [ADA]
    ended(store, row, accepted())
    assert erase(house, store, ADA, "", NOW).was_here
    assert [no.address_key for no in noes(store)] == [HASHED]


def test_without_a_key_nothing_happens(house: House, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COMMS_WEB__KEYS")
    with pytest.raises(ConfigError, match="comms doctor --new-key"):
        erase(settings_alone(house.root), store, ADA, "", NOW)
    assert noes(store) == []


def test_an_office_in_audiences_is_refused_with_its_line(house: House, store: Store) -> None:
    with pytest.raises(UsageError, match=r"Kontor2@Eda\.example|kontor2@eda\.example står i audiences"):
        erase(house, store, "Kontor2@Eda.example", "", NOW)
    lines = (house.root / "audiences.yaml").read_text("utf-8").splitlines()
    number = next(n for n, line in enumerate(lines, 1) if "kontor2@" in line)
    with pytest.raises(UsageError, match=f"rad {number}"):
        erase(house, store, "kontor2@eda.example", "", NOW)
    assert store.leaving.noes(["kontor2@eda.example"]) == []


def test_what_is_no_address_is_refused(house: House, store: Store) -> None:
    with pytest.raises(UsageError, match="ingen e-postadress"):
        erase(house, store, "ada", "", NOW)


def test_an_erasure_is_noted_beside_the_database_by_its_hash(house: House, store: Store) -> None:
    erase(house, store, ADA, "", NOW)
    assert remembered(house.journal.parent) == {HASHED: NOW}


def test_copies_that_still_have_the_address_are_named(house: House, store: Store) -> None:
    store.tend("2026-11-30")
    done = erase(house, store, ADA, "", NOW)
    assert [copy.name for copy in done.copies] == ["comms.db.2026-11-30"]
