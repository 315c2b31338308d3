"""Feeds are read in a child process: whatever they are, they end as a value within their limits."""

from __future__ import annotations

import io
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from comms.content.feed_child import MOST_ENTRIES, answer, refuse
from comms.content.feed_reading import Bounds, FeedReader, ReadFeed
from tests.fakes.feeds import Entry, answered, rss

ZONE = ZoneInfo("Europe/Stockholm")
TODAY = date(2026, 11, 26)
FILES = Path(__file__).resolve().parents[2] / "data" / "feeds"

LEDEN = ("Leden öppnar", "https://prov.example/leden")
DATED = (*LEDEN, date(2026, 11, 24))
UNDATED = (*LEDEN, None)
NO_FEED = "Svaret är inget flöde (RSS eller Atom)."
BROKEN = "Flödet är trasigt: inget i det gick att läsa."
TOO_SLOW = "Flödet tog för mycket tid att läsa."

EXPECTED: dict[str, object] = {
    "atom-03.xml": [DATED],
    "atom-10.xml": [DATED],
    "atom-xhtml.xml": [UNDATED],
    "bad-links.xml": [(f"Leden öppnar {number}", "", None) for number in range(5)],
    "billion-laughs.xml": [DATED],
    "blank.xml": "Svaret var tomt.",
    "empty.xml": "Svaret var tomt.",
    "future.xml": [(*LEDEN, TODAY)],
    "hostile-words.xml": [
        (
            "{{ 7*7 }} = ?utf-8?q?Anna=0D=0ABcc?= title: a: b <script> Leden *öppnar*",
            "https://prov.example/h",
            None,
        )
    ],
    "html-page.html": NO_FEED,
    "json.json": NO_FEED,
    "latin-1-that-says-utf-8.xml": [UNDATED],
    "latin-1.xml": [UNDATED],
    "no-dates.xml": [UNDATED],
    "no-entries.xml": [],
    "no-links.xml": [("Leden öppnar", "", None)],
    "no-such-charset.xml": [UNDATED],
    "no-title.xml": [("Leden runt sjön öppnar på lördag.", "https://prov.example/leden", None)],
    "no-words.xml": [],
    "nul-and-controls.xml": [DATED],
    "odd-date.xml": [UNDATED],
    "path-in-feed.xml": [DATED],
    "path.txt": NO_FEED,
    "rss-090-rdf.xml": [UNDATED],
    "rss-091.xml": [UNDATED],
    "rss-092.xml": [UNDATED],
    "rss-093.xml": [DATED],
    "rss-10-rdf.xml": [DATED],
    "rss-20-content.xml": [UNDATED],
    "rss-20.xml": [DATED],
    "truncated-early.xml": BROKEN,
    "truncated.xml": [DATED],
    "url.txt": NO_FEED,
    "utf-16.xml": [UNDATED],
    "utf-8-that-says-latin-1.xml": [UNDATED],
    "xxe.xml": [DATED],
    "year-one.xml": [UNDATED],
}


@pytest.fixture(scope="module")
def reader() -> Iterator[FeedReader]:
    with FeedReader(ZONE) as opened:
        yield opened


def told(found: ReadFeed) -> object:
    if found.failure is not None:
        return str(found.failure)
    return [(entry.title, entry.link, entry.published_on) for entry in found.entries]


def test_every_file_has_its_answer() -> None:
    assert sorted(EXPECTED) == sorted(path.name for path in FILES.iterdir() if path.suffix != ".xz")


@pytest.mark.parametrize("name", EXPECTED)
def test_each_kind_of_feed_is_read_or_told_why_not(reader: FeedReader, name: str) -> None:
    assert told(reader.read(answered((FILES / name).read_bytes()), TODAY)) == EXPECTED[name]


def test_no_file_of_this_machine_comes_out(reader: FeedReader) -> None:
    for name in ("path.txt", "path-in-feed.xml", "xxe.xml"):
        found = reader.read(answered((FILES / name).read_bytes()), TODAY)
        assert "root:" not in str(found.entries)


def test_a_charset_that_the_server_says_is_taken_when_the_bytes_fit_it(reader: FeedReader) -> None:
    body = rss(Entry("Łódź öppnar")).decode().encode("iso-8859-2", "replace")
    assert told(reader.read(answered(body, charset="iso-8859-2"), TODAY)) == [
        ("Łódź öppnar", "", date(2026, 11, 25))
    ]


def test_a_server_that_lies_about_its_charset_is_not_believed(reader: FeedReader) -> None:
    found = reader.read(
        answered(rss(Entry("Åäö", link="https://prov.example/a")), charset="iso-8859-1"), TODAY
    )
    assert [entry.title for entry in found.entries] == ["Åäö"]


def test_a_link_is_told_from_where_the_feed_was(reader: FeedReader) -> None:
    found = reader.read(answered(rss(Entry("Leden", link="/leden")), url="https://annan.example/f/x"), TODAY)
    assert [entry.link for entry in found.entries] == ["https://annan.example/leden"]


def test_the_newest_two_hundred_are_read_wherever_they_stand(reader: FeedReader) -> None:
    many = [Entry(f"Nytt {number}", days=1000 - number) for number in range(MOST_ENTRIES + 50)]
    found = reader.read(answered(rss(*many)), TODAY)
    assert len(found.entries) == MOST_ENTRIES
    assert found.entries[0].title == "Nytt 249"


def test_a_hundred_thousand_attributes_are_too_much_work_and_the_next_feed_is_read() -> None:
    attributes = " ".join(f'a{number}="1"' for number in range(100_000))
    body = f'<rss version="2.0"><channel><item {attributes}/></channel></rss>'.encode()
    with FeedReader(ZONE, Bounds(work=1)) as reader:
        assert told(reader.read(answered(body), TODAY)) == TOO_SLOW
        assert told(reader.read(answered(rss(Entry("Leden", days=None))), TODAY)) == [("Leden", "", None)]


def test_what_takes_too_long_by_the_clock_is_killed() -> None:
    body = rss(*(Entry(f"Nytt {number}") for number in range(20_000)))
    with FeedReader(ZONE, Bounds(wall=0.4)) as reader:
        assert told(reader.read(answered(body), TODAY)) == TOO_SLOW
        assert reader.child is None


def test_what_takes_too_much_memory_is_told_and_the_next_feed_is_read() -> None:
    body = rss(*(Entry(f"Nytt {number}") for number in range(10_000)))
    with FeedReader(ZONE, Bounds(memory=5_000_000)) as reader:
        assert told(reader.read(answered(body), TODAY)) == "Flödet tog för mycket minne att läsa."
        assert told(reader.read(answered(rss(Entry("Leden", days=None))), TODAY)) == [("Leden", "", None)]


@pytest.mark.parametrize(
    "body",
    [
        b'<rss version="2.0">' + b"<!--" * 50_000,
        b'<rss version="2.0"><channel><item><title>a</title><description>' + b"<div>" * 20_000,
        b"<" * 100_000,
        bytes(range(256)) * 400,
        b"\x1f\x8b" + b"\0" * 1000,
    ],
    ids=["comments", "deep", "brackets", "bytes", "gzip"],
)
def test_hostile_bytes_end_as_a_value(reader: FeedReader, body: bytes) -> None:
    found = reader.read(answered(body), TODAY)
    assert len(found.entries) <= 1


def test_a_child_that_has_died_is_replaced() -> None:
    with FeedReader(ZONE) as reader:
        reader.read(answered(rss()), TODAY)
        assert reader.child is not None
        os.kill(reader.child, signal.SIGKILL)
        os.waitid(os.P_PID, reader.child, os.WEXITED | os.WNOWAIT)
        assert told(reader.read(answered(rss(Entry("Leden", days=None))), TODAY)) == [("Leden", "", None)]


def test_a_machine_with_no_room_for_the_child_is_told_and_the_next_feed_is_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with FeedReader(ZONE) as reader:
        with monkeypatch.context() as full:
            full.setattr("comms.content.feed_reading._CHILD", ("/no/such/program",))
            found = told(reader.read(answered(rss(Entry("Leden"))), TODAY))
            assert "inte plats för programmet" in str(found)
        assert told(reader.read(answered(rss(Entry("Leden", days=None))), TODAY)) == [("Leden", "", None)]


def test_a_child_keeps_to_the_limits_that_it_was_born_with() -> None:
    bound = "import resource; resource.setrlimit(resource.RLIMIT_CPU, (3, 3)); "
    reads = "from comms.content import feed_child; feed_child.main(5, 300_000_000)"
    body = rss(Entry("Leden"))
    asked = json.dumps({"size": len(body), "url": "https://prov.example/", "charset": ""}).encode()
    done = subprocess.run(
        (sys.executable, "-c", bound + reads), input=asked + b"\n" + body, capture_output=True, check=True
    )
    assert b"Leden" in done.stdout


def test_a_child_reads_so_many_feeds_and_no_more() -> None:
    with FeedReader(ZONE, Bounds(life=2)) as reader:
        children = []
        for _ in range(4):
            reader.read(answered(rss()), TODAY)
            children.append(reader.child)
    assert children[0] == children[1] != children[2] == children[3]
    assert not any(Path(f"/proc/{child}").exists() for child in children)


def test_the_child_has_no_environment() -> None:
    with FeedReader(ZONE) as reader:
        reader.read(answered(rss()), TODAY)
        names = Path(f"/proc/{reader.child}/environ").read_bytes()
    assert b"PATH=" not in names


# The child's own code, here where it is measured


def asked(body: bytes, **more: object) -> dict[str, object]:
    return answer(
        io.BytesIO(body), {"size": len(body), "url": "https://prov.example/", "charset": "", **more}
    )


def test_an_answer_has_entries_or_a_word() -> None:
    assert asked(b" ") == {"failure": "nothing"}
    assert asked(b"/etc/passwd") == {"failure": "no-feed"}
    assert asked((FILES / "truncated-early.xml").read_bytes()) == {"failure": "broken"}
    assert asked(rss()) == {"entries": []}
    assert asked((FILES / "latin-1.xml").read_bytes(), charset="iso-8859-1")["entries"]


def test_the_child_may_open_modules_alone() -> None:
    program = (
        "import sys, urllib.request\n"
        "from comms.content.feed_child import refuse\n"
        "sys.addaudithook(refuse)\n"
        "import colorsys\n"
        "def tried(act):\n"
        "    try:\n"
        "        act()\n"
        "    except PermissionError:\n"
        "        return 'refused'\n"
        "import socket, subprocess, os\n"
        "print(tried(lambda: open('/etc/passwd')), tried(lambda: socket.socket()),\n"
        "      tried(lambda: subprocess.run(['true'])), tried(lambda: os.remove('/nowhere.py')),\n"
        "      tried(lambda: open('/tmp/x.py', 'w')))\n"
    )
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert said.split() == ["refused"] * 5


@pytest.mark.parametrize(
    "event", ["socket.connect", "subprocess.Popen", "os.system", "os.remove", "ctypes.dlopen"]
)
def test_what_acts_on_the_world_is_refused(event: str) -> None:
    with pytest.raises(PermissionError):
        refuse(event, ())
    assert socket.AF_INET  # and here nothing is hooked


def test_a_module_may_be_read_and_not_written() -> None:
    refuse("open", ("/usr/lib/x.py", "rb"))
    refuse("import", ("x",))
    with pytest.raises(PermissionError):
        refuse("open", ("/usr/lib/x.py", "w"))
    with pytest.raises(PermissionError):
        refuse("open", ("/etc/passwd", "r"))
