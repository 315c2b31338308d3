"""Plain Swedish: a hit and a non-hit for each rule; the corpus has more."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comms.check.context import CheckContext
from comms.check.engine import check_item
from comms.check.readability import heaviest, limits_of
from comms.check.reading import read_item, read_notes
from comms.errors import Severity
from comms.model.audience import Audience, Audiences, Limits
from comms.model.document import Document
from comms.model.issue import IssueNotes
from comms.model.strategy import Strategy
from tests.unit.check.builder import BODY_LINE, CONTEXT, STRATEGY, found, item_with, messages, post

HARD = (
    "Landsbygdsutvecklingens finansieringsförutsättningar kompliceras fortfarande betydligt beroende "
    "på medfinansieringskraven från kommunförvaltningarna och myndigheterna. "
) * 10
HARD_PARTS = [
    *"LAG (LAG) LAG:s Du Ni ! ej skall gällande föreslås inrättas bli byggd gör en bedömning sker i".split(),
    *"syfte att värdegrund synlighet mervärde robust ” – 1. ## - [här](https://a.example) | > *".split(),
    *("\u00ad", "\u00a0", "\n\n", "\n"),
]
EASY = "Nu kan ni söka pengar till en brygga. Vi hjälper er att fylla i. Ring oss så ses vi. " * 8


def with_limits(**limits: Limits) -> CheckContext:
    """The context in which audiences have these limits."""
    audiences = {slug: Audience(slug, slug, "", one) for slug, one in limits.items()}
    return replace(CONTEXT, audiences=Audiences(audiences, {}, ()))


def with_strategy(vision: str) -> CheckContext:
    """The context in which the strategy has another vision."""
    strategy: Strategy = replace(STRATEGY, vision=vision)
    return replace(CONTEXT, strategy=strategy)


def test_a_hard_text_is_told_its_lix_and_the_words_that_drive_it_up() -> None:
    problem = found(item_with(HARD), "P201")[0]

    assert "mycket svår att läsa: lix " in str(problem.message)
    assert "önskat är högst 45" in str(problem.message)
    assert "finansieringsförutsättningar (10)" in str(problem.hint)
    assert problem.location.line == BODY_LINE


def test_a_text_a_little_over_the_limit_is_a_notice_and_one_far_over_a_warning() -> None:
    far = found(item_with(HARD), "P201", with_limits(public=Limits(lix=45)))
    near = found(item_with(EASY * 2), "P201", with_limits(public=Limits(lix=10)))

    assert [problem.severity for problem in (*far, *near)] == [Severity.WARNING, Severity.NOTICE]


def test_an_easy_text_and_a_short_one_have_no_lix_problem() -> None:
    assert found(item_with(EASY), "P201") == []
    assert found(item_with(HARD[:500]), "P201") == []


def test_the_heaviest_words_are_compounds_counted_as_often_as_they_stand_without_names() -> None:
    text = [
        "Finansieringen",
        "av",
        "mötesplatser",
        "Kristinehamnsvägen",
        "mötesplatser",
        "kommunen",
        "finansieringen",
    ]

    assert heaviest([text]) == ["finansieringen (2)", "mötesplatser (2)"]


def test_a_long_post_has_a_stricter_limit_and_a_short_one_none() -> None:
    middling = "Vi bygger en cykelväg genom skogen. Kommunen betalar och byalaget arbetar under våren. " * 8
    hard = "Föreningen planerar mötesplatser. Kommunen betalar. Arbetet börjar under sommaren. " * 12

    assert found(item_with(posts=(post(middling[:300]),)), "P201") == []
    assert "önskat är högst 40" in messages(item_with(posts=(post(hard),)), "P201")[0]


def test_an_audience_has_its_own_limits() -> None:
    long = "Vi " + "går och " * 7 + "ser på bryggan."
    item = item_with(f"{EASY} {long}", audiences=("public",))

    assert found(item, "P202") == []
    assert len(found(item, "P202", with_limits(public=Limits(sentence=15)))) == 1
    assert len(found(item, "P201", with_limits(public=Limits(lix=10)))) == 1
    assert len(found(item, "P203", with_limits(public=Limits(average=4)))) == 1


def test_an_item_for_several_audiences_must_suit_the_strictest() -> None:
    context = with_limits(public=Limits(lix=40), offices=Limits(sentence=20), others=Limits(average=9))
    item = item_with(audiences=("public", "offices"))

    assert limits_of(read_item(item, context)) == Limits(lix=40, sentence=20, average=18)


def test_an_issues_own_words_must_suit_everybody() -> None:
    context = with_limits(public=Limits(lix=40), offices=Limits(sentence=20))
    notes = IssueNotes("id", "brev", "brev.md", "", "Hej", (), (), None, "", Document())

    assert limits_of(read_notes(notes, "sv", context)) == Limits(lix=40, sentence=20, average=18)


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

    assert messages(item_with(sentence * 5), "P203") == [
        "Meningarna är långa: 20 ord i snitt, önskat är högst 18."
    ]
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


def test_bli_with_a_participle_counts_as_passive_only_in_a_row() -> None:
    assert len(found(item_with("Leden föreslås bli byggd i vår."), "P204")) == 1
    assert found(item_with("Leden blev byggd i vår. Den blir invigd i maj."), "P204") == []


def test_verbs_hidden_in_nouns_are_found() -> None:
    assert messages(item_with("Vi genomför en kartläggning av bryggor."), "P205") == [
        "”genomför en kartläggning” gömmer verbet i ett substantiv."
    ]
    assert len(found(item_with("Bryggan är i behov av färg."), "P205")) == 1
    assert found(item_with("Vi genomför en utbildning och gör en tidning."), "P205") == []
    assert found(item_with("Byalaget genomför en auktion. Skolan genomför en lektion."), "P205") == []


def test_the_verb_that_hides_is_named() -> None:
    problems = found(
        item_with("Vi gör en uppföljning. Bedömningen görs i maj. En energikartläggning ska göras."), "P205"
    )

    assert [str(problem.hint) for problem in problems] == [
        "Använd verbet: följa upp.",
        "Använd verbet: bedöma.",
    ]


@pytest.mark.parametrize(
    "text", ["Ni erhåller stödet i mars.", "Stöd skall sökas.", "Ansökan inkommer med post."]
)
def test_bureaucratic_words_are_found(text: str) -> None:
    assert len(found(item_with(text), "P206")) == 1


def test_a_company_is_no_bureaucratic_word() -> None:
    text = "Företag och icke-kommersiella grupper bereder ärenden. Mottagaren är erfaren."

    assert messages(item_with(text), "P206") == []


@pytest.mark.parametrize(
    "text",
    [
        "Vi vet inte om det går eller ej.",
        "## Ej öppet",
        "Det är en rörande berättelse.",
        "Enligt gällande regler går det.",
        "Vi hörde hundens skall.",
        "I detta avseende är vi lika.",
        "Stödet utgår från behovet.",
    ],
)
def test_words_with_an_everyday_sense_are_left_alone_there(text: str) -> None:
    assert messages(item_with(text), "P206") == []


def test_padding_is_a_notice_with_the_short_word() -> None:
    problem = found(item_with("Vi möts i syfte att bygga."), "P215")[0]

    assert str(problem.message) == "”i syfte att” går att säga kortare."
    assert str(problem.hint) == "Skriv för att."


def test_fashion_words_are_noticed_only_when_they_are_many() -> None:
    many = "Vår värdegrund ger synlighet och mervärde."

    assert messages(item_with(many), "P216") == ["Texten har 3 modeord: värdegrund, synlighet, mervärde."]
    assert messages(item_with("Vår värdegrund ger synlighet."), "P216") == []
    assert messages(item_with(f"{many} {EASY * 2}"), "P216") == []


def test_the_strategys_own_words_are_never_fashion_words() -> None:
    item = item_with("Vår värdegrund ger synlighet och mervärde.")

    assert found(item, "P216", with_strategy("Synlighet för hela bygden")) == []


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
        "Sunne XIK vann mot XFK Arvika i går.",
        "Kulturföreningen DALEN spelar.",
        "Vår lokala aktionsgrupp beslutar. Sedan berättar LAG om det.",
        "Insatsområdet STARK OCH STOLT BYGD växer.",
        "SMHI och LRF kommer.",
    ],
)
def test_explained_and_common_abbreviations_are_fine(text: str) -> None:
    assert messages(item_with(text), "P207") == []


@pytest.mark.parametrize("text", ["LAG:s möte", "Ett LAG-möte", "## Nu möts LAG", "Leader-LAG i Eda"])
def test_genitives_compounds_and_headings_hide_no_abbreviation(text: str) -> None:
    assert len(found(item_with(text), "P207")) == 1


def test_an_explanation_that_comes_later_is_too_late_but_for_a_heading() -> None:
    explained = "Den lokala aktionsgruppen (LAG) möts."

    assert len(found(item_with(f"Nu möts LAG.\n\n{explained}"), "P207")) == 1
    assert found(item_with(f"## Nu möts LAG\n\n{explained}"), "P207") == []


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


@given(st.lists(st.sampled_from(HARD_PARTS)).map(" ".join) | st.text(max_size=60))
def test_any_text_is_read_and_every_place_lies_in_it(text: str) -> None:
    item = item_with(text)
    lines = re.split(r"\r\n|\r|\n", text)
    for problem in check_item(item, context=CONTEXT):
        if problem.code.startswith("P"):
            assert 0 <= problem.location.line - BODY_LINE < len(lines)
            assert problem.location.column <= len(lines[problem.location.line - BODY_LINE]) + 1
