"""suggestions.csv: the office's own words over those that ship, each fault with its line."""

from __future__ import annotations

from pathlib import Path

from comms.content.suggestions import FILE, load_suggestions, shipped_keywords
from comms.model.audience import Audience, Audiences
from comms.model.strategy import FocusArea, Strategy
from comms.text.feed_suggestions import Keyword

AUDIENCES = Audiences({"offices": Audience("offices", "Kontor", "")}, {"eda": "Eda", "sunne": "Sunne"}, ())
STRATEGY = Strategy("", {}, {}, {"destination-7-sam": FocusArea("destination-7-sam", "D", "D", {}, ())})


def loaded(root: Path, table: str | None = None) -> tuple[dict[str, Keyword], list[tuple[str, int]]]:
    if table is not None:
        (root / FILE).write_text(f"ord;insatsområde;målgrupper;kommuner\n{table}", encoding="utf-8")
    words, problems = load_suggestions(root, STRATEGY, AUDIENCES)
    return {one.word: one for one in words}, [(one.code, one.location.line) for one in problems]


def test_the_words_that_ship_are_sound() -> None:
    words = [one.word for one in shipped_keywords()]
    assert "vandringsled…" in words
    assert len(words) == len({word.casefold() for word in words})


def test_shipped_words_are_about_what_the_office_has_names_for(tmp_path: Path) -> None:
    words, problems = loaded(tmp_path)
    assert words["vandringsled…"] == Keyword("vandringsled…", "destination-7-sam")
    assert words["Charlottenberg"].municipalities == ("eda",)
    assert "mötesplats…" not in words  # this office has no such focus area
    assert "Ekshärad" not in words
    assert problems == []


def test_the_municipalities_names_are_words(tmp_path: Path) -> None:
    assert loaded(tmp_path)[0]["Sunne"] == Keyword("Sunne", municipalities=("sunne",))


def test_the_offices_own_row_replaces_what_ships_and_a_bare_one_silences_it(tmp_path: Path) -> None:
    words, problems = loaded(tmp_path, "vandringsled…, stig;;offices;eda, sunne\nCharlottenberg;;;\n")
    assert words["vandringsled…"] == Keyword("vandringsled…", "", ("offices",), ("eda", "sunne"))
    assert words["stig"].audiences == ("offices",)
    assert "Charlottenberg" not in words
    assert next(iter(words)) == "vandringsled…"
    assert problems == []


def test_a_name_that_no_file_knows_is_told_with_its_line_and_the_rest_is_used(tmp_path: Path) -> None:
    words, problems = loaded(tmp_path, "stig;destination-7-samm;office;edda\nled;destination-7-sam;;\n")
    assert problems == [("C115", 2), ("C115", 2), ("C115", 2)]
    assert words["led"].focus == "destination-7-sam"
    assert "stig" not in words


def test_a_table_with_other_headings_or_no_text_is_told(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text("word;focus\nled;x\n", encoding="utf-8")
    assert loaded(tmp_path)[1] == [("C140", 1)]
    (tmp_path / FILE).write_bytes(b"\xff\xfe\x00")
    assert [code for code, _ in loaded(tmp_path)[1]] == ["C101"]
