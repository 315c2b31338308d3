"""A report as PDF from a real Chromium: its figures, pages and tags; and printers that fail."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import socket
import stat
import threading
import zlib
from pathlib import Path

import pytest

from comms.app import pdf
from comms.app.pdf import to_pdf, with_own_styles
from comms.errors import ConfigError, UsageError
from comms.render.report_page import strategy_page, year_page
from tests.unit.render import reports

INSTALL = "apt-get install chromium fonts-liberation"

pytestmark = pytest.mark.servers
needs_chromium = pytest.mark.skipif(
    not any(map(shutil.which, pdf._CHROMIUMS)),  # noqa: SLF001 - the names that it looks for
    reason=f"Chromium is missing: {INSTALL}",
)


def streams(file: bytes) -> list[bytes]:
    """What a PDF's streams hold, unpacked."""
    found = []
    for packed in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", file, re.DOTALL):
        try:
            found.append(zlib.decompress(packed))
        except zlib.error:
            found.append(packed)
    return found


def glyphs(maps: list[bytes]) -> dict[int, str]:
    """Glyph -> sign, of all fonts: the cuts of one typeface number their glyphs alike."""
    known: dict[int, str] = {}
    for one in maps:
        for glyph, sign in re.findall(rb"^<(\w{4})> <(\w{4})>$", one, re.MULTILINE):
            known[int(glyph, 16)] = chr(int(sign, 16))
        for first, last, sign in re.findall(rb"^<(\w{4})> <(\w{4})> <(\w{4})>$", one, re.MULTILINE):
            for at in range(int(first, 16), int(last, 16) + 1):
                known[at] = chr(int(sign, 16) + at - int(first, 16))
    return known


def text(file: bytes) -> str:
    """What is written on the pages, without blanks."""
    parts = streams(file)
    known = glyphs([one for one in parts if b"begincmap" in one])
    shown = "".join(
        known.get(int(word[at : at + 4], 16), "?")
        for one in parts
        if b"BT" in one and b"begincmap" not in one
        for word in re.findall(rb"<([0-9A-F]+)> Tj", one)
        for at in range(0, len(word), 4)
    )
    return re.sub(r"\s", "", shown)


def printer(folder: Path, script: str) -> None:
    """A program by the name of Chromium that does something else."""
    file = folder / "chromium"
    file.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    file.chmod(file.stat().st_mode | stat.S_IXUSR)


def only(folder: Path, patch: pytest.MonkeyPatch) -> None:
    """Nothing can be found but what is in the folder, and what a shell needs."""
    for name in ("sleep", "cat"):
        (folder / name).symlink_to(str(shutil.which(name)))
    patch.setenv("PATH", folder.as_posix())


without_weasyprint = pytest.mark.skipif(
    importlib.util.find_spec("weasyprint") is not None, reason="WeasyPrint would print instead"
)


@needs_chromium
def test_the_year_in_print_has_its_figures_on_a4_with_tags_language_and_page_numbers(tmp_path: Path) -> None:
    to_pdf(year_page(reports.head(), reports.names(), reports.year()), tmp_path / "new" / "year.pdf")
    file = (tmp_path / "new" / "year.pdf").read_bytes()
    pages = len(re.findall(rb"/Type /Page\n", file))
    written = text(file)

    assert set(re.findall(rb"/MediaBox \[0 0 (\d+)\.\d+ (\d+)\.\d+\]", file)) == {(b"594", b"841")}
    assert b"/StructTreeRoot" in file
    assert b"/Lang (sv)" in file
    assert {b"Sammanfattning", b"Tomma rutor"} <= set(re.findall(rb"/Title \(([^)]*)\)", file))
    assert 8 <= pages <= 16
    assert f"Sida{pages}av{pages}" in written
    assert "Sida1av" not in written  # the cover
    # Whose it is stands on the cover, and not alone on a last page.
    assert 0 <= written.find(reports.head().mail) < written.index("Sammanfattning")
    assert written.count(reports.head().mail) == 1
    assert "togs1503av1518(99%)emot." in written
    assert "Destination7-samVärmland8av46(17%)" in written
    assert len(file) < 1_000_000


@needs_chromium
def test_a_page_that_would_load_something_gets_nothing(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(0.1)
        port = listening.getsockname()[1]
        page = f'<!doctype html><title>Sida</title><img src="http://127.0.0.1:{port}/a.png"><p>Text'
        to_pdf(page.encode(), tmp_path / "page.pdf")

        with pytest.raises(TimeoutError):
            listening.accept()
    assert text((tmp_path / "page.pdf").read_bytes()) == "Text"


@without_weasyprint
def test_a_printer_that_hangs_is_ended_with_its_helpers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard = tmp_path / "alive"
    os.mkfifo(heard)
    ends: list[bytes] = []
    # The pipe ends when the last process that holds it does.
    reading = threading.Thread(target=lambda: ends.append(heard.read_bytes()), daemon=True)
    reading.start()
    printer(tmp_path, f"exec > {heard}\nsleep 600 &\nsleep 600")
    only(tmp_path, monkeypatch)
    monkeypatch.setattr(pdf, "PATIENCE", 0.5)

    with pytest.raises(ConfigError, match=r"apt-get install chromium.*comms\[pdf\]"):
        to_pdf(b"<p>Text", tmp_path / "page.pdf")

    reading.join(10)
    assert ends == [b""]
    assert not (tmp_path / "page.pdf").exists()


@without_weasyprint
@pytest.mark.parametrize(
    "script",
    [
        "exit 1",
        "exit 0",
        'for a; do case "$a" in --print-to-pdf=*) echo "%PDF-1.4 half" > "${a#*=}";; esac; done',
    ],
    ids=["fails", "writes nothing", "writes half"],
)
def test_what_is_no_whole_pdf_is_not_taken_for_one(
    script: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    printer(tmp_path, script)
    only(tmp_path, monkeypatch)

    with pytest.raises(ConfigError):
        to_pdf(b"<p>Text", tmp_path / "page.pdf")


@without_weasyprint
def test_without_any_printer_both_remedies_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    only(tmp_path, monkeypatch)

    with pytest.raises(ConfigError, match=r"apt-get install chromium.*comms\[pdf\]"):
        to_pdf(b"<p>Text", tmp_path / "page.pdf")


def test_a_file_that_cannot_be_written_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    printer(
        tmp_path,
        'for a; do case "$a" in --print-to-pdf=*) echo "%PDF-1.4 whole %%EOF" > "${a#*=}";; esac; done',
    )
    only(tmp_path, monkeypatch)
    (tmp_path / "taken").mkdir()

    with pytest.raises(UsageError, match="taken går inte att skriva"):
        to_pdf(b"<p>Text", tmp_path / "taken")


def test_for_weasyprint_every_picture_has_the_light_style_with_its_colours_filled_in() -> None:
    page = strategy_page(reports.head(), reports.names(), reports.coverage()).decode()
    styled = with_own_styles(page)
    own = re.findall(r'<svg class="(?:chart|bar)"[^>]*><style>(.*?)</style>', styled, re.DOTALL)

    assert len(own) == len(re.findall(r'<svg class="(?:chart|bar)"', page))
    assert "fill: #22302a" in own[0]
    assert "var(" not in own[0]
    assert "@media" not in own[0]
