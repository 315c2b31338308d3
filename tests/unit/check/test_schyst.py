"""Schyst rules: a hit and a non-hit each, and the words that must never be touched."""

from __future__ import annotations

from dataclasses import replace

import pytest

from comms.check.engine import check_issue
from comms.model.item import Person
from tests.unit.check.builder import (
    CONTEXT,
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
    ("S104", "Hon är kvinnlig it-chef.", "kvinnlig it-chef"),
    ("S104", "Den manlige och unga? Nej, en manlig ung lärare.", "manlig ung lärare"),
    ("S111", "Den sökande (han/hon) skriver under.", "han/hon"),
    ("S108", "Skolan tar emot CP-barn.", "CP-barn"),
    ("S101", "Talesmannen Karin Ek svarar.", "Talesmannen"),
    ("S112", "Zigenarflickan sjöng i Sunne.", "Zigenarflickan"),
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
        "Boken *Lärarinnan i Fryksände* går att låna.",
        "Stödet ges enligt lagen (1993:387) om stöd och service till vissa funktionshindrade.",
        "Ola Köpman driver affären. Köpman är den tredje i släkten.",
        "Fackman säger att taket är klart.",
        "HANDLA HOS KÖPMAN I ROTTNEROS",
        "Hon kallas ’tjänsteman’ i boken.",
        "Den kvinnliga rösträtten fyller hundra år.",
        "Vi har både kvinnliga chefer och manliga chefer.",
        "Hälften av dem är kvinnliga företagare.",
        "Möt nätverket Kvinnliga Företagare på torget.",
        "Zigenarvägen i Karlstad har bytt namn.",
        "Zigenarbaronen är en operett.",
        "Tjänstemännens Centralorganisation (TCO) kommer.",
        "Tjänstemannaförbundet Vision kommer.",
        "Invandrarverket hette myndigheten.",
        "Indianerna BK har bytt tränare.",
        "Karin Ek (hon/hen) svarar.",
        "Karin Ek, pronomen: hon/hen, svarar.",
    ],
)
def test_names_quotations_and_innocent_words_are_left_alone(text: str) -> None:
    schyst = [f"S{number}" for number in range(101, 115)]

    assert [m for code in schyst for m in messages(item_with(text), code)] == []


def test_a_sentence_in_italics_is_no_title() -> None:
    assert len(found(item_with("*Alla tjänstemän är välkomna*"), "S101")) == 1
    assert len(found(item_with("Kom. *Alla tjänstemän är välkomna.*"), "S101")) == 1
    assert len(found(item_with("Vi söker *tjänstemän* nu."), "S101")) == 1


def test_what_follows_the_title_of_a_law_is_read_again() -> None:
    body = "Lagen om stöd till funktionshindrade gäller handikappade."

    assert messages(item_with(body), "S108") == ["”handikappade” beskriver personen som ett hinder."]


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


def test_an_issue_that_always_names_men_first_is_noticed() -> None:
    first = item_with("Män och kvinnor byggde.", slug="ett")
    second = item_with("Pojkar och flickor badade.", slug="två", path="content/items/två.md")

    problems = check_issue("decembernumret", [first, second], context=CONTEXT)

    assert [str(p.message) for p in problems] == [
        "I decembernumret står männen först alla 2 gånger: ”män och kvinnor”, ”pojkar och flickor”."
    ]
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


def test_a_project_by_the_name_of_a_word_is_left_alone() -> None:
    named = replace(project(), name="Sista bensträckaren")

    assert found(item_with("Sista bensträckaren får stöd av EU.", project=named), "S105") == []


ANYBODY = [
    ("Den som söker stöd ska skriva vad han vill.", "han"),
    ("Varje medlem har med sig sin lunch i hans väska.", "hans"),
    ("En projektledare ska veta vem som betalar henne.", "henne"),
    ("Den sökande skriver under. Hon får svar i mars.", "Hon"),
    ("En företagare i Sunne ska få svar när han ringer.", "han"),
    ("Företagaren söker själv, och han måste skicka in en budget.", "han"),
    ("Lantbrukaren får stöd om hon kan visa kvitton.", "hon"),
]


@pytest.mark.parametrize(("text", "word"), ANYBODY)
def test_a_pronoun_of_one_gender_for_anybody_is_found(text: str, word: str) -> None:
    assert messages(item_with(text), "S115") == [
        f"”{word}” syftar på vem som helst, men nämner bara ett kön."
    ]


@pytest.mark.parametrize(
    "text",
    [
        "Den som söker får besked när hen har svarat.",
        "Den som söker får veta om hon eller han får stöd.",
        "Den som söker fyller i hans/hennes namn.",
        "En företagare i Torsby berättar att han började i en lada.",
        "Den som ringer Ola Berg får veta vad han tycker.",
        "En man som söker ska skriva vad han vill.",
        "Kungen kommer. Den som vill får se när han klipper bandet.",
        "Varje hund ska vara kopplad när han är på leden.",
        "En brygga ska hålla. Han som byggde den vet hur.",
        "Den som vill träffa Hans får vänta. Hans Ek kommer i mars.",
        "– Den som söker ska få vad han vill, säger Karin Ek.",
        "Företagaren söker själv, och han eller hon måste skicka in en budget.",
        "Företagaren berättar att han måste bygga om.",
        "Lantbrukaren är trött, och nu måste han stängsla.",
        "Vi möter Ola Berg i Eda. Företagaren är nöjd, och han kan svara på frågor.",
        "Ola Berg berättar om gården.\n\nLantbrukaren är nöjd, och han ska bygga ut.",
        "Lantbrukaren i filmen är trött, och han måste flytta.",
        "Företagaren ritade huset, och han ska bygga det.",
        "Företagaren bor i Arvika, och hon kan visa sin verkstad.",
        "Talaren är känd från tv, och han ska tala om bin.",
        "Muren lutar, och han måste riva den.",
        "Den som söker får svar.\n\nHan som svarar heter Ola.",
    ],
)
def test_a_pronoun_for_somebody_is_left_alone(text: str) -> None:
    assert messages(item_with(text), "S115") == []


def test_a_person_in_the_front_matter_is_somebody() -> None:
    item = item_with("Den som ringer Karin får veta vad hon vill.", people=people("Karin Ek"))

    assert found(item, "S115") == []


def test_age_and_situation_are_found_with_their_own_weight() -> None:
    problems = found(item_with("Tolv åldringar flyttade från ålderdomshemmet."), "S116")

    assert [(str(p.severity), str(p.message).split("”")[1]) for p in problems] == [
        ("warning", "åldringar"),
        ("notice", "ålderdomshemmet"),
    ]


def test_a_title_before_somebodys_full_name_is_only_a_notice() -> None:
    named = found(item_with("Sångerskan Anna Berg kommer."), "S102")
    other = found(item_with("Sångerskan kommer."), "S102")

    assert [str(problem.severity) for problem in (*named, *other)] == ["notice", "warning"]


def test_the_pastry_and_the_person_have_each_their_own_advice() -> None:
    hints = [str(p.hint) for p in found(item_with("Negrer åt inga negerbollar."), "S112")]

    assert hints == ["Skriv svart person eller svarta personer.", "Skriv chokladboll."]


def test_an_issue_that_always_names_women_first_is_told_which_pairs() -> None:
    item = item_with("Tjejer och killar badade. Kvinnor och män byggde. Kvinnor och män sålde.")

    problems = check_issue("numret", [item], context=CONTEXT)

    assert [str(p.message) for p in problems] == [
        "I numret står kvinnorna först alla 3 gånger: ”tjejer och killar”, ”kvinnor och män”."
    ]
