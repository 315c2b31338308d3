"""A bundle is whole or not there; what is read is damaged in our words, whatever it says of itself."""

from __future__ import annotations

import json
import os
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from comms.app.backing_up import back_up
from comms.app.bundling import of_file, writing
from comms.app.house import House, settings_alone
from comms.app.planning import ledger
from comms.errors import UsageError, say
from tests.fakes.ledger import run_to
from tests.journey.workspaces import Answer, Office, small

NOW = datetime(2026, 12, 1, 8, 0, tzinfo=UTC)


@pytest.fixture
def house(tmp_path: Path) -> House:
    """A small office with an issue on its way."""
    small(tmp_path / "w")
    found = settings_alone(tmp_path / "w")
    with ledger(found) as store:
        run_to(store, "ada@by.example")
    return found


def checked(house: House, file: Path) -> Answer:
    return Office(house.root).comms("backup", "--check", str(file))


def test_a_name_with_a_joined_sign_or_a_cameras_space_is_packed_and_a_line_break_is_shown(
    house: House,
) -> None:
    pictures = house.root / "content" / "pictures"
    packed = ("Ska\u030arm 10.00\u202fAM.png", "familj \U0001f468\u200d\U0001f469.png", "a\u00a0b.png")
    for name in (*packed, "rad\nbryt.png"):
        (pictures / name).write_bytes(b"x")
    os.mkfifo(pictures / "ror")
    made = Office(house.root).comms("backup", now="2026-12-01T09:00")
    assert made.code == 0, made.said
    assert ": content/pictures/rad\\nbryt.png, content/pictures/ror\n" in made.out
    with zipfile.ZipFile(house.root / "var" / "backups" / "comms-2026-12-01T0900.zip") as archive:
        assert {f"workspace/content/pictures/{name}" for name in packed} <= set(archive.namelist())


LIES: dict[str, Callable[[dict[str, Any]], object]] = {
    "a state of its own": lambda told: told["open"][0].update(state="hittepå"),
    "a delivery's state of its own": lambda told: told["open"][0].update(deliveries={"hittepå": 1}),
    "a moment without a zone": lambda told: told.update(made_at="2026-12-01T08:00:00"),
    "the last moment that there is": lambda told: told.update(made_at="9999-12-31T23:59:59+00:00"),
    "endlessly many intents": lambda told: told["database"].update(intents=float("inf")),
    "an endless file": lambda told: told["files"][0].update(size=float("inf")),
    "a place above": lambda told: told["database"].update(place="a/../../x"),
}


def test_a_manifest_that_tells_what_cannot_be_is_refused_in_words(house: House) -> None:
    file = back_up(house, None, NOW)[0]
    with zipfile.ZipFile(file) as archive:
        held = {name: archive.read(name) for name in archive.namelist()}
    true = held.pop("manifest.json")
    for what, lie in LIES.items():
        told = json.loads(true)
        lie(told)
        with zipfile.ZipFile(file, "w") as archive:
            for name, content in held.items():
                archive.writestr(name, content)
            archive.writestr("manifest.json", json.dumps(told))
        answer = checked(house, file)
        assert (answer.code, answer.err.endswith("Ta en annan kopia.\n")) == (2, True), (what, answer.err)


def test_a_zip_of_a_kind_that_nobody_reads_is_called_damaged(house: House) -> None:
    file = back_up(house, None, NOW)[0]
    content = bytearray(file.read_bytes())
    content[content.rindex(b"PK\x01\x02") + 6] = 209  # the version that is needed to read it
    file.write_bytes(content)
    answer = checked(house, file)
    assert (answer.code, "är skadad" in answer.err) == (2, True), answer.err


def test_a_bundle_that_cannot_be_read_back_takes_no_others_place(tmp_path: Path) -> None:
    target = tmp_path / "k.zip"
    target.write_bytes(b"den gamla")

    def refuse(_file: Path) -> None:
        raise UsageError(say("nej"))

    with pytest.raises(UsageError, match="nej"), writing(target, force=True, look=refuse) as bundle:
        bundle.seal({})
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("k.zip", b"den gamla")]


def test_a_file_that_has_gone_says_so_before_any_of_it_is_written(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        of_file(tmp_path / "nyss-har.md")
    with pytest.raises(UsageError, match="går inte att läsa"):
        of_file(tmp_path)


def test_the_backup_just_made_stays_whatever_the_clock_was_before(house: House) -> None:
    folder = house.root / "var" / "backups"
    folder.mkdir(parents=True)
    for year in (2031, 2032, 2033):
        (folder / f"comms-{year}-01-01T0000.zip").write_bytes(b"x")
    file, _, gone = back_up(house, None, NOW, keep=2)
    assert (file.exists(), gone, len(list(folder.iterdir()))) == (True, 2, 2)
    _, _, gone = back_up(house, None, NOW + timedelta(minutes=1), keep=1)
    assert ([path.name for path in folder.iterdir()], gone) == (["comms-2026-12-01T0901.zip"], 2)


def test_what_a_killed_backup_left_is_taken_away_a_day_later_and_nothing_else(house: House) -> None:
    folder = house.root / "var" / "backups"
    (folder / ".comms-abcd_123").mkdir(parents=True)
    (folder / ".comms-abcd_123" / "comms.db").write_bytes(b"ada@by.example")
    (folder / ".comms-2026-11-01T0900.zip.x1y2z3_q").write_bytes(b"PK")
    kept = (".comms-2026-11-30T0900.zip.annu_nyy", ".comms-egen.zip", "egen.zip")
    for name in kept:
        (folder / name).write_bytes(b"x")
    for path in folder.iterdir():
        if path.name != kept[0]:
            os.utime(path, (0, 0))
    back_up(house, None, NOW)
    assert {path.name for path in folder.iterdir()} == {*kept, "comms-2026-12-01T0900.zip"}
