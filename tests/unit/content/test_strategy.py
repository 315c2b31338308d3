"""strategy.yaml: goals, indicators and focus areas, word for word as the association has them."""

from __future__ import annotations

from pathlib import Path

import pytest

from comms.content.files import SourceText, read_text
from comms.content.strategy import EMPTY, read_strategy
from comms.errors import Problem
from comms.model.strategy import Strategy
from tests.unit.content.desk import said, source

REPOSITORY = Path(__file__).resolve().parents[3]


def read(text: str) -> tuple[Strategy, list[Problem]]:
    """Read a strategy."""
    return read_strategy(SourceText("strategy.yaml", text, ""))


def changed(before: str, after: str) -> tuple[Strategy, list[Problem]]:
    """Read the base workspace's strategy with one change."""
    text = source("strategy.yaml").text
    assert before in text
    return read(text.replace(before, after, 1))


@pytest.fixture(scope="module")
def own() -> Strategy:
    """The strategy that the repository ships."""
    text, _ = read_text(REPOSITORY, "strategy.yaml")
    assert text is not None
    strategy, problems = read_strategy(text)
    assert problems == []
    return strategy


def test_the_shipped_strategy_has_three_goals_nine_indicators_and_four_areas(own: Strategy) -> None:
    assert (len(own.goals), len(own.indicators), len(own.focus_areas)) == (3, 9, 4)
    assert [len(area.activities) for area in own.focus_areas.values()] == [6, 3, 4, 6]


def test_the_shipped_strategy_speaks_in_the_associations_own_words(own: Strategy) -> None:
    assert own.vision == (
        "Med modiga initiativ skapar vi tillsammans en hållbar och attraktiv landsbygd vi är stolta över"
    )
    assert own.goals == {
        "mal-1": "Attraktivare landsbygd att leva, bo, verka i och besöka",
        "mal-2": "Stärkt kompetensutveckling",
        "mal-3": "Främja innovationskraft och entreprenörskap",
    }
    assert list(own.indicators.values()) == [
        "Arbetstillfällen",
        "Förbättrad tillgång till service",
        "Nya mötesplatser",
        "Nya fritids- och kulturverksamheter",
        "Nya nätverk och samarbeten",
        "Nya produkter",
        "Nya tjänster",
        "Bevarad sysselsättning",
        "Nya företag",
    ]
    assert [(area.title, area.name) for area in own.focus_areas.values()] == [
        ("STARK OCH STOLT BYGD", "Stark och stolt bygd"),
        ("DESTINATION 7-SAM VÄRMLAND", "Destination 7-sam Värmland"),
        ("UTVECKLING OCH LÄRANDE", "Utveckling och lärande"),
        ("SMARTA LÖSNINGAR OCH MODIGA ENTREPRENÖRER", "Smarta lösningar och modiga entreprenörer"),
    ]


def test_every_activity_of_the_shipped_strategy_is_word_for_word(own: Strategy) -> None:
    assert [list(area.activities.values()) for area in own.focus_areas.values()] == [
        [
            (
                "Skapa gränsöverskridande samarbeten mellan olika verksamheter, bygder och andra "
                "geografiska områden"
            ),
            "Skapa, utveckla och anpassa fysiska och digitala mötesplatser och forum",
            "Etablera och utveckla samhällsfunktioner och samhällsservice på landsbygden",
            "Organisera, samordna och underlätta för bygdeaktörer",
            "Aktiviteter och mötesplatser för barn och unga",
            "Insatser för ökad sammanhållning och integration",
        ],
        [
            "Etablera nya och utveckla befintliga besöksmål och destinationer",
            "Etablering och restaurering av natur- och kulturmiljöer",
            (
                "Anlägga nya eller restaurera sträckor av skyltade, tillgängliggjorda vandrings-, cykel-, "
                "rid- eller skoterleder"
            ),
        ],
        [
            "Erfarenhetsutbyten mellan olika branscher och verksamheter",
            "Samverkan mellan olika aktörer i utbildningsinsatser för att skapa och bevara arbetstillfällen",
            "Kompetenshöjande insatser som utvecklar och förstärker ideella verksamheter",
            "Utbildningstillfällen som inte finns att tillgå i området och inte finansieras av annan instans",
        ],
        [
            "Skapa nya arbetstillfällen",
            "Lösningar på problem för en bygd, verksamhet eller organisation.",
            (
                "Utvecklingsinsatser av bygd, verksamhet eller organisation som skapar värde för "
                "områdets invånare"
            ),
            "Nya samarbeten mellan olika entreprenörer, branscher och aktörer",
            "Ny tjänst, produkt eller process",
            "Innovativt naturresursnyttjande",
        ],
    ]


def test_an_area_counts_its_own_choice_of_indicators(own: Strategy) -> None:
    assert own.focus_areas["utveckling-och-larande"].indicators == ("arbetstillfallen", "sysselsattning")
    assert [len(area.indicators) for area in own.focus_areas.values()] == [5, 6, 2, 8]


def test_an_area_without_a_running_name_is_called_by_its_title() -> None:
    strategy, problems = changed("    name: Lärande\n", "")

    assert (strategy.focus_areas["larande"].name, problems) == ("LÄRANDE", [])


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("vision: En", "visoin: En", "1:1 C112 Nyckeln ”visoin” finns inte."),
        ("    title: STARK BYGD\n", "", "10:5 C113 Nyckeln ”focus_areas.stark-bygd.title” saknas."),
        (
            "indicators: [motesplatser, natverk]",
            "indicators: [motesplats, natverk]",
            "15:18 C115 ”motesplats” är inte känt i ”focus_areas.stark-bygd.indicators”.",
        ),
        (
            "    indicators: [natverk]\n",
            "    indicators: []\n",
            "21:17 C113 ”focus_areas.larande.indicators” är tom.",
        ),
        (
            "    indicators: [natverk]\n",
            "    indicators: [natverk]\n    budget: 1\n",
            "22:5 C112 Nyckeln ”focus_areas.larande.budget” finns inte.",
        ),
        ("  mal-1: Attraktivare landsbygd", "  mal-1:", "3:3 C113 Nyckeln ”goals.mal-1” saknas."),
    ],
)
def test_a_fault_is_told_at_its_place(before: str, after: str, expected: str) -> None:
    assert said(changed(before, after)[1]) == [f"strategy.yaml:{expected}"]


def test_an_area_that_cannot_be_read_is_still_known_by_its_name() -> None:
    text = source("strategy.yaml").text.split("  larande:")[0] + "  larande: LÄRANDE\n"

    strategy, problems = read(text)

    assert list(strategy.focus_areas) == ["stark-bygd", "larande"]
    assert [one.code for one in problems] == ["C114"]


def test_an_area_whose_indicators_are_not_certain_has_them_all() -> None:
    strategy, _ = changed("indicators: [natverk]\n", "indicators: [natverk, service]\n")

    assert strategy.focus_areas["larande"].indicators == ("motesplatser", "natverk")


def test_a_strategy_without_areas_is_told() -> None:
    text = "vision: x\ngoals: {a: b}\nindicators: {c: d}\nfocus_areas: {}\n"

    assert said(read(text)[1]) == ["strategy.yaml:1 C113 Strategin har inga insatsområden."]


def test_a_strategy_that_is_empty_lacks_all_its_parts() -> None:
    assert [str(one.message) for one in read("# sedan\n")[1]] == [
        "Nyckeln ”indicators” saknas.",
        "Nyckeln ”focus_areas” saknas.",
        "Nyckeln ”vision” saknas.",
        "Nyckeln ”goals” saknas.",
    ]


def test_a_file_that_cannot_be_read_is_empty() -> None:
    strategy, problems = read("a: b: c")

    assert strategy == EMPTY
    assert len(problems) == 1
