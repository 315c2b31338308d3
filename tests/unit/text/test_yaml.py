"""YAML is read as plain words with places; what could surprise an author is refused at its place."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comms.text.yaml import MAX_CHARACTERS, MAX_DEPTH, Node, YamlFault, parse_yaml


def read(text: str) -> object:
    """The plain value of a text without faults."""
    node, faults = parse_yaml(text)
    assert not faults
    assert node is not None
    return node.plain()


def fault(text: str) -> tuple[int, int, str]:
    """Line, column and message of a text's only fault."""
    _, faults = parse_yaml(text)
    assert len(faults) == 1
    assert str(faults[0].hint)
    return faults[0].line, faults[0].column, str(faults[0].message)


@pytest.mark.parametrize(
    "written", ["NO", "yes", "true", "12:30", "2026-12-01", "007", "1e3", "0x1f", "1_000", "="]
)
def test_words_stay_words(written: str) -> None:
    assert read(f"key: {written}") == {"key": written}


@pytest.mark.parametrize("written", ["", "~", "null", "# kommer sedan"])
def test_nothing_is_nothing(written: str) -> None:
    assert read(f"key: {written}") == {"key": None}


@pytest.mark.parametrize("written", ['"null"', "'~'", '""'])
def test_a_word_in_quotation_marks_is_a_text(written: str) -> None:
    node, _ = parse_yaml(f"key: {written}")

    assert node is not None
    assert isinstance(node.value, dict)
    assert node.value["key"].value == written[1:-1]
    assert node.value["key"].quoted


@pytest.mark.parametrize("text", ["", "\n\n", "# bara en kommentar\n", "---\n# tomt\n..."])
def test_an_empty_text_is_an_empty_mapping_or_nothing(text: str) -> None:
    node, faults = parse_yaml(text)

    assert not faults
    assert node is not None
    assert node.plain() in ({}, None)


def test_blocks_lists_and_quotations_are_read() -> None:
    text = "a: |-\n  rad ett\n  rad två\nb:\n  - x\n  - {c: 'd: e'}\nf: >-\n  lång\n  rad\n"

    assert read(text) == {"a": "rad ett\nrad två", "b": ["x", {"c": "d: e"}], "f": "lång rad"}


def test_every_key_and_value_has_its_place() -> None:
    node, _ = parse_yaml("title: Hej\nevent:\n  start: nu\n  rows: [a, b]\n", first_line=2)

    assert node is not None
    assert isinstance(node.value, dict)
    event = node.value["event"]
    assert isinstance(event.value, dict)
    rows = event.value["rows"]
    assert isinstance(rows.value, list)
    assert (node.value["title"].line, node.value["title"].column) == (2, 8)
    assert (event.key_lines["start"], event.key_columns["start"]) == (4, 3)
    assert [(row.line, row.column) for row in rows.value] == [(5, 10), (5, 13)]
    assert dict(node.lines()) == {"title": 2, "event": 3, "event.start": 4, "event.rows": 5}


def test_a_key_that_stands_twice_is_told_and_the_rest_is_read() -> None:
    node, faults = parse_yaml("a: 1\nb: 2\na: 3\na: 4\nc: 5\n")

    assert node is not None
    assert node.plain() == {"a": "1", "b": "2", "c": "5"}
    assert node.key_lines["a"] == 4
    assert [(one.line, one.column, str(one.message)) for one in faults] == [
        (3, 1, "Nyckeln ”a” finns redan på rad 1."),
        (4, 1, "Nyckeln ”a” finns redan på rad 1."),
    ]


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ("a: &x 1\nb: 2\n", (1, 4), "”&x” går inte att läsa: ett värde får inte börja med &."),
        ("a: 1\nb: *x\n", (2, 4), "”*x” går inte att läsa: ett värde får inte börja med *."),
        ("a: !nytt 1\nb: 2\n", (1, 4), "”!nytt” går inte att läsa: ett värde får inte börja med !."),
        ("&x a: 1\nb: 2\n", (1, 1), "”&x” går inte att läsa: ett värde får inte börja med &."),
        ("a: [&x b]\n", (1, 5), "”&x” går inte att läsa: ett värde får inte börja med &."),
        ("a: &x {b: c}\n", (1, 4), "”&x” går inte att läsa: ett värde får inte börja med &."),
        ("a: 1\nb: 2\n---\nc: 3\n", (3, 1), "Här börjar ett andra dokument."),
    ],
)
def test_references_tags_and_second_documents_are_refused_and_the_rest_is_read(
    text: str, place: tuple[int, int], message: str
) -> None:
    node, _ = parse_yaml(text)

    assert fault(text) == (*place, message)
    assert node is not None
    assert isinstance(node.value, dict)
    assert "a" in node.value


def test_a_tag_that_names_code_makes_nothing() -> None:
    node, faults = parse_yaml("a: !!python/object/apply:os.system ['false']\n")

    assert len(faults) == 1
    assert node is not None
    assert node.plain() == {"a": ["false"]}


def test_an_alias_is_never_opened() -> None:
    rows = "".join(f"l{n}: &l{n} [*l{n - 1}, *l{n - 1}]\n" for n in range(1, 40))

    node, faults = parse_yaml("l0: &l0 [ja]\n" + rows)

    assert node is not None
    assert isinstance(node.value, dict)
    assert node.value["l39"].plain() == ["*l38", "*l38"]
    assert len(faults) == 40 + 39 * 2


def test_merging_is_a_key_like_any_other() -> None:
    assert read("<<: {a: b}\n") == {"<<": {"a": "b"}}


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ("title: Höst: nu\n", (1, 12), "Ett kolon mitt i raden gör att den inte går att läsa."),
        ('a: b\ntitle: "Hej\nkind: x\n', (2, 8), "Ett citattecken öppnas men stängs aldrig."),
        ("a: b\ntitle Höst\nkind: x\n", (2, 1), "Här saknas ett kolon efter nyckeln."),
        ("a: b\ntitle:Höst\nkind: x\n", (2, 1), "Här saknas ett blanksteg efter kolonet."),
        ("title:Höst\nkind: x\n", (2, 5), "Raden läses som en fortsättning på raden ovanför."),
        ("title: x\n  kind: y\n", (2, 7), "Raden läses som en fortsättning på raden ovanför."),
        ("a: [b, c\nd: e\n", (1, 4), "Listan eller klammern är inte stängd."),
        ("a: {b: c\n", (1, 4), "Listan eller klammern är inte stängd."),
        ("title: - x\n", (1, 8), "En lista med streck kan inte börja på samma rad som nyckeln."),
        (
            "title: > 50 stolar\n",
            (1, 10),
            "Efter ett värde som börjar med > eller | får inget mer stå på raden.",
        ),
        (
            'a: "C:\\qed"\n',
            (1, 8),
            "Ett omvänt snedstreck (\\) inom citattecken läses som ett specialtecken.",
        ),
        (
            "title: @leader\n",
            (1, 8),
            "Ett värde börjar med ett tecken som YAML har reserverat (till exempel @, ` eller %).",
        ),
        ("a: b\n - c: d\n", (2, 5), "Ett kolon mitt i raden gör att den inte går att läsa."),
        ("a:\n  - b\n - c\n", (3, 2), "Indraget stämmer inte med raderna omkring."),
        (" a: b\nc: d\n", (2, 1), "Indraget stämmer inte med raderna omkring."),
        ('title: "Hej" sa hon\n', (1, 14), "Värdet fortsätter efter sitt citattecken eller sin klammer."),
        ("title: [Nytt] i Sunne\n", (1, 15), "Värdet fortsätter efter sitt citattecken eller sin klammer."),
        ("a: b\nkey:\tx\n", (2, 5), "Här står en tabb."),
        ("a:\n  b: c\n \td: e\n", (3, 2), "Raden är indragen med tabb."),
        ("? [a]\n: b\n", (1, 3), "Nyckeln är inte ett ord."),
        ("a: ]\n", (1, 4), "Raden går inte att läsa som YAML."),
        ("a: b\nc: \x07\n", (2, 4), "Texten innehåller ett styrtecken."),
        ('a: "\\UFFFFFFFF"\n', (1, 1), "Texten går inte att läsa som YAML."),
    ],
)
def test_a_slip_is_told_where_it_was_made(text: str, place: tuple[int, int], message: str) -> None:
    assert fault(text) == (*place, message)


@pytest.mark.parametrize(
    ("escape", "name"), [("\\u202e", "U+202E"), ("\\0", "U+0000"), ("\\ud800", "U+D800")]
)
def test_an_escape_cannot_bring_in_a_sign_that_steers(escape: str, name: str) -> None:
    node, _ = parse_yaml(f'a: "x{escape}y"\n')

    assert fault(f'a: "x{escape}y"\n') == (1, 4, f"Här står ett osynligt styrtecken ({name}).")
    assert node is not None
    assert node.plain() == {"a": "x y"}


@pytest.mark.parametrize(
    ("text", "place", "tag"),
    [
        ("text: Kom hit #Leader7sam #Sunne\n", (1, 15), "#Leader7sam"),
        ("a: b\nlink: #ffffff\n", (2, 7), "#ffffff"),
        ("rows:\n  - ett #två\n", (2, 9), "#två"),
    ],
)
def test_a_hashtag_that_would_vanish_as_a_comment_is_told(
    text: str, place: tuple[int, int], tag: str
) -> None:
    assert fault(text) == (*place, f"”{tag}” läses som en kommentar och försvinner.")


@pytest.mark.parametrize(
    "text", ["a: b # en kommentar\n", "# en kommentar\na: b\n", "a: # kommentar\n  b: c\n", "a: c#d\n"]
)
def test_a_comment_is_no_hashtag(text: str) -> None:
    assert isinstance(read(text), dict)


@pytest.mark.parametrize("text", ['a: "Hej #Leader"\n', "a: |-\n  Hej\n\n  #Leader\n"])
def test_a_hashtag_in_quotation_marks_or_a_block_is_text(text: str) -> None:
    assert "#Leader" in str(read(text))


def test_places_count_from_the_first_line_of_the_file() -> None:
    _, faults = parse_yaml("a: b\na: c\n", first_line=2)
    _, broken = parse_yaml("a: b: c\n", first_line=7)
    _, tab = parse_yaml("a:\n\tb\n", first_line=2)

    assert (faults[0].line, broken[0].line, tab[0].line) == (3, 7, 3)
    assert str(faults[0].message) == "Nyckeln ”a” finns redan på rad 2."


def letters(text: str, first_line: int = 1) -> list[tuple[int, int, int]]:
    """Where the letters of the text under the key `t` stand."""
    node, _ = parse_yaml(text, first_line=first_line)
    return list(dict(node.texts())["t"].marks) if node else []


@pytest.mark.parametrize(
    ("written", "places"),
    [
        ("t: Hej du  # nej\n", [(0, 1, 4)]),
        ('t: "Hej: du"\n', [(0, 1, 5)]),
        ("t: 'Hej'\n", [(0, 1, 5)]),
        ("t: |-\n  Ett\n\n    två\n  tre\na: b\n", [(0, 2, 3), (7, 4, 5), (11, 5, 3)]),
        ("t: >\n\n  Ett\n  två\n", [(0, 3, 3), (4, 4, 3)]),
        ("t: Ett\n  två\n", [(0, 1, 4), (4, 2, 3)]),
        ('t: "Ett\n  två"\n', [(0, 1, 5), (4, 2, 3)]),
        ("a: [{t: Ett}, {b: 1}]\nt: Två\n", [(0, 2, 4)]),
    ],
)
def test_the_letters_of_a_text_have_their_places(written: str, places: list[tuple[int, int, int]]) -> None:
    assert letters(written) == places


@pytest.mark.parametrize("written", ['t: "Hej \\"du\\""\n', "t: 'Karins ''bil'' här'\n", 't: "Sm\\u00f6r"\n'])
def test_of_a_text_with_escapes_only_the_line_is_known(written: str) -> None:
    assert letters(written, first_line=4) == [(0, 4, 0)]


@given(st.text("ab :'\"\\#-|>\n", min_size=1))
def test_a_place_that_is_given_holds_that_very_letter(text: str) -> None:
    written = f"t: {text}\n"
    node, _ = parse_yaml(written)
    lines = written.split("\n")
    for _key, one in node.texts() if node else ():
        value = str(one.value).strip()
        for offset, line, column in one.marks:
            assert not column or lines[line - 1][column - 1] == value[offset]


def test_the_faults_before_a_broken_line_are_told_too() -> None:
    node, faults = parse_yaml("a: &x 1\nb: c: d\n")

    assert node is None
    assert [one.line for one in faults] == [1, 2]


def test_one_line_gives_one_fault() -> None:
    node, faults = parse_yaml("a: *Nytt* i Sunne\n")

    assert node is None
    assert [str(one.message) for one in faults] == [
        "”*Nytt*” går inte att läsa: ett värde får inte börja med *."
    ]


@pytest.mark.parametrize("bomb", ["[" * 10_000, "{a: " * 3_000, "- " * 5_000 + "x"])
def test_deep_nesting_is_refused_not_followed(bomb: str) -> None:
    node, faults = parse_yaml(bomb)

    assert node is None
    assert [str(one.message) for one in faults] == ["Innehållet är nästlat för djupt."]


def test_nesting_to_the_limit_is_read() -> None:
    text = "[" * MAX_DEPTH + "x" + "]" * MAX_DEPTH

    assert read(text) is not None
    assert parse_yaml("[" + text + "]")[0] is None


def test_a_text_that_is_too_big_is_refused() -> None:
    node, faults = parse_yaml("a" * (MAX_CHARACTERS + 1), first_line=2)

    assert node is None
    assert faults[0].line == 2
    assert str(faults[0].message) == "Texten är för stor: 1000001 tecken."


@given(st.text(max_size=200) | st.text(alphabet="ab:-[]{}#&*!|>'\"%@`?, \n\t\\", max_size=80))
def test_any_text_is_read_or_told_at_a_place_within_it(text: str) -> None:
    node, faults = parse_yaml(text)

    assert isinstance(node, Node) or faults
    lines = text.splitlines() or [""]
    assert all(_within(one, lines) for one in faults)


def _within(one: YamlFault, lines: list[str]) -> bool:
    return 1 <= one.line <= len(lines) + 1 and one.column >= 1
