"""Schyst rules: a hit and a non-hit each, and the words that must never be touched."""

from __future__ import annotations

from dataclasses import replace

import pytest

from comms.check.engine import check_issue
from comms.model.item import ItemKind, Person
from tests.unit.check.builder import (
    BODY_LINE,
    CONTEXT,
    event,
    found,
    item_with,
    messages,
    people,
    picture,
    project,
)

HITS = [
    ("S101", "Fråga en tjänsteman på kommunen.", "tjänsteman"),
    ("S101", "Vi mötte tjänstemännens chef.", "tjänstemännens"),
    ("S101", "Tjänstemän från Eda kom.", "Tjänstemän"),
    ("S101", "Mötet valde två justeringsmän.", "justeringsmän"),
    ("S101", "Hon fick tjänsteman-rollen.", "tjänsteman"),
    ("S101", "Vi frågar en tjänste\u00adman.", "tjänste\u00adman"),
    ("S102", "Lärarinnorna ledde kören.", "Lärarinnorna"),
    ("S103", "Vi ordnar en tjejkväll på fredag.", "tjejkväll"),
    ("S103", "Mässan är till för gemene man.", "gemene man"),
    ("S104", "Hon är kvinnlig företagare.", "kvinnlig företagare"),
    ("S105", "Efter en bensträckare fortsätter vi.", "bensträckare"),
    ("S106", "Ta med mamma och pappa.", "mamma och pappa"),
    ("S107", "Unga med invandrarbakgrund söker jobb.", "invandrarbakgrund"),
    ("S108", "Lokalen är handikappanpassad.", "handikappanpassad"),
    ("S109", "Laget är för båda könen.", "båda könen"),
    ("S111", "Varje deltagare tar med han/hon vill.", "han/hon"),
    ("S112", "Förr kallades de zigenare.", "zigenare"),
    ("S113", "Alla medborgare är välkomna.", "medborgare"),
    ("S114", "Mina damer och herrar, välkomna.", "Mina damer och herrar"),
]


@pytest.mark.parametrize(("code", "text", "words"), HITS)
def test_the_word_is_found_and_named(code: str, text: str, words: str) -> None:
    assert any(words in message for message in messages(item_with(text), code))


@pytest.mark.parametrize(
    "text",
    [
        "Lantmännen öppnar i Sunne.",
        "I dag berättar Lantmännen om sin plan.",
        "Norrmän och norrmannen Ola Norrman kommer.",
        "Riksdagens talman besöker Torsby.",
        "Diskrimineringsombudsmannen och barnombudsmannen svarar.",
        "Välkommen till spelmansstämman, säger vår riksspelman.",
        "Bergman, Åkerman och Wikman spelar.",
        "Vi har en gemensam plan för allmänheten i kommunen.",
        "Styrelsen har mandat och en manual.",
        "Det är en förmån, och förmåner är bra.",
        "Han köpte ett hemman och blev rallyman.",
        "Majorskan på Ekeby bodde nära Mårbacka.",
        "Möt upp vid Hallmans väg 3.",
        "Manliga och kvinnliga deltagare är lika många.",
        "Resan går till Lappland. Ta en papperslapp.",
        "Av dem som söker är 40 procent kvinnliga företagare.",
        "Frågan gäller svenska medborgare.",
        "Vår gode man och en brandman var där.",
        "En barnmorska och en manlig och en kvinnlig kollega.",
        "Fem kvinnliga och fyra manliga ledamöter valdes.",
        "Snögubben smälter i mars.",
        "Berättelsen heter ”En tjänstemans dagbok”.",
        "– Jag är tjänsteman sedan 1990, säger Anna Ek.",
        "Läs på https://kommun.example/tjänsteman i kväll.",
        "Skriv `tjänsteman` i rutan.",
        "Vi hälsar på hos Köpman i Rottneros.",
        "Kom till Sunne, där bor Ola Köpman.",
    ],
)
def test_names_quotations_and_innocent_words_are_left_alone(text: str) -> None:
    schyst = [f"S{number}" for number in range(101, 115)]

    assert [m for code in schyst for m in messages(item_with(text), code)] == []


def test_a_block_quotation_is_left_alone() -> None:
    assert found(item_with("> Förr fanns en tjänsteman i varje by."), "S101") == []


def test_names_in_the_front_matter_are_left_alone() -> None:
    item = item_with("Förman hälsar välkommen.", people=(Person("Karin Ek", "", "Förman", "", 4),))

    assert found(item, "S101") == []


def test_text_in_another_language_is_left_alone() -> None:
    assert found(item_with("En tjänsteman.", language="no"), "S101") == []


def test_the_alternatives_are_a_row_with_eller() -> None:
    problem = found(item_with("Fråga en tjänsteman."), "S101")[0]

    assert str(problem.message) == "Ordet ”tjänsteman” pekar ut ett kön."
    assert str(problem.hint) == "Skriv tjänsteperson, handläggare eller medarbetare."


def test_a_longer_phrase_wins_over_what_it_holds() -> None:
    assert messages(item_with("Mina damer och herrar!"), "S114") == [
        "”Mina damer och herrar” hälsar inte på alla."
    ]


def test_titles_leads_roles_posts_and_alt_texts_are_read_too() -> None:
    item = item_with(
        title="Ny talesman vald",
        summary="Vår talesman svarar.",
        people=(Person("Karin Ek", "talesman", "", "", 4),),
        pictures=(picture("En talesman vid en brygga."),),
    )

    assert [problem.location.line for problem in found(item, "S101")] == [2, 3, 4, 5]


def test_a_value_word_counts_only_near_a_person() -> None:
    near = item_with("Karin Ek är en gullig ledare.", people=people("Karin Ek"))
    far = item_with("Karin Ek leder. I hamnen ligger sedan i somras en liten och gullig båt.")

    assert messages(near, "S110") == ["Skulle ordet ”gullig” användas om vem som helst i samma roll?"]
    assert messages(far, "S110") == []


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


def test_an_issue_that_always_names_men_first_is_noticed() -> None:
    first = item_with("Män och kvinnor byggde.", slug="ett")
    second = item_with("Pojkar och flickor badade.", slug="två", path="content/items/två.md")

    problems = check_issue("decembernumret", [first, second], context=CONTEXT)

    assert [str(p.message) for p in problems] == ["I decembernumret står män före kvinnor alla 2 gånger."]
    assert str(problems[0].location) == "content/items/bryggan.md:10:1"


def test_an_issue_that_alternates_is_left_alone() -> None:
    first = item_with("Män och kvinnor byggde.")
    second = item_with("Flickor och pojkar badade.", path="content/items/två.md")

    assert check_issue("numret", [first, second], context=CONTEXT) == []
    assert check_issue("numret", [first], context=CONTEXT) == []
    assert check_issue("numret", [], context=CONTEXT) == []


def test_an_exempted_mention_does_not_trouble_the_issue() -> None:
    body = '<!-- comms: ok S123 "projektets namn" -->\nMän och kvinnor byggde. Män och kvinnor badade.'
    item = item_with(body)

    assert check_issue("numret", [item], context=CONTEXT) == []
    assert found(item, "C592") == []


def test_the_pronoun_man_is_noticed_when_it_is_frequent() -> None:
    often = "Man söker i mars. Sedan får man svar. Då kan man börja."
    noun = "En man söker. Mannen får svar. Den man som vill kan börja, och en ung man är med."

    assert messages(item_with(often), "S124") == [
        "Ordet ”man” står 3 gånger: läsaren får gissa vem som menas."
    ]
    assert messages(item_with(noun), "S124") == []


def test_an_invitation_tells_of_access() -> None:
    silent = item_with(kind=ItemKind.INVITATION, event=event("2026-12-01T18:00", access=""))
    telling = item_with(kind=ItemKind.INVITATION, event=event("2026-12-01T18:00"))

    assert [problem.location.line for problem in found(silent, "S125")] == [7]
    assert found(telling, "S125") == []
    assert len(found(item_with(kind=ItemKind.INVITATION), "S125")) == 1


def test_people_in_a_picture_have_said_yes() -> None:
    asked = picture(shown=["Karin Ek"], consent="muntligt 2026-11-02")

    assert len(found(item_with(pictures=(picture(shown=["Karin Ek"]),)), "S130")) == 1
    assert found(item_with(pictures=(asked, picture())), "S130") == []


def test_a_stock_picture_is_found() -> None:
    assert len(found(item_with(pictures=(picture(stock=True),)), "S131")) == 1
    assert found(item_with(pictures=(picture(),)), "S131") == []


def test_a_project_by_the_name_of_a_word_is_left_alone() -> None:
    named = replace(project(), name="Sista bensträckaren")

    assert found(item_with("Sista bensträckaren får stöd av EU.", project=named), "S105") == []
