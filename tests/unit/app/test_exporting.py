"""The roll as a file, and all that is known of one person."""

from __future__ import annotations

import csv
import io
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from comms.app.exporting import HEADS, is_unknown, personal, roll_file, roll_rows, see_free, write
from comms.app.hashed import erased_keys
from comms.app.importing import Fate, Witness, compare, take_in
from comms.app.listing import Shown, listed
from comms.app.roll_reading import Given, read_roll
from comms.errors import UsageError
from comms.model.office import Office
from comms.model.subscriber import NoKind
from comms.store import Store, open_store
from comms.store.database import Database
from tests.fakes.examples import ISSUE
from tests.fakes.ledger import run_to
from tests.fakes.signups import ANNA, ANNAS, KEYS, KOMMUN, NOW, Desk, choices, house, office

OFFICE = office()
GIVEN = Given("Blanketter", "2026-05-01", ("kommunbrevet",), "public", "")


@pytest.fixture(scope="module")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty database, to be copied: migrating takes longer than most tests."""
    file = tmp_path_factory.mktemp("migrated") / "comms.db"
    open_store(f"sqlite:///{file}").close()
    return file


@pytest.fixture
def store(tmp_path: Path, migrated: Path) -> Iterator[Store]:
    shutil.copy(migrated, tmp_path / "comms.db")
    opened = open_store(f"sqlite:///{tmp_path}/comms.db")
    yield opened
    opened.close()


def take(store: Store, file: Path, text: str, of: Office = OFFICE) -> None:
    file.write_text(text, encoding="utf-8")
    take_in(of, store, read_roll(of, file, GIVEN, date(2026, 12, 1)), Witness("Anna", file.name), NOW)


def cells(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"))


def test_the_file_begins_with_a_mark_and_opens_as_columns(store: Store, tmp_path: Path) -> None:
    take(
        store, tmp_path / "a.csv", "e-post;kommun;insatsområde\nAnna@x.example;Arvika;bygd\nbo@x.example;;\n"
    )
    content = b"".join(roll_file(OFFICE, store))
    assert content.startswith(b'\xef\xbb\xbf"e-post";"nyhetsbrev";"m\xc3\xa5lgrupp";"kommun"')
    assert content.endswith(b"\r\n")
    assert [list(row.values())[:4] for row in cells(content)] == [
        ["Anna@x.example", "Kommunbrevet", "Allmänheten", "Arvika"],
        ["bo@x.example", "Kommunbrevet", "Allmänheten", "hela området"],
    ]
    assert {row["samtyckt"] for row in cells(content)} == {"2026-05-01"}
    assert tuple(cells(content)[0]) == HEADS


ODD_TITLES = {
    "a title with a comma": "Nyheter, tips och råd",
    "a title that is a formula": "=Brevet",
    "a title as another's slug": "bygdebrevet",
    "a title as another's title": "Partnerbrevet",
    "a title without letters": "!!!",
}


@pytest.mark.parametrize("kind", ODD_TITLES)
def test_what_was_written_changes_nothing_when_it_is_read_again(
    store: Store, tmp_path: Path, kind: str
) -> None:
    here = office(kommunbrevet=replace(KOMMUN, title=ODD_TITLES[kind]))
    source = '\'=formel; "citat"\nåäö'
    quoted = source.replace('"', '""')
    take(
        store,
        tmp_path / "a.csv",
        "e-post;nyhetsbrev;kommun;källa\n"
        f'anna@x.example;kommunbrevet, bygdebrevet;Arvika;"{quoted}"\n'
        "+bo=x@x.example;kommunbrevet;;\n",
        here,
    )
    file = tmp_path / "ut.csv"
    write(file, roll_file(here, store))
    again = read_roll(here, file, Given(), date(2026, 12, 1))
    assert again.bad == []
    assert compare(here, store, again).fates == {Fate.UNCHANGED: 2}


def test_the_file_moves_to_an_empty_database_with_source_and_day(store: Store, tmp_path: Path) -> None:
    take(store, tmp_path / "a.csv", "e-post;kommun\nanna@x.example;Arvika\n")
    write(tmp_path / "ut.csv", roll_file(OFFICE, store))
    other = open_store(f"sqlite:///{tmp_path}/other.db")
    roll = read_roll(OFFICE, tmp_path / "ut.csv", Given(), date(2026, 12, 1))
    take_in(OFFICE, other, roll, Witness("Bo", "ut.csv"), NOW)
    before, after = store.subscribers.find("anna@x.example"), other.subscribers.find("anna@x.example")
    assert before is not None
    assert after is not None
    assert after.choices == before.choices
    assert after.source == f"{before.source} (import ut.csv 2026-12-01)"
    other.close()


def test_nobody_with_a_no_is_on_a_roll_that_leaves_us(store: Store, tmp_path: Path) -> None:
    take(store, tmp_path / "a.csv", "e-post\nanna@x.example\nbo@x.example\n")
    store.suppress("anna@x.example", "Ringde.", NOW)
    # As when the no and the import met: the subscription stands, and so does the no.
    database = Database(f"sqlite:///{tmp_path}/comms.db")
    with database.writing() as connection:
        connection.exec_driver_sql("UPDATE subscriptions SET state = 'confirmed', reason = ''")
    database.close()
    assert [row["address"] for row in roll_rows(store)] == ["bo@x.example"]


def test_a_roll_may_be_of_one_newsletter(store: Store, tmp_path: Path) -> None:
    take(
        store,
        tmp_path / "a.csv",
        "e-post;nyhetsbrev;kommun\na@x.example;kommunbrevet|bygdebrevet;arvika\nb@x.example;kommunbrevet;\n",
    )
    assert [(row["address"], row["newsletters"]) for row in roll_rows(store, "bygdebrevet")] == [
        ("a@x.example", ["bygdebrevet"])
    ]


def test_a_person_gets_all_that_is_known_of_them(store: Store, tmp_path: Path) -> None:
    desk = Desk(OFFICE, store, tmp_path)
    desk.join()
    run_to(store, ANNA)
    store.suppress(ANNA, "Ringde.", NOW)
    found = personal(OFFICE, store, ANNA)
    assert found["subscriber"]["subscriptions"][0]["state"] == "ended"
    assert [one["kind"] for one in found["evidence"]][:2] == ["asked", "confirmed"]
    assert all(found["texts"][one["text"]] for one in found["evidence"] if one["text"])
    assert found["texts"]
    assert [one["reason"] for one in found["noes"]] == ["Ringde."]
    assert [(one["slot_id"], one["address"]) for one in found["deliveries"]] == [(ISSUE, ANNA)]
    assert [one["kind"] for one in found["links"]] == ["confirm"]
    assert not is_unknown(found)


def test_of_an_erased_person_the_no_is_known_and_nothing_more(store: Store) -> None:
    store.suppress(erased_keys(ANNAS, KEYS)[1], "Ville bli glömd.", NOW, kind=NoKind.ERASED)
    found = personal(OFFICE, store, ANNA)
    assert [one["kind"] for one in found["noes"]] == ["erased"]
    assert found["subscriber"] is None


def test_of_a_stranger_nothing_is_known(store: Store) -> None:
    assert is_unknown(personal(OFFICE, store, "nobody@x.example"))


def test_only_the_owner_may_read_the_file(tmp_path: Path) -> None:
    write(tmp_path / "new" / "ut.csv", [b"a", b"b"])
    assert (tmp_path / "new" / "ut.csv").read_bytes() == b"ab"
    assert (tmp_path / "new" / "ut.csv").stat().st_mode & 0o777 == 0o600


def test_a_file_that_was_not_finished_is_not_there(tmp_path: Path) -> None:
    def broken() -> Iterator[bytes]:
        yield b"a"
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write(tmp_path / "ut.csv", broken())
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["comms.yaml", "content/ut.csv", "out/webb/ut.csv", "there.csv", "."])
def test_addresses_are_not_written_where_they_do_not_belong(tmp_path: Path, name: str) -> None:
    (tmp_path / "there.csv").write_text("mitt", encoding="utf-8")
    with pytest.raises(UsageError):
        see_free(house(OFFICE, tmp_path), tmp_path / name, force=False)


def test_a_file_is_written_over_when_that_is_said(tmp_path: Path) -> None:
    (tmp_path / "there.csv").write_text("mitt", encoding="utf-8")
    see_free(house(OFFICE, tmp_path), tmp_path / "there.csv", force=True)
    with pytest.raises(UsageError):
        see_free(house(OFFICE, tmp_path), tmp_path, force=True)


def test_a_list_tells_each_state_with_its_newsletters(store: Store, tmp_path: Path) -> None:
    take(
        store,
        tmp_path / "a.csv",
        "e-post;nyhetsbrev;kommun\na@x.example;kommunbrevet;\nb@x.example;kommunbrevet;\n",
    )
    store.suppress("b@x.example", "Ringde.", NOW)
    desk = Desk(OFFICE, store, tmp_path)
    desk.ask(ANNA, choices("bygdebrevet"))
    rows = [(one.address, one.state, one.newsletters) for one in listed(store, NOW)]
    assert rows == [
        ("a@x.example", Shown.CONFIRMED, ("kommunbrevet",)),
        ("b@x.example", Shown.ENDED, ("kommunbrevet",)),
        (ANNA, Shown.PENDING, ("bygdebrevet",)),
    ]
    assert [one.address for one in listed(store, NOW, state=Shown.ENDED)] == ["b@x.example"]
    assert [one.address for one in listed(store, NOW, newsletter="bygdebrevet")] == [ANNA]


def test_who_has_not_answered_in_time_waits_no_longer(store: Store, tmp_path: Path) -> None:
    desk = Desk(OFFICE, store, tmp_path)
    desk.ask()
    desk.mail()
    assert [one.state for one in listed(store, NOW)] == [Shown.PENDING]
    assert list(listed(store, NOW + timedelta(days=30))) == []
