"""`comms suppress`: a no to one newsletter, and what an officer may take back."""

from __future__ import annotations

import io
from datetime import UTC, datetime

import pytest

from comms.model.subscriber import NoKind
from comms.store import open_store
from tests.journey.workspaces import DAY_BEFORE, Answer, Office

WHO = "kansli@arvika.example"
WHY = ("--reason", "Bad om det.")


def test_a_no_to_one_newsletter_says_which(office: Office) -> None:
    assert office.comms("suppress", WHO, *WHY, "--newsletter", "brevet", now=DAY_BEFORE) == Answer(
        0, f"{WHO} är spärrad för brevet. Det gäller också utskick som pågår.\n", ""
    )


def test_a_newsletter_that_is_not_there_is_refused(office: Office) -> None:
    answer = office.comms("suppress", WHO, *WHY, "--newsletter", "julbrevet", now=DAY_BEFORE)
    assert (answer.code, answer.out) == (2, "")
    assert answer.err.startswith("Nyhetsbrevet ”julbrevet” finns inte. Välj bland: ")


def test_a_no_of_the_offices_is_taken_back_and_told(office: Office) -> None:
    office.comms("suppress", WHO, *WHY, now=DAY_BEFORE)
    lifted = office.comms("suppress", WHO, "--lift", "--reason", "Ångrade sig.", "--yes", now=DAY_BEFORE)
    assert lifted == Answer(
        0,
        "Spärrad sedan 2026-11-30, alla nyhetsbrev (kontoret): Bad om det.\n"
        f"{WHO} är inte spärrad av kontoret längre.\n",
        "",
    )
    again = office.comms("suppress", WHO, "--lift", "--reason", "Ångrade sig.", "--yes", now=DAY_BEFORE)
    assert again == Answer(2, "", f"{WHO} är inte spärrad.\n")


def test_a_persons_own_no_is_not_the_offices_to_take_back(office: Office) -> None:
    office.comms("plan", now=DAY_BEFORE)
    store = open_store(f"sqlite:///{office.database}")
    store.suppress(WHO, "Avslutade själv (mejl)", datetime(2026, 11, 30, tzinfo=UTC), kind=NoKind.OWN)
    store.close()
    answer = office.comms("suppress", WHO, "--lift", *WHY, "--yes", now=DAY_BEFORE)
    assert answer == Answer(
        2, "", f"{WHO} har själv sagt nej, 2026-11-30. Det kan bara personen själv ta tillbaka.\n"
    )


def test_a_no_late_in_the_evening_is_told_by_the_offices_clock(office: Office) -> None:
    office.comms("plan", now=DAY_BEFORE)
    store = open_store(f"sqlite:///{office.database}")
    late = datetime(2026, 11, 29, 23, 30, tzinfo=UTC)
    store.suppress(WHO, "Studsar.", late, kind=NoKind.BOUNCE)
    store.suppress("bo@privat.example", "Avslutade själv (mejl)", late, kind=NoKind.OWN)
    store.close()
    lifted = office.comms("suppress", WHO, "--lift", *WHY, "--yes", now=DAY_BEFORE)
    assert lifted.out.startswith("Spärrad sedan 2026-11-30, alla nyhetsbrev (breven kom inte fram): Studsar.")
    own = office.comms("suppress", "bo@privat.example", "--lift", *WHY, "--yes", now=DAY_BEFORE)
    assert own.err.startswith("bo@privat.example har själv sagt nej, 2026-11-30.")


@pytest.mark.parametrize(("answer", "stands"), [("n", True), ("", True), ("ja", False)])
def test_an_officer_is_asked_first(
    office: Office, monkeypatch: pytest.MonkeyPatch, answer: str, stands: bool
) -> None:
    office.comms("suppress", WHO, *WHY, now=DAY_BEFORE)
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{answer}\n"))
    asked = office.comms("suppress", WHO, "--lift", *WHY, now=DAY_BEFORE)
    assert asked.code == 0
    assert "Bara kontorets ord står bakom det, inte personens." in asked.out
    store = open_store(f"sqlite:///{office.database}")
    assert bool(store.facts().suppressed) == stands
    store.close()
