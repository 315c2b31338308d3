"""Spread kits in the archive: a run and a person make the same, and a picture that is taken back is gone."""

from __future__ import annotations

import json
import re
import shutil
import zipfile
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import feedparser  # type: ignore[import-untyped]  # it ships no types
import pytest

from comms.app.folder import Folder, open_folder
from comms.app.gathering import Gathered, gather
from comms.app.house import House, open_house
from comms.app.picturing import PictureFiles
from comms.app.spreading import Spreading
from comms.store import open_store
from tests.journey.test_archive import archive, files, fresh, public, send, words
from tests.journey.workspaces import PICTURE, Office

ITEM = "content/items/bryggan.md"
SHORT = "templates/spread/short.txt.j2"
NOW = datetime(2026, 12, 5, 8, tzinfo=UTC)


@pytest.fixture(scope="module")
def sent(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """An office whose issue has gone out, with a picture that may be passed on; nothing in it is changed."""
    return send(public(fresh(tmp_path_factory.mktemp("sent")), ""))


@pytest.fixture
def office(sent: Office, tmp_path: Path) -> Office:
    """A copy of it to change."""
    return Office(Path(shutil.copytree(sent.folder, tmp_path / "workspace")))


def nothing() -> None:
    """Nothing happens."""


class Counted(PictureFiles):
    """Counts what is read."""

    def __init__(self, house: House, folder: Folder, found: Gathered) -> None:
        """Begin; nothing is read yet."""
        super().__init__(house, folder, found)
        self.read: list[str] = []

    def content(self, path: str) -> bytes | None:
        """The bytes, counted."""
        self.read.append(path)
        return super().content(path)


def lay(office: Office, target: Path, *, is_quick: bool, between: Callable[[], None] = nothing) -> Spreading:
    """Lay the kits alone, as a run does (`is_quick`) or a person; `between` content is read and kits laid."""
    house = open_house(office.folder)
    between()
    store = open_store(house.database_url, beside=house.memory)
    with closing(store), open_folder(target, is_own=False) as folder:
        found = gather(house, store, NOW)
        kits = Spreading(house, found, folder, Counted(house, folder, found), NOW, is_quick=is_quick)
        for shown in found.site.items:
            for slug in shown.kits:
                kits.lay(shown, slug)
        kits.finish()
        folder.finish()
    return kits


def pictures(folder: Path) -> list[str]:
    """The pictures that lie in ZIP files."""
    names = [name for path in folder.rglob("*.zip") for name in zipfile.ZipFile(path).namelist()]
    return [name for name in names if name.endswith(".png") and not name.endswith("qr.png")]


def test_a_kit_that_cannot_be_remade_stands_while_its_pictures_may_be_shown(
    office: Office, tmp_path: Path
) -> None:
    lay(office, tmp_path / "site", is_quick=False)
    before = files(tmp_path / "site")
    office.write(SHORT, "{{ kit.nope }}")
    assert lay(office, tmp_path / "site", is_quick=False).done.faults
    assert files(tmp_path / "site") == before


@pytest.mark.parametrize("is_quick", [True, False])
def test_a_retracted_picture_is_in_no_zip_also_when_the_kits_cannot_be_remade(
    office: Office, tmp_path: Path, *, is_quick: bool
) -> None:
    target = tmp_path / "site"
    lay(office, target, is_quick=False)
    assert pictures(target)
    office.write(SHORT, "{{ kit.nope }}")
    lay(office, target, is_quick=is_quick)
    assert pictures(target)
    assert office.comms("retract", PICTURE, "--reason", "Fel", "--yes", now="2026-12-05T08:00").code in {0, 1}
    assert lay(office, target, is_quick=is_quick).done.faults
    assert pictures(target) == []
    assert PICTURE.rpartition("/")[2] not in (target / "sprid/eda/kits.json").read_text("utf-8")
    assert json.loads((target / "sprid/eda/kits.json").read_text("utf-8"))["items"] == []


def test_a_kit_that_could_not_be_made_is_told_again_in_the_next_run(office: Office, tmp_path: Path) -> None:
    lay(office, tmp_path / "site", is_quick=True)
    office.write(SHORT, "{{ kit.nope }}")
    runs = [lay(office, tmp_path / "site", is_quick=True).done for _ in range(3)]
    assert runs[0].faults == runs[1].faults == runs[2].faults != []
    assert [run.kits for run in runs] == [0, 0, 0]


def test_a_mended_template_makes_the_kits_as_they_were(office: Office, tmp_path: Path) -> None:
    lay(office, tmp_path / "site", is_quick=True)
    before = files(tmp_path / "site")
    office.write(SHORT, "{{ kit.nope }}")
    lay(office, tmp_path / "site", is_quick=True)
    (office.folder / SHORT).unlink()
    assert lay(office, tmp_path / "site", is_quick=True).done.faults == []
    assert files(tmp_path / "site") == before


def _other_tag(office: Office) -> None:
    office.write_item("ny", more='posts:\n  mastodon:\n    text: "Kom! #Bygd #bygd"\n')
    office.change(ITEM, "#Leader", "#Bygd")


def _other_place(office: Office) -> None:
    office.change("audiences.yaml", "eda: Eda", "eda: Eda kommun")


def _other_reply(office: Office) -> None:
    office.change("comms.yaml", "kansli@leader.example", "svar@leader.example")


def _no_scope(office: Office) -> None:
    office.change(ITEM, "date: 2026-11-12", "date: 2026-11-12, scope: [brevet, archive]")


def _other_area(office: Office) -> None:
    office.change("strategy.yaml", "name: Stark och stolt bygd", "name: Bygd med stolthet")


@pytest.mark.parametrize("change", [_other_tag, _other_place, _other_reply, _no_scope, _other_area])
def test_a_run_and_a_person_give_the_same_bytes(
    office: Office, tmp_path: Path, change: Callable[[Office], None]
) -> None:
    lay(office, tmp_path / "run", is_quick=True)
    before = files(tmp_path / "run")
    change(office)
    lay(office, tmp_path / "run", is_quick=True)
    lay(office, tmp_path / "person", is_quick=False)
    assert files(tmp_path / "run") == files(tmp_path / "person") != before


def test_words_that_a_template_takes_in_from_elsewhere_count_in_a_run(office: Office, tmp_path: Path) -> None:
    office.write(SHORT, '{% include "own/words.txt.j2" %}')
    office.write("templates/own/words.txt.j2", "Första orden.")
    lay(office, tmp_path / "run", is_quick=True)
    office.write("templates/own/words.txt.j2", "Andra orden.")
    lay(office, tmp_path / "run", is_quick=True)
    assert "Andra orden." in (tmp_path / "run/sprid/eda/bryggan/index.html").read_text("utf-8")
    assert not [path for path, text in words(tmp_path / "run").items() if "Första orden." in text]


def test_a_quick_run_reads_no_picture_and_others_read_each_once_an_item(
    office: Office, tmp_path: Path
) -> None:
    read = [
        made.media.read
        for is_quick in (False, True)
        if isinstance((made := lay(office, tmp_path / "site", is_quick=is_quick)).media, Counted)
    ]
    assert [len(paths) for paths in read] == [1, 0]


def test_a_picture_that_cannot_be_read_is_in_no_list_either(office: Office, tmp_path: Path) -> None:
    target = tmp_path / "site"
    lay(office, target, is_quick=True, between=(office.folder / PICTURE).unlink)
    told = json.loads((target / "sprid/eda/kits.json").read_text("utf-8"))["items"]
    assert [item["pictures"] for item in told if item["id"] == "bryggan"] == [[]]
    assert not re.search(r"media/[0-9a-f]{16}", " ".join(words(target / "sprid").values()))
    office.draw()
    lay(office, target, is_quick=True)
    assert pictures(target)


def test_the_feed_of_a_municipality_has_only_pictures_that_may_be_passed_on(tmp_path: Path) -> None:
    office = send(public(fresh(tmp_path), ", scope: [brevet, archive]"))
    assert archive(office, tmp_path / "site")[0] == 0
    assert "<figure" in (tmp_path / "site/nyheter/bryggan/index.html").read_text("utf-8")
    read = feedparser.parse(str(tmp_path / "site/sprid/eda/rss.xml"))
    entry = next(each for each in read.entries if each.link.endswith("/bryggan/"))
    assert entry.enclosures == []
    assert "<img" not in entry.content[0].value
    assert not (tmp_path / "site/sprid/eda/atom.xml").exists()
