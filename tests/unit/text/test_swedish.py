"""Swedish sentences and words keep their places; LIX follows its convention."""

from __future__ import annotations

import pytest

from comms.text.swedish import count_words, lix, longest, sentences, words


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
        ("— … !", []),
    ],
)
def test_text_falls_into_words(text: str, expected: list[str]) -> None:
    assert expected == [word.text for word in words(text)]
    assert len(expected) == count_words(text)


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


def test_the_longest_words_come_longest_first_and_once() -> None:
    text = "Landsbygdsutveckling i kommunen, landsbygdsutveckling och samverkan."

    assert longest(words(text), 2) == ["landsbygdsutveckling", "samverkan"]
