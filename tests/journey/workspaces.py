"""A small workspace on disk and somebody at its command line; offices and people invented."""

from __future__ import annotations

import io
import itertools
import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path
from typing import Any

from PIL import Image

from comms.cli import run
from tests.fakes.smtp import Relay

ROOT = Path(__file__).resolve().parents[2]
ISSUE = "brevet-2026-12-01"
NEXT_ISSUE = "brevet-2027-01-05"
POST = "bryggan.mastodon.1"
WEEK_BEFORE = "2026-11-25T09:00"
DAY_BEFORE = "2026-11-30T09:00"
SLOT = "2026-12-01T08:01"
OFFICER = "redaktor@leader.example"
PICTURE = "content/pictures/bryggan.png"
ITEM = "content/items/bryggan.md"

_SETTINGS = """\
workspace:
  name: Leader Prov
  base_url: https://brev.leader.example

officer: {email: redaktor@leader.example}

sender:
  name: Leader Prov
  email: brev@leader.example
  reply_to: kansli@leader.example
  postal_address: Leader Prov, Provgatan 1, 123 45 Provstad

channels:
  mail: {kind: file, max_lateness: 12h}
  mastodon: {kind: file, network: mastodon, slots: [thu 12:00], max_lateness: 3h}

newsletters:
  brevet:
    title: Brevet
    schedule: first tuesday 08:00
    audiences: [offices]
    municipalities: [eda]
    template: municipal
    channel: mail
"""

_AUDIENCES = """\
audiences:
  offices: {title: Kommunala kontor, reason: Ni får brevet för att ni är ett kontor.}
municipalities:
  eda: Eda
  sunne: Sunne
recipients:
  eda:
    offices:
"""

_STRATEGY = """\
vision: Med modiga initiativ skapar vi en levande landsbygd
goals: {mal-1: Attraktivare landsbygd}
indicators: {motesplatser: Nya mötesplatser}
focus_areas:
  stark-och-stolt-bygd:
    title: STARK OCH STOLT BYGD
    name: Stark och stolt bygd
    activities: {motesplatser-och-forum: Mötesplatser och forum}
    indicators: [motesplatser]
"""

_ITEM = """\
---
title: {title}
kind: office
focus: [stark-och-stolt-bygd]
goals: [mal-1]
activities: [motesplatser-och-forum]
indicators: [motesplatser]
audiences: [offices]
date: 2026-11-20
publish: {{from: {since}}}
summary: Vid sjön finns en ny plats att mötas på.
link: https://leader.example/nyheter/{slug}
{more}---
Vid sjön finns en ny plats att mötas på. Den är öppen för alla.
"""

_PICTURE_AND_POST = """\
images:
  - file: pictures/bryggan.png
    alt: En brygga av trä går ut i en stilla sjö.
    photographer: Tecknad bild, Leader Prov
posts:
  mastodon:
    text: "Vid sjön finns en ny brygga att mötas på. #Leader"
"""


@dataclass(frozen=True)
class Answer:
    """What a command answered: exit code, standard output and standard error."""

    code: int
    out: str
    err: str

    @property
    def said(self) -> str:
        """Everything that was said."""
        return self.out + self.err

    @property
    def json(self) -> Any:  # noqa: ANN401 - a script reads it as it likes
        """Standard output as JSON."""
        return json.loads(self.out)


def _nothing(_dot: int) -> None:
    """No story."""


@dataclass
class Watched(Relay):
    """A relay that tells `at_dot` the number of each letter's dot, before it keeps or answers the letter.

    What `at_dot` does happens in the middle of an issue, wherever the clock stands.
    """

    at_dot: Callable[[int], None] = _nothing
    _dots: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def answer_to(self, verb: str, default: str) -> str:
        """What the script says, once the story has been told."""
        if verb == "dot":
            self.at_dot(next(self._dots))
        return super().answer_to(verb, default)

    @property
    def got(self) -> Counter[str]:
        """How many letters each recipient got; the officer is none."""
        return Counter(letter.recipient for letter in self.letters if letter.recipient != OFFICER)

    @property
    def told(self) -> list[str]:
        """The subjects of the officer's letters, in order."""
        read = BytesParser(policy=policy.default)
        return [
            str(read.parsebytes(letter.content)["Subject"])
            for letter in self.letters
            if letter.recipient == OFFICER
        ]


@dataclass(frozen=True)
class Office:
    """A workspace with somebody at its command line."""

    folder: Path

    def comms(self, *arguments: str, now: str = "") -> Answer:
        """Run one command in this process; `now` sets its clock."""
        clock = ["--now", now] if now else []
        out, err = _stream(), _stream()
        with redirect_stdout(out), redirect_stderr(err):
            code = run([*arguments, "--workspace", str(self.folder), *clock])
        return Answer(code, _read(out), _read(err))

    def start(
        self, *arguments: str, now: str = "", before: tuple[str, ...] = (), **more: str
    ) -> subprocess.Popen[str]:
        """Start a command in a process of its own; `before` runs it, `more` is added to its environment."""
        clock = ["--now", now] if now else []
        return subprocess.Popen(
            [*before, sys.executable, "-m", "comms", *arguments, "--workspace", str(self.folder), *clock],
            env={**os.environ, "PYTHONPATH": str(ROOT), **more},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def entry(self, identity: str = ISSUE, now: str = WEEK_BEFORE) -> Any:  # noqa: ANN401 - as a script reads it
        """One entry of the plan, as `comms plan --json` shows it."""
        return self.comms("plan", identity, "--json", now=now).json["entries"][0]

    def fingerprint(self, identity: str = ISSUE, now: str = WEEK_BEFORE) -> str:
        """The fingerprint that the plan shows."""
        return str(self.entry(identity, now)["fingerprint"])

    def approve(self, identity: str = ISSUE, now: str = WEEK_BEFORE) -> str:
        """Answer what is asked and approve what the plan shows; the fingerprint."""
        seen = self.fingerprint(identity, now)
        self.answer(identity, now=now)
        answer = self.comms("approve", identity, "--plan", seen, "--by", "Anna", now=now)
        assert answer.code == 0, answer.said
        return seen

    def answer(self, *what: str, now: str = WEEK_BEFORE) -> None:
        """Answer every question about an entry, or about what waits (`--until`, a day)."""
        answer = self.comms("answer", *what, "--all", "Vi har talat om det.", "--by", "Anna", now=now)
        assert answer.code == 0, answer.said

    def states(self, identity: str = ISSUE) -> dict[str, int]:
        """How many deliveries of an entry stand where."""
        return dict(self.comms("who", identity, "--json").json["states"])

    def in_state(self, *states: str) -> set[str]:
        """The recipients of the issue whose copies stand in one of `states`."""
        rows = self.comms("who", ISSUE, "--json").json["deliveries"]
        return {str(row["recipient"]) for row in rows if row["state"] in states}

    def slot(self, identity: str = ISSUE, now: str = SLOT) -> Any:  # noqa: ANN401 - as a script reads it
        """An entry in the ledger, as `comms status --json` shows it."""
        slots = self.comms("status", "--json", now=now).json["slots"]
        return next((slot for slot in slots if slot["id"] == identity), None)

    @property
    def database(self) -> Path:
        """The ledger's file."""
        return self.folder / "var" / "comms.db"

    def sends_through(self, relay: Relay, more: str = "") -> None:
        """Point the mail channel at a relay on loopback; `more` is written among its settings."""
        smtp = f"mail: {{kind: smtp, host: 127.0.0.1, port: {relay.port}, security: none, {more}"
        self.change("comms.yaml", "mail: {kind: file, ", smtp)

    # Files

    def write(self, path: str, text: str) -> None:
        """Write a file of the workspace."""
        target = self.folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")

    def change(self, path: str, before: str, after: str) -> None:
        """Change the first place where a file says `before`."""
        text = (self.folder / path).read_text(encoding="utf-8")
        assert before in text
        self.write(path, text.replace(before, after, 1))

    def write_item(self, slug: str, *, since: str = "2026-11-20", title: str = "", more: str = "") -> None:
        """Write an item for the offices of the whole area."""
        text = _ITEM.format(slug=slug, title=title or f"Ny plats {slug}", since=since, more=more)
        self.write(f"content/items/{slug}.md", text)

    def draw(self, red: int = 40) -> None:
        """Draw the picture of the jetty; `red` is the colour of one pixel in it."""
        drawn = Image.new("RGB", (640, 360), (40, 90, 120))
        drawn.putpixel((10, 10), (red, 90, 120))
        target = self.folder / PICTURE
        target.parent.mkdir(parents=True, exist_ok=True)
        drawn.save(target)

    def write_audiences(self, offices: int = 5) -> None:
        """Write audiences.yaml with so many offices in Eda."""
        rows = "".join(
            f'      - {{address: kontor{number}@eda.example, name: "Kontor {number}"}}\n'
            for number in range(1, offices + 1)
        )
        self.write("audiences.yaml", _AUDIENCES + rows)

    # What came out

    def letters(self, identity: str = ISSUE) -> dict[str, EmailMessage]:
        """The letters of an issue that were sent, by recipient."""
        return _letters(self.folder / "out" / "sent" / "mail" / identity)

    def officers_mail(self) -> list[EmailMessage]:
        """The officer's letters, oldest first."""
        return [
            letter
            for folder in sorted((self.folder / "out" / "sent" / "mail").glob("officer-*"))
            for letter in _letters(folder).values()
        ]

    def posts(self) -> list[str]:
        """The posts that were published, by id."""
        return sorted(path.name for path in (self.folder / "out" / "posts").glob("*/*"))

    def nothing_sent(self) -> bool:
        """Whether neither letter nor post has gone out (letters to the officer aside)."""
        sent = self.folder / "out" / "sent" / "mail"
        letters = [path for path in sent.glob("*") if not path.name.startswith("officer-")]
        return not letters and not self.posts()


def small(folder: Path) -> Office:
    """One letter on the first Tuesday, to five offices in Eda; one item with a picture and a post."""
    office = Office(folder)
    office.write("comms.yaml", _SETTINGS)
    office.write_audiences()
    office.write("strategy.yaml", _STRATEGY)
    office.write_item("bryggan", since="2026-11-27", title="En ny brygga i Eda", more=_PICTURE_AND_POST)
    office.draw()
    return office


def repositorys_own(folder: Path) -> Office:
    """A copy of the workspace that the repository ships."""
    for name in ("comms.yaml", "audiences.yaml", "strategy.yaml"):
        shutil.copy(ROOT / name, folder / name)
    for name in ("content", "templates"):
        shutil.copytree(ROOT / name, folder / name)
    return Office(folder)


def body(letter: EmailMessage, kind: str = "plain") -> str:
    """A letter's text."""
    part = letter.get_body((kind,))
    assert isinstance(part, EmailMessage)
    return str(part.get_content())


def ended(process: subprocess.Popen[str]) -> Answer:
    """What a started command answered, when it is done."""
    out, err = process.communicate(timeout=60)
    return Answer(process.returncode, out, err)


def addresses(offices: int) -> Counter[str]:
    """Each of so many offices, once."""
    return Counter(f"kontor{number}@eda.example" for number in range(1, offices + 1))


def assert_nobody_lost_or_doubled(office: Office, relay: Watched, offices: int) -> None:
    """Everybody got it once, or is named as uncertain; what is called received is."""
    accepted, unknown = office.in_state("accepted"), office.in_state("unknown")
    assert accepted | unknown == set(addresses(offices))
    assert accepted <= set(relay.got)
    assert max(relay.got.values()) == 1


def _letters(folder: Path) -> dict[str, EmailMessage]:
    read = BytesParser(policy=policy.default)
    return {path.stem: read.parsebytes(path.read_bytes()) for path in sorted(folder.glob("*.eml"))}


def _stream() -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True)


def _read(stream: io.TextIOWrapper) -> str:
    buffer = stream.buffer
    assert isinstance(buffer, io.BytesIO)
    return buffer.getvalue().decode()
