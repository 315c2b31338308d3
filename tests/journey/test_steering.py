"""A person at the wheel while an issue goes out: what is said before the first letter, pause, resume, cancel.

A relay on loopback counts, and tells in the middle of which letter something happens.
"""

from __future__ import annotations

import io
import re
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.journey.workspaces import (
    DAY_BEFORE,
    ISSUE,
    NEXT_ISSUE,
    OFFICER,
    POST,
    SLOT,
    Answer,
    Office,
    Watched,
    addresses,
    ended,
)

SEED = "[Provexemplar] Brevet, Eda: En ny brygga i Eda"
GOES_ON = "Det som väntar går ut vid nästa körning: comms tick, eller comms run som redan går.\n"
WHAT_NEXT = f"Fortsätt med: comms resume {ISSUE}   Avbryt med: comms cancel {ISSUE}\n"
UNTOUCHED = "Avbrutet. Ingenting har ändrats.\n"
WITH_LOGIN = "250-relay.example\r\n250-PIPELINING\r\n250 AUTH PLAIN LOGIN"
PASSWORD = "hemligt-losenord-4711"
REFUSED_LOGIN = "Mejlservern godkänner inte inloggningen (535 5.7.8). Kontrollera användare och lösenord."

servers = pytest.mark.servers
slow = pytest.mark.slow


def clock(minute: int) -> str:
    return f"2026-12-01T08:{minute:02}"


@pytest.fixture
def relay() -> Iterator[Watched]:
    """A relay on loopback that counts."""
    with Watched() as listening:
        yield listening


def approved(office: Office, relay: Watched, offices: int = 5, more: str = "") -> str:
    """An issue that is approved and goes through the relay; its fingerprint."""
    office.write_audiences(offices)
    office.sends_through(relay, more)
    return office.approve(now=DAY_BEFORE)


def before_the_first(recipients: int, change: str = "") -> str:
    sample = ", ".join(["k•••@eda.example"] * min(5, recipients))
    return f"Före första brevet i {ISSUE}: {recipients} mottagare{change}, bland dem {sample}\n"


def answering(monkeypatch: pytest.MonkeyPatch, words: str) -> None:
    """What the person answers to the next question."""
    monkeypatch.setattr("sys.stdin", io.StringIO(words))


class Middle:
    """An issue of forty that stands still with four letters at their dots."""

    def __init__(self) -> None:
        """Nothing stands yet."""
        self.dots = 0
        self.fingerprint = ""
        self.run = Answer(-1, "", "")


@contextmanager
def in_the_middle(office: Office, relay: Watched) -> Iterator[Middle]:
    """Start a run in another process and hold it in the middle for the block; then see it to its end."""
    middle = Middle()
    middle.fingerprint = approved(office, relay, 40)
    all_at_their_dots, go_on = threading.Barrier(5), threading.Event()

    def hold(dot: int) -> None:
        middle.dots = max(middle.dots, dot)
        if 10 <= dot < 14:
            all_at_their_dots.wait(60)
            go_on.wait(60)

    relay.at_dot = hold
    run = office.start("tick", now=SLOT)
    all_at_their_dots.wait(60)
    try:
        yield middle
    finally:
        go_on.set()
        middle.run = ended(run)


# Before the first letter


@servers
def test_before_the_first_letter_the_run_says_how_many_and_whom_and_sends_the_officer_a_marked_copy(
    office: Office, relay: Watched
) -> None:
    approved(office, relay, 7)
    answer = office.comms("tick", now=SLOT)
    assert answer == Answer(0, f"Sänds: {ISSUE}\n{before_the_first(7)}Leveranser: mottagen 7.\n", "")
    first = relay.letters[0]
    assert (first.recipient, relay.told) == (OFFICER, [SEED])
    assert relay.got == addresses(7)
    assert OFFICER not in {
        row["recipient"] for row in office.comms("who", ISSUE, "--json").json["deliveries"]
    }


@servers
def test_the_next_issue_is_compared_with_the_last(office: Office, relay: Watched) -> None:
    approved(office, relay, 4)
    office.comms("tick", now=SLOT)
    office.write_audiences(6)
    office.write_item("vagen", since="2026-12-20")
    office.change("content/items/vagen.md", "date: 2026-11-20", "date: 2026-12-20")
    office.approve(NEXT_ISSUE, now="2027-01-04T09:00")
    answer = office.comms("tick", now="2027-01-05T08:01")
    assert f"Före första brevet i {NEXT_ISSUE}: 6 mottagare, förra gången 4 (+50 %), bland dem " in answer.out
    assert relay.got == addresses(4) + addresses(6)


@servers
def test_a_marked_copy_that_is_refused_pauses_before_the_first_letter_and_the_officer_is_told(
    office: Office, relay: Watched
) -> None:
    approved(office, relay)
    relay.script["rcpt"] = ["550 5.7.1 Nej"]
    answer = office.comms("tick", now=SLOT)
    reason = (
        "Provexemplaret till er togs inte emot: Mejlservern vägrar ta emot det här brevet från oss: "
        "550 5.7.1 Nej."
    )
    assert answer == Answer(
        3,
        f"Sänds: {ISSUE}\n{before_the_first(5)}Pausad: {ISSUE}. {reason} "
        f"Fortsätt med: comms resume {ISSUE}\nLeveranser: inga.\n",
        "",
    )
    assert (relay.got, relay.told) == (Counter(), ["Pausad: Brevet"])
    assert office.slot()["reason"] == reason
    assert office.comms("resume", ISSUE, now=clock(5)) == Answer(
        0, f"{ISSUE}: sänds.\nväntar 5\n{GOES_ON}", ""
    )
    assert office.comms("tick", now=clock(6)).code == 0
    assert (relay.got, relay.told) == (addresses(5), ["Pausad: Brevet", SEED])


@servers
def test_a_relay_that_takes_no_letters_so_large_pauses_before_the_first(
    office: Office, relay: Watched
) -> None:
    approved(office, relay)
    relay.always["ehlo"] = "250-relay.example\r\n250 SIZE 9000"
    answer = office.comms("tick", now=SLOT)
    assert answer.code == 3
    assert re.search(
        rf"^Pausad: {ISSUE}\. Brevet är \d+ byte, men mejlservern tar emot högst 9000\. Fortsätt med: ",
        answer.out,
        re.MULTILINE,
    )
    assert (relay.got, relay.told) == (Counter(), ["Pausad: Brevet"])
    del relay.always["ehlo"]
    office.comms("resume", ISSUE, now=clock(5))
    assert office.comms("tick", now=clock(6)).code == 0
    assert relay.got == addresses(5)


# What stops a run by itself


@servers
def test_a_wrong_password_pauses_the_run_and_the_officer_is_told_when_there_is_a_way(
    office: Office, relay: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COMMS_CHANNELS__MAIL__PASSWORD", PASSWORD)
    relay.always |= {"ehlo": WITH_LOGIN, "auth": "535 5.7.8 Nej"}
    approved(office, relay, more="user: brev, ")
    answer = office.comms("tick", now=SLOT)
    assert answer == Answer(
        3,
        f"Sänds: {ISSUE}\n{before_the_first(5)}Pausad: {ISSUE}. {REFUSED_LOGIN} "
        f"Fortsätt med: comms resume {ISSUE}\nLeveranser: inga.\n"
        f"Kunde inte meddela kommunikatören (”Pausad: Brevet”): {REFUSED_LOGIN}\n",
        "",
    )
    assert (relay.verbs().count("auth"), relay.letters) == (1, [])

    del relay.always["auth"]
    assert office.comms("tick", now=clock(5)) == Answer(0, "Leveranser: inga.\n", "")
    assert relay.told == ["Pausad: Brevet"]
    office.comms("resume", ISSUE, now=clock(6))
    assert office.comms("tick", now=clock(7)).code == 0
    assert relay.got == addresses(5)


@servers
def test_a_password_that_stops_working_in_the_middle_pauses_the_run_and_a_new_one_completes_it(
    office: Office, relay: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COMMS_CHANNELS__MAIL__PASSWORD", PASSWORD)
    relay.always |= {"ehlo": WITH_LOGIN, "auth": "535 5.7.8 Nej"}
    relay.script |= {"auth": ["235 2.7.0 Ja"], "rcpt": ["250 2.1.5 Ok"] * 4 + ["452 4.2.2 Full"]}
    approved(office, relay, 8, more="user: brev, connections: 1, ")
    relay.script["rset"] = ["421 4.3.2 Stanger"]
    answer = office.comms("tick", now=SLOT)
    assert answer.code == 3
    assert f"Pausad: {ISSUE}. {REFUSED_LOGIN} Fortsätt med: comms resume {ISSUE}\n" in answer.out
    assert PASSWORD not in answer.said
    assert office.states() == {"accepted": 3, "planned": 5}
    del relay.always["auth"]
    office.comms("resume", ISSUE, now=clock(5))
    assert office.comms("tick", now=clock(30)).code == 0
    assert relay.got == addresses(8)


@servers
def test_a_relay_that_closes_for_a_while_rests_its_channel_until_a_time_that_is_said(
    office: Office, relay: Watched
) -> None:
    approved(office, relay, 12, more="connections: 1, ")
    relay.script["rcpt"] = ["250 2.1.5 Ok"] * 6 + ["421 4.3.2 Stanger"]
    answer = office.comms("tick", now=SLOT)
    rests = r"Kanalen mail har stannat och vilar till 08\.0\d\.\d\d: Mejlservern tar inte emot brev just nu: "
    assert answer.code == 3
    assert re.search(rf"^{rests}421 4\.3\.2 Stanger\.$", answer.out, re.MULTILINE)
    assert "Kanalen mail har stannat" in relay.told
    assert re.search(rests, office.comms("status", now=SLOT).out)
    (resting,) = office.comms("status", "--json", now=SLOT).json["resting"]
    assert (resting["channel"], resting["reason"][-20:]) == ("mail", ": 421 4.3.2 Stanger.")
    assert "2026-12-01T07:01:30" <= resting["until"] < "2026-12-01T07:03"
    sent = Counter(relay.got)
    early = office.comms("tick", now="2026-12-01T08:01:20")
    assert (early.code, bool(re.search(rests, early.out)), relay.got) == (3, True, sent)
    assert office.comms("tick", now=clock(3)) == Answer(0, "Leveranser: mottagen 7.\n", "")
    assert office.comms("status", "--json", now=clock(3)).json["resting"] == []
    assert relay.got == addresses(12)


@servers
def test_many_dead_addresses_among_the_first_pause_the_run_and_ask_whether_the_list_is_right(
    office: Office, relay: Watched
) -> None:
    approved(office, relay, 60, more="connections: 1, ")
    relay.script["rcpt"] = ["250 2.1.5 Ok"] * 3 + ["550 5.1.1 Okand"] * 60
    answer = office.comms("tick", now=SLOT)
    assert answer.code == 3
    found = re.search(
        rf"^Pausad: {ISSUE}\. (\d+) av de första (\d+) adresserna finns inte\. Är listan rätt\? "
        rf"Fortsätt med: comms resume {ISSUE}$",
        answer.out,
        re.MULTILINE,
    )
    assert found
    dead, answered = map(int, found.groups())
    assert 3 < dead < answered < 20
    refused = office.states()["rejected"]
    assert relay.got == Counter(["kontor1@eda.example", "kontor2@eda.example"])

    relay.script.clear()
    assert office.comms("tick", now=clock(5)).out == "Leveranser: inga.\n"
    assert relay.told == [SEED, "Pausad: Brevet", "Inte bekräftat framme hos alla: Brevet"]
    office.comms("resume", ISSUE, now=clock(6))
    assert f"Leveranser: mottagen {58 - refused}.\n" in office.comms("tick", now=clock(7)).out
    assert office.states() == {"accepted": 60 - refused, "rejected": refused}


# Pause, resume, cancel


@servers
@slow
def test_after_a_pause_no_letter_is_begun_and_a_resumed_run_completes(office: Office, relay: Watched) -> None:
    with in_the_middle(office, relay) as middle:
        shown = office.comms("status", now=SLOT).out
        assert re.search(rf"{ISSUE} +sänds +mottagen 8, påbörjad 28, på väg 4", shown)
        assert re.search(r"Sänder just nu\n  \S+ +\d+ +sedan 08\.01 +12 påbörjade", shown)
        answer = office.comms("pause", ISSUE, "--reason", "Fel bild.", now=SLOT)
        said = (
            f"{ISSUE}: pausad.\nmottagen 8, påbörjad 28, på väg 4\n"
            "På väg just nu, och går inte att hejda: 4.\n"
        )
        assert answer == Answer(0, said + WHAT_NEXT, "")
        assert office.comms("pause", ISSUE, now=SLOT) == answer
        dots = middle.dots
    assert middle.dots == dots
    assert (middle.run.code, sum(relay.got.values())) == (0, 12)
    assert middle.run.out.endswith("Leveranser: mottagen 12, väntar 28.\n")

    shown = office.comms("status", now=clock(4)).out
    assert re.search(rf"{ISSUE} +pausad +mottagen 12, väntar 28 +Fel bild\.", shown)
    assert f"fortsätt: comms resume {ISSUE}, avbryt: comms cancel {ISSUE}\n" in shown
    assert office.comms("tick", now=clock(5)) == Answer(0, "Leveranser: inga.\n", "")
    resumed = office.comms("resume", ISSUE, now=clock(6))
    assert resumed == Answer(0, f"{ISSUE}: sänds.\nmottagen 12, väntar 28\n{GOES_ON}", "")
    assert office.comms("tick", now=clock(7)) == Answer(0, "Leveranser: mottagen 28.\n", "")
    assert relay.got == addresses(40)


@servers
@slow
def test_a_run_that_is_called_off_ends_and_its_rest_goes_only_on_a_persons_word(
    office: Office, relay: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    with in_the_middle(office, relay) as middle:
        answering(monkeypatch, "n\n")
        asked = office.comms("cancel", ISSUE, now=SLOT)
        question = f"Ställa in {ISSUE}? Det som har gått ut går inte att ta tillbaka. [j/N] "
        assert asked == Answer(0, question, "")
        assert office.slot()["state"] == "running"
        answer = office.comms("cancel", ISSUE, "--reason", "Fel bild.", "--yes", now=SLOT)
        assert answer.out.startswith(f"{ISSUE}: inställd.\n")
        assert "På väg just nu, och går inte att hejda: 4.\n" in answer.out
    assert middle.run.out.endswith("Leveranser: mottagen 12, inställd 28.\n")
    assert office.states() == {"accepted": 12, "cancelled": 28}
    assert (office.slot()["state"], office.slot()["reason"]) == ("cancelled", "Fel bild.")
    assert office.comms("tick", now=clock(5)) == Answer(0, "Leveranser: inga.\n", "")
    assert office.comms("who", ISSUE).code == 0
    assert sum(relay.got.values()) == 12

    wrong = office.comms("send", ISSUE, "--rest", "--plan", "0123abcd", "--yes", now=clock(6))
    assert wrong == Answer(5, "", f"{ISSUE} sändes med ett annat fingeravtryck än 0123abcd.\n")
    answering(monkeypatch, "ja\n")
    sent = office.comms("send", ISSUE, "--rest", "--plan", middle.fingerprint, now=clock(7))
    assert sent.out == f"Sända {ISSUE} till 28 som inte har fått det? [j/N] Leveranser: mottagen 28.\n"
    assert (office.states(), relay.got) == ({"accepted": 40}, addresses(40))


@servers
@slow
def test_a_no_that_comes_while_an_issue_goes_out_is_heeded(office: Office, relay: Watched) -> None:
    with in_the_middle(office, relay):
        answer = office.comms("suppress", "kontor40@eda.example", "--reason", "Bad om det.", now=SLOT)
        assert answer.out == "kontor40@eda.example är spärrad. Det gäller också utskick som pågår.\n"
    assert office.states() == {"accepted": 39, "skipped": 1}
    assert relay.got == addresses(39)
    assert "Adressen är spärrad: Bad om det." in office.comms("who", ISSUE).out


def test_an_approved_issue_that_is_called_off_does_not_go_out(office: Office) -> None:
    seen = office.approve(now=DAY_BEFORE)
    answer = office.comms("cancel", ISSUE, "--reason", "Mötet är flyttat.", "--yes", now=DAY_BEFORE)
    assert answer == Answer(0, f"{ISSUE}: inställd.\n", "")
    assert office.comms("tick", now=SLOT) == Answer(0, "Leveranser: inga.\n", "")
    sent = office.comms("send", ISSUE, "--plan", seen, now=SLOT)
    assert sent == Answer(2, "", f"{ISSUE} är inställd och kan inte sändas.\n")
    assert office.slot()["reason"] == "Mötet är flyttat."
    assert office.nothing_sent()


@pytest.mark.parametrize(
    ("command", "refusal"),
    [
        ("pause", f"{ISSUE} kan inte pausas. Läge: godkänd.\n"),
        ("resume", f"{ISSUE} kan inte återupptas. Läge: godkänd.\n"),
        ("send --rest --plan 0123 --yes", f"{ISSUE} kan inte sändas till resten. Läge: godkänd.\n"),
    ],
)
def test_what_has_not_begun_cannot_be_steered(office: Office, command: str, refusal: str) -> None:
    office.approve(now=DAY_BEFORE)
    name, *options = command.split()
    assert office.comms(name, ISSUE, *options, now=DAY_BEFORE) == Answer(2, "", refusal)
    assert office.slot(now=DAY_BEFORE)["state"] == "approved"


@pytest.mark.parametrize(
    ("command", "refusal"),
    [
        ("pause", f"{ISSUE} kan inte pausas. Läge: sänd.\n"),
        ("resume", f"{ISSUE} kan inte återupptas. Läge: sänd.\n"),
        ("cancel --yes", f"{ISSUE} kan inte ställas in. Läge: sänd.\n"),
    ],
)
def test_what_has_gone_out_cannot_be_steered(office: Office, command: str, refusal: str) -> None:
    office.approve(now=DAY_BEFORE)
    office.comms("tick", now=SLOT)
    name, *options = command.split()
    assert office.comms(name, ISSUE, *options, now=clock(5)) == Answer(2, "", refusal)
    assert office.slot()["state"] == "done"


@pytest.mark.parametrize("command", ["pause", "resume", "cancel --yes", "send --rest --plan 0123 --yes"])
def test_what_the_ledger_has_never_heard_of_cannot_be_steered(office: Office, command: str) -> None:
    name, *options = command.split()
    assert office.comms(name, POST, *options, now=SLOT) == Answer(
        2, "", f"Ingenting i liggaren heter ”{POST}”. Se läget med: comms status\n"
    )


# The rest


@servers
def test_those_who_were_refused_get_it_again_on_a_persons_word_and_no_others(
    office: Office, relay: Watched
) -> None:
    seen = approved(office, relay, 6, more="connections: 1, ")
    relay.script["rcpt"] = ["250 2.1.5 Ok"] * 3 + ["552 5.2.2 Fullt", "552 5.2.2 Fullt"]
    office.comms("tick", now=SLOT)
    assert office.states() == {"accepted": 4, "rejected": 2}
    before = Counter(relay.got)
    sent = office.comms("send", ISSUE, "--rest", "--plan", seen, "--yes", now=clock(5))
    assert sent == Answer(0, "Leveranser: mottagen 2.\n", "")
    assert relay.got - before == Counter(["kontor3@eda.example", "kontor4@eda.example"])
    again = office.comms("send", ISSUE, "--rest", "--plan", seen, now=clock(6))
    assert again == Answer(2, "", f"{ISSUE}: ingen är kvar att sända till. Ovissa: 0.\n")
    assert relay.got == addresses(6)
