"""Message-IDs in what a relay's provider exports, however the file is written."""

from __future__ import annotations

import gzip
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comms.errors import ConfigError
from comms.inbox.id_list import read_id_list
from comms.model.ledger import Evidence, Verdict

SOUGHT = ("<k1@leader.example>", "<k2@leader.example>", "<k3@leader.example>")
CSV = """\
Tid;Händelse;Message-ID;Mottagare
2026-12-01 08:00;levererad;<k1@leader.example>;"Åsa Öberg" <asa@post.example>
2026-12-01 08:01;väntar;annat@annan.example;nils@post.example
2026-12-01 08:02;studsade;k3@leader.example;bo@post.example
"""


def write(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def found(path: Path) -> list[str]:
    return [one.message_id for one in read_id_list(path, SOUGHT)]


def test_each_id_that_is_in_the_file_was_taken_and_its_line_is_told(tmp_path: Path) -> None:
    export = write(tmp_path / "export.csv", CSV.encode())
    assert list(read_id_list(export, SOUGHT)) == [
        Evidence(
            "<k1@leader.example>",
            Verdict.ACCEPTED,
            f"message-ids: {export}:2",
            '2026-12-01 08:00;levererad;<k1@leader.example>;"Åsa Öberg" <asa@post.example>',
        ),
        Evidence(
            "<k3@leader.example>",
            Verdict.ACCEPTED,
            f"message-ids: {export}:4",
            "2026-12-01 08:02;studsade;k3@leader.example;bo@post.example",
        ),
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_a_file_from_excel_reads_the_same_in_every_encoding(
    tmp_path: Path, encoding: str, line_end: str
) -> None:
    export = write(tmp_path / "export.csv", CSV.replace("\n", line_end).encode(encoding))
    found = list(read_id_list(export, SOUGHT))
    assert [one.message_id for one in found] == ["<k1@leader.example>", "<k3@leader.example>"]
    assert "Åsa Öberg" in found[0].detail


@pytest.mark.parametrize(
    "text",
    [
        "k1@leader.example",
        "<k1@leader.example>",
        "k2000@leader.example\r\nk1@leader.example\r\n",
        '"a","<k1@leader.example>","b"',
        "a\tk1@leader.example\tb",
        '[{"message-id": "k1@leader.example", "event": "delivered"}]',
        "Message-ID: <k1@leader.example>",
        "\ufeffk1@leader.example",
    ],
)
def test_an_id_is_found_wherever_it_stands(tmp_path: Path, text: str) -> None:
    assert found(write(tmp_path / "ids.txt", text.encode())) == ["<k1@leader.example>"]


@pytest.mark.parametrize(
    "text",
    ["xk1@leader.example", "k1@leader.example.se", "K1@leader.example", "k1@@leader.example", "a@b.example"],
)
def test_what_only_resembles_the_id_is_another_letter(tmp_path: Path, text: str) -> None:
    assert found(write(tmp_path / "ids.txt", text.encode())) == []


def test_an_id_that_stands_twice_is_told_once(tmp_path: Path) -> None:
    assert found(write(tmp_path / "ids.txt", b"k1@leader.example\n" * 3)) == ["<k1@leader.example>"]


def test_a_packed_export_is_read(tmp_path: Path) -> None:
    assert len(found(write(tmp_path / "export.csv.gz", gzip.compress(CSV.encode())))) == 2


@pytest.mark.parametrize("content", [b"", b"Tid;Mottagare\n2026-12-01;Anna\n", CSV.encode("utf-16-le")])
def test_a_file_without_ids_does_not_pass_for_a_list_without_ours(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(ConfigError, match=r"export\.csv innehåller inget Message-ID\. Exportera"):
        found(write(tmp_path / "export.csv", content))


def test_a_file_that_is_not_there_is_told_with_its_name(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"export\.csv går inte att läsa: No such file"):
        found(tmp_path / "export.csv")


def test_the_line_is_harmless_to_print_and_short(tmp_path: Path) -> None:
    evil = b"<k1@leader.example>\x1b[2J\xe2\x80\xae\x00" + b"x" * 5000
    (one,) = read_id_list(write(tmp_path / "ids.txt", evil), SOUGHT)
    assert one.detail.startswith(r"<k1@leader.example>\x1b[2J\u202e\x00xxx")
    assert one.detail.isprintable()
    assert len(one.detail) == 300


@given(st.binary(max_size=300), st.sampled_from([b"", b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf"]))
def test_no_bytes_make_it_fail_in_another_way_than_by_saying_so(
    tmp_path_factory: pytest.TempPathFactory, content: bytes, mark: bytes
) -> None:
    export = write(tmp_path_factory.getbasetemp() / "any.csv", mark + content)
    with suppress(ConfigError):
        assert found(export) == []
