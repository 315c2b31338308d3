"""`comms check --fix`: shown first, written after a yes, and no file is ever lost or half."""

from __future__ import annotations

import stat
from io import StringIO

import pytest

from comms.app.fixing import proposals, save
from comms.app.house import House, open_house
from comms.cli import fixing, voice
from tests.journey.workspaces import ITEM, ROOT, Office

_RIGHT = "Vid sjön finns en ny plats att mötas på. Den är öppen för alla."
_WRONG = "Kom kl 18 - alla är välkomna. Öppet 9-17."
_FIXED = "Kom kl.\u00a018 – alla är välkomna. Öppet 9–17."


def _house(office: Office, body: str = _WRONG) -> House:
    path = office.folder / ITEM
    path.write_text(path.read_text().replace(_RIGHT, body))
    return open_house(office.folder)


def test_the_difference_is_shown_and_the_file_written_after_a_yes(
    office: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    house = _house(office)

    code = fixing.fix(house, (), yes=True)

    said = capsys.readouterr().out
    assert code == 0
    assert f"-{_WRONG}" in said
    assert f"+{_FIXED}".replace("\u00a0", "␣") in said
    assert "Filer som har sparats: 1." in said
    assert (office.folder / ITEM).read_text().endswith(f"{_FIXED}\n")


def test_a_second_time_there_is_nothing_left(office: Office, capsys: pytest.CaptureFixture[str]) -> None:
    fixing.fix(_house(office), (), yes=True)
    before = (office.folder / ITEM).read_bytes()
    capsys.readouterr()

    assert fixing.fix(open_house(office.folder), (), yes=True) == 0
    assert "Inget att rätta av sig självt." in capsys.readouterr().out
    assert (office.folder / ITEM).read_bytes() == before


def test_nothing_is_written_when_nobody_can_be_asked(
    office: Office, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", StringIO("ja\n"))
    house = _house(office)

    assert fixing.fix(house, (), yes=False) == 1
    assert "Inget är ändrat: ingen finns att fråga. Lägg till --yes för att spara." in capsys.readouterr().out
    assert _WRONG in (office.folder / ITEM).read_text()


class _Person(StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("answer", "text"), [("ja", _FIXED), ("nej", _WRONG), ("", _WRONG)])
def test_a_person_is_asked(office: Office, monkeypatch: pytest.MonkeyPatch, answer: str, text: str) -> None:
    monkeypatch.setattr("sys.stdin", _Person(f"{answer}\n"))
    monkeypatch.setattr(voice, "watched", lambda: True)

    assert fixing.fix(_house(office), (), yes=False) == 0
    assert text in (office.folder / ITEM).read_text()


def test_only_the_files_that_are_named_are_fixed(office: Office) -> None:
    house = _house(office)

    assert proposals(house, [office.folder / "comms.yaml"]) == []
    assert [one.path for one in proposals(house, [office.folder / ITEM])] == [ITEM]
    assert [one.path for one in proposals(house, [office.folder / "content"])] == [ITEM]


def test_a_file_that_changed_since_it_was_read_is_left_and_named(
    office: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    house = _house(office)
    path = office.folder / ITEM
    path.write_text(path.read_text() + "Mer text.\n")
    before = path.read_bytes()

    assert fixing.fix(house, (), yes=True) == 1
    assert f"{ITEM} har ändrats sedan den lästes, och är orörd." in capsys.readouterr().out
    assert path.read_bytes() == before


def test_a_file_that_changes_while_the_person_thinks_is_left_and_named(office: Office) -> None:
    (proposal,) = proposals(_house(office))
    path = office.folder / ITEM
    path.write_text("Något annat.\n")

    refused = save(office.folder, proposal)

    assert str(refused) == f"{ITEM} har ändrats sedan den lästes, och är orörd."
    assert path.read_text() == "Något annat.\n"
    assert list(path.parent.glob("*.tmp")) == []


def test_byte_order_mark_line_ends_and_rights_are_kept(office: Office) -> None:
    path = office.folder / ITEM
    text = path.read_text().replace(_RIGHT, _WRONG)
    path.write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    path.chmod(0o640)

    (proposal,) = proposals(open_house(office.folder))

    assert save(office.folder, proposal) is None
    wanted = text.replace(_WRONG, _FIXED).replace("\n", "\r\n")
    assert path.read_bytes() == b"\xef\xbb\xbf" + wanted.encode()
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_a_link_to_a_file_stays_a_link(office: Office) -> None:
    house = _house(office)
    path = office.folder / ITEM
    real = path.with_name("riktig.txt")
    path.rename(real)
    path.symlink_to(real.name)

    (proposal,) = proposals(house)

    assert save(office.folder, proposal) is None
    assert path.is_symlink()
    assert _FIXED in real.read_text()


def test_a_folder_that_cannot_be_written_in_is_said(office: Office) -> None:
    (proposal,) = proposals(_house(office))
    path = office.folder / ITEM
    path.unlink()

    assert "gick inte att spara" in str(save(office.folder, proposal))


def test_the_examples_have_nothing_to_fix() -> None:
    assert proposals(open_house(ROOT)) == []


def test_a_file_with_errors_is_named_and_left(office: Office, capsys: pytest.CaptureFixture[str]) -> None:
    office.write_item("trasig", more="kommun: Eda\n")

    assert fixing.fix(open_house(office.folder), (), yes=True) == 1
    said = capsys.readouterr().out
    assert "content/items/trasig.md har fel och är orörd. Rätta felen först: comms check" in said
    assert "Inget att rätta av sig självt." not in said


def test_a_file_with_errors_does_not_hinder_another(office: Office) -> None:
    office.write_item("trasig", more="kommun: Eda\n")

    assert fixing.fix(open_house(office.folder), [office.folder / ITEM], yes=True) == 0


def test_errors_that_are_no_matter_of_typography_are_counted(
    office: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    house = _house(office, f"{_WRONG} [Hit](leder.example).")

    assert fixing.fix(house, (), yes=True) == 1
    assert "Fel som bara du kan rätta: 1. Se comms check." in capsys.readouterr().out
    assert "–" in (office.folder / ITEM).read_text()
