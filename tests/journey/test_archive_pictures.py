"""Which pictures the archive has: none that somebody has said no to, all that a letter in an inbox loads."""

from __future__ import annotations

import json
import re
import shutil
import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PIL import Image

from comms.app.folder import open_folder
from comms.app.gathering import Gathered, gather
from comms.app.house import House, open_house
from comms.app.picturing import PictureFiles
from comms.app.planning import ledger
from tests.journey.test_archive import (
    LATER,
    archive,
    files,
    page,
    picture_path,
    public,
    send,
    to_public,
    words,
)
from tests.journey.workspaces import ISSUE, ITEM, NEXT_ISSUE, PICTURE, Office

AFTER = datetime(2026, 12, 5, 8, tzinfo=UTC)
EXPIRES = ", expires: 2026-12-03"
_SHOWING = """\
images:
  - file: pictures/%s
    alt: En brygga av trä går ut i en stilla sjö.
    photographer: Tecknad bild, Leader Prov
"""
_PEOPLE = """\
    people: [Elma Råbäck]
    setting: work
    activity: active
    angle: level
    consent: {basis: skriftligt ja på nytt, date: 2026-11-13}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An empty folder for a workspace."""
    target = tmp_path / "workspace"
    target.mkdir()
    return target


def show(office: Office, slug: str, picture: str = "bryggan.png", more: str = "") -> None:
    """Give an item a picture."""
    office.change(f"content/items/{slug}.md", "\n---\n", f"\n{_SHOWING % picture}{more}---\n")


def draw(office: Office, name: str, red: int) -> None:
    """Draw another picture."""
    Image.new("RGB", (640, 360), (red, 90, 120)).save(office.folder / "content/pictures" / name)


@contextmanager
def looked_at(office: Office, *also: str) -> Iterator[tuple[House, Gathered]]:
    """What the archive would be made of."""
    house = open_house(office.folder)
    with ledger(house) as store:
        yield house, gather(house, store, AFTER, also=also)


# No means no


def test_a_consent_that_is_over_is_not_revived_by_an_item_that_says_nothing_of_it(folder: Path) -> None:
    office = send(public(folder, EXPIRES))
    web = office.folder / "out/webb"
    picture = picture_path(web)
    show(office, "stigen")
    archive(office, web)
    assert not (web / picture).exists()
    assert "<figure" not in page(web, "nyheter/stigen")
    assert not [path for path, text in words(web).items() if picture in text]


def test_a_consent_that_is_over_is_revived_by_another_that_holds(folder: Path) -> None:
    office = send(public(folder, EXPIRES))
    web = office.folder / "out/webb"
    show(office, "stigen", more=_PEOPLE)
    archive(office, web)
    assert (web / picture_path(web)).is_file()
    assert "<figure" in page(web, "nyheter/stigen")
    assert "<figure" not in page(web, "nyheter/bryggan")


@pytest.mark.parametrize("is_thrown_away", [False, True])
def test_a_retracted_items_picture_is_removed_also_when_the_items_file_is_gone(
    folder: Path, *, is_thrown_away: bool
) -> None:
    office = public(folder)
    draw(office, "stigen.png", 200)
    show(office, "stigen", "stigen.png")
    send(office)
    web = office.folder / "out/webb"
    before = {path for path in files(web) if re.fullmatch(r"media/[0-9a-f]{16}\.png", path)}
    assert len(before) == 2
    assert office.comms("retract", "bryggan", "--reason", "Fel", "--yes", now=LATER).code == 0
    if is_thrown_away:
        (office.folder / ITEM).unlink()
        (office.folder / PICTURE).unlink()
    code, said = archive(office, web)
    assert code == 0, said
    assert before & files(web).keys() == {picture_path(web, "nyheter/stigen/index.html")}


def test_a_retracted_items_picture_stays_when_another_item_has_it(folder: Path) -> None:
    office = public(folder)
    show(office, "stigen")
    send(office)
    web = office.folder / "out/webb"
    picture = picture_path(web)
    office.comms("retract", "bryggan", "--reason", "Fel", "--yes", now=LATER)
    archive(office, web)
    assert (web / picture).is_file()
    assert picture in page(web, "nyheter/stigen")


@pytest.mark.parametrize("is_redrawn", [False, True])
def test_another_items_picture_in_a_withdrawn_letter_stays_for_the_inboxes_that_load_it(
    folder: Path, *, is_redrawn: bool
) -> None:
    office = send(public(folder, "" if is_redrawn else ", scope: [brevet]"))
    web = office.folder / "out/webb"
    picture = picture_path(web)
    office.comms("retract", "stigen", "--reason", "Fel", "--yes", now=LATER)
    if is_redrawn:
        office.draw(red=200)
    code, said = archive(office, web)
    assert code == 0, said
    assert picture not in page(web, "nyheter/bryggan")
    assert (web / picture).is_file()


# What is in inboxes


def test_a_new_logo_leaves_the_old_one_for_letters_that_load_it(folder: Path) -> None:
    office = public(folder)
    for name, red in (("logo.png", 10), ("ny.png", 20)):
        (office.folder / "templates/assets").mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (120, 40), (red, 90, 60)).save(office.folder / "templates/assets" / name)
    settings = (office.folder / "comms.yaml").read_text(encoding="utf-8")
    office.write("comms.yaml", settings + "brand: {logo: templates/assets/logo.png, logo_alt: Leader Prov}\n")
    send(office)
    web = office.folder / "out/webb"
    assert "media/logo.png" in (web / f"brev/{ISSUE}/public-eda.html").read_text(encoding="utf-8")
    office.change("comms.yaml", "assets/logo.png", "assets/ny.png")
    (office.folder / "templates/assets/logo.png").unlink()
    code, said = archive(office, web)
    assert code == 0, said
    assert {"media/logo.png", "media/ny.png"} <= files(web).keys()


def test_what_an_issue_about_to_go_loads_is_known_before_any_page(folder: Path) -> None:
    office = public(folder)
    office.approve()
    with looked_at(office, ISSUE) as (_, found):
        assert set(found.letters) == {ISSUE}
        assert "media/eu-emblem.png" in found.letters[ISSUE]
        assert (
            len([path for path in found.letters[ISSUE] if re.fullmatch(r"media/[0-9a-f]{16}\.png", path)])
            == 1
        )
    with looked_at(office) as (_, found):
        assert found.letters == {}


def test_the_emblem_and_pictures_of_an_issue_can_be_laid_first(folder: Path, tmp_path: Path) -> None:
    office = public(folder)
    office.approve()
    with looked_at(office, ISSUE) as (house, found), open_folder(tmp_path / "site", is_own=True) as site:
        media = PictureFiles(house, site, found)
        assert all(map(media.put, found.letters[ISSUE]))
        shutil.rmtree(house.root / "content/pictures")
    with looked_at(office, ISSUE) as (house, found), open_folder(tmp_path / "two", is_own=True) as site:
        media = PictureFiles(house, site, found)
        assert not all(map(media.put, found.letters[ISSUE]))
        assert len(media.missing) == 1


# Lists


def test_an_item_for_everybody_is_listed_from_the_first_letter_to_everybody(folder: Path) -> None:
    office = public(folder)
    office.change("comms.yaml", "audiences: [public, offices]", "audiences: [offices]")
    send(office)
    web = office.folder / "out/webb"
    assert 'content="noindex"' in page(web, "nyheter/motet")
    assert json.loads((web / "feed.json").read_text(encoding="utf-8"))["items"] == []
    office.change("comms.yaml", "audiences: [offices]", "audiences: [public, offices]")
    to_public(office, "ny")
    office.approve(NEXT_ISSUE, now="2026-12-28T09:00")
    answer = office.comms("tick", now="2027-01-05T08:01")
    assert answer.code == 0, answer.said
    listed = json.loads((web / "feed.json").read_text(encoding="utf-8"))["items"]
    first = {item["url"].split("/")[-2]: item["date_published"][:10] for item in listed}
    assert first["motet"] == "2027-01-05"
    assert 'content="noindex"' not in page(web, "nyheter/motet")


# Link cards


def without_pixels() -> bytes:
    """A PNG that is sound from outside, and has no pixels."""

    def part(kind: bytes, content: bytes) -> bytes:
        return (
            struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
        )

    size = struct.pack(">IIBBBBB", 640, 360, 8, 2, 0, 0, 0)
    parts = (part(b"IHDR", size), part(b"IDAT", zlib.compress(b"\0" * 100)), part(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def test_a_card_whose_picture_cannot_be_drawn_has_a_path_of_its_own(folder: Path, tmp_path: Path) -> None:
    office = send(public(folder))
    (office.folder / PICTURE).write_bytes(without_pixels())
    with looked_at(office) as (house, found), open_folder(tmp_path / "site", is_own=True) as site:
        media = PictureFiles(house, site, found)
        for path, card in found.cards.items():
            media.card(path, card)
        told = found.with_cards(media.instead)
    (shown,) = [each for each in told.site.items if each.item.slug == "bryggan"]
    assert shown.card.endswith(".png")
    drawn = files(tmp_path / "site")
    assert shown.card in drawn
    assert {content[:4] for path, content in drawn.items() if path.endswith(".png")} == {b"\x89PNG"}
    assert not [path for path in drawn if path.endswith(".jpg")]
