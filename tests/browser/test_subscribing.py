"""A person's whole way, in a browser and a mailbox: joins, reads, moves, pauses and leaves.

Real all through: Chromium, `comms web`, Postfix that takes the letters by SMTP and puts them in a mailbox,
curl as the mail program that leaves by a letter's own header (RFC 8058).
"""

from __future__ import annotations

import re
import shutil
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.public import Hands, Heard, Keyboard, Mouse, Site, at, curl, reports, serving
from tests.fakes.postfix import Postfix, why_not
from tests.journey.test_web import KEY, with_pages
from tests.journey.workspaces import Office, body, ended, small

pytestmark = [pytest.mark.servers, pytest.mark.no_cover]

AHEAD = timedelta(days=3)
"""How long until the first issue: links live by the server's own clock, so days count from now."""

WEEK = timedelta(days=7)
ONE_CLICK = "List-Unsubscribe=One-Click"
OFFICES = 4
HUMAN = 3.2
"""Seconds that a form must have been open: programs are faster than people."""


@dataclass
class Inbox:
    """The mailbox of everybody, behind Postfix."""

    postfix: Postfix

    def to(self, address: str, count: int) -> EmailMessage:
        """The newest letter to an address, when so many have come."""
        for _ in range(300):
            found = self.all_to(address)
            if len(found) >= count:
                assert len(found) == count, [letter["Subject"] for letter in found]
                return found[-1]
            time.sleep(0.05)
        raise AssertionError(f"{address}: {len(self.all_to(address))} letters and not {count}")

    def all_to(self, address: str) -> list[EmailMessage]:
        """The letters to an address, oldest first."""
        files = sorted(self.postfix.folder.glob("mail/inbox/new/*"), key=lambda file: file.stat().st_mtime_ns)
        read = BytesParser(policy=policy.default)
        letters = [read.parsebytes(file.read_bytes()) for file in files]
        return [letter for letter in letters if address in str(letter["To"])]


@dataclass
class Person:
    """Somebody with an address, at a page."""

    address: str
    hands: Hands
    site: Site
    inbox: Inbox
    got: int = 0
    heard: Heard = field(default_factory=Heard)

    @property
    def page(self) -> Page:
        """What is seen."""
        return self.hands.page

    def opens(self, path: str) -> None:
        """Open a page, by an address or below the office's own."""
        self.page.goto(path if path.startswith("http") else f"{self.site.url}/{path}")

    def gets(self) -> EmailMessage:
        """The letter that comes."""
        self.got += 1
        return self.inbox.to(self.address, self.got)

    def link(self, kind: str) -> str:
        """The link in the letter that comes."""
        text = body(self.gets())
        found = re.search(rf"{self.site.url}/{kind}/[A-Za-z0-9_-]{{34}}", text)
        assert found, text
        return found[0]

    def sees(self, heading: str) -> None:
        """Be at the page with this heading."""
        expect(self.page.locator("h1, h2").get_by_text(heading, exact=True)).to_be_visible()


@dataclass
class Story:
    """The office and its three readers, through three issues."""

    site: Site
    inbox: Inbox
    people: list[Person]
    first: date

    def issue(self, number: int) -> str:
        """The id of an issue, 0 first."""
        return f"brevet-{self.first + number * WEEK}"

    def sends(self, number: int) -> None:
        """Let the office write two stories, approve an issue and send it."""
        self.writes(number)
        before = f"{self.first + number * WEEK - timedelta(days=1)}T09:00"
        self.site.office.approve(self.issue(number), now=before)
        answer = self.site.office.comms("tick", now=f"{self.first + number * WEEK}T08:01")
        assert answer.code == 0, answer.said
        assert self.site.office.states(self.issue(number)).keys() == {"accepted"}

    def writes(self, number: int) -> None:
        """Write a story for each municipality."""
        since = f"{self.first + (number - 1) * WEEK + timedelta(days=1)}"
        for place in ("eda", "sunne"):
            slug = f"{place}-{number}"
            self.site.office.write_item(slug, since=since, more=f"municipalities: [{place}]\n")
            item = f"content/items/{slug}.md"
            self.site.office.change(item, "date: 2026-11-20", f"date: {self.first - WEEK}")
            self.site.office.change(item, "audiences: [offices]", "audiences: [offices, public]")

    def skips(self, number: int) -> dict[str, str]:
        """Whom the plan of an issue passes over, and why."""
        before = f"{self.first + number * WEEK - timedelta(days=1)}T09:00"
        entry = self.site.office.entry(self.issue(number), now=before)
        return {
            skip["what"]: skip["reason"]
            for edition in entry["editions"]
            for skip in edition["skips"]
            if "@" in skip["what"]
        }


def weekly(folder: Path, port: int, first: date) -> Office:
    """An office with a weekly letter to Eda and Sunne, for offices and for anybody."""
    office = small(folder)
    office.write_audiences(OFFICES)
    (folder / "content" / "items" / "bryggan.md").unlink()
    smtp = f"mail: {{kind: smtp, host: 127.0.0.1, port: {port}, security: none, "
    office.change("comms.yaml", "mail: {kind: file, ", smtp)
    office.change("comms.yaml", "first tuesday", f"{first:%A}".lower())
    office.change("comms.yaml", "audiences: [offices]", "audiences: [offices, public]")
    office.change("comms.yaml", "municipalities: [eda]", "municipalities: [eda, sunne]")
    office.change(
        "audiences.yaml",
        "municipalities:\n",
        "  public: {title: Allmänheten, reason: Du har bett om brevet.}\nmunicipalities:\n",
    )
    with_pages(office)
    limits = "subscribers: {limits: {address: [9/h], network: 99/h}}\n"
    office.write("comms.yaml", (folder / "comms.yaml").read_text(encoding="utf-8") + limits)
    return office


@pytest.fixture
def story(browser: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Story]:
    """Three people: one with a mouse, one with a keyboard alone, one without scripts."""
    why = why_not() or ("" if shutil.which("curl") else "curl is not installed: apt-get install curl")
    if why:
        pytest.skip(why)
    monkeypatch.setenv("COMMS_WEB__KEYS", KEY)
    first = (datetime.now().astimezone() + AHEAD).date()
    with ExitStack() as open_things:
        postfix = open_things.enter_context(Postfix())
        site = open_things.enter_context(serving(weekly(tmp_path, postfix.port, first)))
        inbox = Inbox(postfix)

        def person(address: str, hands: type[Mouse | Keyboard], *, script: bool = True) -> Person:
            page = open_things.enter_context(at(browser, script=script))
            one = Person(address, hands(page), site, inbox)
            one.heard.listen(page)
            return one

        people = [
            person("mia.mus@eda.example", Mouse),
            person("tage.tangent@eda.example", Keyboard),
            person("ulla.utan@eda.example", Mouse, script=False),
        ]
        yield Story(site, inbox, people, first)


def test_three_people_join_read_move_pause_and_leave_each_in_their_own_way(story: Story) -> None:
    joins(story)
    reads_of(story, 0, "eda")
    moves(story)
    reads_of(story, 1, "sunne")
    pauses_and_comes_back(story)
    leaves(story)
    leaves_while_letters_are_being_sent(story)
    for one in story.people:
        assert one.heard.said == []


def joins(story: Story) -> None:
    """Fill in the form, and confirm by the link in the letter that comes."""
    for one in story.people:
        one.opens("prenumerera/")
    time.sleep(HUMAN)
    for one in story.people:
        one.hands.write("E-postadress", one.address)
        one.hands.tick("Brevet")
        one.hands.tick("Allmänheten")
        one.hands.choose("Kommun", "Eda")
        one.hands.press("Skicka")
        one.sees("Titta i din inkorg")
    for one in story.people:
        one.opens(one.link("c"))
        one.sees("Bekräfta prenumerationen")
        one.hands.press("Bekräfta prenumerationen")
        one.sees("Välkommen! Nu prenumererar du")
        assert reports(one.page) == []


def reads_of(story: Story, number: int, place: str) -> None:
    """Get the issue, of their own municipality, with a way out in its head and in its text."""
    story.sends(number)
    (elsewhere,) = {"eda", "sunne"} - {place}
    for one in story.people:
        letter = one.gets()
        way = way_out(letter)
        assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert way in body(letter)
        assert way in body(letter, "html")
        assert f"· {place.title()}\n" in body(letter)
        assert f"Ny plats {place}-{number}" in body(letter)
        assert f"Ny plats {elsewhere}" not in body(letter)


def way_out(letter: EmailMessage) -> str:
    """The page that ends it, as a mail program reads it."""
    ways = str(letter["List-Unsubscribe"])
    found = re.match(r"<(http://127\.0\.0\.1:\d+/u/[A-Za-z0-9_-]{34})>, ?<mailto:", ways)
    assert found, ways
    return found[1]


def moves(story: Story) -> None:
    """Ask for a link to one's choices, and choose another municipality there."""
    for one in story.people:
        one.opens("installningar/")
    time.sleep(HUMAN)
    for one in story.people:
        one.hands.write("E-postadress", one.address)
        one.hands.press("Skicka länken")
        one.sees("Titta i din inkorg")
    for one in story.people:
        one.opens(one.link("p"))
        one.sees("Dina val")
        one.hands.choose("Kommun", "Sunne")
        one.hands.press("Spara")
        one.sees("Dina val är sparade")


def pauses_and_comes_back(story: Story) -> None:
    """Pause on the same page, and end the pause: the next plan knows both."""
    story.writes(2)
    for one in story.people:
        one.hands.press("Pausa i tre månader")
        one.sees("Du har paus")
    reasons = story.skips(2)
    assert len(reasons) == len(story.people)
    assert all(reason.startswith("Pausad till ") for reason in reasons.values()), reasons
    for one in story.people:
        one.hands.press("Få breven igen nu")
        one.sees("Ta en paus")
    assert story.skips(2) == {}


def leaves(story: Story) -> None:
    """Leave by the letter's own header, as mail programs do: a form of parts, and a form of one line."""
    mouse, keys, _ = story.people
    for one, form in ((mouse, "-F"), (keys, "-d")):
        status, headers = curl(form, ONE_CLICK, way_out(one.inbox.all_to(one.address)[-1]))
        assert (status, headers.keys() & {"location", "set-cookie"}) == (200, set())
    reasons = story.skips(2)
    why = "Avslutade själv (ett klick)"
    assert reasons == {"m•••@eda.example": why, "t•••@eda.example": why}


def leaves_while_letters_are_being_sent(story: Story) -> None:
    """A no that comes in the middle of an issue wins."""
    last = story.people[-1]
    office, identity = story.site.office, story.issue(2)
    office.approve(identity, now=f"{story.first + 2 * WEEK - timedelta(days=1)}T09:00")
    sending = office.start(
        "tick",
        now=f"{story.first + 2 * WEEK}T08:01",
        COMMS_WEB__KEYS=KEY,
        COMMS_CHANNELS__MAIL__RATE="1/s",
        COMMS_CHANNELS__MAIL__CONNECTIONS="1",
    )
    story.inbox.to("kontor1@eda.example", 3)
    status, _ = curl("-d", ONE_CLICK, way_out(last.inbox.all_to(last.address)[-1]))
    assert status == 200
    assert ended(sending).code == 0
    assert len(last.inbox.all_to(last.address)) == last.got
    rows = office.comms("who", identity, "--json").json["deliveries"]
    (row,) = [row for row in rows if row["recipient"] == last.address]
    assert (row["state"], row["attempts"]) == ("skipped", 0)
    assert row["reason"] == "Adressen är spärrad: Avslutade själv (ett klick)"
