"""What is uncertain is settled by a relay's log, a mailbox, a list of ids or a person's word; never a guess.

Two letters lost their answers. The relay has one of them and not the other, and only it knows which.
"""

from __future__ import annotations

import io
import signal
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fakes.postfix import Postfix, why_not
from tests.fakes.smtp import DROP, STORE_AND_DROP
from tests.journey.workspaces import DAY_BEFORE, ISSUE, POST, SLOT, Answer, Office, Watched, ended

pytestmark = pytest.mark.servers

TAKEN, NOT_TAKEN = "kontor2@eda.example", "kontor4@eda.example"
EVERYBODY = Counter(f"kontor{number}@eda.example" for number in range(1, 6))
REASON = "Förbindelsen till mejlservern bröts: "
LATER = "2026-12-01T09:00"
STILL = f"{ISSUE} till {NOT_TAKEN}: oviss. {REASON}"
AGAIN = "Sända igen till alla som inte finns i källan? [j/N] "
DOUBTFUL = "Sända igen? Den som redan har fått det får det två gånger. [j/N] "


@pytest.fixture
def relay() -> Iterator[Watched]:
    """A relay on loopback that loses two of its answers: one letter it has kept, the other it has not."""
    script = {"dot": ["", "", STORE_AND_DROP, "", DROP]}
    with Watched(script=script) as listening:
        yield listening


@pytest.fixture
def doubtful(office: Office, relay: Watched) -> Office:
    """An issue that went to five offices, of which two are uncertain."""
    office.sends_through(relay, "connections: 1, ")
    office.approve(now=DAY_BEFORE)
    answer = office.comms("tick", now=SLOT)
    assert (answer.code, office.states()) == (3, {"accepted": 3, "unknown": 2})
    assert set(relay.got) == set(EVERYBODY) - {NOT_TAKEN}
    return office


def message_id(office: Office, recipient: str) -> str:
    rows = office.comms("who", ISSUE, "--json").json["deliveries"]
    return next(str(row["message_id"]) for row in rows if row["recipient"] == recipient)


def answering(monkeypatch: pytest.MonkeyPatch, words: str) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(words))


def assert_settled_by(office: Office, relay: Watched, source: str, *options: str) -> None:
    """The source tells of one letter; the other stays uncertain until a person answers for the source."""
    assert office.comms("who", ISSUE).code == 3
    answer = office.comms("reconcile", ISSUE, *options, now=LATER)
    assert answer.code == 3
    assert answer.out.startswith(f"{ISSUE} till {TAKEN}: mottagen ({source}")
    assert answer.out.splitlines()[1].startswith(STILL)
    assert office.states() == {"accepted": 4, "unknown": 1}

    complete = office.comms("reconcile", ISSUE, *options, "--complete", "--yes", now=LATER)
    assert complete == Answer(0, f"{ISSUE} till {NOT_TAKEN}: väntar (–)\n", "")
    assert office.comms("tick", now="2026-12-01T09:01") == Answer(0, "Leveranser: mottagen 1.\n", "")
    assert office.comms("who", ISSUE).code == 0
    assert relay.got == EVERYBODY
    assert office.comms("reconcile", ISSUE, now=LATER) == Answer(0, "Inget är ovisst.\n", "")


def test_who_shows_what_is_uncertain_and_why_and_status_says_what_to_do(doubtful: Office) -> None:
    answer = doubtful.comms("who", ISSUE)
    assert answer.code == 3
    assert f"  {TAKEN}  oviss     {REASON}" in answer.out
    assert answer.out.endswith("\nmottagen 3, oviss 2\n")
    assert f"{ISSUE}  red ut det ovissa: comms reconcile {ISSUE}\n" in doubtful.comms("status", now=LATER).out
    asked = doubtful.comms("reconcile", now=LATER)
    assert asked.code == 3
    assert [line.partition(". ")[0] for line in asked.out.splitlines()] == [
        f"{ISSUE} till {TAKEN}: oviss",
        f"{ISSUE} till {NOT_TAKEN}: oviss",
    ]


def test_a_list_of_ids_settles(doubtful: Office, relay: Watched, tmp_path: Path) -> None:
    ids = tmp_path / "handelser.csv"
    rows = [f'2026-12-01,"{letter.message_id}",delivered' for letter in relay.letters]
    ids.write_text("\n".join(["tid,message-id,vad", *rows]), encoding="utf-8")
    assert_settled_by(doubtful, relay, f"message-ids: {ids}:", "--message-ids", str(ids))


def test_a_mailbox_that_gets_a_copy_of_all_settles(doubtful: Office, relay: Watched, tmp_path: Path) -> None:
    box = tmp_path / "journal"
    for name in ("new", "cur", "tmp"):
        (box / name).mkdir(parents=True)
    for number, letter in enumerate(relay.letters):
        (box / "new" / f"{number}").write_bytes(letter.content)
    assert_settled_by(doubtful, relay, f"maildir: {box}", "--maildir", str(box))


def test_a_postfix_log_settles(doubtful: Office, relay: Watched, tmp_path: Path) -> None:
    log = tmp_path / "mail.log"
    stamp = "2026-12-01T08:01:02.000000+01:00 relay postfix"
    rows = []
    for number, letter in enumerate(relay.letters):
        rows += [
            f"{stamp}/cleanup[4711]: 4ZyX{number}wVu: message-id={letter.message_id}",
            f"{stamp}/qmgr[4712]: 4ZyX{number}wVu: from=<{letter.sender}>, size=9, nrcpt=1 (queue active)",
        ]
    lost = message_id(doubtful, NOT_TAKEN)
    rows.append(f"{stamp}/cleanup[4711]: 4ZyX99wVu: message-id={lost}")  # it was cut off before the dot
    log.write_text("".join(f"{row}\n" for row in rows), encoding="utf-8")
    assert_settled_by(doubtful, relay, f"postfix: {log}", "--postfix-log", str(log))


@pytest.mark.slow
def test_the_log_of_a_real_postfix_settles_what_a_killed_run_left(office: Office) -> None:
    if why_not():
        pytest.skip(why_not())
    with Postfix() as postfix:
        smtp = f"mail: {{kind: smtp, host: 127.0.0.1, port: {postfix.port}, security: none, connections: 1, "
        office.change("comms.yaml", "mail: {kind: file, ", smtp)
        office.approve(now=DAY_BEFORE)
        killed = ended(office.start("tick", now=SLOT, COMMS_CRASH_AT="answer.read:3"))
        assert killed.code == -signal.SIGKILL
        assert office.comms("tick", now="2026-12-01T08:05").code == 3
        assert office.states() == {"accepted": 4, "unknown": 1}
        identity = message_id(office, "kontor3@eda.example")
        log = postfix.folder / "postfix.log"
        wait_for(log, f"message-id={identity}")
        answer = office.comms("reconcile", ISSUE, "--postfix-log", str(log), now=LATER)
        assert answer == Answer(0, f"{ISSUE} till kontor3@eda.example: mottagen (postfix: {log})\n", "")
        assert office.comms("who", ISSUE).code == 0
        issue = [letter for letter in postfix.letters(6) if b"List-Id:" in letter]
    delivered = Counter(letter.partition(b"Delivered-To: ")[2].partition(b"\n")[0] for letter in issue)
    assert delivered == Counter([*(address.encode() for address in EVERYBODY), b"redaktor@leader.example"])


def wait_for(log: Path, words: str) -> None:
    for _ in range(600):
        if words in log.read_text(encoding="utf-8", errors="replace"):
            return
        time.sleep(0.05)
    pytest.fail(f"{words} never stood in the log")


def test_the_runs_own_journal_knows_no_more_than_the_ledger_of_an_answer_that_was_lost(
    doubtful: Office, relay: Watched
) -> None:
    before = relay.got
    answer = doubtful.comms("reconcile", ISSUE, "--journal", now=LATER)
    assert (answer.code, answer.out.count(": oviss. ")) == (3, 2)
    refused = doubtful.comms("reconcile", ISSUE, "--journal", "--complete", "--yes", now=LATER)
    assert refused == Answer(
        2, "", "--complete gäller en källa utanför comms: ange också till exempel --postfix-log.\n"
    )
    assert (doubtful.states(), relay.got) == ({"accepted": 3, "unknown": 2}, before)


def test_a_source_is_called_complete_by_a_person_who_is_asked(
    doubtful: Office, relay: Watched, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = tmp_path / "ids.txt"
    ids.write_text("\n".join(letter.message_id for letter in relay.letters), encoding="utf-8")
    answering(monkeypatch, "nej\n")
    asked = doubtful.comms("reconcile", ISSUE, "--message-ids", str(ids), "--complete", now=LATER)
    assert asked == Answer(0, AGAIN, "")
    assert doubtful.states() == {"accepted": 3, "unknown": 2}


# A person's word


def test_a_persons_word_that_it_arrived_settles_one_address_or_all(doubtful: Office, relay: Watched) -> None:
    before = Counter(relay.got)
    one = doubtful.comms("reconcile", ISSUE, "--sent", "--address", TAKEN, "--by", "Anna", now=LATER)
    assert one == Answer(0, f"{ISSUE} till {TAKEN}: mottagen (Enligt Anna)\n", "")
    assert doubtful.comms("who", ISSUE).code == 3
    rest = doubtful.comms("reconcile", ISSUE, "--sent", "--by", "Anna", now=LATER)
    assert rest == Answer(0, f"{ISSUE} till {NOT_TAKEN}: mottagen (Enligt Anna)\n", "")
    who = doubtful.comms("who", ISSUE)
    assert (who.code, f"  {TAKEN}  mottagen  Enligt Anna\n" in who.out) == (0, True)
    doubtful.comms("tick", now="2026-12-01T09:01")
    assert relay.got == before


def test_a_persons_word_that_it_did_not_go_is_asked_for_twice_and_sends_again(
    doubtful: Office, relay: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ("reconcile", ISSUE, "--not-sent", "--address", NOT_TAKEN, "--by", "Anna")
    answering(monkeypatch, "\n")
    assert doubtful.comms(*words, now=LATER) == Answer(0, DOUBTFUL, "")
    assert doubtful.states() == {"accepted": 3, "unknown": 2}
    answering(monkeypatch, "ja\n")
    answer = doubtful.comms(*words, now=LATER)
    assert answer == Answer(0, f"{DOUBTFUL}{ISSUE} till {NOT_TAKEN}: väntar (Enligt Anna)\n", "")
    assert doubtful.comms("tick", now="2026-12-01T09:01").out.startswith("Leveranser: mottagen 1.\n")
    assert (relay.got, doubtful.states()) == (EVERYBODY, {"accepted": 4, "unknown": 1})


@pytest.mark.parametrize(
    ("command", "refusal"),
    [
        (f"{ISSUE} --sent --address ingen@eda.example", "Ingen leverans till ingen@eda.example är oviss.\n"),
        (f"{POST} --sent", f"Ingenting i liggaren heter ”{POST}”. Se läget med: comms status\n"),
        (POST, f"Ingenting i liggaren heter ”{POST}”. Se läget med: comms status\n"),
        (f"{ISSUE} --journal --sent", "Ange antingen källor eller --sent/--not-sent, inte båda.\n"),
        (
            f"{ISSUE} --complete",
            "--complete gäller en källa utanför comms: ange också till exempel --postfix-log.\n",
        ),
        (
            f"{ISSUE} --imap http://x.example",
            "”http://x.example” är ingen brevlåda. Skriv till exempel imaps://journal@mejl.example/INBOX\n",
        ),
    ],
)
def test_what_cannot_be_settled_so_is_refused_and_nothing_moves(
    doubtful: Office, command: str, refusal: str
) -> None:
    assert doubtful.comms("reconcile", *command.split(), now=LATER) == Answer(2, "", refusal)
    assert doubtful.states() == {"accepted": 3, "unknown": 2}


@pytest.mark.slow
def test_nothing_is_settled_while_the_run_that_sends_it_may_still_hear_the_answer(
    office: Office, tmp_path: Path
) -> None:
    third_is_at_its_dot, go_on = threading.Event(), threading.Event()

    def hold(dot: int) -> None:
        if dot == 4:
            third_is_at_its_dot.set()
            go_on.wait(60)

    with Watched(script={"dot": ["", STORE_AND_DROP]}, at_dot=hold) as relay:
        office.sends_through(relay, "connections: 1, ")
        office.approve(now=DAY_BEFORE)
        run = office.start("tick", now=SLOT)
        third_is_at_its_dot.wait(60)
        ids = tmp_path / "ids.txt"
        ids.write_text("\n".join(letter.message_id for letter in relay.letters), encoding="utf-8")
        early = office.comms("reconcile", ISSUE, "--message-ids", str(ids), now=SLOT)
        worded = office.comms("reconcile", ISSUE, "--sent", now=SLOT)
        states = office.states()
        go_on.set()
        assert ended(run).code == 3
    assert states["unknown"] == 1
    assert early == Answer(3, f"{ISSUE} till kontor1@eda.example: sänds fortfarande, fråga senare\n", "")
    assert worded == Answer(2, "", "Körningen som sänder den är inte slut än. Vänta tills den är det.\n")
    settled = office.comms("reconcile", ISSUE, "--message-ids", str(ids), now=LATER)
    assert settled.code == 0
    assert relay.got == EVERYBODY
