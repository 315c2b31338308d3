"""The files of a spread kit: right on every machine, the same every time, and safe to fetch by a program."""

from __future__ import annotations

import io
import json
import re
import zipfile
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import feedparser  # type: ignore[import-untyped]  # it ships no types
import pytest

from comms.model.item import Consent, ItemKind
from comms.model.kit import Kit
from comms.render.kit_files import kit_files, kit_zip, kits_json, kits_rss, picture_zip
from comms.render.kit_pages import plain_html
from comms.render.kit_texts import KitWords
from comms.text.markdown import parse_markdown
from tests.unit.render import build
from tests.unit.render.kits import FULL, PNG, kit

PAGE = (Path(__file__).parents[3] / "docs" / "spridning.md").read_text("utf-8")
PICTURES = {picture.path: PNG for picture in FULL.pictures}


def files(made: Kit) -> dict[str, bytes]:
    return dict(kit_files(made, settings=build.SETTINGS, pictures=PICTURES))


def unpacked(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        assert file.testzip() is None
        return {name: file.read(name) for name in file.namelist()}


def told(*kits: Kit) -> dict[str, Any]:
    made = kits_json(kits, settings=build.SETTINGS, municipality="arvika", place="Arvika")
    read: dict[str, Any] = json.loads(made)
    return read


def test_a_kits_folder_has_every_file_by_its_agreed_name() -> None:
    names = ["index.html", "allt.zip", "bild-1.zip", "bild-2.zip", "kalender.ics", "qr.svg", "qr.png"]

    assert list(files(kit(FULL))) == names
    assert list(files(kit())) == ["index.html", "allt.zip", "qr.svg", "qr.png"]


def test_a_picture_without_bytes_is_refused() -> None:
    with pytest.raises(KeyError):
        list(kit_files(kit(FULL), settings=build.SETTINGS, pictures={}))


def test_every_link_of_the_page_into_its_folder_leads_to_a_file() -> None:
    made = files(kit(FULL))
    html = made["index.html"].decode()
    wanted = {part.partition('"')[0] for part in html.replace('src="', 'href="').split('href="')[1:]}

    local = {name for name in wanted if not name.startswith(("#", "..", "https:", "mailto:"))}
    assert local == set(made) - {"index.html"}


def test_the_whole_kit_is_one_file_in_order() -> None:
    held = unpacked(kit_zip(kit(FULL), PICTURES, settings=build.SETTINGS))

    assert list(held) == [
        "LÄSMIG.txt",
        "bilder/alt-texter.txt",
        "bilder/leden-oppnar-1.png",
        "bilder/leden-oppnar-2.jpg",
        "kalender.ics",
        "qr.png",
        "qr.svg",
        "texter/facebook.txt",
        "texter/instagram.txt",
        "texter/kort-text.txt",
        "texter/lang-text.html",
        "texter/lang-text.txt",
        "texter/lank.txt",
        "texter/linkedin.txt",
    ]
    assert held["bilder/leden-oppnar-1.png"] == PNG


def test_texts_are_as_windows_wants_them_and_not_broken_within_a_paragraph() -> None:
    body = parse_markdown(
        "En lång mening som inte ska brytas någonstans, hur bred raden än råkar bli här.\n\nÅter."
    )
    held = unpacked(kit_zip(kit(replace(FULL, body=body)), PICTURES, settings=build.SETTINGS))

    text = held["texter/lang-text.txt"]
    assert not text.startswith(b"\xef\xbb\xbf")
    assert text.decode().count("\n") == text.decode().count("\r\n")
    assert text.decode().splitlines()[:3] == [body.blocks[0].plain(), "", "Åter."]


def test_the_files_are_the_same_every_time() -> None:
    assert files(kit(FULL)) == files(kit(FULL))


def test_names_with_letters_of_our_own_are_marked_as_utf_8() -> None:
    with zipfile.ZipFile(io.BytesIO(files(kit(FULL))["allt.zip"])) as file:
        marked = {info.filename: info.flag_bits & 0x800 for info in file.infolist()}
        times = {info.date_time for info in file.infolist()}
    assert marked["LÄSMIG.txt"]
    assert times == {(1980, 1, 1, 0, 0, 0)}


def test_a_picture_comes_with_its_alt_text_and_its_terms() -> None:
    picture = kit(FULL).pictures[0]

    held = unpacked(picture_zip(picture, PNG))

    assert held["leden-oppnar-1.png"] == PNG
    assert held["alt-text.txt"].decode().split("\r\n") == [
        "leden-oppnar-1.png",
        "Alt-text: En spång leder över en myr.",
        "Bildtext: Spången i Glaskogen.",
        "Gjord av: Elma Råbäck",
        f"Så får den användas: {picture.terms}",
        "",
    ]


def test_a_municipalitys_web_can_fetch_everything_as_json() -> None:
    made = kit(replace(FULL, kind=ItemKind.INVITATION))
    read = told(made)
    (item,) = read.pop("items")

    assert read == {
        "version": 1,
        "publisher": "Leader Provbygd",
        "municipality": "arvika",
        "place": "Arvika",
        "page_url": "https://brev.leader.example/sprid/arvika/",
        "feed_url": "https://brev.leader.example/sprid/arvika/rss.xml",
    }
    assert {key: item[key] for key in ("id", "url", "ics_url", "zip_url", "qr_url", "published")} == {
        "id": "leden-oppnar",
        "url": "https://brev.leader.example/nyheter/leden-oppnar/",
        "ics_url": "https://brev.leader.example/sprid/arvika/leden-oppnar/kalender.ics",
        "zip_url": "https://brev.leader.example/sprid/arvika/leden-oppnar/allt.zip",
        "qr_url": "https://brev.leader.example/sprid/arvika/leden-oppnar/qr.svg",
        "published": "2026-12-01T07:00:00Z",
    }
    assert item["event"]["start"] == "2026-12-09T18:00:00+01:00"
    assert item["pictures"][0] == {
        "url": f"https://brev.leader.example/media/{'ab' * 8}.png",
        "alt": "En spång leder över en myr.",
        "caption": "Spången i Glaskogen.",
        "photographer": "Elma Råbäck",
        "terms": str(made.pictures[0].terms),
        "width": 1500,
        "height": 1000,
    }
    assert set(item["posts"]) == {"facebook", "instagram", "linkedin"}
    assert " style=" not in item["long_html"]
    assert " class=" not in item["long_html"]


def test_an_item_without_event_says_null_and_not_an_address_that_leads_nowhere() -> None:
    (item,) = told(kit())["items"]

    assert item["event"] is None
    assert item["ics_url"] is None


def feed(*kits: Kit) -> Any:  # noqa: ANN401 - as feedparser has it
    return feedparser.parse(
        kits_rss(
            kits,
            settings=build.SETTINGS,
            municipality="arvika",
            title="Att sprida vidare: Arvika",
            focus={"stark-och-stolt-bygd": "Stark och stolt bygd"},
        )
    )


def test_a_feed_tells_the_short_text_the_long_one_and_the_first_picture() -> None:
    made = kit(FULL)
    read = feed(made)
    (entry,) = read.entries

    assert not read.bozo
    assert read.feed.title == "Att sprida vidare: Arvika"
    assert (entry.link, entry.title, entry.summary) == (made.url, made.title, made.short)
    assert plain_html(made.long).split("\n")[0] in entry.content[0].value
    assert [each.href for each in entry.enclosures] == [f"{build.SETTINGS.base_url}/media/{'ab' * 8}.png"]
    assert entry.tags[0].term == made.label


def test_a_feed_has_no_picture_that_may_not_be_passed_on() -> None:
    refused = replace(build.PICTURE, consent=Consent("ja", scope=("archive",)))
    (entry,) = feed(kit(replace(build.ITEM, pictures=(refused,)))).entries

    assert entry.enclosures == []
    assert "<img" not in entry.content[0].value


def documented(table: str) -> list[str]:
    """The first column of a table on the page."""
    rows = PAGE.split(f"<!-- {table} -->\n\n", 1)[1].split("\n\n", 1)[0]
    return re.findall(r"^\| `(\w+)` \|", rows, re.MULTILINE)


def test_the_page_explains_every_field_of_the_json_and_no_other() -> None:
    (item,) = told(kit(FULL))["items"]

    assert documented("kits.json") == list(item)


def test_the_page_explains_every_word_that_a_template_may_use_and_no_other() -> None:
    assert documented("kit") == [field.name for field in fields(KitWords)]
