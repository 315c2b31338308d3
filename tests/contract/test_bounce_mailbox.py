"""Letters that really come back: Debian's Postfix takes a copy and reports, and Dovecot shows it by IMAP."""

from __future__ import annotations

import smtplib
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from sqlalchemy import select

from comms.app.bouncing import Fate, read_returns
from comms.app.house import House
from comms.app.outgoing import return_path
from comms.inbox.letters import LONGEST, read_letters
from comms.model.audience import address_key
from comms.model.ledger import DeliveryState
from comms.model.plan import Recipient
from comms.model.settings import Letterbox, Secret, Security
from comms.model.subscriber import NoKind
from comms.store import Store
from comms.store.database import Database
from comms.store.schema import deliveries, events
from tests.fakes import dovecot, postfix
from tests.fakes.bounces import DOMAIN, copy_to, home_with_box, path_to, report, sent
from tests.fakes.dovecot import PASSWORD, USER, Dovecot
from tests.fakes.examples import ISSUE, approve, issue_entry
from tests.fakes.leaving import subscribe
from tests.fakes.postfix import Postfix
from tests.fakes.signups import fresh_store

pytestmark = pytest.mark.servers

NOW = datetime.now(UTC)
OLD = "kommunbrevet-gammalt"
GONE, FULL, WELL, OFFICE, SHARED = (
    "gone@post.example",
    "full@post.example",
    "anna@post.example",
    "kansli@post.example",
    "naringsliv@post.example",
)
"""The last leads to two: one of them is gone."""

_ALIASES = """
naringsliv@post.example nobody@gone.example, anna@post.example
"""
_TRANSPORTS = """
gone@post.example error:5.1.1 unknown user
kansli@post.example error:5.1.1 unknown user
full@post.example error:5.2.2 mailbox is full
gone.example error:5.1.1 unknown user
"""
_BOXES = """
/@studs\\.leader\\.example$/ mail/
/./ inbox/
"""
_MORE = """
smtpd_reject_unlisted_recipient = no
virtual_alias_maps = texthash:{folder}/aliases
transport_maps = texthash:{folder}/transports
virtual_mailbox_base = {home}
virtual_mailbox_maps = regexp:{folder}/boxes
virtual_uid_maps = static:{uid}
virtual_gid_maps = static:{gid}
"""


class Returning(Postfix):
    """A Postfix where some recipients bounce, that puts what is for our domain in Dovecot's mailbox."""

    def __init__(self, mailbox: Path) -> None:
        """Remember whose mailbox it is."""
        super().__init__()
        self._mailbox = mailbox

    def _run(self, command: str) -> None:
        """Add to the configuration when it is written and nothing runs yet."""
        if command == "check":
            for name, rules in (("aliases", _ALIASES), ("transports", _TRANSPORTS), ("boxes", _BOXES)):
                (self.folder / name).write_text(rules)
            owner = self._mailbox.stat()
            values = {"home": self._mailbox.parent, "uid": owner.st_uid, "gid": owner.st_gid}
            more = _MORE.format(folder=self.folder, **values)
            # In the place of what stood: of a name given twice postlogd warns itself until it hangs.
            names = {line.partition(" =")[0] for line in more.splitlines()}
            main = self.folder / "conf" / "main.cf"
            rows = [line for line in main.read_text().splitlines() if line.partition(" =")[0] not in names]
            main.write_text("\n".join(rows) + more)
        super()._run(command)


@dataclass(frozen=True)
class Post:
    """The servers, and our mailbox by IMAP."""

    relay: Postfix
    server: Dovecot

    @property
    def box(self) -> Letterbox:
        """How it is read."""
        return Letterbox(
            host="127.0.0.1",
            port=self.server.port,
            security=Security.NONE,
            user=USER,
            password=Secret(PASSWORD),
        )

    def hand_over(self, sender: str, to: str, content: bytes) -> None:
        """Give Postfix a letter, as our channel does."""
        with smtplib.SMTP("127.0.0.1", self.relay.port, timeout=20) as session:
            session.sendmail(sender, [to], content)

    def wait_for(self, count: int) -> None:
        """Wait until so many letters are in the mailbox."""
        for _ in range(300):
            if sum(1 for part in ("new", "cur") for _ in self.server.mailbox.glob(f"{part}/*")) >= count:
                return
            time.sleep(0.1)
        pytest.fail((self.relay.folder / "postfix.log").read_text())


@pytest.fixture(scope="module")
def post() -> Iterator[Post]:
    """Postfix and Dovecot, with one mailbox between them."""
    why_not = postfix.why_not() or dovecot.why_not()
    if why_not:
        pytest.skip(why_not)
    with ExitStack() as opened:
        # Not below pytest's own, which each run of pytest shuts to others.
        folder = Path(opened.enter_context(TemporaryDirectory(prefix="imap-", ignore_cleanup_errors=True)))
        server = opened.enter_context(Dovecot(folder))
        yield Post(opened.enter_context(Returning(server.mailbox)), server)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A ledger: three readers and an office have had a letter now, and the readers one 31 days ago."""
    with fresh_store(tmp_path) as opened:
        database = Database(f"sqlite:///{tmp_path}/comms.db")
        for address in (GONE, FULL, WELL):
            subscribe(database, address, "kommunbrevet", now=NOW - timedelta(days=90))
        database.close()
        for issue, at, offices in ((OLD, NOW - timedelta(days=31), ()), (ISSUE, NOW, (OFFICE, SHARED))):
            entry = replace(issue_entry(issue, day=1 + len(offices)), title="Kommunbrevet")
            approve(opened, entry)
            number = opened.editions(issue)[0][0]
            to = [Recipient(one, "", "public", "arvika", subscribes=True) for one in (GONE, FULL, WELL)]
            to += [Recipient(one, "", "offices", "arvika") for one in offices]
            rows = ((one, number, DeliveryState.PLANNED, "") for one in to)
            opened.start_run(issue, rows, at)
            sent(opened, at)
        yield opened


def facts(folder: Path) -> list[tuple[str, str, str]]:
    """Of which issue and whom, and what."""
    database = Database(f"sqlite:///{folder}/comms.db")
    with database.reading() as connection:
        rows = connection.execute(
            select(deliveries.c.slot_id, deliveries.c.recipient, events.c.kind)
            .join(deliveries, deliveries.c.id == events.c.delivery_id)
            .order_by(deliveries.c.id)
        )
        found = [(row.slot_id, row.recipient, row.kind) for row in rows]
    database.close()
    return found


def letter(store: Store, to: str) -> bytes:
    key = copy_to(store, to).key
    head = f"Message-ID: <{key}@leader.example>\r\nFrom: brev@leader.example\r\nTo: {to}\r\nSubject: Brev\r\n"
    return f"{head}\r\nHej!\r\n".encode()


def test_a_copy_that_comes_back_ends_its_own_reader_and_forged_reports_end_nobody(
    post: Post, store: Store, tmp_path: Path
) -> None:
    home = home_with_box(tmp_path, post.box)
    for to in (GONE, FULL, WELL, OFFICE, SHARED):
        post.hand_over(path_to(home, store, to), to, letter(store, to))
    post.wait_for(4)
    done = read_returns(home, store, NOW + timedelta(minutes=5))
    assert (done.why, dict(done.fates)) == (None, {Fate.DEAD: 2, Fate.TROUBLE: 2})
    assert facts(tmp_path) == [
        (ISSUE, GONE, "bounce-hard"),
        (ISSUE, FULL, "bounce-soft"),
        (ISSUE, OFFICE, "bounce-hard"),
        (ISSUE, SHARED, "bounce-soft"),
    ]
    assert [no.kind for no in store.leaving.noes([address_key(GONE)])] == [NoKind.BOUNCE]
    assert store.leaving.noes([FULL, WELL, SHARED]) == []
    standing = {one: store.subscribers.find(one) for one in (GONE, FULL, WELL)}
    assert {one: found.newsletters for one, found in standing.items() if found} == {
        GONE: (),
        FULL: ("kommunbrevet",),
        WELL: ("kommunbrevet",),
    }
    assert [one.subject for one in store.open_notices()] == [f"Når inte längre {OFFICE}"]

    forge(post, home, store)
    before = facts(tmp_path)
    done = read_returns(home, store, NOW + timedelta(minutes=10))
    assert dict(done.fates) == {Fate.FORGED: 3, Fate.LATE: 1, Fate.KNOWN: 1}
    assert facts(tmp_path) == before
    assert store.leaving.noes([WELL, FULL]) == []
    assert read_returns(home, store, NOW + timedelta(minutes=15)).letters == 0


def forge(post: Post, home: House, store: Store) -> None:
    """Reports that a copy is dead, by people who would end it; and one that has been read, once more."""
    true = path_to(home, store, WELL)
    assert home.settings.bounces
    theirs = replace(home.settings, bounces=replace(home.settings.bounces, key=Secret("någon annans nyckel")))
    changed = f"{true[:32]}{'b' if true[32] != 'b' else 'c'}{true[33:]}"
    forged = [
        ("", changed, WELL),
        ("", return_path(theirs, copy_to(store, WELL)), WELL),
        ("arg@privat.example", true, WELL),
        ("", path_to(home, store, WELL, OLD), WELL),
        ("", path_to(home, store, GONE), GONE),
    ]
    for sender, path, of in forged:
        assert path.endswith(f"@{DOMAIN}")
        content = report(path, of).partition(b"\n")[2]  # Postfix writes who the sender is
        post.hand_over(sender, path, content.replace(b"\n", b"\r\n"))
    post.wait_for(4 + len(forged))


@pytest.fixture
def folder(post: Post, request: pytest.FixtureRequest) -> str:
    """A folder of its own for a test."""
    name: str = request.node.name[-60:]
    post.server.make(name)
    return name


def test_whole_letters_are_read_from_where_the_last_reading_stopped_and_nothing_is_changed(
    post: Post, folder: str
) -> None:
    box = replace(post.box, folder=folder)
    letters = [f"Subject: {n}\r\n\r\nBrev {n}\r\n".encode() for n in range(12)]
    for one in letters[:11]:
        post.server.deliver(one, folder)
    found = list(read_letters(box, "", NOW))
    assert [content for content, _, _ in found] == letters[:11]
    assert all(arrived is not None for _, arrived, _ in found)
    post.server.deliver(letters[11], folder)
    assert [content for content, _, _ in read_letters(box, found[-1][2], NOW)] == letters[11:]
    assert [content for content, _, _ in read_letters(box, found[5][2], NOW)] == letters[6:]
    assert set(post.server.flags()) == {""}


def test_of_a_huge_letter_the_beginning_is_read(post: Post, folder: str) -> None:
    post.server.deliver(b"Subject: stor\r\n\r\n" + b"x" * 3 * LONGEST, folder)
    ((content, _, _),) = read_letters(replace(post.box, folder=folder), "", NOW)
    assert (len(content), content[:13]) == (LONGEST, b"Subject: stor")


def test_a_mailbox_that_is_gone_is_a_reason_and_no_error(post: Post, store: Store, tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        home = home_with_box(tmp_path, replace(post.box, port=free.getsockname()[1]))
        done = read_returns(home, store, NOW)
    assert "går inte att nå" in str(done.why)
    assert [one.subject for one in store.open_notices()] == ["Studsarna läses inte"]
