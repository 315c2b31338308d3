"""What an item about a call or an EU-funded project tells; other items are left alone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from comms.check.visibility import KRONOR_PER_EURO, POSTER_FROM_EURO
from comms.errors import Severity
from comms.model.item import SCAFFOLD, Item, ItemKind
from tests.unit.check.builder import call, codes, found, item_with, messages, project

WHOLE = replace(project(), support_sek=100_000, aim="En brygga som alla kan nå.")
TOLD = "Bygdelaget får EU-stöd."


def about(**changes: object) -> Item:
    """An item about a whole EU-funded project with some other facts."""
    return item_with(TOLD, project=replace(WHOLE, **changes))  # type: ignore[arg-type]  # tests name real fields


# What a call tells


def test_a_fact_that_a_call_lacks_is_an_error_and_has_no_exceptions() -> None:
    item = item_with(
        '<!-- comms: ok V601 "kommer senare" -->\n\nSök i Sunne.', kind=ItemKind.CALL, call=call(who="")
    )
    (problem,) = found(item, "V601")
    assert (str(problem.message), problem.severity) == (
        "Utlysningen säger inte vem som kan söka.",
        Severity.ERROR,
    )
    assert "C593" in codes(item)


@pytest.mark.parametrize("sign", [" , ", "-", "–", "?", "..."])
def test_a_sign_is_no_answer_to_who_may_apply_or_what_for(sign: str) -> None:
    silent = replace(call(who=sign), objective=sign)
    assert messages(item_with("Sök i Sunne.", kind=ItemKind.CALL, call=silent), "V601") == [
        "Utlysningen säger inte vad pengarna är till för.",
        "Utlysningen säger inte vem som kan söka.",
    ]


def test_a_total_of_nothing_is_no_total() -> None:
    item = item_with("Sök i Sunne.", kind=ItemKind.CALL, call=call(total=0))
    assert messages(item, "V601") == ["Utlysningen säger inte hur mycket pengar som finns."]


def test_a_text_that_does_not_name_the_area_is_only_warned_about() -> None:
    (problem,) = found(item_with("Sök nu.", kind=ItemKind.CALL, call=call()), "V601")
    assert (str(problem.message), problem.severity) == (
        "Utlysningen säger inte vilket område den gäller.",
        Severity.WARNING,
    )


@pytest.mark.parametrize(
    "body", ["Sök i Sunne.", "Sök i de sju kommunerna.", "Sök i hela leaderområdet.", "Alla kommuner är med."]
)
def test_an_area_may_be_named_in_many_ways(body: str) -> None:
    assert found(item_with(body, kind=ItemKind.CALL, call=call()), "V601") == []


def test_a_call_in_another_language_is_not_read_for_the_area() -> None:
    item = item_with("Apply now.", kind=ItemKind.CALL, call=call(), language="en")
    assert found(item, "V601") == []


def test_a_call_that_is_not_written_yet_is_not_read() -> None:
    assert codes(item_with(SCAFFOLD, kind=ItemKind.CALL)) == ["C521"]


@pytest.mark.parametrize("kind", [kind for kind in ItemKind if kind is not ItemKind.CALL])
def test_news_that_only_mention_a_call_are_left_alone(kind: ItemKind) -> None:
    assert found(item_with("Utlysningen öppnar snart.", kind=kind), "V601") == []


# What an EU-funded project tells


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"applicant": ""}, "Projektet säger inte vem som driver det."),
        ({"support_sek": None}, "Projektet säger inte hur stort stödet är."),
        ({"period": ""}, "Projektet säger inte när det pågår."),
    ],
)
def test_a_fact_that_an_eu_funded_project_lacks_is_a_warning(
    changes: dict[str, object], message: str
) -> None:
    (problem,) = found(about(**changes), "V603")
    assert (str(problem.message), problem.severity) == (message, Severity.WARNING)


def test_an_aim_that_is_not_filled_in_is_a_notice_for_the_text_may_tell_it() -> None:
    (problem,) = found(about(aim=""), "V603")
    assert (str(problem.message), problem.severity) == (
        "Projektet säger inte vilket mål det har.",
        Severity.NOTICE,
    )


def test_an_eu_funded_project_with_all_its_facts_is_left_alone() -> None:
    assert codes(about()) == []


def test_a_project_without_eu_money_is_left_alone() -> None:
    bare = replace(project(eu_funded=False), applicant="", support_sek=900_000, period="")
    assert codes(item_with("Bygdelaget får stöd.", project=bare)) == []


def test_an_item_that_only_mentions_the_eu_is_left_alone() -> None:
    assert codes(item_with("EU har beslutat om nya regler för stöd till bygden.")) == []


def test_the_eu_may_be_named_in_many_ways() -> None:
    for body in (
        "Det får EU:s stöd.",
        "Europeiska unionen betalar.",
        "Jordbruksfonden är Europeiska unionens.",
    ):
        assert found(item_with(body, project=WHOLE), "V602") == []


# The poster

THRESHOLD = POSTER_FROM_EURO * KRONOR_PER_EURO


def test_a_project_above_the_threshold_is_reminded_of_its_poster() -> None:
    (problem,) = found(about(support_sek=THRESHOLD + 1), "V604")
    assert str(problem.message) == "Projektet ”Bryggan” ska ha en affisch om EU-stödet."
    assert str(problem.hint).startswith("Påminn Bygdelaget: minst A3")
    assert problem.severity is Severity.NOTICE


def test_a_poster_that_is_not_up_yet_is_reminded_of() -> None:
    assert len(found(about(support_sek=THRESHOLD + 1, poster=False), "V604")) == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"support_sek": THRESHOLD + 1, "poster": True},
        {"support_sek": THRESHOLD},
        {"support_sek": None},
        {"support_sek": 900_000, "eu_funded": False},
    ],
)
def test_nobody_is_reminded_without_need(changes: dict[str, object]) -> None:
    assert found(about(**changes), "V604") == []
