"""Rules about people: named alike, told of alike, invited so that all can come. All people invented."""

from __future__ import annotations

import pytest

from comms.check.engine import check_issue
from comms.model.item import Angle, ItemKind, Person, Placement
from tests.unit.check.builder import (
    BODY_LINE,
    CONTEXT,
    codes,
    event,
    found,
    item_with,
    messages,
    people,
    person,
    photo,
)


def test_the_first_mention_needs_the_whole_name() -> None:
    item = item_with("I dag säger Karin ja. Sedan svarar Karin Ek nej.", people=people("Karin Ek"))

    problem = found(item, "S120")[0]
    assert (problem.location.line, problem.location.column) == (BODY_LINE, 13)
    assert str(problem.hint) == "Skriv ”Karin Ek” första gången."


def test_a_whole_name_first_is_enough() -> None:
    item = item_with("Karin Ek bygger. Karins brygga är klar.", people=people("Karin Ek"))

    assert found(item, "S120") == []


def test_a_name_that_two_people_share_says_nothing_alone() -> None:
    item = item_with("Familjen Ek bygger.", people=people("Karin Ek", "Ola Ek"))

    assert found(item, "S120") == []


def test_everyone_is_named_in_the_same_way() -> None:
    unequal = "Karin Ek och Ola Berg bygger. Karin mäter. Berg sågar."
    equal = "Karin Ek och Ola Berg bygger. Karin mäter. Ola sågar."
    both = people("Karin Ek", "Ola Berg")

    assert messages(item_with(unequal, people=both), "S121") == ["Texten säger ”Berg” men ”Karin”."]
    assert messages(item_with(equal, people=both), "S121") == []


def test_family_facts_are_for_all_or_none() -> None:
    both = people("Karin Ek", "Ola Berg")
    one = item_with("Karin Ek, trebarnsmamma, och Ola Berg bygger.", people=both)
    all_of_them = item_with("Trebarnsmamman Karin Ek och småbarnspappan Ola Berg bygger.", people=both)

    assert messages(one, "S122") == ["Texten berättar ”trebarnsmamma” om en av personerna."]
    assert messages(all_of_them, "S122") == []


def test_a_family_fact_about_the_only_person_is_asked_about() -> None:
    item = item_with("Karin Ek är gift med en snickare.", people=people("Karin Ek"))

    assert messages(item, "S122") == ["Texten berättar ”gift med” om en person."]


def test_ages_are_for_all_or_none() -> None:
    both = people("Karin Ek", "Ola Berg")

    assert len(found(item_with("Karin Ek, 42 år, och Ola Berg bygger.", people=both), "S122")) == 1
    assert found(item_with("Karin Ek, 42 år, och Ola Berg, 51 år, bygger.", people=both), "S122") == []
    assert found(item_with("Föreningen har funnits i 42 år.", people=both), "S122") == []


def test_an_invitation_tells_of_access() -> None:
    silent = item_with(kind=ItemKind.INVITATION, event=event("2026-12-01T18:00", access=""))
    telling = item_with(kind=ItemKind.INVITATION, event=event("2026-12-01T18:00"))

    assert [problem.location.line for problem in found(silent, "S125")] == [7]
    assert found(telling, "S125") == []
    assert len(found(item_with(kind=ItemKind.INVITATION), "S125")) == 1


@pytest.mark.parametrize(
    ("ola", "expected"),
    [
        ({}, ["Uppgiften ”familj” finns om Karin Ek men inte om Ola Berg."]),
        ({"ort": "Eda"}, ["”familj” finns om Karin", "”ort” finns om Ola"]),
        ({"Familj": "två barn"}, []),
    ],
)
def test_facts_in_the_front_matter_are_for_all_or_none(ola: dict[str, str], expected: list[str]) -> None:
    karin = person("Karin Ek", facts={"familj": "tre barn"})
    item = item_with(people=(karin, person("Ola Berg", facts=ola)))

    told = messages(item, "S122")

    assert len(told) == len(expected)
    assert all(part in message for part, message in zip(expected, told, strict=True))


def test_facts_of_the_only_person_are_compared_with_nobody() -> None:
    assert messages(item_with(people=(person("Karin Ek", facts={"familj": "tre barn"}),)), "S122") == []


def test_a_childs_age_asks_nothing_of_the_others() -> None:
    child = person("Ella Ek", facts={"age": "12 år"})
    adult = person("Karin Ek", facts={"age": "42"})

    assert messages(item_with(people=(child, person("Ola Berg"))), "S122") == []
    assert len(messages(item_with(people=(adult, person("Ola Berg"))), "S122")) == 1


# Invitations


def test_an_invitation_that_speaks_of_the_door_alone_is_noticed() -> None:
    item = item_with(event=event("2026-12-01T18:00", access="Ingång utan trappsteg."))

    assert messages(item, "S126") == [
        "Inbjudan säger inget om mat, hörslinga, resväg eller att vara med på nätet."
    ]
    assert found(item, "S125") == []


@pytest.mark.parametrize(
    ("access", "body"),
    [
        ("Ramp och hörslinga.", "Välkommen."),
        ("Ramp.", "Säg till om du äter annan kost."),
        ("Ramp.", "Bussen stannar utanför."),
        ("Ramp.", "Du kan följa mötet på webben."),
        ("", "Välkommen."),
    ],
    ids=["hearing", "food", "way", "afar", "said by S125"],
)
def test_an_invitation_that_says_more_is_left_alone(access: str, body: str) -> None:
    assert found(item_with(body, event=event("2026-12-01T18:00", access=access)), "S126") == []


def test_an_item_without_an_event_is_not_asked_for_food() -> None:
    assert found(item_with("Vi ses."), "S126") == []


# Speakers


def speakers(*genders: str) -> tuple[Person, ...]:
    """People on stage with the gender that each has told, "" for who has not."""
    return tuple(
        person(f"Talare{number} Ek", speaker=True, gender=gender) for number, gender in enumerate(genders)
    )


@pytest.mark.parametrize(
    "genders",
    [
        ("man", "man", "man"),
        ("kvinna", "Kvinna", "kvinna"),
        ("man", "man", "man", "kvinna"),
        ("man", "man", "man", "man", "kvinna"),
    ],
)
def test_speakers_who_are_nearly_all_of_one_gender_are_noticed(genders: tuple[str, ...]) -> None:
    (message,) = messages(item_with(people=speakers(*genders)), "S127")

    assert "har angett samma kön" in message


@pytest.mark.parametrize(
    "genders",
    [
        ("man", "man"),
        ("man", "man", "kvinna"),
        ("man", "kvinna", "icke-binär"),
        ("man", "man", "man", "kvinna", "kvinna"),
        ("man", "man", "man", ""),
        ("", "", "", ""),
    ],
    ids=["two", "as even as three get", "three genders", "40/60", "one has not said", "nobody has said"],
)
def test_speakers_who_are_mixed_or_unknown_are_left_alone(genders: tuple[str, ...]) -> None:
    assert found(item_with(people=speakers(*genders)), "S127") == []


def test_people_who_are_not_on_stage_are_not_counted_as_speakers() -> None:
    audience = tuple(person(f"Gäst{number} Ek", gender="man") for number in range(4))

    assert found(item_with(people=audience), "S127") == []


# Forms


@pytest.mark.parametrize(
    "text", ["Kön: man/kvinna", "Fyll i kön: kvinna eller man.", "Namn, kön: Man, kvinna och ort."]
)
def test_a_question_of_gender_with_two_answers_is_found(text: str) -> None:
    assert len(found(item_with(text), "S128")) == 1


@pytest.mark.parametrize(
    "text",
    [
        "Kön: man/kvinna/annat",
        "Kön: kvinna, man, icke-binär eller vill inte svara.",
        "Kön: kvinna eller man eller något annat.",
        "Andelen av varje kön: kvinnor 52 procent, män 48 procent.",
        "Bland deltagarna finns både män och kvinnor.",
        "I enkäten från 1998 stod ”kön: man/kvinna”.",
    ],
)
def test_a_question_that_leaves_room_is_left_alone(text: str) -> None:
    assert found(item_with(text), "S128") == []


# Gender is what people say


@pytest.mark.parametrize("names", [("Karin Ek", "Erik Ek"), ("Kim Ek", "Robin Ek")])
@pytest.mark.parametrize("pronouns", [("", ""), ("hon", "han")])
def test_a_name_or_pronoun_never_tells_a_gender(names: tuple[str, str], pronouns: tuple[str, str]) -> None:
    one, other = (
        person(name, pronoun=word, speaker=True) for name, word in zip(names, pronouns, strict=True)
    )
    third = person("Alva Ek", speaker=True)
    above = photo(
        one.name, angle=Angle.ABOVE, placement={one.name: Placement.BACK, third.name: Placement.FRONT}
    )
    level = photo(other.name)
    item = item_with(people=(one, other, third), pictures=(above, above, level, level))

    assert codes(item) == []
    assert check_issue("numret", [item], context=CONTEXT) == []
