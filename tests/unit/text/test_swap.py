"""Think the opposite: what is swapped, what is left alone, and that twice is back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comms.text.swap import NEEDS_COMPANY, OPPOSITES, Part, is_gendered, opposite, swap


def swapped(text: str, *names: str) -> str:
    return "".join(part.text for part in swap(text, names))


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("Hon säger att hon tvekade.", "Han säger att han tvekade."),
        ("Vi frågade honom om hans gård.", "Vi frågade henne om hennes gård."),
        ("HENNES GÅRD", "HANS GÅRD"),
        ("Hans hund är tio år.", "Hennes hund är tio år."),
        ("Tvåbarnsmamman driver kiosken.", "Tvåbarnspappan driver kiosken."),
        ("kvinnornas nätverk", "männens nätverk"),
        ("en affärskvinna från Eda", "en affärsman från Eda"),
        ("manliga och kvinnliga företagare", "kvinnliga och manliga företagare"),
        ("Alla mammor och pappor är välkomna.", "Alla pappor och mammor är välkomna."),
        ("mormors recept", "morfars recept"),
        ("han/hon", "hon/han"),
    ],
)
def test_gendered_words_are_swapped_with_their_form_and_their_capitals(text: str, other: str) -> None:
    assert (swapped(text), swapped(other)) == (other, text)


@pytest.mark.parametrize(
    "text",
    [
        "Hen tog med sig sin hund och sina barn.",
        "Man kan söka stöd hela året.",
        "Den man frågar kan svara.",
        "Vi far till Torsby.",
        "I kväll ger teatern en fars.",
        "Lantmännen, norrmän, spelmansstämma och en talman.",
        "Bergman och Hallmans väg",
        "Hans Ek bygger.",
        "Hennes Ek bygger.",
        "sonett, damm, modern, herrgård, mandat",
        "mAmma",
        "",
    ],
)
def test_what_is_not_surely_a_persons_gender_is_left_alone(text: str) -> None:
    assert swap(text) == ([Part(text)] if text else [])
    assert not is_gendered(text)


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("en man", "en kvinna"),
        ("hennes man", "hans kvinna"),
        ("man och kvinna", "kvinna och man"),
        ("hennes far", "hans mor"),
        ("mor eller far", "far eller mor"),
    ],
)
def test_a_word_with_two_meanings_is_swapped_where_its_neighbour_shows_a_person(
    text: str, other: str
) -> None:
    assert swapped(text) == other


def test_no_word_has_two_opposites_or_is_its_own() -> None:
    assert {word: OPPOSITES[OPPOSITES[word]] for word in OPPOSITES} == {word: word for word in OPPOSITES}
    assert all(word != other for word, other in OPPOSITES.items())


def in_company(word: str) -> str:
    """The word, after one that shows that it is a person."""
    both = {word.lower(), OPPOSITES[word.lower()]}
    return f"äldre {word}" if both & NEEDS_COMPANY.keys() else word


WORDS = st.sampled_from(sorted(OPPOSITES)).flatmap(
    lambda word: st.sampled_from([word, word.capitalize(), word.upper()])
)
TEXTS = st.lists(WORDS.map(in_company), max_size=8).flatmap(
    lambda words: st.sampled_from([", ", " säger ", ". ", "\n"]).map(lambda between: between.join(words))
)


@given(TEXTS)
def test_swapping_twice_gives_the_original(text: str) -> None:
    assert swapped(swapped(text)) == text


@given(WORDS)
def test_a_words_opposite_has_its_capitals_and_is_another_word(word: str) -> None:
    other = opposite(word)
    assert other.lower() == OPPOSITES[word.lower()]
    assert (other.isupper(), other.islower()) == (word.isupper(), word.islower())


@given(st.text(max_size=80), st.lists(st.text(min_size=1, max_size=12), max_size=3))
def test_whatever_the_text_is_what_stood_there_can_be_read_back(text: str, names: list[str]) -> None:
    assert "".join(part.before or part.text for part in swap(text, names)) == text


def test_people_are_masked_by_whole_name_and_by_each_part_of_it() -> None:
    text = "Maria Berg driver gården. Marias bror Erik Ek hjälper Berg."
    assert swapped(text, "Maria Berg", "Erik Ek") == (
        "Person A driver gården. Person A:s syster Person B hjälper Person A."
    )


def test_a_name_that_two_share_is_masked_as_both() -> None:
    assert swapped("Bergs gård", "Maria Berg", "Olle Berg") == "Person A eller Person B:s gård"


def test_a_listed_name_that_is_also_a_word_is_a_name() -> None:
    assert swapped("Hans Ek är glad. Hans gård.", "Hans Ek") == "Person A är glad. Person A gård."


def test_a_mask_is_known_from_a_swapped_word() -> None:
    assert swap("Maria och hon", ["Maria Berg"]) == [
        Part("Person A", "Maria", masked=True),
        Part(" och "),
        Part("han", "hon"),
    ]
