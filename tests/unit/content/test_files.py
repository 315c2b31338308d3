"""Files are read within the workspace, whatever their bytes, and every oddity is told."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from comms.content.files import MAX_BYTES, inside, read_text
from tests.unit.content.desk import hints, said


def write(root: Path, content: bytes, path: str = "a.md") -> str:
    """Write a file; its path."""
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_bytes(content)
    return path


def test_a_clean_file_is_its_text_and_the_hash_of_its_bytes(tmp_path: Path) -> None:
    source, problems = read_text(tmp_path, write(tmp_path, "Åsa\n".encode()))

    assert source is not None
    assert (source.path, source.text) == ("a.md", "Åsa\n")
    assert source.sha256 == hashlib.sha256("Åsa\n".encode()).hexdigest()
    assert problems == []


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"\xef\xbb\xbfHej\n", "a.md:1:1 C102 warning"),
        (b"Hej\r\n", "a.md:1:4 C103 notice"),
        ("Hej da\u030a\n".encode(), "a.md:1:6 C104 notice"),
        (b"Hej\x07\n", "a.md:1:4 C107 error"),
    ],
)
def test_what_can_be_mended_is_read_and_told(tmp_path: Path, content: bytes, expected: str) -> None:
    source, problems = read_text(tmp_path, write(tmp_path, content))

    assert source is not None
    assert [f"{one.location} {one.code} {one.severity}" for one in problems] == [expected]


def test_the_hash_is_that_of_the_bytes_on_disk_not_of_the_mended_text(tmp_path: Path) -> None:
    content = b"\xef\xbb\xbfHej\r\n"
    source, _ = read_text(tmp_path, write(tmp_path, content))

    assert source is not None
    assert source.text == "Hej\n"
    assert source.sha256 == hashlib.sha256(content).hexdigest()


def test_another_encoding_is_told_with_all_else_that_is_odd(tmp_path: Path) -> None:
    source, problems = read_text(tmp_path, write(tmp_path, b"\xef\xbb\xbfHej \xe5"))

    assert source is None
    assert [one.code for one in problems] == ["C102", "C101"]


def test_a_file_of_a_million_bytes_is_read_and_a_bigger_one_is_not(tmp_path: Path) -> None:
    assert read_text(tmp_path, write(tmp_path, b"a" * MAX_BYTES))[0] is not None

    source, problems = read_text(tmp_path, write(tmp_path, b"a" * (MAX_BYTES + 1)))

    assert source is None
    assert said(problems) == ["a.md C105 Filen är för stor: 1000001 byte."]


def test_a_link_out_of_the_workspace_is_not_followed(tmp_path: Path) -> None:
    root = tmp_path / "arbetsyta"
    root.mkdir()
    (tmp_path / "hemligt.md").write_text("hemligt")
    (root / "a.md").symlink_to(tmp_path / "hemligt.md")

    source, problems = read_text(root, "a.md")

    assert source is None
    assert said(problems) == ["a.md C119 Filen ligger utanför arbetsytan (en länk pekar ut ur mappen)."]


def test_a_link_within_the_workspace_is_followed(tmp_path: Path) -> None:
    write(tmp_path, b"Hej", "b.md")
    (tmp_path / "a.md").symlink_to("b.md")

    source, problems = read_text(tmp_path, "a.md")

    assert source is not None
    assert (source.path, source.text, problems) == ("a.md", "Hej", [])


def test_a_link_that_leads_nowhere_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.md").symlink_to("borta.md")

    source, problems = read_text(tmp_path, "a.md")

    assert source is None
    assert said(problems) == ["a.md C101 Filen finns inte; länken leder ingenstans."]


def test_a_folder_named_like_a_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.md").mkdir()

    source, problems = read_text(tmp_path, "a.md")

    assert source is None
    assert said(problems) == ["a.md C101 Det här är en mapp, ingen fil."]


def test_a_file_that_the_machine_refuses_is_told(tmp_path: Path) -> None:
    source, problems = read_text(tmp_path, "x" * 300)

    assert source is None
    assert problems[0].code == "C101"
    assert str(problems[0].message).startswith("Filen går inte att läsa: ")
    assert hints(problems) == ["Se till att den som kör comms får läsa filen."]


@pytest.mark.parametrize(
    "path", ["", "..", "../a.md", "/etc/passwd", "a/../../b", "\\a.md", "a\\b.md", "C:\\a.md", "a\x00.md"]
)
def test_a_path_that_leaves_the_folder_is_none(tmp_path: Path, path: str) -> None:
    assert inside(tmp_path, path) is None


@pytest.mark.parametrize("path", ["a.md", "a/b/c.md", "a/../b.md", "./a.md", "å ä ö.md"])
def test_a_path_within_the_folder_is_its_file(tmp_path: Path, path: str) -> None:
    assert inside(tmp_path, path) == (tmp_path / path).resolve()


def test_a_folder_reached_by_a_link_is_still_the_workspace(tmp_path: Path) -> None:
    root = tmp_path / "arbetsyta"
    write(root, b"Hej")
    (tmp_path / "genväg").symlink_to(root)

    assert read_text(tmp_path / "genväg", "a.md")[1] == []
