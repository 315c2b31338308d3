"""Plain Swedish: a hit and a non-hit for each rule."""

from __future__ import annotations

import pytest

from tests.unit.check.builder import BODY_LINE, found, item_with, messages

HARD = (
    "Landsbygdsutvecklingens finansieringsförutsättningar kompliceras fortfarande betydligt beroende "
    "på medfinansieringskraven från kommunförvaltningarna och myndigheterna. "
) * 10
EASY = "Nu kan ni söka pengar till en brygga. Vi hjälper er att fylla i. Ring oss så ses vi. " * 8


def test_a_hard_text_is_told_its_lix_and_its_longest_words() -> None:
    problem = found(item_with(HARD), "P201")[0]

    assert "mycket svår att läsa: lix " in str(problem.message)
    assert "finansieringsförutsättningar" in str(problem.hint)
    assert problem.location.line == BODY_LINE


def test_an_easy_text_and_a_short_one_have_no_lix_problem() -> None:
    assert found(item_with(EASY), "P201") == []
    assert found(item_with(HARD[:500]), "P201") == []


def test_headings_are_no_part_of_lix() -> None:
    headings = "\n\n".join("## Landsbygdsutvecklingens finansieringsförutsättningar" for _ in range(40))

    assert found(item_with(f"{EASY}\n\n{headings}"), "P201") == []


def test_a_long_sentence_is_found_where_it_begins() -> None:
    long = "Vi " + "går och " * 13 + "ser på bryggan."
    problem = found(item_with(f"Kom hit. {long}"), "P202")[0]

    assert str(problem.message) == "Meningen har 30 ord."
    assert (problem.location.line, problem.location.column) == (BODY_LINE, 10)


def test_a_very_long_sentence_is_told_off_more() -> None:
    long = "Vi " + "går och " * 18 + "ser på bryggan."

    assert messages(item_with(long), "P202") == ["Meningen har 40 ord: läsaren tappar tråden."]
    assert messages(item_with("Vi går till bryggan kl. 9. Den är klar."), "P202") == []


def test_sentences_that_are_long_throughout_are_noticed_once() -> None:
    sentence = "Vi " + "går och " * 9 + "ser. "

    assert messages(item_with(sentence * 5), "P203") == ["Meningarna är långa: 20 ord i snitt."]
    assert messages(item_with(EASY), "P203") == []


@pytest.mark.parametrize(
    "text", ["En ny led föreslås inrättas i vår.", "Medlen bör användas, och de planeras att fördelas i vår."]
)
def test_two_passives_in_a_row_are_found(text: str) -> None:
    assert len(found(item_with(text), "P204")) == 1


@pytest.mark.parametrize(
    "text",
    [
        "En ny led öppnas i vår.",
        "Vi hoppas att de trivs och att det finns plats.",
        "Bryggorna tas in, målas och läggs upp.",
        "Föreningarnas och flickornas mötesplats öppnas.",
        "Vi träffas på lördags och söndags.",
    ],
)
def test_one_passive_deponents_and_genitives_are_fine(text: str) -> None:
    assert messages(item_with(text), "P204") == []


def test_verbs_hidden_in_nouns_are_found() -> None:
    assert messages(item_with("Vi genomför en kartläggning av bryggor."), "P205") == [
        "”genomför en kartläggning” gömmer verbet i ett substantiv."
    ]
    assert len(found(item_with("Bryggan är i behov av färg."), "P205")) == 1
    assert found(item_with("Vi genomför en utbildning och gör en tidning."), "P205") == []


@pytest.mark.parametrize(
    "text", ["Ni erhåller stödet i mars.", "Stöd skall sökas.", "Ansökan inkommer med post."]
)
def test_bureaucratic_words_are_found(text: str) -> None:
    assert len(found(item_with(text), "P206")) == 1


def test_a_company_is_no_bureaucratic_word() -> None:
    text = "Företag och icke-kommersiella grupper bereder ärenden. Mottagaren är erfaren."

    assert messages(item_with(text), "P206") == []


def test_an_abbreviation_is_found_once_with_its_words() -> None:
    problems = found(item_with("Nu möts LAG. Sedan beslutar LAG."), "P207")

    assert [str(problem.message) for problem in problems] == ["Förkortningen ”LAG” är inte förklarad."]
    assert str(problems[0].hint) == "Skriv ”den lokala aktionsgruppen (LAG)” första gången."
    assert problems[0].location.column == 9


@pytest.mark.parametrize(
    "text",
    [
        "Den lokala aktionsgruppen (LAG) möts. LAG beslutar.",
        "Vår LAG (lokal aktionsgrupp) möts.",
        "Stödet kommer från EU.",
        "EU-stödet visas på TV.",
        "Kung Karl XIV var här.",
        "Ring Leader 7-sam Värmland.",
        "VÄLKOMNA TILL ÅRETS FEST",
    ],
)
def test_explained_and_common_abbreviations_are_fine(text: str) -> None:
    assert messages(item_with(text), "P207") == []


def test_an_unknown_abbreviation_asks_for_its_words() -> None:
    assert "Skriv ut orden" in str(found(item_with("Nu kommer XYZ-stödet."), "P207")[0].hint)


@pytest.mark.parametrize("text", ["här", "Läs mer", "Klicka här!", "läs mer här"])
def test_a_link_that_says_nothing_is_found(text: str) -> None:
    item = item_with(f"Du kan [{text}](https://leder.example/) i dag.")

    assert [f"Länktexten ”{text}” säger inte vart länken leder."] == messages(item, "P208")


def test_a_link_that_says_where_it_goes_is_fine() -> None:
    assert found(item_with("[Läs mer om bryggan](https://leder.example/)"), "P208") == []


def test_du_with_a_capital_inside_a_sentence_is_found() -> None:
    problem = found(item_with("Nu kan Du söka."), "P210")[0]

    assert (str(problem.message), problem.location.column) == ("”Du” har stor bokstav mitt i meningen.", 8)


def test_du_that_begins_a_sentence_is_fine() -> None:
    assert (
        found(item_with("Du kan söka. Ni också. Fråga: Ni når oss. Hälsa på Ni Nguyen.\n\n- Er plan"), "P210")
        == []
    )


def test_more_than_one_exclamation_mark_is_found() -> None:
    assert messages(item_with("Kom! Det blir kul!"), "P211") == ["Texten har 2 utropstecken."]
    assert messages(item_with("Kom!!!"), "P211") == ["Texten har 3 utropstecken."]
    assert messages(item_with("Kom! Det blir kul."), "P211") == []


def test_a_wall_of_text_is_found() -> None:
    assert messages(item_with("Vi bygger en brygga nu. " * 20), "P212") == ["Stycket har 100 ord."]
    assert messages(item_with("Vi bygger en brygga nu. " * 18), "P212") == []


def test_a_long_title_and_a_long_heading_are_found() -> None:
    assert messages(item_with(title="b" * 71), "P213") == ["Rubriken har 71 tecken."]
    assert messages(item_with(title="b" * 70), "P213") == []
    assert messages(item_with("## " + "b" * 61), "P214") == ["Rubriken har 61 tecken."]
    assert messages(item_with("## " + "b" * 60), "P214") == []
