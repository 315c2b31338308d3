"""Fields reads a mapping key by key and tells every fault at its place."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from comms.content.files import SourceText
from comms.content.schema import Fields, suggestion
from comms.errors import Problem
from tests.unit.content.desk import STOCKHOLM, hints, said


def fields(text: str, first_line: int = 1) -> Fields:
    """The fields of a text."""
    found = Fields.parse(SourceText("a.md", text, ""), [], first_line=first_line, text=text)
    assert found is not None
    return found


def test_a_text_loses_white_space_at_its_ends() -> None:
    assert fields('a: "  hej  "').text("a") == "hej"


def test_a_key_that_is_absent_or_empty_gives_the_default() -> None:
    found = fields("a:\nb: ~\n")

    assert [found.text(key, default="-") for key in "abc"] == ["-", "-", "-"]
    assert found.problems == []


def test_a_required_key_that_is_absent_is_told_at_the_mapping() -> None:
    found = fields("a: 1\nb:\n", first_line=2)

    assert found.text("title", required=True) == ""
    assert found.text("b", required=True) == ""
    assert said(found.problems) == [
        "a.md:2:1 C113 Nyckeln ”title” saknas.",
        "a.md:3:1 C113 Nyckeln ”b” saknas.",
    ]
    assert hints(found.problems) == ["Lägg till ”title: …”.", "Lägg till ”b: …”."]


@pytest.mark.parametrize(("value", "what"), [("[a, b]", "en lista"), ("{a: b}", "nycklar med värden")])
def test_a_text_that_is_something_else_is_told(value: str, what: str) -> None:
    found = fields(f"a: {value}")

    assert found.text("a") == ""
    assert said(found.problems) == [f"a.md:1:4 C114 ”a” ska vara en text, inte {what}."]


def test_a_word_must_be_known() -> None:
    found = fields("a: sory\nb: story")

    assert found.word("a", ["story", "call"], default="call") == "call"
    assert found.word("b", ["story", "call"]) == "story"
    assert found.word("c", ["story"], default="story") == "story"
    assert said(found.problems) == ["a.md:1:4 C115 ”sory” är inte känt i ”a”."]
    assert hints(found.problems) == ["Menade du ”story”?"]


def test_words_are_a_list_or_one_word() -> None:
    found = fields("a: [x, y]\nb: x\nc: []\n")

    assert [found.words(key, ["x", "y"]) for key in "abcd"] == [("x", "y"), ("x",), (), ()]
    assert found.problems == []


def test_every_faulty_word_is_told_and_the_good_ones_are_kept() -> None:
    found = fields("a:\n  - x\n  - z\n  - x\n  - {b: c}\n  -\n  - y\n")

    assert found.words("a", ["x", "y"]) == ("x", "y")
    assert said(found.problems) == [
        "a.md:3:5 C115 ”z” är inte känt i ”a”.",
        "a.md:4:5 C116 ”x” står två gånger i ”a”.",
        "a.md:5:5 C114 ”a” ska bestå av ord, inte nycklar med värden.",
        "a.md:6:4 C114 ”a” ska bestå av ord, inte tomt.",
    ]


def test_required_words_must_be_some() -> None:
    found = fields("a: []")

    assert found.words("a", ["x"], required=True) == ()
    assert said(found.problems) == ["a.md:1:4 C113 ”a” är tom."]


def test_words_without_a_vocabulary_may_be_any() -> None:
    assert fields("a: [Anna, Bo]").words("a", None) == ("Anna", "Bo")


@pytest.mark.parametrize("value", ["195000", "195 000", "195_000", '"195\\u00a0000"'])
def test_a_number_may_have_groups_of_digits(value: str) -> None:
    assert fields(f"a: {value}").number("a") == 195_000


@pytest.mark.parametrize("value", ["tio", "1.5", "-3", "10 kr", "[1]", "1234567890123", "''"])
def test_what_is_no_whole_number_is_told(value: str) -> None:
    found = fields(f"a: {value}")

    assert found.number("a") is None
    assert said(found.problems) == ["a.md:1:4 C114 ”a” ska vara ett helt tal."]


def test_a_number_that_is_absent_is_nothing() -> None:
    assert fields("b: 1").number("a") is None


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("true", True),
        ("Ja", True),
        ("YES", True),
        ("false", False),
        ("nej", False),
        ("NO", False),
        ("", False),
    ],
)
def test_a_flag_is_yes_or_no(value: str, expected: bool) -> None:
    found = fields(f"a: {value}\n")

    assert found.flag("a") is expected
    assert found.problems == []


def test_a_flag_that_is_something_else_is_told() -> None:
    found = fields("a: kanske")

    assert found.flag("a") is False
    assert said(found.problems) == ["a.md:1:4 C114 ”a” ska vara ja eller nej."]


def test_a_day_is_year_month_day() -> None:
    assert fields("a: 2026-12-01").day("a") == date(2026, 12, 1)
    assert fields("b: x").day("a") is None


@pytest.mark.parametrize(
    "value", ["2026-02-30", "2026-13-01", "1 december", "20261201", "2026-12-1", "[2026]"]
)
def test_what_is_no_day_is_told(value: str) -> None:
    found = fields(f"a: {value}")

    assert found.day("a") is None
    assert found.problems[0].code == "C114"
    assert str(found.problems[0].message).endswith("är inget datum i ”a”.")
    assert hints(found.problems) == ["Skriv år-månad-dag, till exempel 2026-12-01."]


@pytest.mark.parametrize("value", ["2026-12-01 18:00", "2026-12-01T18:00", '"2026-12-01 18:00"'])
def test_a_moment_is_local_time(value: str) -> None:
    moment = fields(f"a: {value}").moment("a", STOCKHOLM)

    assert moment == datetime(2026, 12, 1, 18, tzinfo=STOCKHOLM)
    assert moment.utcoffset() is not None


@pytest.mark.parametrize("value", ["2026-12-01", "2026-12-01 24:00", "2026-12-01 18", "18:00", "{a: b}"])
def test_what_is_no_moment_is_told(value: str) -> None:
    found = fields(f"a: {value}")

    assert found.moment("a", STOCKHOLM) is None
    assert str(found.problems[0].message).endswith("är ingen tid i ”a”.")
    assert found.moment("b", STOCKHOLM) is None


def test_a_mapping_names_its_keys_from_the_outside() -> None:
    found = fields("event:\n  start: nu\n  plats: Sunne\n")
    event = found.mapping("event")

    assert event is not None
    assert event.text("place") == ""
    assert event.text("start") == "nu"
    event.finish()
    assert said(found.problems) == ["a.md:3:3 C112 Nyckeln ”event.plats” finns inte."]


def test_a_mapping_that_is_something_else_is_told() -> None:
    found = fields("event: nu")

    assert found.mapping("event") is None
    assert found.mapping("call") is None
    assert said(found.problems) == ["a.md:1:8 C114 ”event” ska bestå av ”nyckel: värde”, inte en text."]


def test_rows_are_mappings_and_those_that_are_not_are_told() -> None:
    found = fields("people:\n  - {name: Anna}\n  - Bo\n  - {name: Cia}\n")

    assert [row.text("name") for row in found.rows("people")] == ["Anna", "Cia"]
    assert found.rows("images") == []
    assert said(found.problems) == ["a.md:3:5 C114 ”people[2]” ska bestå av ”nyckel: värde”, inte en text."]


def test_rows_that_are_no_list_are_told() -> None:
    found = fields("people: Anna")

    assert found.rows("people") == []
    assert said(found.problems) == ["a.md:1:9 C114 ”people” ska vara en lista."]
    assert hints(found.problems) == ["Börja varje rad med ”- ”."]


def test_a_key_that_nobody_asks_for_is_told_with_the_nearest() -> None:
    found = fields("title: x\nsumary: y\nviktigt: z\n")
    assert [found.text(key) for key in ("title", "summary", "kind")]

    found.finish()

    assert said(found.problems) == [
        "a.md:2:1 C112 Nyckeln ”sumary” finns inte.",
        "a.md:3:1 C112 Nyckeln ”viktigt” finns inte.",
    ]
    assert hints(found.problems) == ["Menade du ”summary”?", "Välj bland: kind, summary, title."]


def test_a_key_that_is_only_misspelt_is_not_also_missing() -> None:
    found = fields("titel: x\n")
    found.text("title", required=True)
    found.text("kind", required=True)

    found.finish()

    assert said(found.problems) == [
        "a.md:1:1 C113 Nyckeln ”kind” saknas.",
        "a.md:1:1 C112 Nyckeln ”titel” finns inte.",
    ]


def test_each_tells_every_key_and_counts_as_asking() -> None:
    found = fields("a: 1\nb: {c: d}\n")
    rows = {key: found.sub(key, node) if key == "b" else None for key, node in found.each()}

    found.finish()

    assert list(rows) == ["a", "b"]
    assert rows["b"] is not None
    assert rows["b"].text("c") == "d"
    assert found.problems == []


def test_places_are_those_of_values_keys_and_mappings() -> None:
    found = fields("a: x\nb:\n  - y\n", first_line=4)

    assert [str(found.place(key)) for key in ("a", "b", "c")] == ["a.md:4:4", "a.md:6:3", "a.md:4:1"]
    assert str(found.key_place("b")) == "a.md:5:1"
    assert (found.line("b"), found.line("c")) == (5, 4)
    assert found.lines() == {"a": 4, "b": 5}


def test_a_key_is_sound_when_no_error_stands_in_its_lines() -> None:
    found = fields("a:\n  - x\n  - z\nb: x\nc: z\n")
    for key in "abc":
        found.words(key, ["x"])

    assert [found.is_sound(key, 5) for key in "abcd"] == [False, True, False, False]


def test_yaml_that_cannot_be_read_gives_no_fields() -> None:
    problems: list[Problem] = []

    assert Fields.parse(SourceText("a.md", "a: b: c", ""), problems) is None
    assert said(problems) == ["a.md:1:5 C111 Ett kolon mitt i raden gör att den inte går att läsa."]


@pytest.mark.parametrize("text", ["bara text", "- en\n- lista"])
def test_a_file_that_is_no_mapping_gives_no_fields(text: str) -> None:
    problems: list[Problem] = []

    assert Fields.parse(SourceText("a.md", text, ""), problems) is None
    assert said(problems) == ["a.md:1:1 C114 Här ska stå rader med ”nyckel: värde”."]


@pytest.mark.parametrize(
    ("word", "known", "expected"),
    [
        ("publik", ["public", "partnership"], "Menade du ”public”?"),
        ("x", ["b", "a"], "Välj bland: a, b."),
        ("x", [], "Ta bort den."),
        (
            "leden",
            [f"nyhet-{number}" for number in range(40)] + ["led"],
            "Menade du ”led”?",
        ),
    ],
)
def test_a_suggestion_is_the_nearest_or_what_there_is(word: str, known: list[str], expected: str) -> None:
    assert str(suggestion(word, known)) == expected


def test_a_suggestion_of_very_many_names_the_likest() -> None:
    hint = str(suggestion("bryggan", [f"nyhet-{number}" for number in range(40)]))

    assert hint.startswith("Kontrollera stavningen. Mest likt är: nyhet-")
    assert hint.count("nyhet-") == 5
