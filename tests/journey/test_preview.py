"""Previews: what is shown, what changed since the last one, what is taken away, and proofs."""

from __future__ import annotations

import json
import re
import stat
from hashlib import sha256
from pathlib import Path

import pytest

from tests.journey.workspaces import (
    DAY_BEFORE,
    ISSUE,
    ITEM,
    POST,
    WEEK_BEFORE,
    Office,
)

EDITION = f"{ISSUE}/offices-eda"
MEMORY = "forhandsvisning.json"


def out(office: Office) -> Path:
    return office.folder / "out"


def index(office: Office) -> str:
    return (out(office) / "index.html").read_text(encoding="utf-8")


def page(office: Office, folder: str = EDITION) -> str:
    return (out(office) / folder / "index.html").read_text(encoding="utf-8")


def add_sunne(office: Office) -> None:
    """Give Sunne an office, so that it gets an edition too."""
    audiences = office.folder / "audiences.yaml"
    more = "  sunne:\n    offices: [{address: kontor@sunne.example, name: Kontor}]\n"
    audiences.write_text(audiences.read_text(encoding="utf-8") + more, encoding="utf-8")


def files(office: Office) -> dict[str, bytes]:
    folder = out(office)
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


def test_the_index_leads_to_a_page_for_every_edition_whose_frames_and_files_are_there(office: Office) -> None:
    assert office.comms("preview", now=WEEK_BEFORE).code == 0
    assert f'href="{EDITION}/index.html"' in index(office)
    for file in re.findall(r'(?:src|href)="([^"#:]+)"', page(office)):
        assert (out(office) / EDITION / file).resolve().is_file(), file


def test_the_first_preview_says_nothing_of_what_was(office: Office) -> None:
    answer = office.comms("preview", now=WEEK_BEFORE)
    assert "Sedan förra" not in answer.said + index(office) + page(office)


def test_the_same_again_says_that_nothing_changed_and_writes_the_same_again(office: Office) -> None:
    office.comms("preview", now=WEEK_BEFORE)
    answer = office.comms("preview", now=WEEK_BEFORE)
    assert "Sedan förra förhandsvisningen (2026-11-25 kl. 09.00): inget har ändrats." in answer.out
    assert "Oförändrad sedan förhandsvisningen 2026-11-25 kl. 09.00." in page(office)
    second = files(office)
    office.comms("preview", now=WEEK_BEFORE)
    assert files(office) == second


def test_a_changed_word_is_shown_where_it_stood_and_counted(office: Office) -> None:
    office.comms("preview", now=WEEK_BEFORE)
    office.change(ITEM, "ny plats att mötas på. Den", "ny brygga att mötas på. Den")
    answer = office.comms("preview", now=DAY_BEFORE)
    assert "Sedan förra förhandsvisningen (2026-11-25 kl. 09.00): 1 ändrad utgåva" in answer.out
    assert "1 ändrad utgåva" in index(office)
    assert '<del><span class="sign">−</span>plats</del>' in page(office)
    assert '<ins><span class="sign">+</span>brygga</ins>' in page(office)


def test_what_is_unchanged_says_since_when_however_often_one_looks(office: Office) -> None:
    for now in (WEEK_BEFORE, "2026-11-26T09:00", "2026-11-27T09:00"):
        office.comms("preview", now=now)
    assert "Oförändrad sedan förhandsvisningen 2026-11-25 kl. 09.00." in page(office)


def test_a_changed_post_is_told_on_its_page(office: Office) -> None:
    office.comms("preview", now=WEEK_BEFORE)
    office.change(ITEM, "en ny brygga att mötas på. #Leader", "en ny badbrygga att mötas på. #Leader")
    answer = office.comms("preview", now=WEEK_BEFORE)
    assert "1 ändrad post" in answer.out
    post = (out(office) / "poster" / f"{POST}.html").read_text(encoding="utf-8")
    assert '<ins><span class="sign">+</span>badbrygga</ins>' in post


def test_what_is_not_planned_any_more_is_named_and_its_files_are_removed(office: Office) -> None:
    office.comms("preview", now=WEEK_BEFORE)
    assert (out(office) / EDITION).exists()
    office.change("comms.yaml", "municipalities: [eda]", "municipalities: [sunne]")
    add_sunne(office)
    answer = office.comms("preview", now=WEEK_BEFORE)
    assert "1 ny utgåva, 1 utgåva borttagen" in answer.out
    assert "Kommunala kontor, Eda" in index(office)
    assert not (out(office) / EDITION).exists()
    assert (out(office) / ISSUE / "offices-sunne" / "index.html").exists()


def test_what_somebody_else_wrote_or_changed_is_never_removed(office: Office) -> None:
    office.comms("preview", now=WEEK_BEFORE)
    (out(office) / EDITION / "anteckning.txt").write_text("Min egen.", encoding="utf-8")
    (out(office) / EDITION / "brev.txt").write_text("Ändrad av mig.", encoding="utf-8")
    office.change("comms.yaml", "municipalities: [eda]", "municipalities: [sunne]")
    office.comms("preview", now=WEEK_BEFORE)
    assert {path.name for path in (out(office) / EDITION).iterdir()} == {"anteckning.txt", "brev.txt"}


def test_a_list_that_somebody_has_edited_leads_to_no_file_outside_the_folder(office: Office) -> None:
    office.comms("preview", now=WEEK_BEFORE)
    memory = json.loads((out(office) / MEMORY).read_text(encoding="utf-8"))
    settings = office.folder / "comms.yaml"
    memory["entries"][ISSUE]["files"]["../comms.yaml"] = sha256(settings.read_bytes()).hexdigest()
    (out(office) / MEMORY).write_text(json.dumps(memory), encoding="utf-8")
    assert office.comms("preview", now=WEEK_BEFORE).code == 0
    assert settings.exists()


@pytest.mark.parametrize("content", ["", "{", "[]", '{"version": 1}', '{"version": 9, "entries": {}}'])
def test_a_list_that_cannot_be_read_is_as_none(office: Office, content: str) -> None:
    office.comms("preview", now=WEEK_BEFORE)
    (out(office) / MEMORY).write_text(content, encoding="utf-8")
    answer = office.comms("preview", now=WEEK_BEFORE)
    assert (answer.code, "Sedan förra" in answer.out) == (0, False)


def test_a_preview_of_one_entry_leaves_the_others_where_they_lie(office: Office) -> None:
    office.comms("preview", now=WEEK_BEFORE)
    answer = office.comms("preview", ISSUE, now=WEEK_BEFORE)
    assert "borttagen" not in answer.out
    assert (out(office) / "poster" / f"{POST}.html").exists()
    assert f'href="poster/{POST}.html"' in index(office).partition("Ligger kvar")[2]


def test_a_shorter_span_leaves_what_lies_beyond_it(office: Office) -> None:
    office.comms("preview", now=WEEK_BEFORE)
    answer = office.comms("preview", "--until", "2026-11-26", now=WEEK_BEFORE)
    assert "borttagen" not in answer.out
    assert (out(office) / EDITION / "brev.html").exists()


def test_a_browser_is_opened_when_asked_for(office: Office, tmp_path: Path) -> None:
    browser, seen = tmp_path / "browser", tmp_path / "seen"
    browser.write_text(f'#!/bin/sh\nprintf %s "$1" > {seen}\n', encoding="utf-8")
    browser.chmod(browser.stat().st_mode | stat.S_IXUSR)
    process = office.start("preview", "--open", now=WEEK_BEFORE, BROWSER=f"{browser} %s")
    process.communicate()
    assert seen.read_text(encoding="utf-8") == (out(office) / "index.html").as_uri()


def test_a_machine_without_a_browser_is_told_so(office: Office, tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    process = office.start(
        "preview", "--open", now=WEEK_BEFORE, BROWSER="/bin/false", PATH=str(tmp_path / "bin"), DISPLAY=""
    )
    _, said = process.communicate()
    assert process.returncode == 0
    assert "Ingen webbläsare" in said


def test_a_proof_says_which_edition_went_to_whom_and_how_to_send_another(office: Office) -> None:
    office.change("comms.yaml", "municipalities: [eda]", "municipalities: [eda, sunne]")
    add_sunne(office)
    first = office.comms("proof", ISSUE, "--to", "kollega@leader.example", now=WEEK_BEFORE)
    assert "Provbrev av utgåvan offices-eda sänt till kollega@leader.example" in first.out
    assert "Andra utgåvor väljer du med --edition: offices-sunne" in first.out
    other = office.comms(
        "proof", ISSUE, "--to", "a@leader.example", "--edition", "offices-sunne", now=WEEK_BEFORE
    )
    assert "utgåvan offices-sunne sänt till a@leader.example" in other.out
    assert [path.name for path in (out(office) / "sent" / "mail").iterdir()] == [f"proof-{ISSUE}"]


def test_a_proof_is_not_sent_to_who_has_said_no(office: Office) -> None:
    office.comms("suppress", "kollega@leader.example", "--reason", "vill inte", now=WEEK_BEFORE)
    answer = office.comms("proof", ISSUE, "--to", "Kollega@leader.example", now=WEEK_BEFORE)
    assert answer.code == 2
    assert "Kollega@leader.example är spärrad och får inga brev, inte heller provbrev." in answer.said
    assert office.nothing_sent()
