"""Swedish sentences and words keep their places; LIX follows its convention."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comms.text.swedish import Piece, lix, lix_of, sentences, word_texts, words

PROSE = st.text(alphabet="aÅö1 \u00a0\u00ad.,:!?…”’()–-\n§B", max_size=80) | st.lists(
    st.sampled_from(
        ["t.ex.", "kl.", "13.00.", "m.m.", "50", "000", "A.", "”Hej!”", "Sunne", "EU-stöd", "3:e", "…", "\n"]
    )
).map(" ".join)
"""Texts made of what is hard: marks beside marks, and abbreviations, numbers and times beside each other."""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Vi öppnar nu. Kom hit.", ["Vi öppnar nu.", "Kom hit."]),
        ("Ta med t.ex. stövlar. Vi bjuder.", ["Ta med t.ex. stövlar.", "Vi bjuder."]),
        ("Vi ses kl. 18.00 i Sunne. Kaffe finns.", ["Vi ses kl. 18.00 i Sunne.", "Kaffe finns."]),
        ("Se nr 4, s. 12 ff. Läs sedan vidare.", ["Se nr 4, s. 12 ff.", "Läs sedan vidare."]),
        ("Säffle, Eda m.fl. kommuner är med.", ["Säffle, Eda m.fl. kommuner är med."]),
        ("Säffle, Eda m.fl. Det blir bra.", ["Säffle, Eda m.fl.", "Det blir bra."]),
        ("Vi ses i S:t Olof. Ca. 3,5 km bort.", ["Vi ses i S:t Olof.", "Ca. 3,5 km bort."]),
        ("Det kostar 50 000 kr. Halva betalar vi.", ["Det kostar 50 000 kr.", "Halva betalar vi."]),
        ("Fråga A. Berg i receptionen.", ["Fråga A. Berg i receptionen."]),
        ("1. Anmäl dig först.", ["1. Anmäl dig först."]),
        ("”Går det?” undrade hon. Det gick.", ["”Går det?” undrade hon.", "Det gick."]),
        ("Hon sa: ”Det går.” Sedan gick vi.", ["Hon sa: ”Det går.”", "Sedan gick vi."]),
        ("Kom! Vi väntar … Nu?", ["Kom!", "Vi väntar …", "Nu?"]),
        ("Stövlar\nRegnkläder", ["Stövlar", "Regnkläder"]),
        ("Den 3 mars 2026 kl. 9–11.30 ses vi bl.a. där.", ["Den 3 mars 2026 kl. 9–11.30 ses vi bl.a. där."]),
        (
            "Vi ses kl. 13.00. Därefter bjuder vi på fika.",
            ["Vi ses kl. 13.00.", "Därefter bjuder vi på fika."],
        ),
        ("Ta med kläder m.m. Därefter går vi.", ["Ta med kläder m.m.", "Därefter går vi."]),
        ("Säffle, Eda m. fl. kommuner är med.", ["Säffle, Eda m. fl. kommuner är med."]),
        ("Vi bor i bl. a. Sunne och Eda.", ["Vi bor i bl. a. Sunne och Eda."]),
        ("Boken är av J.R.R. Tolkien. Läs den.", ["Boken är av J.R.R. Tolkien.", "Läs den."]),
        ("Vi har en plan B. Den är bra.", ["Vi har en plan B.", "Den är bra."]),
        ("Fråga Jan. Han vet.", ["Fråga Jan.", "Han vet."]),
        ("Vi ses den 3 jan. 2027 i Eda.", ["Vi ses den 3 jan. 2027 i Eda."]),
        ("Hon kom 3:e gången. Hon vann.", ["Hon kom 3:e gången.", "Hon vann."]),
        ("Vi väntar ... och väntar. Sedan går vi.", ["Vi väntar ... och väntar.", "Sedan går vi."]),
        ("Vi väntar... Sedan går vi.", ["Vi väntar...", "Sedan går vi."]),
        (
            "Det blev full fart (se s. 4.) Sedan kom regnet.",
            ["Det blev full fart (se s. 4.)", "Sedan kom regnet."],
        ),
        ("Stödet är 2,5 milj. kr. Det räcker.", ["Stödet är 2,5 milj. kr.", "Det räcker."]),
        ("Läs 2 kap. 4 § först.", ["Läs 2 kap. 4 § först."]),
        ("1. Anmäl dig. 2. Betala.", ["1. Anmäl dig.", "2. Betala."]),
        ("", []),
    ],
)
def test_text_falls_into_sentences(text: str, expected: list[str]) -> None:
    assert expected == [sentence.text for sentence in sentences(text)]


def test_every_sentence_keeps_its_place() -> None:
    text = "  Vi öppnar kl. 9. \n Kom hit!  Ta med kaffe."

    assert [(piece.start, piece.end) for piece in sentences(text)] == [(2, 18), (21, 29), (31, 44)]
    assert all(text[piece.start : piece.end] == piece.text for piece in sentences(text))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("EU-stöd på 50 000 kr.", ["EU-stöd", "på", "50 000", "kr"]),
        ("Det är 3,5 km, eller hur?", ["Det", "är", "3,5", "km", "eller", "hur"]),
        ("Kl. 13.00–15.30 i S:t Olof", ["Kl", "13.00", "15.30", "i", "S:t", "Olof"]),
        ("t.ex. bygde\u00adgården, EU:s", ["t.ex", "bygde\u00adgården", "EU:s"]),
        ("och/eller (kaffe)", ["och", "eller", "kaffe"]),
        ("1 000 000,50 kr eller 13.00", ["1 000 000,50", "kr", "eller", "13.00"]),
        ("år 2026 100 personer", ["år", "2026", "100", "personer"]),
        ("bygde\u00ad och gård", ["bygde", "och", "gård"]),
        ("— … !", []),
    ],
)
def test_text_falls_into_words(text: str, expected: list[str]) -> None:
    assert expected == [word.text for word in words(text)]
    assert len(expected) == len(word_texts(text))


def test_every_word_keeps_its_place() -> None:
    text = "På bygde\u00adgården, kl. 18."

    assert all(text[word.start : word.end] == word.text for word in words(text))


def test_lix_is_words_a_sentence_plus_the_share_of_long_words() -> None:
    # Ten words, two sentences, two words with more than six letters: 10 / 2 + 100 * 2 / 10.
    text = "Vi har en lång brygga vid sjön. Kommunen betalar den."

    assert pytest.approx(lix(text)) == 10 / 2 + 100 * 2 / 10


def test_a_list_item_without_full_stop_is_a_sentence_in_lix() -> None:
    assert lix("Kaffe och te\nBulle och saft") == pytest.approx(3.0)


def test_figures_are_words_but_never_long_ones_in_lix() -> None:
    assert lix("Stödet är 1 000 000 kr.") == pytest.approx(4.0)


def test_lix_of_nothing_is_zero() -> None:
    assert lix("") == 0.0
    assert lix("…") == 0.0


def test_lix_of_counted_words_is_lix_of_the_text() -> None:
    text = "Vi har en lång brygga vid sjön. Kommunen betalar den."

    assert lix_of(
        [["Vi", "har", "en", "lång", "brygga", "vid", "sjön"], [], ["Kommunen", "betalar", "den"]]
    ) == lix(text)


@given(PROSE)
def test_sentences_lie_in_the_text_in_order_and_hold_all_that_is_not_blank(text: str) -> None:
    found = sentences(text)

    assert lie_in_order(found, text)
    assert "".join("".join(piece.text.split()) for piece in found) == "".join(text.split())


@given(PROSE)
def test_words_lie_in_the_text_in_order_and_hold_every_letter_and_figure(text: str) -> None:
    found = words(text)

    assert lie_in_order(found, text)
    assert [piece.text for piece in found] == word_texts(text)
    assert sum(map(str.isalnum, text)) == sum(sum(map(str.isalnum, piece.text)) for piece in found)


@given(PROSE)
def test_a_text_read_as_sentences_has_the_same_letters_in_its_words(text: str) -> None:
    apart = [word for sentence in sentences(text) for word in word_texts(sentence.text)]

    assert "".join(filter(str.isalnum, "".join(apart))) == "".join(filter(str.isalnum, text))


def lie_in_order(found: list[Piece], text: str) -> bool:
    """Whether each piece stands at its place and none reaches into the next."""
    apart = all(first.end <= second.start for first, second in pairwise(found))
    return apart and all(piece.text and text[piece.start : piece.end] == piece.text for piece in found)
