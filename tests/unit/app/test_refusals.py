"""What servers refused at once has the consequences of a letter that comes back, once, by its reason."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path

import pytest

from comms.app.bounce_policy import PROVED_FOR
from comms.app.bounced import came_back
from comms.app.bouncing import Fate, heed_refusals, read_returns
from comms.app.house import House
from comms.channels.smtp_reply import Reply, Verb, failure
from comms.model.ledger import Course, DeliveryState, End
from comms.model.plan import Recipient
from comms.model.subscriber import NoKind
from comms.store import Store
from comms.store.database import Database
from tests.fakes.bounces import home_with_box, path_to, report
from tests.fakes.examples import ISSUE, NOW, approve, issue_entry
from tests.fakes.leaving import ANNA, BO, EVA, subscribe
from tests.fakes.ledger import accepted, ask
from tests.fakes.signups import fresh_store, house, office

DAY = timedelta(days=1)
DEAD, FULL = "550 5.1.1 <anna@privat.example>: User unknown", "552 5.2.2 Mailbox full"
OFFICE = "kansli@arvika.example"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A ledger with a reader."""
    with fresh_store(tmp_path) as opened:
        database = Database(f"sqlite:///{tmp_path}/comms.db")
        subscribe(database, ANNA, "kommunbrevet", now=NOW - 30 * DAY)
        database.close()
        yield opened


@pytest.fixture
def home(tmp_path: Path) -> House:
    """An office without a mailbox of bounces: answers come all the same."""
    return house(office(), tmp_path)


def refuse(store: Store, words: Mapping[str, str | End], issue: str = ISSUE, day: int = 1) -> None:
    """An issue goes to some, as our channel tells of each answer; "" is a yes."""
    at = NOW + (day - 1) * DAY
    approve(store, issue_entry(issue, day=day))
    number = store.editions(issue)[0][0]
    to = (Recipient(one, "", "public", "arvika", subscribes=one != OFFICE) for one in words)
    store.start_run(issue, ((one, number, DeliveryState.PLANNED, "") for one in to), at)
    rows = store.claim(ask(most=500), at).rows
    store.settle("a", (), rows, at)
    ends = [(row, _end(words[row.recipient])) for row in rows]
    store.settle("a", ends, (), at)


def _end(answer: str | End) -> End:
    if isinstance(answer, End):
        return answer
    if not answer:
        return accepted()
    code, _, words = answer.partition(" ")
    return End(DeliveryState.REJECTED, str(failure(Verb.RCPT, Reply(int(code), (words,)))))


def noes(store: Store, address: str = ANNA) -> list[NoKind]:
    return [no.kind for no in store.leaving.noes([address])]


def test_a_dead_address_gets_nothing_more_once_and_the_words_name_nobody(home: House, store: Store) -> None:
    refuse(store, {ANNA: DEAD, BO: "", OFFICE: "550 5.1.1 No such user"})
    assert heed_refusals(home, store, NOW) == {Fate.DEAD: 2}
    assert heed_refusals(home, store, NOW) == {}
    assert [(no.kind, no.reason) for no in store.leaving.noes([ANNA])] == [
        (NoKind.BOUNCE, "Adressen finns inte (550 5.1.1).")
    ]
    person = store.subscribers.find(ANNA)
    assert person is not None
    assert person.newsletters == ()
    assert [one.subject for one in store.open_notices()] == [f"Når inte längre {OFFICE}"]
    rows = [(one.who, one.slug, one.words) for one in came_back(store, NOW)]
    assert rows[0] == ("a•••@privat.example", "user-unknown", "550 5.1.1 <a•••@privat.example>: User unknown")
    assert noes(store, BO) == []


def test_a_copy_that_is_refused_and_known_to_be_dead_is_one_dead_copy(home: House, store: Store) -> None:
    refuse(store, {ANNA: DEAD, BO: "", EVA: ""})
    before = store.course(ISSUE)
    heed_refusals(home, store, NOW)
    assert store.course(ISSUE) == before == Course(total=3, answered=3, dead=1, complaints=0)


def test_words_that_tell_nothing_change_nothing(home: House, store: Store) -> None:
    ours = (
        "Mejlservern tog inte emot brevet: 550 Nej.",
        "Mejlservern tog inte emot brevet: 550 5.1.0 Nej.",
        "Mejlservern tog inte emot brevet: 550.",
        "Adressen anna@privat.example kan inte ta emot mejl.",
        "Gav upp efter 9 försök. Senaste svar: Förbindelsen till mejlservern bröts: ?.",
        "Enligt loggen, 2026-12-01T08:00:00 4F5.1.1: avvisat",
    )
    refuse(store, {f"r{n}@privat.example": End(DeliveryState.REJECTED, one) for n, one in enumerate(ours)})
    assert heed_refusals(home, store, NOW) == {}
    assert all(noes(store, f"r{n}@privat.example") == [] for n in range(len(ours)))


def test_three_issues_refused_for_trouble_or_back_for_it_end_it(store: Store, tmp_path: Path) -> None:
    for name in ("new", "cur", "tmp"):
        (tmp_path / "mail" / name).mkdir(parents=True)
    home = home_with_box(tmp_path)
    fates: list[Fate] = []
    for day, answer in ((1, FULL), (8, ""), (17, FULL)):
        issue = f"kommunbrevet-dag-{day}"
        refuse(store, {ANNA: answer}, issue, day)
        if not answer:
            letter = report(path_to(home, store, ANNA, issue), ANNA, "452 4.2.2 Mailbox full")
            (tmp_path / "mail" / "new" / "1").write_bytes(letter)
            fates += read_returns(home, store, NOW + 8 * DAY).fates
        fates += heed_refusals(home, store, NOW + day * DAY)
    assert fates == [Fate.TROUBLE, Fate.TROUBLE, Fate.ENDED]
    assert noes(store) == [NoKind.BOUNCE]


def test_a_copy_that_is_taken_when_it_is_sent_again_gave_no_trouble(home: House, store: Store) -> None:
    for day in (1, 8, 17):
        issue = f"kommunbrevet-dag-{day}"
        refuse(store, {ANNA: FULL}, issue, day)
        if day == 8:
            heed_refusals(home, store, NOW + 8 * DAY)
            assert store.again(issue, [DeliveryState.REJECTED], NOW + 8 * DAY) == 1
            (row,) = store.claim(ask(), NOW + 8 * DAY).rows
            store.settle("a", (), [row], NOW + 8 * DAY)
            store.settle("a", [(row, accepted())], (), NOW + 8 * DAY)
    assert heed_refusals(home, store, NOW + 17 * DAY) == {Fate.TROUBLE: 1}
    assert noes(store) == []
    assert [one.trouble for one in store.reach.issues()] == [0, 0, 0]


def test_while_a_person_is_asked_whether_the_list_is_right_nobody_is_left_out(
    home: House, store: Store
) -> None:
    refuse(store, {ANNA: DEAD, **{f"r{n}@privat.example": "" for n in range(3)}})
    store.pause(ISSUE, "Är listan rätt?", NOW)
    assert heed_refusals(home, store, NOW) == {}
    store.resume(ISSUE, NOW)
    assert heed_refusals(home, store, NOW + PROVED_FOR - DAY) == {Fate.DEAD: 1}


def test_what_was_refused_long_ago_or_before_the_address_was_proved_ends_nothing(
    home: House, store: Store
) -> None:
    refuse(store, {ANNA: DEAD, BO: DEAD})
    store.suppress(BO, "Adressen finns inte.", NOW, kind=NoKind.BOUNCE)
    store.leaving.lift(store.leaving.noes([BO]), reason="Lagad.", by="Åsa", now=NOW + DAY)
    assert heed_refusals(home, store, NOW + PROVED_FOR + DAY) == {}
    heed_refusals(home, store, NOW + DAY)
    assert (noes(store), noes(store, BO)) == ([NoKind.BOUNCE], [])
