"""Words say what an entry is about, each with why; what no word says is as the feed is set."""

from __future__ import annotations

from comms.model.feed import FeedEntry, FeedSettings, Suggestion
from comms.text.feed_suggestions import Keyword, suggest

NAMES = {"leder": "Leder och natur", "stod": "Stöd", "eda": "Eda", "kil": "Kil", "offices": "Kontoren"}
FEED = FeedSettings("regionen", "Regionen", "https://prov.example/flode")


def about(title: str, text: str, *keywords: Keyword, feed: FeedSettings = FEED) -> Suggestion:
    return suggest(FeedEntry("1", "", title, text, "", None, "sv", ""), keywords, feed, NAMES)


def test_a_word_in_the_title_says_what_an_entry_is_about_and_is_told() -> None:
    found = about("Ny vandringsled öppnar", "", Keyword("vandringsled", "leder", ("offices",)))
    assert (found.focus, found.audiences) == ("leder", ("offices",))
    assert [str(why) for why in found.why] == ["”vandringsled” i rubriken: Leder och natur, Kontoren"]


def test_a_word_is_no_part_of_another_unless_it_is_said_to_begin_it() -> None:
    assert about("Vandringsleden", "", Keyword("vandring", "leder")).focus == ""
    assert about("Vandringsleden", "", Keyword("vandring…", "leder")).focus == "leder"
    assert about("Fjällvandring", "", Keyword("vandring...", "leder")).focus == ""


def test_a_name_is_found_with_its_capital_and_with_an_s() -> None:
    kil = Keyword("Kil", municipalities=("kil",))
    assert about("Kils kommun bygger", "", kil).municipalities == ("kil",)
    assert about("En kil av trä", "", kil).municipalities == ()


def test_a_phrase_is_found_over_a_line_break() -> None:
    assert about("", "lokal\nutveckling", Keyword("lokal utveckling", "stod")).focus == "stod"


def test_the_title_weighs_more_and_the_most_words_decide() -> None:
    keywords = (Keyword("stöd", "stod"), Keyword("led", "leder"), Keyword("spång", "leder"))
    assert about("Stöd att söka", "En led.", *keywords).focus == "stod"
    found = about(
        "Stöd att söka", "En led, en spång och en led till.", *keywords[:2], Keyword("spång", "leder")
    )
    assert found.focus == "stod"  # two against two: the one that stands first
    assert [str(why) for why in found.why] == ["”stöd” i rubriken: Stöd"]


def test_what_no_word_says_is_as_the_feed_is_set_and_told_so() -> None:
    feed = FeedSettings(
        "r", "R", "https://prov.example/", focus="stod", audiences=("offices",), municipalities=("eda",)
    )
    found = about("Leden i Kil", "", Keyword("Kil", municipalities=("kil",)), feed=feed)
    assert (found.focus, found.audiences, found.municipalities) == ("stod", ("offices",), ("kil",))
    assert [str(why) for why in found.why] == ["”Kil” i rubriken: Kil", "Flödet i comms.yaml: Stöd, Kontoren"]


def test_nothing_is_guessed() -> None:
    assert about("Leden", "") == Suggestion()
