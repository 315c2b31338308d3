"""Figures of who subscribes: each on a ground, and who has none is named."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

from comms.model.subscriber import (
    Choices,
    Consent,
    ConsentKind,
    Subscriber,
    Subscription,
    SubscriptionState,
    Ticket,
    TicketKind,
)
from comms.report.subscribers import Figures, ground_of, grounds

NOW = datetime(2026, 12, 1, 8, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def choices(*newsletters: str) -> Choices:
    return Choices(newsletters, "public", "")


def said(
    kind: ConsentKind, *newsletters: str, days: int = 0, source: str = "form", text: str = ""
) -> Consent:
    return Consent(kind, choices(*newsletters), NOW + days * DAY, source, text)


def person(name: str, *confirmed: str, ended: Sequence[str] = (), paused: int = 0) -> Subscriber:
    owned = (
        *(Subscription(one, SubscriptionState.CONFIRMED, NOW) for one in confirmed),
        *(Subscription(one, SubscriptionState.ENDED, NOW, "Nog.") for one in ended),
    )
    until = NOW + paused * DAY if paused else None
    return Subscriber(1, f"{name}@by.example", f"{name}@by.example", "public", "", (), until, "s", NOW, owned)


def test_each_newsletter_counts_who_has_it_paused_ended_or_waits() -> None:
    yes = [said(ConsentKind.CONFIRMED, "a", "b")]
    people = [
        (person("ada", "a", "b"), yes),
        (person("bo", "a", ended=["b"], paused=3), yes),
        (person("cia", ended=["a"]), yes),
        (person("dan", "a", paused=-3), yes),
    ]
    waits = Ticket("1" * 16, TicketKind.CONFIRM, "e", "e", choices("b", "old"), "", "s", "", NOW)
    found = grounds(["a", "b", "c"], people, [waits], NOW)
    assert found.newsletters == {
        "a": Figures(confirmed=3, paused=1, ended=1),
        "b": Figures(confirmed=1, ended=1, pending=1),
        "c": Figures(),
        "old": Figures(pending=1),
    }
    assert found.people == 3
    assert found.groundless == []


def test_sources_and_words_are_of_what_is_confirmed_now() -> None:
    people = [
        (person("ada", "a", "b"), [said(ConsentKind.CONFIRMED, "a", "b", text="t1")]),
        (person("bo", "a"), [said(ConsentKind.IMPORTED, "a", source="import lista.csv")]),
        (person("cia", ended=["a"]), [said(ConsentKind.CONFIRMED, "a", text="t1")]),
    ]
    found = grounds([], people, [], NOW)
    assert found.sources == {"form": 2, "import lista.csv": 1}
    assert found.texts == {"t1": 2, "": 1}


def test_who_is_confirmed_without_a_yes_is_named() -> None:
    people = [
        (person("ada", "a"), []),
        (person("bo", "a", "b"), [said(ConsentKind.CONFIRMED, "a")]),
        (person("cia", "a"), [said(ConsentKind.ASKED, "a"), said(ConsentKind.PAUSED, "a")]),
    ]
    found = grounds([], people, [], NOW)
    assert found.groundless == [("ada@by.example", "a"), ("bo@by.example", "b"), ("cia@by.example", "a")]


def test_the_newest_yes_is_the_ground_and_a_change_only_without_one() -> None:
    first = said(ConsentKind.CONFIRMED, "a", text="t1")
    second = said(ConsentKind.CONFIRMED, "a", days=2, text="t2")
    change = said(ConsentKind.CHANGED, "a", "b", days=3)
    assert ground_of("a", [first, second, change]) is second
    assert ground_of("b", [first, second, change]) is change
    assert ground_of("c", [first]) is None


def test_people_are_walked_through_once() -> None:
    def many() -> Iterator[tuple[Subscriber, list[Consent]]]:
        yield from ((person(f"p{n}", "a"), [said(ConsentKind.CONFIRMED, "a")]) for n in range(1000))

    assert grounds([], many(), iter(()), NOW).newsletters["a"].confirmed == 1000
