"""What came back, in the ledger: the copy is found by its key's end, a fact has its consequence once."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from comms.model.ledger import DeliveryState, End, EventKind, SlotState
from comms.model.subscriber import Choices, Consent, ConsentKind, NoKind
from comms.store import Notice, Store, subscribers
from comms.store.database import Database
from comms.store.returns import Consequence, Copy, Fact, Refused, Share, Tried
from comms.store.schema import events
from tests.fakes.bounces import copy_to, sent
from tests.fakes.examples import ISSUE, NOW, issue_entry
from tests.fakes.leaving import ANNA, BO, exit_id, run_with_exits, subscribe
from tests.fakes.ledger import accepted, ask

THIS = "kommunbrevet"
LATER = NOW + timedelta(hours=1)
DEAD = Consequence(NoKind.BOUNCE, "Adressen finns inte.")
HARD = Fact(EventKind.BOUNCE_HARD, "studs: user-unknown", "550 5.1.1", LATER)
REFUSED = Fact(EventKind.BOUNCE_OURS, "studs: spf", "550 5.7.1", LATER)


def of(store: Store, address: str, issue: str = ISSUE) -> Copy:
    """The copy of an address, as its return path names it."""
    found = store.returns.find(copy_to(store, address, issue).key.rpartition(".")[2])
    assert found is not None
    return found


def facts(database: Database) -> list[tuple[int, str]]:
    with database.reading() as connection:
        rows = connection.execute(select(events.c.delivery_id, events.c.kind).order_by(events.c.id))
        return [(row.delivery_id, row.kind) for row in rows]


def noes(store: Store, address: str = ANNA) -> list[tuple[str, NoKind]]:
    return [(no.newsletter, no.kind) for no in store.leaving.noes([address])]


def about(key: str) -> Notice:
    return Notice(0, key, "Ämne", "Text", LATER, None)


def test_a_copy_is_found_by_the_end_of_its_key_in_whatever_issue(store: Store) -> None:
    run_with_exits(store, ANNA, BO)
    run_with_exits(store, ANNA, entry=issue_entry("kommunbrevet-2026-12-08", day=8))
    sent(store, LATER)
    found = of(store, ANNA, "kommunbrevet-2026-12-08")
    assert found == Copy(
        copy_to(store, ANNA, "kommunbrevet-2026-12-08").id,
        "kommunbrevet-2026-12-08",
        "Kommunbrevet",
        ANNA,
        ANNA,
        "arvika",
        subscribes=False,
        attempted_at=LATER,
    )
    assert found.domain == "privat.example"
    assert of(store, ANNA).id == copy_to(store, ANNA).id
    for nobodys in ("f" * 24, "", "%", copy_to(store, ANNA).key):
        assert store.returns.find(nobodys) is None


def test_a_copy_that_nobody_has_tried_to_send_has_no_attempt(store: Store) -> None:
    run_with_exits(store, ANNA)
    assert of(store, ANNA).attempted_at is None


def test_behind_an_exit_is_the_newest_copy_and_nobody_when_it_is_erased(store: Store) -> None:
    run_with_exits(store, ANNA)
    run_with_exits(store, ANNA, entry=issue_entry("kommunbrevet-2026-12-08", day=8))
    identity = exit_id(store, ANNA)
    found = store.returns.behind(identity)
    assert found is not None
    assert found.slot_id == "kommunbrevet-2026-12-08"
    store.forgetting.erase(ANNA, ANNA, ())
    assert store.returns.behind(identity) is None
    assert store.returns.behind("0" * 16) is None


def test_a_fact_and_its_consequence_are_once(store: Store, database: Database) -> None:
    subscribe(database, ANNA, THIS)
    run_with_exits(store, ANNA)
    sent(store)
    copy = of(store, ANNA)
    told = Consequence(NoKind.BOUNCE, "Adressen finns inte.", about("lost:1"))
    noted = [store.returns.note(copy, HARD, LATER, lambda _tried: told) for _ in range(3)]
    assert [(one.is_new, one.is_ended) for one in noted] == [(True, True), (False, False), (False, False)]
    assert facts(database) == [(copy.id, "bounce-hard")]
    assert noes(store) == [("", NoKind.BOUNCE)]
    assert [one.key for one in store.open_notices()] == ["lost:1"]
    person = store.subscribers.find(ANNA)
    assert person is not None
    assert person.newsletters == ()
    assert store.course(ISSUE).dead == 1


def test_a_copy_that_was_refused_is_told_of_until_it_is_noted_and_not_while_its_issue_waits(
    store: Store,
) -> None:
    run_with_exits(store, ANNA, BO)
    rows = store.claim(ask(most=2), NOW).rows
    store.settle("a", (), rows, NOW)
    words = "Mejlservern tog inte emot brevet: 550 5.1.1 Okänd."
    ends = {ANNA: End(DeliveryState.REJECTED, words), BO: accepted()}
    store.settle("a", [(row, ends[row.recipient]) for row in rows], (), LATER)
    (found,) = store.returns.refused(NOW)
    assert found == Refused(of(store, ANNA), words, LATER)
    store.pause(ISSUE, "Är listan rätt?", LATER)
    assert store.returns.refused(NOW) == []
    store.resume(ISSUE, LATER)
    assert store.returns.refused(LATER + timedelta(seconds=1)) == []
    store.returns.note(found.copy, replace(HARD, source="svar: user-unknown"), LATER, lambda _tried: DEAD)
    assert store.returns.refused(NOW) == []
    assert store.course(ISSUE).dead == 1


def test_what_fails_on_the_way_leaves_nothing(store: Store, database: Database) -> None:
    run_with_exits(store, ANNA)
    sent(store)

    def broken(_tried: object) -> Consequence:
        raise RuntimeError

    with pytest.raises(RuntimeError):
        store.returns.note(of(store, ANNA), HARD, LATER, broken)
    assert facts(database) == []


def test_judges_see_how_issues_went_since_the_address_was_last_proved_newest_first(
    store: Store, database: Database
) -> None:
    seen: list[Tried] = []

    def look(tried: Sequence[Tried]) -> None:
        seen[:] = tried

    for day in (1, 8, 15):
        run_with_exits(store, ANNA, entry=issue_entry(f"kommunbrevet-dag-{day}", day=day))
        sent(store, NOW + timedelta(days=day))
    soft = Fact(EventKind.BOUNCE_SOFT, "studs: mailbox-full", "452 4.2.2", LATER)
    store.returns.note(of(store, ANNA, "kommunbrevet-dag-8"), soft, LATER, look)
    assert [(one.attempted_at - NOW, one.is_accepted, one.is_trouble) for one in seen] == [
        (timedelta(days=15), True, False),
        (timedelta(days=8), True, True),
        (timedelta(days=1), True, False),
    ]
    with database.writing() as connection:
        said = Consent(
            ConsentKind.CONFIRMED, Choices((THIS,), "public", "arvika"), NOW + timedelta(days=10), "c/"
        )
        subscribers.witness(connection, ANNA, said)
    store.returns.note(of(store, ANNA, "kommunbrevet-dag-1"), soft, LATER, look)
    assert [one.attempted_at - NOW for one in seen] == [timedelta(days=15)]


@pytest.mark.parametrize(("kind", "ends"), [(NoKind.BOUNCE, False), (NoKind.COMPLAINT, True)])
def test_an_address_that_was_proved_after_the_copy_went_is_not_dead_but_may_complain(
    store: Store, database: Database, kind: NoKind, ends: bool
) -> None:
    subscribe(database, ANNA, THIS)
    run_with_exits(store, ANNA)
    sent(store)
    store.suppress(ANNA, "Adressen finns inte.", NOW, kind=NoKind.BOUNCE)
    store.leaving.lift(store.leaving.noes([ANNA]), reason="Lagad.", by="Åsa", now=LATER)
    noted = store.returns.note(of(store, ANNA), HARD, LATER, lambda _tried: Consequence(kind, "Nej."))
    assert (noted.is_new, noted.is_ended) == (True, ends)


def test_many_who_read_the_same_letter_at_once_note_it_once(
    another: Callable[[], Store], store: Store, database: Database
) -> None:
    run_with_exits(store, ANNA)
    sent(store)
    copy = of(store, ANNA)
    stores = [another() for _ in range(4)]
    ready = threading.Barrier(4)
    news: list[bool] = []

    def note(one: Store) -> None:
        ready.wait()
        news.append(one.returns.note(copy, HARD, LATER, lambda _tried: DEAD).is_new)

    threads = [threading.Thread(target=note, args=(one,)) for one in stores]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(news) == [False, False, False, True]
    assert len(facts(database)) == 1


def test_a_domain_is_held_once_and_only_what_waits_there(store: Store) -> None:
    run_with_exits(store, "a@stor.example", "b@stor.example", "c@stor.example", "d@x-stor.example")
    sent(store, most=2)
    seen: list[Share] = []

    def judge(share: Share) -> str:
        seen.append(share)
        return "Tar inte emot." if share.refused else ""

    def hold() -> int:
        return store.returns.hold_domain(
            ISSUE, "stor.example", judge, lambda _share: about("domain:1"), LATER
        )

    assert hold() == 0
    store.returns.note(of(store, "a@stor.example"), REFUSED, LATER)
    assert (hold(), hold()) == (1, 0)
    assert seen == [Share(2, 0, 1), Share(2, 1, 1), Share(2, 1, 0)]
    held = copy_to(store, "c@stor.example")
    assert (held.state, held.reason, held.not_before) == (DeliveryState.HELD, "Tar inte emot.", None)
    assert copy_to(store, "d@x-stor.example").state is DeliveryState.PLANNED
    assert store.again(ISSUE, [DeliveryState.HELD], LATER) == 1
    assert hold() == 0
    assert store.counts(ISSUE)[DeliveryState.PLANNED] == 2


def test_an_issue_of_which_all_else_is_sent_is_done_and_the_held_go_by_a_persons_word(store: Store) -> None:
    run_with_exits(store, "a@stor.example", "b@stor.example")
    sent(store, most=1)
    store.returns.note(of(store, "a@stor.example"), REFUSED, LATER)
    assert (
        store.returns.hold_domain(
            ISSUE, "stor.example", lambda _share: "Nej.", lambda _share: about("d"), LATER
        )
        == 1
    )
    store.close_finished_slots(LATER)
    slot = store.slot(ISSUE)
    assert slot is not None
    assert slot.state is SlotState.DONE
    assert store.again(ISSUE, [DeliveryState.HELD], LATER) == 1
    sent(store, LATER)
    assert store.counts(ISSUE) == {DeliveryState.ACCEPTED: 2}


def test_the_list_tells_what_stands_and_begins_where_it_is_asked_to(store: Store) -> None:
    run_with_exits(store, ANNA, BO)
    sent(store)
    store.returns.note(of(store, ANNA), HARD, LATER, lambda _tried: DEAD)
    store.returns.note(of(store, BO), REFUSED, LATER)
    store.returns.note(of(store, BO), Fact(EventKind.DELIVERED, "studs: delivered", "", LATER), LATER)
    rows = [(one.recipient, one.kind, one.no, one.municipality) for one in store.returns.listed(NOW)]
    assert rows == [
        (ANNA, EventKind.BOUNCE_HARD, NoKind.BOUNCE, "arvika"),
        (BO, EventKind.BOUNCE_OURS, None, "arvika"),
    ]
    assert list(store.returns.listed(LATER + timedelta(seconds=1))) == []
