"""What must stand around a term: each context with a sentence in which the word is meant and one not."""

from __future__ import annotations

import pytest

from comms.check.contexts import CONTEXTS, is_meant
from comms.check.lexicon import Lexicon
from comms.check.reading import read_item
from comms.model.term import Term, When, WordSource
from tests.unit.check.builder import CONTEXT, item_with, people

OWN = WordSource("egen", "Vårt eget val", "")

MEANT = [
    (When.PERSON, "pondus", "Karin Ek talar med pondus."),
    (When.PERSON, "pondus", "Han har stor pondus."),
    (When.DESCRIBES, "söt", "Hon är söt."),
    (When.DESCRIBES, "söt", "Karin Ek är både söt och glad."),
    (When.DESCRIBES, "söta", "Den söta Karin öppnar dörren."),
    (When.DESCRIBES, "söt", "En söt liten flicka öppnar dörren."),
    (When.DESCRIBES, "mäktig", "Hon kallas en mäktig ledare."),
    (When.HAS, "funktionshinder", "Leden är öppen för barn med funktionshinder."),
    (When.HAS, "funktionshinder", "Hon har ett dolt funktionshinder."),
    (When.LABEL, "cp", "Pojken är cp."),
    (When.LABEL, "cp", "De kallar honom för en cp."),
    (When.PEOPLE, "lapparna", "Här möttes svenskarna, lapparna och finnarna."),
    (When.PEOPLE, "lapparna", "Lapparna och finnarna bytte varor."),
    (When.PEOPLE, "lapp", "En lapp drev renarna över fjället."),
    (When.SPOUSE, "make", "Ta med din make."),
    (When.SPOUSE, "maka", "Varje medlem får ta med sin maka."),
    (When.TEACHER, "fröken", "Vår fröken sjunger."),
    (When.TEACHER, "fröken", "Klassen älskade sin lärare, en fröken från Eda."),
    (When.DIAGNOSIS, "lider av", "Han lider av svår reumatism."),
    (When.DIAGNOSIS, "lider av", "Hon lider av en ovanlig hjärtsjukdom."),
    (When.LONG_AGO, "nyanländ", "Hon kallas nyanländ efter åtta år i Sunne."),
    (When.LONG_AGO, "nyanländ", "En nyanländ som har bott här sedan 2015."),
    (When.LAW, "jämlikt", "Stödet ges jämlikt 4 §."),
    (When.LAW, "jämlikt", "Beslutet togs jämlikt kommunallagen."),
    (When.NOT_LAW, "medborgare", "Alla medborgare är välkomna."),
    (When.NOT_STATISTICS, "båda könen", "Laget är öppet för båda könen."),
    (When.NOT_ORGANISATION, "hbt", "En dag om hbt."),
    (When.NOT_GOLF, "handikapp", "Ett handikapp är inget hinder här."),
    (When.NOT_SPORT, "indianer", "På museet finns en tavla av indianer."),
]
NOT_MEANT = [
    (When.PERSON, "pondus", "Berget reser sig med pondus över sjön."),
    (When.DESCRIBES, "söt", "Hon har en söt valp."),
    (When.DESCRIBES, "söt", "Karin Ek tycker att valpen är söt."),
    (When.DESCRIBES, "söt", "Sylten är söt, säger hon."),
    (When.DESCRIBES, "söta", "Hon bakar söta bullar."),
    (When.HAS, "funktionshinder", "Trösklar är ett slags funktionshinder i husen."),
    (When.LABEL, "cp", "Hon har cp."),
    (When.LABEL, "CP", "Värmland är en CP i nätverket."),
    (When.PEOPLE, "lapparna", "På lapparna skrev finnarna sina namn."),
    (When.PEOPLE, "lapp", "Skriv ditt namn på en lapp."),
    (When.SPOUSE, "make", "Gården drivs av hennes make."),
    (When.SPOUSE, "maka", "Vi mötte Eks maka."),
    (When.SPOUSE, "make", "Karin får ta med sin make."),
    (When.SPOUSE, "make", "Anna Berg kan ta med sin make."),
    (When.SPOUSE, "make", "Hon får ta med sin make."),
    (When.SPOUSE, "make", "En bonde kom med sin make."),
    (When.SPOUSE, "maka", "Ni får maka på bänkarna."),
    (When.SPOUSE, "maken", "Maken till snö har vi inte sett."),
    (When.TEACHER, "fröken", "Ring fröken Ur i skolan."),
    (When.TEACHER, "fröken", "En fröken i hatt syns på bilden."),
    (When.DIAGNOSIS, "lider av", "Bygden lider av dåliga bussar."),
    (When.LONG_AGO, "nyanländ", "En nyanländ familj hyr huset."),
    (When.LAW, "jämlikt", "Vi vill ha ett jämlikt Värmland."),
    (When.NOT_LAW, "medborgare", "Den som är medborgare i Norge behöver inget visum."),
    (When.NOT_LAW, "medborgare", "Som medborgare har du rösträtt."),
    (When.NOT_LAW, "medborgare", "Finska medborgare får söka."),
    (When.NOT_STATISTICS, "båda könen", "För båda könen är andelen 40 procent."),
    (When.NOT_ORGANISATION, "hbt", "Hon leder Föreningen för hbt."),
    (When.NOT_GOLF, "handikapp", "Golfbanan spelas med handikapp."),
    (When.NOT_SPORT, "indianerna", "Indianerna tog hem speedwayen."),
    (When.NOT_SPORT, "indianerna", "I Kumla tog Indianerna hem det med 46–44."),
]


def meant(when: When | None, word: str, text: str, rule: str = "S110") -> bool:
    """Whether a term with that word is meant in the text."""
    term = Term(word, (word.casefold(),), rule, ("annat",), OWN, when=when)
    reading = read_item(item_with(text, people=people("Karin Ek")), CONTEXT)
    hit = next(iter(Lexicon.of([term]).find(reading.words, reading.prose)))
    return is_meant(reading, hit)


@pytest.mark.parametrize(("when", "word", "text"), MEANT)
def test_the_word_is_meant(when: When, word: str, text: str) -> None:
    assert meant(when, word, text)


@pytest.mark.parametrize(("when", "word", "text"), NOT_MEANT)
def test_the_word_has_its_other_sense(when: When, word: str, text: str) -> None:
    assert not meant(when, word, text)


def test_every_context_has_a_sentence_of_each_kind() -> None:
    assert (
        {when for when, _word, _text in MEANT} == {when for when, _word, _text in NOT_MEANT} == set(CONTEXTS)
    )


def test_what_stands_in_the_next_sentence_or_passage_does_not_count() -> None:
    assert not meant(When.DIAGNOSIS, "lider av", "Vi vet vad bygden lider av. Autism är en annan sak.")
    assert not meant(When.PEOPLE, "lapp", "Ta en lapp. Renarna väntar.")
    assert not meant(When.SPOUSE, "make", "Det är hennes. Make it happen.")


@pytest.mark.parametrize(
    "text",
    [
        "Talesmannen valdes 1921.",
        "Talesmannen satt 1921–1932.",
        "På 1950-talet valdes talesmannen av byn.",
        "På femtiotalet var talesmannen viktig.",
        "Under medeltiden var talesmannen viktig.",
        "Talesmannen och pigan gifte sig.",
    ],
)
@pytest.mark.parametrize("rule", ["S101", "S102", "S106", "S116"])
def test_history_uses_its_own_titles_and_families(text: str, rule: str) -> None:
    assert not meant(None, "talesmannen", text, rule)
    assert meant(None, "talesmannen", text, "S112")


@pytest.mark.parametrize(
    "text",
    [
        "Talesmannen valdes 2021.",
        "Talesmannen valdes 1985.",
        "Sedan 1921 väljs talesmannen i mars.",
        "Talesmannen får 1500 kronor.",
        "Talesmannen får 1 700 kronor.",
        "Talesmannen och 1650 tjänstemän kom.",
        "Ett 50-tal hörde talesmannen.",
        "Talesmannen läste lagen (1949:381).",
        "Ring talesmannen på 0550-1921.",
        "Det var 1921. Talesmannen svarar i dag.",
    ],
)
def test_a_figure_that_is_no_year_of_old_lets_nothing_through(text: str) -> None:
    assert meant(None, "talesmannen", text, "S101")


@pytest.mark.parametrize(
    "text",
    ["Tattare är ett ord som försvann.", "Tattare var inget snällt ord.", "Förr skrevs ordet tattare."],
)
def test_a_word_that_is_talked_about_is_not_used(text: str) -> None:
    assert not meant(None, "tattare", text, "S112")


def test_a_word_in_a_sentence_with_other_words_is_used() -> None:
    assert meant(None, "tattare", "Tattare är ett folk.", "S112")
    assert meant(None, "tattare", "Förr kallades de tattare.", "S112")
