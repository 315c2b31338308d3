"""What could go wrong without a word: each ends, and is told to the officer, or goes on by itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest

from comms.app import delivering
from tests.journey.workspaces import DAY_BEFORE, ISSUE, SLOT, Office, Watched
from tests.journey.workspaces import addresses as offices

pytestmark = pytest.mark.servers


@dataclass
class Choosy(Watched):
    """A relay that says no to some recipients."""

    noes: dict[str, str] = field(default_factory=dict)

    def answer_to(self, verb: str, default: str) -> str:
        """The no for the recipient that was just named, else what the script says."""
        if verb == "rcpt":
            for address, no in self.noes.items():
                if address in self.commands[-1]:
                    return no
        return super().answer_to(verb, default)


@pytest.fixture
def relay() -> Iterator[Choosy]:
    """A relay on loopback."""
    with Choosy() as made:
        yield made


@pytest.fixture
def approved(office: Office, relay: Choosy) -> Office:
    """An approved issue to five offices, over one connection: whose turn it is, the last command says."""
    office.sends_through(relay, "connections: 1, ")
    office.approve(now=DAY_BEFORE)
    return office


def test_a_quiet_quarter_does_not_make_the_database_look_like_an_old_copy(approved: Office) -> None:
    for moment in (SLOT, "2026-12-02T08:00", "2027-03-01T08:00", "2027-03-05T08:00", "2027-03-05T08:01"):
        assert "Inget sänds" not in approved.comms("tick", now=moment).said


def test_one_who_is_refused_because_of_us_for_two_days_is_held_and_told(
    approved: Office, relay: Choosy
) -> None:
    relay.noes = {"kontor3@": "550 5.7.1 Blocked by policy"}
    at = datetime.fromisoformat(SLOT)
    for hour in range(0, 72, 2):
        approved.comms("tick", now=(at + timedelta(hours=hour)).isoformat())
    assert approved.states() == {"accepted": 4, "held": 1}
    assert "Inte bekräftat framme hos alla: Brevet" in relay.told
    assert sum("kontor3@" in command for command in relay.commands) < 12


def test_a_copy_whose_channel_left_the_settings_pauses_its_issue_and_is_told(
    approved: Office, relay: Choosy
) -> None:
    relay.noes = {"kontor3@": "451 4.7.1 Greylisted"}
    approved.comms("tick", now=SLOT)
    text = (approved.folder / "comms.yaml").read_text(encoding="utf-8")
    approved.write(
        "comms.yaml", text.replace("  mail: {", "  epost: {").replace("channel: mail", "channel: epost")
    )
    answer = approved.comms("tick", now="2026-12-01T09:00")
    assert (answer.code, "Kanalen mail finns inte längre i comms.yaml." in answer.out) == (3, True)
    assert approved.slot(now="2026-12-01T09:00")["state"] == "paused"


def test_an_issue_whose_newsletter_left_the_settings_is_paused_and_stops_no_other(
    approved: Office, relay: Choosy
) -> None:
    relay.always = {"connect": "421 4.3.2 Busy"}
    approved.comms("tick", now=SLOT)
    relay.always = {}
    text = (approved.folder / "comms.yaml").read_text(encoding="utf-8")
    approved.write("comms.yaml", text.replace("  brevet:", "  bladet:"))
    answer = approved.comms("tick", now="2026-12-01T09:00")
    assert (answer.code, "Nyhetsbrevet brevet finns inte längre i comms.yaml." in answer.out) == (3, True)
    assert "Pausad: Brevet" in relay.told


def test_a_clock_that_was_far_ahead_once_is_told_and_cured_by_adopting(
    approved: Office, relay: Choosy
) -> None:
    approved.comms("tick", now="2036-01-01T09:00")
    assert approved.comms("tick", now=SLOT).code == 3
    assert "Inget sänds" in relay.told
    approved.comms("adopt", "--yes", now=SLOT)
    assert approved.comms("tick", now="2026-12-01T08:02").code == 0


def test_a_slow_rate_gives_the_officer_one_copy_to_look_at_of_each_issue(
    office: Office, relay: Choosy
) -> None:
    office.sends_through(relay)
    office.change("comms.yaml", "max_lateness: 12h}", "max_lateness: 12h, rate: 4/h}")
    text = (office.folder / "comms.yaml").read_text(encoding="utf-8")
    another = text[text.index("  brevet:") :].replace("brevet:", "bladet:").replace("Brevet", "Bladet")
    office.write("comms.yaml", text + another)
    for identity in (ISSUE, "bladet-2026-12-01"):
        office.approve(identity, now=DAY_BEFORE)
    for minute in range(1, 6):
        office.comms("tick", now=f"2026-12-01T08:0{minute}")
    assert sorted(subject for subject in relay.told if "Provexemplar" in subject) == [
        "[Provexemplar] Bladet, Eda: En ny brygga i Eda",
        "[Provexemplar] Brevet, Eda: En ny brygga i Eda",
    ]


def test_a_letter_to_the_officer_whose_answer_is_lost_is_not_sent_again_and_again(
    office: Office, relay: Choosy
) -> None:
    office.sends_through(relay)
    relay.always = {"dot": "STORE_AND_DROP"}
    for minute in range(3):
        office.comms("tick", now=f"2026-11-30T09:0{minute}")
    assert len(relay.told) == len(set(relay.told)) == 1


def test_who_was_refused_is_told_also_when_a_reconciliation_closes_the_issue(
    approved: Office, relay: Choosy, monkeypatch: pytest.MonkeyPatch
) -> None:
    relay.noes = {"kontor3@": "550 5.1.1 No such user"}

    def dies(*_: object) -> None:
        raise SystemExit(9)

    with monkeypatch.context() as dying:
        dying.setattr(delivering, "_tell", dies)
        approved.comms("tick", now=SLOT)
    approved.comms("reconcile", "--journal", now="2026-12-01T08:02")
    approved.comms("tick", now="2026-12-01T08:03")
    assert relay.told.count("Inte bekräftat framme hos alla: Brevet") == 1


@pytest.mark.parametrize(
    "written",
    [
        "kontor2@eda.example",
        " Kontor2@Eda.example ",
        "Namn <kontor2@eda.example>",
        "mailto:kontor2@eda.example",
    ],
)
def test_a_no_is_understood_as_it_is_written_in_letters(
    approved: Office, relay: Choosy, written: str
) -> None:
    assert approved.comms("suppress", written, "--reason", "Bad om det.").code == 0
    approved.comms("tick", now=SLOT)
    assert set(relay.got) == set(offices(5)) - {"kontor2@eda.example"}


@pytest.mark.parametrize("written", ["@", "kontor2", "kontor2@", "<>", ""])
def test_what_is_no_address_is_not_said_to_be_suppressed(office: Office, written: str) -> None:
    answer = office.comms("suppress", written, "--reason", "Bad om det.")
    assert (answer.code, answer.err) == (2, f"”{written}” är ingen e-postadress.\n")


def test_a_no_can_be_written_whatever_is_wrong_with_the_content(approved: Office, relay: Choosy) -> None:
    for path in ("content/items/bryggan.md", "audiences.yaml", "strategy.yaml"):
        approved.write(path, "audiences: [\n")
    assert approved.comms("suppress", "kontor2@eda.example", "--reason", "Bad om det.").code == 0
    assert approved.comms("suppress", "kontor2@eda.example", "--reason", " ").code == 2
    del relay


def test_the_rest_is_not_sent_to_without_a_fingerprint(approved: Office, relay: Choosy) -> None:
    relay.noes = {"kontor3@": "550 5.1.1 No such user"}
    approved.comms("tick", now=SLOT)
    answer = approved.comms("send", ISSUE, "--rest", "--plan", "", "--yes", now="2026-12-01T08:05")
    assert answer.code == 5
    assert approved.states() == {"accepted": 4, "rejected": 1}
