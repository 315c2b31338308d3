"""An office with three newsletters that anybody may subscribe to, and a channel that keeps its letters."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from comms.app import subscribing
from comms.app.house import House
from comms.app.inviting import mail_tickets
from comms.app.subscribing import Act
from comms.model.issue import Newsletter
from comms.model.ledger import Letter, Outgoing, Receipt
from comms.model.office import Office
from comms.model.settings import ChannelKind, Secret, Signups, Web
from comms.model.subscriber import Choices, SignupForm, Subscriber, Welcome
from comms.store import Store
from tests.fakes.ledger import File
from tests.fakes.settings import channel_settings
from tests.unit.render import build

NOW = datetime(2026, 12, 1, 8, 0, tzinfo=UTC)
KEYS = (Secret("den nya nyckeln som är lång nog"), Secret("den gamla nyckeln som är lång nog"))
ANNA = "Anna.Ek@arvika.example"
ANNAS = "anna.ek@arvika.example"
NETWORK = "192.0.2.0/24"

KOMMUN = replace(build.NEWSLETTER, audiences=("offices", "public"), municipalities=("*",))
BYGD = replace(
    build.NEWSLETTER,
    slug="bygdebrevet",
    title="Bygdebrevet",
    audiences=("public",),
    municipalities=("arvika",),
    whole_area=False,
)
PARTNER = replace(
    build.NEWSLETTER, slug="partnerbrevet", title="Partnerbrevet", audiences=("offices",), municipalities=()
)
OPEN: dict[str, Newsletter] = {one.slug: one for one in (KOMMUN, BYGD, PARTNER)}


def office(limits: Signups | None = None, **newsletters: Newsletter) -> Office:
    """The office; `newsletters` come beside or instead of the three."""
    settings = replace(
        build.SETTINGS,
        newsletters={**OPEN, **newsletters},
        web=Web("127.0.0.1", 8080, (), KEYS),
        channels={"mail": channel_settings(ChannelKind.FILE, slug="mail")},
        signups=limits or Signups(),
    )
    workspace = build.workspace()
    return Office(settings, workspace.audiences, workspace.strategy)


def house(of: Office, root: Path) -> House:
    """The house of an office."""
    workspace = replace(build.workspace(), audiences=of.audiences, strategy=of.strategy)
    return House(root, of.settings, workspace, (), {})


def choices(*newsletters: str, audience: str = "public", place: str = "arvika", focus: str = "") -> Choices:
    """What a person chooses: Kommunbrevet for the public of Arvika, when nothing else is said."""
    return Choices(newsletters or ("kommunbrevet",), audience, place, (focus,) if focus else ())


@cache
def _migrated() -> bytes:
    """An empty ledger: to migrate one takes longer than most tests."""
    with TemporaryDirectory() as folder:
        file = File(Path(folder))
        file.open().close()
        file.copy()
        return file.path.with_name("copy").read_bytes()


@contextmanager
def fresh_store(folder: Path) -> Iterator[Store]:
    """A store on a new SQLite file, `comms.db`."""
    file = File(folder)
    file.path.write_bytes(_migrated())
    store = file.open()
    try:
        yield store
    finally:
        store.close()


@dataclass
class Mailbox:
    """A channel that keeps its letters; `story` is called with each, before and after it is committed to."""

    slug: str = "mail"
    connections: int = 1
    letters: list[Letter] = field(default_factory=list)
    before: Callable[[Letter], None] = lambda _letter: None
    after: Callable[[Letter], None] = lambda _letter: None

    def check(self, size: int) -> None:
        """Letters of any size."""

    def deliver(self, outgoing: Outgoing, *, point_of_no_return: Callable[[], object]) -> Receipt:
        """Keep a letter, unless its story says otherwise."""
        assert isinstance(outgoing, Letter)
        self.before(outgoing)
        point_of_no_return()
        self.after(outgoing)
        self.letters.append(outgoing)
        return Receipt(str(len(self.letters)))

    def find(self, outgoing: Outgoing) -> Receipt:
        """Nobody looks."""
        raise AssertionError(outgoing)

    def close(self) -> None:
        """Nothing is held open."""

    def to(self, address: str) -> list[str]:
        """The bodies of the letters to an address, oldest first."""
        return [body_of(letter) for letter in self.letters if letter.recipient.lower() == address.lower()]


def body_of(letter: Letter) -> str:
    """A letter's text as a mail program shows it."""
    message = message_from_bytes(letter.content, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return str(message.get_content())


def token_in(body: str) -> str:
    """The token of the link in a mail."""
    found = re.search(r"https://brev\.leader\.example/[cp]/([A-Za-z0-9_-]+)", body)
    assert found, body
    return found[1]


@dataclass
class Desk:
    """The office at work: who asks, mails, answers; its clock is the test's."""

    office: Office
    store: Store
    root: Path
    now: datetime = NOW
    mailbox: Mailbox = field(default_factory=Mailbox)
    nonces: int = 0
    not_before: dict[str, datetime] = field(default_factory=dict)

    def ask(
        self,
        address: str = ANNA,
        wanted: Choices | None = None,
        *,
        nonce: str = "",
        network: str = NETWORK,
    ) -> None:
        """Somebody signs up; each time with a new form, if none is named."""
        self.nonces += 1
        form = SignupForm(address, wanted or choices())
        subscribing.ask(
            self.office,
            self.store,
            form,
            nonce=nonce or f"nonce-{self.nonces}",
            network=network,
            source="https://brev.leader.example/prenumerera/",
            now=self.now,
        )

    def ask_for_settings(self, address: str = ANNA) -> None:
        """Somebody asks for a link to their own choices."""
        self.nonces += 1
        fault = subscribing.ask_for_settings(
            self.office,
            self.store,
            address,
            nonce=f"nonce-{self.nonces}",
            network=NETWORK,
            source="installningar/",
            now=self.now,
        )
        assert fault is None

    def mail(self) -> int:
        """Hand over what waits and may go."""
        return mail_tickets(
            house(self.office, self.root),
            self.store,
            {"mail": self.mailbox},
            self.now,
            not_before=self.not_before,
        )

    def mailed(self, address: str = ANNA) -> list[str]:
        """Hand over what waits; what has ever been mailed to an address."""
        self.mail()
        return self.mailbox.to(address)

    def confirm(self, token: str) -> Welcome | None:
        """Press the button behind a link."""
        return subscribing.confirm(self.office, self.store, token, network=NETWORK, source="c/", now=self.now)

    def join(self, address: str = ANNA, wanted: Choices | None = None) -> Welcome:
        """Ask, get the mail, say yes."""
        self.ask(address, wanted)
        welcome = self.confirm(token_in(self.mailed(address)[-1]))
        assert welcome is not None
        return welcome

    def link(self, address: str = ANNA) -> str:
        """Ask for a link to one's choices, and get its token."""
        self.ask_for_settings(address)
        return token_in(self.mailed(address)[-1])

    def change(self, token: str, wanted: Choices, act: str = Act.SAVE) -> Subscriber | None:
        """Press a button on the page of one's choices."""
        return subscribing.change(
            self.office,
            self.store,
            token,
            SignupForm("", wanted),
            network=NETWORK,
            source="p/",
            now=self.now,
            act=act,
        )

    def person(self, address: str = ANNAS) -> Subscriber:
        """The subscriber of an address key, who must be there."""
        found = self.store.subscribers.find(address)
        assert found is not None
        return found

    def noes(self, *keys: str) -> set[tuple[str, str]]:
        """Newsletter and kind of every no of some address keys."""
        return {(no.newsletter, no.kind.value) for no in self.store.leaving.noes(keys or (ANNAS,))}

    def said(self, key: str = ANNAS) -> list[str]:
        """The kinds of evidence of an address key, oldest first."""
        return [consent.kind.value for consent in self.store.subscribers.evidence(key)]


def fields(**typed: str | list[str]) -> Mapping[str, list[str]]:
    """A form as it comes in, filled in rightly but for what is said."""
    usual: dict[str, str | list[str]] = {
        "address": ANNA,
        "newsletters": ["kommunbrevet"],
        "audience": "public",
        "municipality": "arvika",
    }
    return {name: value if isinstance(value, list) else [value] for name, value in (usual | typed).items()}
