"""Many subscribers at once, on both databases: where they stand, all or nothing, and what is known of one."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from comms.errors import StoreError
from comms.model.subscriber import Choices, Consent, ConsentKind, NoKind, SubscriptionState
from comms.store import Store
from comms.store.database import Database
from comms.store.rolls import PAGE, Standing, Taken
from comms.store.subscribers import witness
from comms.store.suppressions import ERASED
from tests.fakes.examples import ISSUE, NOW
from tests.fakes.ledger import run_to

CHOICES = Choices(("kommunbrevet",), "public", "arvika", ("bygd",))
Decide = Callable[[Mapping[str, Standing]], Sequence[Taken]]


def taken(number: int = 0, choices: Choices = CHOICES, added: tuple[str, ...] = ("kommunbrevet",)) -> Taken:
    consent = Consent(
        ConsentKind.IMPORTED, choices, datetime(2026, 5, 1, tzinfo=UTC), "Blanketter", by="Anna"
    )
    return Taken(f"Person{number}@x.example", f"person{number}@x.example", choices, added, consent)


def take(store: Store, *several: Taken) -> int:
    def pieces() -> Iterator[tuple[list[str], Decide]]:
        for at in range(0, len(several), PAGE):
            piece = several[at : at + PAGE]
            yield [one.address_key for one in piece], lambda _standings, piece=piece: piece  # type: ignore[misc]  # mypy asks for the type of a default

    return store.rolls.take_in(lambda _erased: pieces(), NOW)


def test_who_is_taken_in_stands_with_choices_subscription_and_evidence(store: Store) -> None:
    assert take(store, taken()) == 1
    found = store.subscribers.find("person0@x.example")
    assert found is not None
    assert (found.address, found.choices, found.source) == ("Person0@x.example", CHOICES, "Blanketter")
    assert [(one.state, one.since) for one in found.subscriptions] == [(SubscriptionState.CONFIRMED, NOW)]
    assert store.subscribers.evidence("person0@x.example") == [taken().consent]


def test_more_than_a_page_is_taken_in_and_found(store: Store) -> None:
    count = PAGE + 3
    assert take(store, *(taken(number) for number in range(count))) == count
    assert len(list(store.subscribers.all())) == count


def test_what_is_changed_keeps_time_source_and_address(store: Store) -> None:
    take(store, taken())
    both = replace(CHOICES, newsletters=("kommunbrevet", "bygdebrevet"), municipality="torsby")
    second = replace(taken(0, both, ("bygdebrevet",)), address="PERSON0@x.example")
    take(store, second)
    found = store.subscribers.find("person0@x.example")
    assert found is not None
    assert (found.address, found.municipality) == ("Person0@x.example", "torsby")
    assert found.newsletters == ("bygdebrevet", "kommunbrevet")


def test_a_subscription_that_has_ended_stays_ended(store: Store) -> None:
    take(store, taken())
    store.suppress("person0@x.example", "Ringde.", NOW)
    take(store, taken())
    found = store.subscribers.find("person0@x.example")
    assert found is not None
    assert found.newsletters == ()


def test_where_addresses_stand(store: Store, database: Database) -> None:
    take(store, taken(0), taken(1), taken(2))
    with database.writing() as connection:
        chose = Consent(ConsentKind.CHANGED, CHOICES, NOW, "p/")
        witness(connection, "person1@x.example", chose)
    store.suppress("person2@x.example", "Ringde.", NOW)
    store.suppress("stranger@x.example", "Ringde.", NOW)
    keys = [f"person{number}@x.example" for number in range(4)]
    assert store.rolls.standings([*keys, "stranger@x.example"]) == {
        keys[0]: Standing(CHOICES),
        keys[1]: Standing(CHOICES, has_chosen=True),
        keys[2]: Standing(replace(CHOICES, newsletters=()), frozenset({"kommunbrevet"}), frozenset({""})),
        "stranger@x.example": Standing(noes=frozenset({""})),
    }


def test_what_is_decided_stands_on_what_is_seen_in_the_same_transaction(store: Store) -> None:
    take(store, taken(0))
    seen: list[Mapping[str, Standing]] = []

    def decide(standings: Mapping[str, Standing]) -> Sequence[Taken]:
        seen.append(standings)
        return ()

    assert store.rolls.take_in(lambda _erased: [(["person0@x.example"], decide)], NOW) == 0
    assert seen == [{"person0@x.example": Standing(CHOICES)}]


def test_nobody_is_erased_between_being_known_and_being_taken_in(
    another: Callable[[], Store],
) -> None:
    store, other = another(), another()
    store.suppress(f"{ERASED}1", "Glömd.", NOW, kind=NoKind.ERASED)
    eraser = threading.Thread(target=other.forgetting.erase, args=("person0@x.example",) * 2 + ((),))
    known: list[frozenset[str]] = []

    def pieces(erased: frozenset[str]) -> Iterator[tuple[list[str], Decide]]:
        known.append(erased)
        eraser.start()
        eraser.join(0.3)
        assert eraser.is_alive()
        yield ["person0@x.example"], lambda _standings: [taken(0)]

    assert store.rolls.take_in(pieces, NOW) == 1
    eraser.join(30)
    assert known == [{f"{ERASED}1"}]
    assert store.subscribers.find("person0@x.example") is None


def test_a_fault_in_a_later_piece_takes_the_earlier_back(store: Store) -> None:
    with pytest.raises(StoreError):
        take(store, *(taken(number) for number in range(PAGE)), replace(taken(PAGE), address_key=None))  # type: ignore[arg-type]  # a fault on purpose
    assert list(store.subscribers.all()) == []
    assert store.subscribers.evidence("person0@x.example") == []


def test_erased_addresses_are_known_by_their_keys_alone(store: Store) -> None:
    store.suppress(f"{ERASED}0123", "Ville bli glömd.", NOW, kind=NoKind.ERASED)
    store.suppress("anna@x.example", "Ringde.", NOW)
    assert store.rolls.erased() == {f"{ERASED}0123"}
    assert [no.kind for no in store.leaving.noes([f"{ERASED}0123"])] == [NoKind.ERASED]


def test_a_roll_tells_noes_and_the_last_yes(store: Store, database: Database) -> None:
    take(store, taken(0), taken(1))
    later = NOW + timedelta(days=3)
    with database.writing() as connection:
        witness(connection, "person0@x.example", Consent(ConsentKind.CHANGED, CHOICES, later, "p/"))
        witness(
            connection, "person0@x.example", Consent(ConsentKind.ENDED, CHOICES, later + timedelta(1), "u/")
        )
    store.suppress("person1@x.example", "Ringde.", NOW)
    found = list(store.rolls.on_roll(store.subscribers.all()))
    assert [(one.noes, one.consented_at) for one in found] == [
        (frozenset(), later),
        (frozenset({""}), datetime(2026, 5, 1, tzinfo=UTC)),
    ]


def test_a_person_is_told_of_every_delivery(store: Store) -> None:
    run_to(store, "Anna@x.example", "bo@x.example")
    (sent,) = store.rolls.sent("anna@x.example")
    assert (sent.slot_id, sent.title, sent.address, sent.state) == (
        ISSUE,
        "Kommunbrevet",
        "Anna@x.example",
        "planned",
    )
