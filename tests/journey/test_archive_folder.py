"""The archive's folder with something in the way: a file, half a line, a link, a letter about to go."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from comms.app.house import open_house
from comms.app.planning import ledger, make_plan
from comms.app.publishing import publish
from comms.model.plan import Entry, EntryKind
from tests.journey.test_archive import LATER, public, send
from tests.journey.workspaces import ISSUE, PICTURE, SLOT, Office

MANIFEST = "out/webb/.comms-archive.json"


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """An office with one issue that nobody has sent yet."""
    folder = tmp_path / "workspace"
    folder.mkdir()
    return public(folder)


def page(office: Office) -> Path:
    """The page of the issue's letter to the office in Eda."""
    return office.folder / f"out/webb/brev/{ISSUE}/offices-eda.html"


def picture_in(office: Office) -> Path:
    """The picture that the letter shows, as it lies on the web."""
    (name,) = set(re.findall(r"media/[0-9a-f]{16}\.png", page(office).read_text(encoding="utf-8")))
    return office.folder / "out/webb" / str(name)


def test_pages_laid_for_a_letter_about_to_go_stand_when_somebody_builds_the_archive(office: Office) -> None:
    office.approve()
    house = open_house(office.folder)
    with ledger(house) as store:
        slot = store.slot(ISSUE)
        assert slot is not None
        (entry,) = [one for one in _entries(office) if one.id == ISSUE]
        publish(house, store, entry, datetime(2026, 12, 1, 7, tzinfo=UTC))
    assert page(office).is_file()
    assert office.comms("archive", now=SLOT).code == 0
    assert page(office).is_file()
    assert picture_in(office).is_file()


def _entries(office: Office) -> list[Entry]:
    house = open_house(office.folder)
    with ledger(house) as store:
        start = datetime(2026, 11, 30, tzinfo=UTC)
        plan = make_plan(house, store.facts(), start, datetime(2026, 12, 3, tzinfo=UTC))
    return [entry for entry in plan.entries if entry.kind is EntryKind.ISSUE]


def test_nothing_of_an_issue_is_seen_when_its_pictures_cannot_be_laid(office: Office) -> None:
    office.approve()
    office.write("out/webb/media", "i vägen")
    answer = office.comms("tick", now=SLOT)
    assert answer.code == 3
    assert office.nothing_sent()
    assert list((office.folder / "out/webb").rglob("*.html")) == []
    assert list((office.folder / "out/webb").rglob("*.xml")) == []


def test_a_letter_waits_when_somebody_elses_file_stands_where_its_picture_should_be(office: Office) -> None:
    send(office)
    name = picture_in(office).name
    other = office.folder / "andra"
    other.mkdir()
    fresh = public(other)
    fresh.approve()
    fresh.write(f"out/webb/media/{name}", "inte vår")
    (other / MANIFEST).write_text(json.dumps({"files": [], "memory": {}}), encoding="utf-8")
    answer = fresh.comms("tick", now=SLOT)
    assert answer.code == 3
    assert fresh.nothing_sent()
    assert (other / f"out/webb/media/{name}").read_text(encoding="utf-8") == "inte vår"


def test_half_a_line_of_a_run_that_died_stops_nobody(office: Office) -> None:
    (office.folder / "out/webb").mkdir(parents=True)
    office.write("out/webb/.comms-archive.part", '"media/ab"media/cd"\n"brev/x.ht')
    send(office)
    assert page(office).is_file()


def test_a_manifest_that_is_none_is_named_and_nothing_is_deleted(office: Office) -> None:
    send(office)
    (office.folder / MANIFEST).write_text('{"files": null}', encoding="utf-8")
    answer = office.comms("archive", now=LATER)
    assert answer.code == 4
    assert ".comms-archive.json går inte att läsa" in answer.said
    assert page(office).is_file()


def test_a_link_that_leads_out_of_the_folder_is_not_followed(office: Office, tmp_path: Path) -> None:
    outside = tmp_path / "någon annans"
    outside.mkdir()
    send(office)
    target = office.folder / "out/webb/nyheter"
    for file in sorted(target.rglob("*"), reverse=True):
        file.unlink() if file.is_file() else file.rmdir()
    target.rmdir()
    target.symlink_to(outside)
    answer = office.comms("archive", now=LATER)
    assert answer.code == 1
    assert "nyheter/bryggan/index.html lämnades orörd" in answer.said
    assert list(outside.iterdir()) == []


def test_a_retraction_takes_the_picture_from_the_web_also_when_the_ledger_forgot_an_issue(
    office: Office,
) -> None:
    send(office)
    picture = picture_in(office)
    told = json.loads((office.folder / MANIFEST).read_text(encoding="utf-8"))
    told["memory"]["issues"] += " brevet-2026-11-03"
    (office.folder / MANIFEST).write_text(json.dumps(told), encoding="utf-8")
    answer = office.comms("retract", PICTURE, "--reason", "fel bild", "--yes", now=LATER)
    assert answer.code == 0, answer.said
    assert not picture.exists()


def test_without_an_address_letters_go_and_the_archive_says_what_is_missing(office: Office) -> None:
    office.change("comms.yaml", "  base_url: https://brev.leader.example\n", "")
    office.approve()
    assert office.comms("tick", now=SLOT).code == 0
    answer = office.comms("archive", now=LATER)
    assert answer.code == 4
    assert "Arkivet behöver sin adress: skriv workspace.base_url i comms.yaml." in answer.said


def test_an_item_whose_file_has_an_error_keeps_its_page_and_kits(office: Office) -> None:
    send(office)
    web = office.folder / "out/webb"
    kept = [web / "nyheter/bryggan/index.html", web / "sprid/eda/bryggan/allt.zip", picture_in(office)]
    before = [path.read_bytes() for path in kept]
    office.change("content/items/bryggan.md", "publish:", "kind: fel\npublish:")
    answer = office.comms("archive", now=LATER)
    assert answer.code == 1
    assert "Nyheten ”bryggan” visas som den var: filen saknas eller har fel." in answer.said
    assert [path.read_bytes() for path in kept] == before


def test_a_ledger_that_has_not_sent_what_the_folder_shows_takes_nothing_away(
    office: Office, tmp_path: Path
) -> None:
    send(office)
    shown = sorted((office.folder / "out/webb").rglob("*.html"))
    other = tmp_path / "andra"
    other.mkdir()
    fresh = public(other)
    fresh.approve()
    answer = fresh.comms("archive", "--out", str(office.folder / "out/webb"), now=SLOT)
    assert answer.code == 2
    assert "som liggaren inte vet något om" in answer.said
    assert sorted((office.folder / "out/webb").rglob("*.html")) == shown


def test_a_folder_remembers_whose_archive_it_is(office: Office, tmp_path: Path) -> None:
    send(office)
    other = tmp_path / "andra"
    other.mkdir()
    fresh = public(other)
    fresh.change("comms.yaml", "workspace:\n  name: Leader Prov", "workspace:\n  name: Leader Andra")
    send(fresh)
    answer = fresh.comms("archive", "--out", str(office.folder / "out/webb"), now=LATER)
    assert answer.code == 2
    assert "är Leader Provs arkiv. Välj en annan mapp." in answer.said


def test_an_office_that_changes_its_name_goes_on_sending_and_keeps_its_archive(office: Office) -> None:
    send(office)
    office.change("comms.yaml", "workspace:\n  name: Leader Prov", "workspace:\n  name: Leader Nya")
    assert office.comms("archive", now=LATER).code == 0
    assert page(office).is_file()


def test_a_mistyped_link_below_the_own_address_stops_no_letter(office: Office) -> None:
    office.change(
        "content/items/bryggan.md",
        "\n---\n",
        "\n---\nSe [filen](https://brev.leader.example/sprid/kit.js/), "
        "[kartan](https://brev.leader.example/nyheter/stigen/karta.ics/) och "
        "[sidan](https://brev.leader.example/nyheter/../../ute/).\n",
    )
    send(office)
    assert office.comms("archive", now=LATER).code == 0


def test_who_comes_to_the_kit_of_a_retracted_item_is_told_to_take_away_what_was_published(
    office: Office,
) -> None:
    send(office)
    office.comms("retract", "bryggan", "--reason", "fel", "--yes", now=LATER)
    kit = (office.folder / "out/webb/sprid/eda/bryggan/index.html").read_text(encoding="utf-8")
    assert "Har ni spridit den? Ta bort det ni har publicerat." in kit
