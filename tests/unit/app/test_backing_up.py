"""Backups: one file, whole, private, without keys; and what is put back is held to what it says of itself."""

from __future__ import annotations

import json
import stat
import zipfile
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from comms.app.backing_up import back_up, check
from comms.app.bundling import is_unsafe, writing
from comms.app.erasing import erase
from comms.app.house import House, settings_alone
from comms.app.keyrings import accept_keys, fingerprints, keys_match, watch_keys
from comms.app.planning import ledger
from comms.app.restoring import Restored, restore
from comms.cli import run
from comms.errors import UsageError
from comms.model.ledger import DeliveryState, End
from comms.store.database import VERSION
from comms.store.traces import holds
from tests.fakes.ledger import run_to, sending
from tests.journey.workspaces import Office
from tests.unit.web.places import KEY, office_with_pages

NOW = datetime(2026, 12, 1, 8, 0, tzinfo=UTC)
ADA = "ada@by.example"
OTHER = "en-helt-annan-nyckel-som-ocksa-ar-lang-4711"

Change = Callable[[dict[str, bytes], dict[str, object]], None]


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    """A small office with public pages, and an issue on its way to two people."""
    monkeypatch.setenv("COMMS_WEB__KEYS", KEY)
    monkeypatch.delenv("COMMS_WORKSPACE__DATABASE_URL", raising=False)
    office_with_pages(tmp_path / "w")
    found = settings_alone(tmp_path / "w")
    with ledger(found) as store:
        run_to(store, ADA, "bo@by.example")
        sending(store)
    return found


def made_by(house: House, now: datetime = NOW) -> Path:
    return back_up(house, None, now)[0]


def put_back(file: Path, into: Path, erased: Path | None = None) -> Restored:
    return restore(file, into, NOW + timedelta(days=2), erased=erased)


def names(file: Path) -> list[str]:
    with zipfile.ZipFile(file) as archive:
        return sorted(archive.namelist())


def changed(file: Path, change: Change) -> Path:
    """The same file, with other contents and a manifest that says what it likes."""
    with zipfile.ZipFile(file) as archive:
        held = {name: archive.read(name) for name in archive.namelist()}
    told = json.loads(held.pop("manifest.json"))
    change(held, told)
    other = file.with_name("andrad.zip")
    with zipfile.ZipFile(other, "w") as archive:
        for name, content in held.items():
            archive.writestr(name, content)
        archive.writestr("manifest.json", json.dumps(told))
    return other


def refusal(act: Callable[..., object], *given: object) -> str:
    with pytest.raises(UsageError) as refused:
        act(*given)
    return str(refused.value)


def test_a_backup_is_one_private_file_with_all_but_what_is_made_anew(house: House) -> None:
    (house.root / "out").mkdir(exist_ok=True)
    (house.root / "out" / "x.html").write_text("x")
    file, made, gone = back_up(house, None, NOW)
    assert file == house.root / "var" / "backups" / "comms-2026-12-01T0900.zip"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert {name.partition("/")[0] for name in names(file)} == {
        "workspace",
        "database",
        "beside",
        "manifest.json",
    }
    assert not any(name.startswith(("workspace/out", "workspace/var")) for name in names(file))
    assert (made.files, gone, made.left_out) == (len(names(file)) - 1, 0, ())
    assert [(dict(slot.counts), slot.state) for slot in made.ledger.open] == [
        ({"planned": 1, "sending": 1}, "running")
    ]
    assert list(file.parent.glob(".*")) == []


def test_a_backup_holds_no_key_and_says_which_are_missing(house: House) -> None:
    (house.root / "content" / "dkim.key").write_text("hemlig")
    (house.root / "content" / "lank.md").symlink_to("/etc/hostname")
    (house.root / "content" / ".git").mkdir()
    file, made, _ = back_up(house, None, NOW)
    with zipfile.ZipFile(file) as archive:
        assert not any(KEY.encode() in archive.read(name) for name in archive.namelist())
    assert made.left_out == ("content/dkim.key", "content/lank.md")
    assert dict(made.keys) == {"COMMS_WEB__KEYS": fingerprints(house.settings)["COMMS_WEB__KEYS"]}


def test_a_backup_never_takes_the_place_of_another_unless_it_is_told_to(house: House) -> None:
    file = made_by(house)
    before = file.read_bytes()
    assert "finns redan" in refusal(made_by, house)
    assert file.read_bytes() == before
    assert back_up(house, None, NOW, force=True)[0] == file


def test_the_oldest_of_our_own_backups_go_and_nothing_else(house: House, tmp_path: Path) -> None:
    folder = house.root / "var" / "backups"
    folder.mkdir(parents=True)
    for name in ("comms.db.2026-11-30", "comms-2026-11-01.zip", "egen.zip"):
        (folder / name).write_bytes(b"x")
    for minute in range(4):
        back_up(house, None, NOW + timedelta(minutes=minute), keep=2)
    back_up(house, tmp_path / "annan.zip", NOW, keep=1)
    assert sorted(path.name for path in folder.iterdir()) == [
        "comms-2026-11-01.zip",
        "comms-2026-12-01T0902.zip",
        "comms-2026-12-01T0903.zip",
        "comms.db.2026-11-30",
        "egen.zip",
    ]


def test_what_is_put_back_is_what_was_there_and_sends_nothing(house: House, tmp_path: Path) -> None:
    found = put_back(made_by(house), tmp_path / "ny")
    for path in ("comms.yaml", "audiences.yaml", "content/items/bryggan.md", "content/pictures/bryggan.png"):
        assert (tmp_path / "ny" / path).read_bytes() == (house.root / path).read_bytes()
    assert [(held, unknown) for _, held, unknown in found.held] == [(1, 1)]
    assert (found.keys, found.trouble, found.erased) == ((), None, 0)
    with ledger(settings_alone(tmp_path / "ny")) as store:
        assert store.fence_if_old(NOW) == "Databasen är återställd från kopian 2026-12-01 08:00 UTC."
    assert sorted(path.name for path in tmp_path.iterdir()) == ["ny", "w"]


def test_what_comes_due_before_it_is_adopted_is_held_too(house: House, tmp_path: Path) -> None:
    put_back(made_by(house), tmp_path / "ny")
    with ledger(settings_alone(tmp_path / "ny")) as store:
        (slot,) = store.slots()
        again = store.unknown()
        store.again(slot.id, [row.state for row in store.deliveries(slot.id) if row not in again], NOW)
        assert store.due(NOW + timedelta(days=3)) != {}
        store.adopt(NOW + timedelta(days=3))
        assert store.due(NOW + timedelta(days=3)) == {}


def test_who_was_erased_after_the_copy_is_erased_again_wherever_it_was(house: House, tmp_path: Path) -> None:
    with ledger(house) as store:
        (row,) = (one for one in store.deliveries(store.slots()[0].id) if one.state is DeliveryState.SENDING)
        store.settle(row.owner, [(row, End(DeliveryState.ACCEPTED, receipt="Q1", detail="250"))], (), NOW)
        copy = made_by(house)
        erase(house, store, ADA, "", NOW + timedelta(hours=1), wait=lambda: None)
    found = put_back(copy, tmp_path / "ny", erased=house.root / "var" / "erased.tsv")
    assert found.erased == 1
    everything = [path for path in (tmp_path / "ny").rglob("*") if path.is_file()]
    assert [path for path in everything if holds(path, ADA)] == []
    assert [path for path in everything if holds(path, "bo@by.example")] != []


def test_other_keys_than_when_the_copy_was_made_are_told_of(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = made_by(house)
    monkeypatch.setenv("COMMS_WEB__KEYS", f"{OTHER},{KEY}")
    assert put_back(file, tmp_path / "tva").keys == ()
    monkeypatch.setenv("COMMS_WEB__KEYS", OTHER)
    assert put_back(file, tmp_path / "ny").keys == ("COMMS_WEB__KEYS",)


def test_a_key_that_is_gone_is_told_once_and_never_learnt_over(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    with ledger(house) as store:
        watch_keys(house, store, NOW)
        monkeypatch.setenv("COMMS_WEB__KEYS", OTHER)
        wrong = settings_alone(house.root)
        for _ in range(2):
            watch_keys(wrong, store, NOW)
        assert "COMMS_WEB__KEYS saknar en nyckel" in str(keys_match(wrong, store))
        assert len(store.open_notices()) == 1
        assert keys_match(house, store) is None
        accept_keys(wrong, store, NOW)
        assert keys_match(wrong, store) is None


@pytest.mark.parametrize(
    "path",
    ["../x", "/etc/x", "a/../../x", "a//b", "./a", "a\\b", "C:x", "a/\x00", "content/CON.md", "content/.env",
     "content/nul", "a\nb", "", "content/" + "å" * 128],
)  # fmt: skip
def test_a_path_that_leads_elsewhere_is_unsafe(path: str) -> None:
    assert is_unsafe(path)
    assert not is_unsafe("content/bilder/bryggan över ån.png")


def _extra(name: str) -> Change:
    def change(held: dict[str, bytes], told: dict[str, object]) -> None:
        held[name] = b"x"
        files = told["files"]
        assert isinstance(files, list)
        digest = "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881"
        files.append({"path": name, "sha256": digest, "size": 1})

    return change


def _other_settings(held: dict[str, bytes], _told: dict[str, object]) -> None:
    held["workspace/comms.yaml"] = held["workspace/comms.yaml"].replace(b"file", b"smtp")


def _longer(held: dict[str, bytes], _told: dict[str, object]) -> None:
    held["workspace/comms.yaml"] += b"x" * 1000


def _unnamed(held: dict[str, bytes], _told: dict[str, object]) -> None:
    held["workspace/content/mer.md"] = b"x"


def _lacking(held: dict[str, bytes], _told: dict[str, object]) -> None:
    del held["database/comms.db"]


def _newer(_held: dict[str, bytes], told: dict[str, object]) -> None:
    told["format"] = 99


def _newer_database(_held: dict[str, bytes], told: dict[str, object]) -> None:
    database = told["database"]
    assert isinstance(database, dict)
    database["version"] = "9999"


def _huge(_held: dict[str, bytes], told: dict[str, object]) -> None:
    files = told["files"]
    assert isinstance(files, list)
    files[0]["size"] = 10**15


REFUSED: Mapping[str, tuple[Change, str]] = {
    "a changed file": (_other_settings, "är inte som när kopian gjordes"),
    "a longer file": (_longer, "är inte som när kopian gjordes"),
    "a file that is not named": (_unnamed, "andra filer än dem som manifest.json räknar upp"),
    "a missing database": (_lacking, "andra filer än dem som manifest.json räknar upp"),
    "a newer form": (_newer, "gjord av en nyare comms"),
    "a newer database": (_newer_database, "gjord av en nyare comms"),
    "an endless file": (_huge, "är inte som när kopian gjordes"),
    "a way out": (_extra("workspace/content/../../x"), "inte hör hemma i en kopia"),
    "an absolute path": (_extra("/tmp/x"), "inte hör hemma i en kopia"),
    "a file of nobody's": (_extra("workspace/.bashrc"), "inte hör hemma i en kopia"),
    "a mark": (_extra("beside/comms.db.mark"), "inte hör hemma i en kopia"),
}


def test_a_backup_that_is_not_what_it_was_leaves_nothing_behind(house: House, tmp_path: Path) -> None:
    file = made_by(house)
    for what, (change, words) in REFUSED.items():
        other = changed(file, change)
        assert words in refusal(check, other), what
        assert words in refusal(put_back, other, tmp_path / "ny"), what
    assert sorted(path.name for path in tmp_path.iterdir()) == ["w"]


def test_a_link_in_a_backup_is_refused(house: House, tmp_path: Path) -> None:
    other = changed(made_by(house), _extra("workspace/content/lank"))
    with zipfile.ZipFile(other) as archive:
        infos = archive.infolist()
    with zipfile.ZipFile(other) as old, zipfile.ZipFile(tmp_path / "lank.zip", "w") as new:
        for info in infos:
            data = old.read(info.filename)
            if info.filename.endswith("lank"):
                info.create_system, info.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
            new.writestr(info, data)
    assert "inte hör hemma" in refusal(put_back, tmp_path / "lank.zip", tmp_path / "ny")


def test_what_is_no_backup_is_called_so(tmp_path: Path) -> None:
    file = tmp_path / "x.zip"
    file.write_bytes(b"PK\x03\x04 och sedan inget")
    assert "skadad eller är ingen kopia" in refusal(check, file)
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("x", b"x")
    assert "manifest.json saknas" in refusal(check, file)
    assert "går inte att läsa" in refusal(check, tmp_path / "saknas.zip")


def test_a_folder_with_anything_in_it_is_left_alone(house: House, tmp_path: Path) -> None:
    file = made_by(house)
    taken = tmp_path / "tagen"
    taken.mkdir()
    (taken / "x").write_text("x")
    assert "är inte tom" in refusal(put_back, file, taken)
    assert [path.name for path in taken.iterdir()] == ["x"]
    empty = tmp_path / "tom"
    empty.mkdir()
    put_back(file, empty)
    assert (empty / "comms.yaml").exists()


def test_a_workspace_that_would_use_another_database_is_not_made(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = made_by(house)
    monkeypatch.setenv("COMMS_WORKSPACE__DATABASE_URL", "sqlite:////srv/annan/comms.db")
    assert "Sätt COMMS_WORKSPACE__DATABASE_URL" in refusal(put_back, file, tmp_path / "ny")
    assert not (tmp_path / "ny").exists()


def test_a_journal_that_is_written_to_meanwhile_is_taken_as_far_as_it_reached(house: House) -> None:
    before = made_by(house)
    (journal,) = (house.root / "var" / "journal").glob("*.tsv")
    with journal.open("a") as file:
        file.write("2026-12-01T08:00:00+00:00\tsend")
    after, made, _ = back_up(house, house.root.parent / "klippt.zip", NOW)
    assert check(after) == made
    assert check(before).ledger == made.ledger
    assert made.ledger.version == VERSION


def test_the_commands_say_what_was_not_done_and_what_to_do(
    house: House, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "kopia.zip"
    made = Office(house.root).comms("backup", "--out", str(file), now="2026-12-01T09:00")
    assert made.code == 0, made.said
    assert made.out.startswith(f"Kopian är gjord och genomläst: {file}\nGjord 2026-12-01 09.00 av comms ")
    assert made.out.endswith(
        "Inte klart när kopian gjordes\n"
        "  kommunbrevet-2026-12-01  sänds  väntar 1, på väg 1\n"
        "Nycklarna är inte med. Spara dem på ett annat ställe: COMMS_WEB__KEYS\n"
    )
    whole = Office(house.root).comms("backup", "--check", str(file))
    assert (whole.code, whole.out.partition("\n")[0]) == (0, f"Kopian är hel: {file}")
    into = tmp_path / "ny"
    assert run(["restore", str(file), "--into", str(into), "--now", "2026-12-04T10:00"]) == 0
    assert capsys.readouterr().out == (
        f"Kopian ligger i {into}. Ingenting sänds därifrån.\n"
        "Den gjordes 2026-12-01 09.00, för 3 dygn sedan. Nej, prenumerationer, godkännanden och "
        "tillbakadragna nyheter efter det är inte med.\n"
        "Hålls kvar\n"
        "  kommunbrevet-2026-12-01  sänds  hålls kvar 1, ovissa 1\n"
        "Gör så här\n"
        "  1. Se till att den gamla datorn är stannad för gott.\n"
        f"  2. Gå till mappen: cd {into}. Se efter: comms status och comms doctor\n"
        "  3. Se vilka det gäller: comms who kommunbrevet-2026-12-01\n"
        "  4. Finns den gamla datorns var/journal kvar: kopiera filerna till "
        f"{into}/var/journal, och kör comms reconcile --journal\n"
        "  5. Fråga mejlserverns logg: comms reconcile --postfix-log FIL\n"
        "  6. Spärra dem som har sagt nej efter kopian: comms suppress ADRESS\n"
        "  7. Ta över databasen: comms adopt\n"
        "  8. Sänd till dem som inte har fått det: comms send ID --rest --plan FINGERAVTRYCK\n"
    )


def test_a_file_that_came_while_ours_was_written_stays(tmp_path: Path) -> None:
    def write() -> None:
        with writing(tmp_path / "kopia.zip", force=False) as bundle:
            (tmp_path / "kopia.zip").write_bytes(b"en annans")
            bundle.seal({})

    assert "finns redan" in refusal(write)
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("kopia.zip", b"en annans")]
