"""The audit file: all that went out and who said yes to it, and not one recipient."""

from __future__ import annotations

import hashlib
import json
import shutil
import zipfile
from pathlib import Path
from typing import Any

import pytest

from tests.journey.workspaces import DAY_BEFORE, ISSUE, ITEM, PICTURE, POST, SLOT, Office, small

YEAR = ("--from", "2026-01-01", "--to", "2026-12-31")
ADDRESSES = [f"kontor{number}@eda.example" for number in range(1, 6)]

_CONSENT = """\
    alt: En brygga av trä går ut i en stilla sjö.
    people: [Ada Prov]
    consent:
      basis: Skriftligt ja per brev till ada@by.example
      date: 2026-11-01
"""


@pytest.fixture(scope="module")
def sent(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """An issue and a post that went out, and an issue that did not."""
    office = small(tmp_path_factory.mktemp("granskad"))
    office.change(ITEM, "    alt: En brygga av trä går ut i en stilla sjö.\n", _CONSENT)
    person = "people:\n  - {name: Ada Prov, role: snickare, organisation: Provbygden}\nimages:\n"
    office.change(ITEM, "images:\n", person)
    office.answer("--until", "2026-12-03", now=DAY_BEFORE)
    office.approve(now=DAY_BEFORE)
    office.approve(POST, now=DAY_BEFORE)
    assert office.comms("tick", now=SLOT).code == 0
    assert office.comms("tick", now="2026-12-03T12:01").code == 0
    return office


def audited(office: Office, file: Path, *period: str) -> dict[str, bytes]:
    answer = office.comms("audit", *(period or YEAR), "--out", str(file))
    assert answer.code == 0, answer.said
    with zipfile.ZipFile(file) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def told(held: dict[str, bytes], path: str) -> Any:  # noqa: ANN401 - as an auditor reads it
    return json.loads(held[path])


def test_each_issue_and_post_is_there_as_it_was_frozen(sent: Office, tmp_path: Path) -> None:
    held = audited(sent, tmp_path / "a.zip")
    issue, post = told(held, f"utskick/{ISSUE}/utskick.json"), told(held, f"inlagg/{POST}/inlagg.json")
    assert issue["deliveries"] == {"accepted": 5}
    assert (issue["approval"]["by"], post["approval"]["by"]) == ("Anna", "Anna")
    (edition,) = issue["editions"]
    assert edition["deliveries"] == {"accepted": 5}
    html = held[f"utskick/{ISSUE}/{edition['html']}"].decode()
    assert "En ny brygga i Eda" in html
    assert edition["recipient_word"] in html
    assert held[f"inlagg/{POST}/text.txt"].startswith(b"Vid sj")
    pictures = [name for name in held if "/bilder/" in name]
    assert {name.partition("/")[0] for name in pictures} == {"utskick", "inlagg"}
    (item,) = issue["items"]
    assert (item["focus"], item["goals"], item["is_as_approved"]) == (
        ["stark-och-stolt-bygd"], ["mal-1"], True,
    )  # fmt: skip
    assert {one["by"] for one in issue["answers"]} == {"Anna"}
    assert issue["missing_pictures"] == post["missing_pictures"] == []


def test_nobody_who_got_a_letter_can_be_read_out_of_it(sent: Office, tmp_path: Path) -> None:
    held = audited(sent, tmp_path / "a.zip")
    everything = b"\n".join(held.values()).decode("utf-8", "replace")
    assert [one for one in (*ADDRESSES, "ada@by.example", "Kontor 1") if one in everything] == []
    picture = told(held, f"utskick/{ISSUE}/utskick.json")["items"][0]["pictures"][0]
    assert (picture["people"], picture["consent"]["given_on"]) == (1, "2026-11-01")


def test_every_hash_holds_and_every_file_is_named_and_linked(sent: Office, tmp_path: Path) -> None:
    held = audited(sent, tmp_path / "a.zip")
    manifest = told(held, "manifest.json")
    assert {one["path"]: (one["sha256"], one["size"]) for one in manifest["files"]} == {
        name: (hashlib.sha256(content).hexdigest(), len(content))
        for name, content in held.items()
        if name != "manifest.json"
    }
    index = held["index.html"].decode()
    assert [name for name in held if "/" in name and f'href="{name}"' not in index] == []


def test_two_exports_of_the_same_ledger_are_the_same_bytes(sent: Office, tmp_path: Path) -> None:
    audited(sent, tmp_path / "a.zip")
    audited(sent, tmp_path / "b.zip")
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()


def test_only_what_had_its_time_in_the_period_is_there(sent: Office, tmp_path: Path) -> None:
    held = audited(sent, tmp_path / "a.zip", "--from", "2026-12-02", "--to", "2026-12-03")
    assert {name.split("/")[1] for name in held if "/" in name} == {POST}
    empty = audited(sent, tmp_path / "b.zip", "--from", "2025-01-01", "--to", "2025-12-31")
    assert sorted(empty) == ["README.txt", "index.html", "manifest.json"]
    assert "Inget gick ut under tiden." in empty["index.html"].decode()
    wrong = sent.comms("audit", "--from", "2026-12-31", "--to", "2026-01-01", "--out", str(tmp_path / "c"))
    assert (wrong.code, (tmp_path / "c").exists()) == (2, False)


def test_an_audit_file_takes_the_place_of_nothing(sent: Office, tmp_path: Path) -> None:
    audited(sent, tmp_path / "a.zip")
    again = sent.comms("audit", *YEAR, "--out", str(tmp_path / "a.zip"))
    assert (again.code, "finns redan" in again.err) == (2, True)
    own = sent.comms("audit", *YEAR, "--out", str(sent.folder / "content" / "x.zip"))
    assert (own.code, "hör till arbetsytan" in own.err) == (2, True)


def test_a_picture_whose_consent_was_taken_back_is_left_out_and_told_of(sent: Office, tmp_path: Path) -> None:
    before = (sent.folder / ITEM).read_text("utf-8")
    sent.change(ITEM, "      date: 2026-11-01\n", "      date: 2026-11-01\n      withdrawn_on: 2026-12-04\n")
    held = audited(sent, tmp_path / "a.zip")
    sent.write(ITEM, before)
    assert [name for name in held if "/bilder/" in name] == []
    (lacking,) = told(held, f"inlagg/{POST}/inlagg.json")["missing_pictures"]
    assert lacking["picture"] == PICTURE
    assert "samtycket är taget tillbaka" in held["index.html"].decode()


def test_what_was_taken_back_afterwards_is_told_of_and_its_pictures_are_left_out(
    sent: Office, tmp_path: Path
) -> None:
    office = Office(tmp_path / "w")
    shutil.copytree(sent.folder, office.folder)
    said = office.comms("retract", "bryggan", "--reason", "Ada vill inte synas", "--yes")
    assert said.code == 0, said.said
    held = audited(office, tmp_path / "a.zip")
    assert [name for name in held if "/bilder/" in name] == []
    (item,) = told(held, f"utskick/{ISSUE}/utskick.json")["items"]
    assert item["retracted"] == "Ada vill inte synas"
    assert "<dt>Tillbakadraget sedan dess</dt>" in held["index.html"].decode()
    assert (
        told(audited(sent, tmp_path / "b.zip"), f"utskick/{ISSUE}/utskick.json")["items"][0]["retracted"]
        is None
    )


def test_an_office_that_has_sent_nothing_gets_no_ledger_by_asking(tmp_path: Path) -> None:
    office = small(tmp_path / "w")
    asked = office.comms("audit", *YEAR, "--out", str(tmp_path / "a.zip"))
    assert (asked.code, "ingen liggare än" in asked.err, office.database.exists()) == (2, True, False)


def test_a_period_may_begin_with_the_first_day_that_there_is(sent: Office, tmp_path: Path) -> None:
    held = audited(sent, tmp_path / "a.zip", "--from", "0001-01-01", "--to", "9999-12-31")
    assert f"utskick/{ISSUE}/utskick.json" in held
