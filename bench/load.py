"""The public pages at a set pace while an issue goes out: what was lost, how long answers took, the pace.

`python -m bench.load --seconds 60` starts `comms web` and `comms send` as processes of their own, with a
counting mail server, all on loopback. 1 when anything was lost or wrong, or the issue did not keep its pace.
"""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from http import HTTPStatus
from http.client import HTTPConnection
from itertools import chain, cycle, islice, pairwise
from pathlib import Path
from statistics import median
from urllib.parse import quote, urlencode

from bench.load_client import Answer, Ask, ask_all, percentiles
from bench.sinks import SlowSink, slow_sink
from comms.app.folder import MANIFEST
from comms.app.publishing import FOLDER
from tests.journey.workspaces import Office, repositorys_own

RATE, PAGES, SIGNUPS = 50, 100, 20
"""Copies, pages and sign-ups a second."""

LEAST = 0.95
"""The share of the set pace that is as good as all of it: the clock of a busy machine is not exact."""

SPARE = 10
"""Seconds that the issue goes on beyond what is measured."""

THREADS = {"page": 24, "signup": 12}
YOUNGEST = 3.2
"""Seconds before which a form is taken for a program's."""

KEYS = "en-nyckel-som-bara-finns-i-det-har-provet-4711"
_SEAL = re.compile(rb'name="form" value="([^"]+)"')
_KINDS = (
    re.compile(r"index\.html"),
    re.compile(r"brev/.*\.html"),
    re.compile(r"nyheter/.*\.html"),
    re.compile(r".*\.(?:xml|json|ics)"),
    re.compile(r".*\.css"),
    re.compile(r".*\.(?:png|jpg|svg)"),
)
"""Pages in turn: the front page, letters, items, feeds, style, pictures."""


@dataclass(frozen=True)
class Scene:
    """An office and its issue, which has an edition for `audience` in each of `municipalities`.

    `before`: an issue that is sent first, "" for none. Both with their times.
    """

    newsletter: str
    audience: str
    municipalities: tuple[str, ...]
    before: str
    before_at: str
    issue: str
    issue_at: str


OWN = Scene(
    "kommunbrevet",
    "public",
    ("arvika", "eda", "hagfors", "munkfors", "torsby"),
    "kommunbrevet-2026-12-01",
    "2026-12-01T08:01",
    "kommunbrevet-2027-01-05",
    "2027-01-05T08:01",
)


@dataclass
class Outcome:
    """What came of it. `wrong`: what was lost or untrue; `slow`: what did not keep its pace."""

    wrong: list[str] = field(default_factory=list)
    slow: list[str] = field(default_factory=list)
    told: list[str] = field(default_factory=list)

    def want(self, what: str, found: object, expected: object) -> None:
        """Say it when something is not as it must be."""
        if found != expected:
            self.wrong.append(f"{what}: {found}, not {expected}")


@dataclass(frozen=True)
class Ended:
    """A process that has ended: exit code, peak memory in megabytes, seconds of processor."""

    code: int
    peak: float
    cpu: float


@dataclass(frozen=True)
class Reading:
    """How many copies the sink had at an instant (`time.monotonic`)."""

    at: float
    copies: int


class Town:
    """A workspace with its mail server and its settings; commands run in processes of their own, or here."""

    def __init__(self, office: Office, scene: Scene, sink: SlowSink, copies: int) -> None:
        """Give it its addresses on loopback."""
        self.office, self.scene, self.sink = office, scene, sink
        self.readers = {f"lasare.{n}@ort{n % 97}.example": n for n in range(copies)}
        self.port = _free_port()
        self.environment = {
            "COMMS_WORKSPACE__BASE_URL": f"http://127.0.0.1:{self.port}",
            "COMMS_WEB__LISTEN": f"127.0.0.1:{self.port}",
            "COMMS_WEB__PROXIES": "127.0.0.1",
            "COMMS_WEB__KEYS": KEYS,
            "COMMS_CHANNELS__MAIL__KIND": "smtp",
            "COMMS_CHANNELS__MAIL__HOST": "127.0.0.1",
            "COMMS_CHANNELS__MAIL__PORT": str(sink.port),
            "COMMS_CHANNELS__MAIL__SECURITY": "none",
            "COMMS_CHANNELS__MAIL__RATE": f"{RATE}/s",
            "COMMS_CHANNELS__MAIL__MAX_LATENESS": "48h",
            **{f"COMMS_SUBSCRIBERS__LIMITS__{name}": "100000/h" for name in ("NETWORK", "DOMAIN", "SITE")},
        }

    def comms(self, *arguments: str, now: str) -> str:
        """Run a command here; what it answered. It must do its work."""
        with _environment(self.environment):
            answer = self.office.comms(*arguments, now=now)
        assert answer.code == 0, answer.said
        return answer.out

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        """Start a command in a process of its own; what it says goes to files beside the workspace."""
        log = self.log(arguments[0])
        with log.open("wb") as out:
            return subprocess.Popen(
                [sys.executable, "-m", "comms", *arguments, "--workspace", str(self.office.folder)],
                env={**_bare(), **self.environment},
                cwd=Path(__file__).resolve().parent.parent,
                stdout=out,
                stderr=subprocess.STDOUT,
            )

    def log(self, name: str) -> Path:
        """Where a command's words are."""
        return self.office.folder / f"{name}.log"

    def take_in(self) -> None:
        """Import the readers from a list."""
        places = cycle(self.scene.municipalities)
        rows = "".join(f"{address};{next(places)}\r\n" for address in self.readers)
        file = self.office.folder / "lista.csv"
        file.write_text(f"E-post;Kommun\r\n{rows}", encoding="utf-8")
        given = ("--newsletter", self.scene.newsletter, "--audience", self.scene.audience)
        consent = ("--source", "Blanketter", "--consented", "2026-05-01", "--yes")
        self.comms("subscribers", "import", str(file), *given, *consent, now="2026-11-20T09:00")

    def approve(self, issue: str, now: str) -> str:
        """Answer what is asked and approve; the fingerprint."""
        (entry,) = json.loads(self.comms("plan", issue, "--json", now=now))["entries"]
        fingerprint = str(entry["fingerprint"])
        self.comms("answer", issue, "--all", "Vi har talat om det.", "--by", "Anna", now=now)
        self.comms("approve", issue, "--plan", fingerprint, "--by", "Anna", "--yes", now=now)
        return fingerprint

    def copies(self) -> Counter[str]:
        """How many letters each reader has got."""
        return Counter({who: n for who, n in self.sink.by_recipient().items() if who in self.readers})

    def count(self, question: str, *values: str) -> int:
        """A figure from the database."""
        with closing(sqlite3.connect(self.office.database)) as database:
            return int(database.execute(question, values).fetchone()[0])


def main(*arguments: str) -> int:
    """Run it and print a table."""
    reader = ArgumentParser(prog="python -m bench.load", description=__doc__)
    reader.add_argument("--seconds", type=int, default=60, help="of load")
    reader.add_argument(
        "--idle-send", action="store_true", help="measure the issue's pace without load first"
    )
    asked = reader.parse_args(arguments)
    idle = min(asked.seconds, 20) if asked.idle_send else 0
    with tempfile.TemporaryDirectory(prefix="load-") as folder:
        outcome = run(repositorys_own(Path(folder)), OWN, seconds=asked.seconds, idle=idle)
    print("\n".join(outcome.told))
    for what in (*outcome.wrong, *outcome.slow):
        print(f"NO: {what}")
    return int(bool(outcome.wrong or outcome.slow))


def run(office: Office, scene: Scene, *, seconds: int, idle: int = 0, spare: int = SPARE) -> Outcome:
    """An issue goes out by one process while the pages of another are asked; what came of it.

    For `idle` seconds first it goes out alone; it has letters for `spare` seconds more than are measured.
    """
    window = min(5.0, seconds / 3)
    with slow_sink(0.005) as sink:
        town = Town(office, scene, sink, RATE * (seconds + idle + spare))
        web = town.start("web")
        with stopped(web):
            forms, fingerprint, fetched = _ready(town, SIGNUPS * seconds)
            send = town.start("send", scene.issue, "--plan", fingerprint, "--yes", "--now", scene.issue_at)
            with stopped(send), read_every(window, town.copies) as readings:
                wait(lambda: bool(readings and readings[-1].copies), 120, "comms send does not begin")
                wait(lambda: time.monotonic() > fetched + YOUNGEST, 10, "")
                alone = time.monotonic()
                time.sleep(idle)
                paths, pages = _pages(town)
                began = time.monotonic()
                answers = ask_all(_asks(scene, paths, forms), town.port, THREADS)
                until = time.monotonic()
                sent = ended(send, patience=120)
            late = _wait_for_mails(town, len(forms))
            served = ended(web, patience=30, ask=True)
        outcome = Outcome()
        _judge_answers(outcome, answers, pages)
        _judge_letters(outcome, town, sent, len(forms))
        _judge_server(outcome, town, served)
    if idle:
        _tell_pace(outcome, "alone", [one for one in readings if alone <= one.at <= began])
    paces = [one for one in readings if began <= one.at <= until]
    if _tell_pace(outcome, "under load", paces) < LEAST * RATE:
        outcome.slow.append(f"the issue did not keep {RATE} a second")
    outcome.told += [
        f"sign-ups' own mails: the last one {late:.1f} s after the last answer",
        f"web: peak {served.peak:.0f} MB, {served.cpu:.1f} s of processor",
        f"send: peak {sent.peak:.0f} MB, {sent.cpu:.1f} s of processor",
        "load average: " + ", ".join(f"{one:.1f}" for one in os.getloadavg()),
    ]
    return outcome


# What is done


def _ready(town: Town, signups: int) -> tuple[list[bytes], str, float]:
    """The seals of forms, the fingerprint of the approved issue, and when the seals were made."""
    scene = town.scene
    wait(lambda: is_open(town.port), 60, "comms web does not listen")
    if scene.before:
        found = town.approve(scene.before, scene.before_at)
        town.comms("send", scene.before, "--plan", found, "--yes", now=scene.before_at)
    forms = _forms(town.port, signups)
    fetched = time.monotonic()
    town.take_in()
    return forms, town.approve(scene.issue, scene.issue_at), fetched


def _forms(port: int, count: int) -> list[bytes]:
    """Seals from the sign-up page, a page for each."""
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    found = []
    for _ in range(count):
        connection.request("GET", "/prenumerera/")
        seal = _SEAL.search(connection.getresponse().read())
        assert seal, "no seal on the sign-up page"
        found.append(seal[1])
    connection.close()
    return found


def _pages(town: Town) -> tuple[list[str], dict[str, str]]:
    """Paths to ask for, a kind in turn after another, and the hash of what the archive has at each."""
    folder = town.office.folder / "out" / FOLDER
    names = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))["files"]
    kinds = [sorted(name for name in names if kind.fullmatch(name)) for kind in _KINDS]
    assert all(kinds), [kind.pattern for kind, found in zip(_KINDS, kinds, strict=True) if not found]
    rounds = zip(*map(cycle, kinds), strict=False)
    turns = list(chain.from_iterable(islice(rounds, max(map(len, kinds)))))
    hashes = {_path(name): sha256((folder / name).read_bytes()).hexdigest() for name in set(turns)}
    return [_path(name) for name in turns], hashes


def _path(name: str) -> str:
    return f"/{quote(name.removesuffix('index.html'))}"


def _asks(scene: Scene, pages: Sequence[str], forms: Sequence[bytes]) -> Iterator[Ask]:
    """Pages and sign-ups, each at its time: as long as there are forms."""
    paths = cycle(pages)
    for n in range(len(forms) * PAGES // SIGNUPS):
        yield Ask(n / PAGES, "page", next(paths))
    for n, seal in enumerate(forms):
        fields = {
            "address": _signed_up(n),
            "newsletters": scene.newsletter,
            "audience": scene.audience,
            "municipality": scene.municipalities[n % len(scene.municipalities)],
            "website": "",
            "form": seal,
        }
        caller = f"10.{n >> 8}.{n & 255}.7"
        yield Ask(n / SIGNUPS, "signup", "/prenumerera/", urlencode(fields).encode(), caller)


def _signed_up(number: int) -> str:
    return f"anmald.{number}@by{number % 89}.example"


def _wait_for_mails(town: Town, count: int) -> float:
    """Wait until all who signed up have their mail; the seconds it took."""
    began = time.monotonic()
    while time.monotonic() < began + 60 and len(_mails(town)) < count:
        time.sleep(0.2)
    return time.monotonic() - began


def _mails(town: Town) -> dict[str, int]:
    return {who: n for who, n in town.sink.by_recipient().items() if who.startswith("anmald.")}


# What came of it


def _judge_answers(outcome: Outcome, answers: Sequence[Answer], pages: Mapping[str, str]) -> None:
    """Every answer is the page that it must be; sign-ups are all answered alike."""
    alike = {answer.digest for answer in answers if answer.ask.body and answer.status == HTTPStatus.OK}
    outcome.want("different answers to sign-ups", len(alike), 1)
    faults = Counter[str]()
    for answer in answers:
        right = answer.ask.body or answer.digest == pages[answer.ask.path]
        if answer.status != HTTPStatus.OK or not right:
            faults[f"{answer.status} {answer.why or 'another page'}"] += 1
    for kind in THREADS:
        took = [answer.took for answer in answers if answer.ask.kind == kind]
        outcome.told.append(f"{kind}s: {len(took)} answered; ms: {percentiles(took)}")
    outcome.told.append(f"errors: {faults.total()}")
    outcome.wrong += [f"{count} answers: {what}" for what, count in faults.most_common(5)]


def _judge_letters(outcome: Outcome, town: Town, sent: Ended, signups: int) -> None:
    """Every reader has the issue once, every sign-up is a ticket and has had one mail."""
    outcome.want("exit code of comms send", sent.code, 0)
    got = town.copies()
    outcome.want("readers with the issue", len(got), len(town.readers))
    outcome.want("most copies to a reader", max(got.values(), default=0), 1)
    waiting = "SELECT count(*) FROM deliveries WHERE slot_id = ? AND state NOT IN ('accepted', 'skipped')"
    outcome.want("copies that are not accepted", town.count(waiting, town.scene.issue), 0)
    tickets = town.count("SELECT count(*) FROM tickets WHERE kind = 'confirm' AND mailed_at IS NOT NULL")
    outcome.want("tickets", tickets, signups)
    mails = _mails(town)
    outcome.want("sign-ups with a mail", len(mails), signups)
    outcome.want("most mails to a sign-up", max(mails.values(), default=0), 1)
    outcome.told.append(f"copies: {len(got)} of {len(town.readers)}; tickets: {tickets} of {signups}")


def _judge_server(outcome: Outcome, town: Town, served: Ended) -> None:
    """The server stopped when told to, and said nothing of faults."""
    outcome.want("exit code of comms web", served.code, 0)
    log = town.log("web").read_text(encoding="utf-8")
    faults = re.findall(r"^.*(?:Traceback|ERROR| 5\d\d \d+ ms).*$", log, re.MULTILINE)
    outcome.want("faults in the server's log", faults[:5], [])


def _tell_pace(outcome: Outcome, when: str, readings: Sequence[Reading]) -> float:
    """Copies a second between the readings: the whole, and by window."""
    if len(readings) < 2:
        outcome.wrong.append(f"too few readings {when}")
        return 0.0
    first, last = readings[0], readings[-1]
    whole = (last.copies - first.copies) / (last.at - first.at)
    windows = [(b.copies - a.copies) / (b.at - a.at) for a, b in pairwise(readings)]
    outcome.told.append(
        f"issue {when}: {whole:.1f} copies a second of {RATE} ({whole / RATE:.0%}) for "
        f"{last.at - first.at:.0f} s; windows: least {min(windows):.1f}, median {median(windows):.1f}"
    )
    return whole


# Processes


@contextmanager
def stopped(process: subprocess.Popen[bytes]) -> Iterator[None]:
    """Kill a process when the block ends, if it has not ended by itself."""
    try:
        yield
    finally:
        if process.returncode is None:
            process.kill()
            process.wait()


def ended(process: subprocess.Popen[bytes], *, patience: float, ask: bool = False) -> Ended:
    """Wait for the end of a process (`ask`: tell it to stop); what it took."""
    if ask:
        process.send_signal(signal.SIGTERM)
    until = time.monotonic() + patience
    while True:
        pid, status, usage = os.wait4(process.pid, os.WNOHANG)
        if pid:
            process.returncode = os.waitstatus_to_exitcode(status)
            return Ended(process.returncode, usage.ru_maxrss / 1024, usage.ru_utime + usage.ru_stime)
        if time.monotonic() > until:
            raise TimeoutError(f"{process.args!r} does not end")
        time.sleep(0.05)


@contextmanager
def read_every(seconds: float, copies: Callable[[], Counter[str]]) -> Iterator[list[Reading]]:
    """Read the counter every so often, from its first copy on, as long as the block runs."""
    readings: list[Reading] = []
    done = threading.Event()

    def read() -> None:
        pause = 0.1
        while not done.wait(pause):
            readings.append(Reading(time.monotonic(), copies().total()))
            pause = seconds if readings[-1].copies else 0.1

    thread = threading.Thread(target=read)
    thread.start()
    try:
        yield readings
    finally:
        done.set()
        thread.join()


@contextmanager
def _environment(wanted: Mapping[str, str]) -> Iterator[None]:
    """The environment with these of ours and no other."""
    before = dict(os.environ)
    os.environ.clear()
    os.environ.update({**_bare(before), **wanted})
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def _bare(environment: Mapping[str, str] = os.environ) -> dict[str, str]:
    return {name: value for name, value in environment.items() if not name.startswith("COMMS_")}


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def is_open(port: int) -> bool:
    """Whether anybody listens on a port of this machine."""
    with closing(socket.socket()) as asked:
        return asked.connect_ex(("127.0.0.1", port)) == 0


def wait(ready: Callable[[], bool], seconds: float, why: str) -> None:
    """Wait until something is so. Raises TimeoutError."""
    until = time.monotonic() + seconds
    while not ready():
        if time.monotonic() > until:
            raise TimeoutError(why)
        time.sleep(0.02)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
