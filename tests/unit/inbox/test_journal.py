"""What a maildir with copies proves of a letter. By IMAP: tests/contract/test_evidence.py."""

from __future__ import annotations

import gzip
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from comms.errors import ConfigError
from comms.inbox.journal import read_maildir
from comms.model.ledger import Evidence, Verdict

SOUGHT = "<k1@leader.example>"
LETTER = b"From: brev@leader.example\nMessage-ID: <k1@leader.example>\nSubject: Hej\n\nHej!\n"


@pytest.fixture
def maildir(tmp_path: Path) -> Path:
    """An empty maildir."""
    for name in ("new", "cur", "tmp"):
        (tmp_path / "journal" / name).mkdir(parents=True)
    return tmp_path / "journal"


def found(maildir: Path, *wanted: str) -> list[str]:
    return [one.message_id for one in read_maildir(maildir, wanted or (SOUGHT,))]


def test_a_copy_in_the_journal_proves_that_the_relay_took_the_letter(maildir: Path) -> None:
    letter = maildir / "new" / "1796000000.M1P1.mail"
    letter.write_bytes(LETTER)
    os.utime(letter, (1796000000, 1796000000))
    at = datetime.fromtimestamp(1796000000, UTC)
    assert list(read_maildir(maildir, [SOUGHT, "<k2@leader.example>"])) == [
        Evidence(SOUGHT, Verdict.ACCEPTED, f"maildir: {maildir}", "1796000000.M1P1.mail", at)
    ]


@pytest.mark.parametrize("part", ["new/1.mail", "cur/1.mail:2,S"])
@pytest.mark.parametrize(
    "content",
    [
        LETTER,
        LETTER.replace(b"\n", b"\r\n"),
        LETTER.replace(b"Message-ID", b"message-id"),
        LETTER.replace(b"ID: <", b"ID:\n <"),
        LETTER.replace(b"From:", b"From: \xe5\xff\x00\nX-Odd: "),
        gzip.compress(LETTER, mtime=0),
        LETTER.partition(b"\n\n")[0],
    ],
)
def test_the_field_is_found_however_it_is_written(maildir: Path, part: str, content: bytes) -> None:
    (maildir / part).write_bytes(content)
    assert found(maildir) == [SOUGHT]


@pytest.mark.parametrize(
    "content",
    [
        b"From: a@b.example\nIn-Reply-To: <k1@leader.example>\nReferences: <k1@leader.example>\n\nSvar.\n",
        b"From: a@b.example\nMessage-ID: <k2@leader.example>\n\nMessage-ID: <k1@leader.example>\n",
        b"From: a@b.example\nMessage-ID: <k2@b.example> (om <k1@leader.example>)\n\n",
        b"From: a@b.example\nX-Message-ID: <k1@leader.example>\n\n",
        b"From: a@b.example\n\nVidarebefordrat:\nMessage-ID: <k1@leader.example>\n",
        b"",
        b"\x00" * 5000,
    ],
)
def test_a_letter_that_only_speaks_of_it_is_another_letter(maildir: Path, content: bytes) -> None:
    (maildir / "cur" / "1.mail").write_bytes(content)
    assert found(maildir) == []


def test_a_copy_that_came_twice_is_told_once(maildir: Path) -> None:
    (maildir / "new" / "1.mail").write_bytes(LETTER)
    (maildir / "cur" / "2.mail:2,S").write_bytes(LETTER)
    assert found(maildir) == [SOUGHT]


def test_a_letter_that_is_moved_or_deleted_meanwhile_stops_nothing(maildir: Path) -> None:
    for number in (1, 2, 3):
        (maildir / "new" / f"{number}.mail").write_bytes(LETTER.replace(b"k1", b"k%d" % number))
    reading = read_maildir(maildir, [f"<k{number}@leader.example>" for number in (1, 2, 3)])
    assert next(reading).message_id == "<k1@leader.example>"
    (maildir / "new" / "2.mail").unlink()
    (maildir / "new" / "3.mail").rename(maildir / "cur" / "3.mail:2,S")
    assert [one.message_id for one in reading] == ["<k3@leader.example>"]


def test_nothing_in_the_journal_is_changed(maildir: Path) -> None:
    (maildir / "new" / "1.mail").write_bytes(LETTER)
    (maildir / "cur" / "2.mail:2,").write_bytes(LETTER.replace(b"k1", b"k2"))
    before = sorted((str(path), path.read_bytes()) for path in maildir.glob("*/*"))
    found(maildir, SOUGHT, "<k3@leader.example>")
    assert sorted((str(path), path.read_bytes()) for path in maildir.glob("*/*")) == before


def test_what_is_no_letter_is_passed_by(maildir: Path) -> None:
    os.mkfifo(maildir / "new" / "0.pipe")
    (maildir / "new" / "0.folder").mkdir()
    (maildir / "new" / "1.mail").write_bytes(LETTER)
    assert found(maildir) == [SOUGHT]


def test_a_header_that_never_ends_is_not_read_to_its_end(maildir: Path) -> None:
    endless = b"X-Long: " + b"x" * 6_000_000 + b"\nMessage-ID: <k1@leader.example>\n\n"
    (maildir / "new" / "1.mail").write_bytes(endless)
    assert found(maildir) == []


def test_a_file_name_is_harmless_to_print(maildir: Path) -> None:
    (maildir / "new" / "1\x1b[2J.mail").write_bytes(LETTER)
    assert [one.detail for one in read_maildir(maildir, [SOUGHT])] == [r"1\x1b[2J.mail"]


def test_a_folder_that_is_no_maildir_is_refused_so_that_it_cannot_pass_for_an_empty_one(
    tmp_path: Path, maildir: Path
) -> None:
    (maildir / "cur").rmdir()
    for folder in (maildir, tmp_path / "gone", maildir / "new"):
        with pytest.raises(ConfigError, match=r"är ingen maildir: mapparna new och cur saknas\. Ange mappen"):
            found(folder)


def test_reading_ends_when_all_are_found(maildir: Path) -> None:
    (maildir / "new" / "1.mail").write_bytes(LETTER)
    (maildir / "new" / "2.broken").write_bytes(gzip.compress(LETTER, mtime=0)[:30])
    assert found(maildir) == [SOUGHT]


def test_a_letter_that_is_broken_on_disk_is_told_with_the_journals_name(maildir: Path) -> None:
    (maildir / "new" / "1.mail").write_bytes(gzip.compress(LETTER, mtime=0)[:30])
    with pytest.raises(ConfigError, match=r"journal går inte att läsa: .+ Kontrollera"):
        found(maildir)
