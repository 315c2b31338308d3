"""What of the archive's folder is shown: what the manifest names, pictures of posts, and nothing else."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from comms.app.folder import MANIFEST
from comms.app.shown import Shown

PICTURE = f"media/{'0a' * 12}.jpg"


def folder(root: Path, *named: str, more: tuple[str, ...] = ()) -> Shown:
    """A folder with these files, of which the manifest names the first."""
    for name in (*named, *more):
        target = root / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(name, encoding="utf-8")
    (root / MANIFEST).write_text(json.dumps({"files": named}), encoding="utf-8")
    return Shown(root)


def test_a_named_file_and_a_named_folders_page_are_found(tmp_path: Path) -> None:
    shown = folder(tmp_path, "index.html", "brev/brevet/index.html", "media/sida.css")

    assert shown.find("") == ("index.html", tmp_path / "index.html")
    assert shown.find("brev/brevet/") == ("brev/brevet/index.html", tmp_path / "brev/brevet/index.html")
    assert shown.find("media/sida.css") == ("media/sida.css", tmp_path / "media/sida.css")


def test_a_folder_without_its_last_stroke_is_known_and_not_shown(tmp_path: Path) -> None:
    shown = folder(tmp_path, "brev/brevet/index.html")

    assert shown.find("brev/brevet") is None
    assert shown.has_folder("brev/brevet")
    assert not shown.has_folder("brev")
    assert not shown.has_folder("")


def test_pictures_that_channels_lay_are_found_though_nobody_names_them(tmp_path: Path) -> None:
    shown = folder(tmp_path, "index.html", more=(PICTURE,))

    assert shown.find(PICTURE) == (PICTURE, tmp_path / PICTURE)


@pytest.mark.parametrize(
    "path",
    [
        "hemlig.txt",
        ".comms-archive.json",
        "media/.0a.jpg.part",
        "media/annans.jpg",
        "../hemlig.txt",
        "brev/../hemlig.txt",
        "./index.html",
        "/index.html",
        "//index.html",
        "index.html/",
        "INDEX.HTML",
        "index.html\x00",
        "media",
        "media/",
    ],
)
def test_nothing_else_is_found(tmp_path: Path, path: str) -> None:
    (tmp_path / "hemlig.txt").write_text("hemligt", encoding="utf-8")
    more = ("hemlig.txt", "media/annans.jpg", "media/.0a.jpg.part")
    shown = folder(tmp_path / "webb", "index.html", more=more)

    assert shown.find(path) is None


def test_a_manifest_that_names_hidden_files_or_others_shows_none_of_them(tmp_path: Path) -> None:
    (tmp_path / "hemlig.txt").write_text("hemligt", encoding="utf-8")
    shown = folder(tmp_path / "webb", "index.html", ".git/config")
    (tmp_path / "webb" / MANIFEST).write_text(
        json.dumps({"files": ["../hemlig.txt", ".git/config", 7, None, "lank.txt"]}), encoding="utf-8"
    )
    (tmp_path / "webb" / "lank.txt").symlink_to(tmp_path / "hemlig.txt")

    assert [shown.find(path) for path in ("../hemlig.txt", ".git/config", "lank.txt")] == [None] * 3


def test_what_the_archive_takes_away_is_gone_at_once_and_half_a_manifest_changes_nothing(
    tmp_path: Path,
) -> None:
    shown = folder(tmp_path, "index.html", "nyheter/bryggan/index.html")
    assert shown.find("nyheter/bryggan/")

    (tmp_path / MANIFEST).write_text("{", encoding="utf-8")
    assert shown.find("nyheter/bryggan/")

    (tmp_path / MANIFEST).write_text(json.dumps({"files": ["index.html"]}), encoding="utf-8")
    assert shown.find("nyheter/bryggan/") is None


def test_a_folder_that_is_not_there_shows_nothing_until_it_is(tmp_path: Path) -> None:
    shown = Shown(tmp_path / "webb")
    assert shown.find("") is None

    folder(tmp_path / "webb", "index.html")
    assert shown.find("")
