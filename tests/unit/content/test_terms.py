"""The organisation's own word list: words are added, changed and silenced; every fault has its line."""

from __future__ import annotations

from pathlib import Path

from comms.content.terms import load_words, shipped_words
from comms.errors import Problem, Severity
from comms.model.term import Term, When, WordList

HEAD = "term;forms;rule;severity;instead;when;source;note\n"


def read(root: Path, rows: str, head: str = HEAD) -> tuple[WordList, list[Problem]]:
    """The list in force with these rows in terms.csv, and what is wrong with them."""
    (root / "terms.csv").write_text(head + rows, encoding="utf-8")
    words, _digests, problems = load_words(root)
    return words, problems


def term(words: WordList, lemma: str) -> Term:
    """The one term with a lemma."""
    (found,) = [one for one in words.terms if one.lemma == lemma]
    return found


def said(problems: list[Problem]) -> list[str]:
    """Code, line and message of each."""
    return [f"{one.code} {one.location.line} {one.message}" for one in problems]


def test_without_an_own_list_the_one_that_ships_is_in_force(tmp_path: Path) -> None:
    assert load_words(tmp_path) == (shipped_words(), {}, [])


def test_a_word_is_added_with_its_forms_and_linking_form(tmp_path: Path) -> None:
    words, problems = read(
        tmp_path, "bygdeman;bygdeman, bygdemän, bygdemanna…;S101;;bygdebo;;;Ordet hörs i trakten.\n"
    )

    added = term(words, "bygdeman")
    assert problems == []
    assert (added.forms, added.stems) == (("bygdeman", "bygdemän"), ("bygdemanna",))
    assert (added.source.name, added.path, added.line) == ("Vårt eget val", "terms.csv", 2)


def test_an_inflection_is_named_and_applied_to_what_stands_before_the_bar(tmp_path: Path) -> None:
    words, _ = read(tmp_path, "traktös|;ER;S102;;traktör;;;\nklubb|man;MAN;S101;;medlem;;;\n")

    assert "traktösernas" in term(words, "traktös").forms
    assert term(words, "klubbman").forms[:3] == ("klubbman", "klubbmans", "klubbmannen")


def test_a_word_is_silenced_by_its_name_alone(tmp_path: Path) -> None:
    words, problems = read(tmp_path, "dagis;;;off;;;;\n")

    assert problems == []
    assert term(words, "dagis").off
    assert term(words, "dagis").forms == term(shipped_words(), "dagis").forms


def test_a_word_is_changed_and_what_is_left_empty_stays(tmp_path: Path) -> None:
    words, _ = read(tmp_path, "Talesman;;;error;språkrör / talesperson;person;https://exempel.example/ord;\n")

    before, after = term(shipped_words(), "talesman"), term(words, "talesman")
    assert (after.forms, after.rule) == (before.forms, before.rule)
    assert (after.severity, after.instead) == (Severity.ERROR, ("språkrör", "talesperson"))
    assert (after.when, after.source.address) == (When.PERSON, "https://exempel.example/ord")


def test_the_columns_may_stand_in_any_order_and_some_be_missing(tmp_path: Path) -> None:
    words, problems = read(tmp_path, "medlem;S101;klubbman\n", head="instead;rule;term\n")

    assert (problems, term(words, "klubbman").instead) == ([], ("medlem",))


def test_empty_rows_and_remarks_are_passed_over_and_lines_still_count(tmp_path: Path) -> None:
    _, problems = read(tmp_path, "\n# våra ord\n;;;;;;;\nordman;;S999;;x;;;\n")

    assert [problem.location.line for problem in problems] == [5]


def test_every_fault_has_its_line_cause_and_remedy_and_the_sound_rows_are_used(tmp_path: Path) -> None:
    rows = "fel1;;S999;;x;;;\nfel2;;S101;stark;x;;;\nfel3;;S101;;x;alltid;;\nfel4|;MANN;S101;;x;;;\n"
    words, problems = read(
        tmp_path, f"{rows}fel5;;;;x;;;\nfel6;;S101;;;;;\ndagis;;;off;;;;\nDagis;;;off;;;;\n"
    )

    assert said(problems) == [
        "C141 2 ”S999” går inte att använda i kolumnen rule.",
        "C141 3 ”stark” går inte att använda i kolumnen severity.",
        "C141 4 ”alltid” går inte att använda i kolumnen when.",
        "C141 5 Böjningen ”MANN” finns inte.",
        "C143 6 Raden saknar rule.",
        "C143 7 Raden saknar instead.",
        "C142 9 Ordet ”Dagis” står redan på rad 8.",
    ]
    assert str(problems[3].hint) == "Menade du ”MAN”?"
    assert term(words, "dagis").off


def test_a_table_with_other_signs_between_its_columns_is_told_how_it_should_begin(tmp_path: Path) -> None:
    words, problems = read(tmp_path, "dagis,,,off,,,,\n", head=HEAD.replace(";", ","))

    assert said(problems) == ["C140 1 Kolumnerna skiljs åt med komma. Det ska vara semikolon."]
    assert str(problems[0].hint) == f"Skriv {HEAD.strip()}, och semikolon i varje rad."
    assert words == shipped_words()


def test_a_first_row_with_strange_names_is_told_how_it_should_begin(tmp_path: Path) -> None:
    _, problems = read(tmp_path, "dagis;off\n", head="ord;nivå\n")

    assert said(problems) == ["C140 1 Första raden är inte tabellens rubriker."]
    assert str(problems[0].hint) == f"Skriv {HEAD.strip()}"


def test_the_names_of_columns_may_begin_with_capitals(tmp_path: Path) -> None:
    words, problems = read(tmp_path, "dagis;off\n", head="Term;SEVERITY\n")

    assert (problems, term(words, "dagis").off) == ([], True)


def test_a_quotation_mark_that_is_never_closed_swallows_no_other_row(tmp_path: Path) -> None:
    for stray in ('"klubbman;MAN', 'klubbman;"MAN', '"'):
        words, problems = read(tmp_path, f"# våra\n{stray}\ndagis;;;off;;;;\ntjänsteman;;;off;;;;\n")

        assert [(one.code, one.location.line) for one in problems] == [("C145", 3)]
        assert term(words, "dagis").off
        assert term(words, "tjänsteman").off


def test_a_quotation_mark_that_closes_in_another_row_is_told_where_it_was_opened(tmp_path: Path) -> None:
    _, problems = read(tmp_path, '"klubbman;MAN;S101;;medlem;;;\ndagis;;;off;;;;\n"tjänsteman";;;off;;;;\n')

    assert [(one.code, one.location.line) for one in problems] == [("C145", 2)]


def test_a_cell_in_quotation_marks_may_have_several_lines_and_lines_still_count(tmp_path: Path) -> None:
    words, problems = read(tmp_path, 'dagis;;;off;;;;"Så säger vi.\nStyrelsen 2026."\nfel;;S999;;x;;;\n')

    assert term(words, "dagis").note == "Så säger vi.\nStyrelsen 2026."
    assert [problem.location.line for problem in problems] == [4]


def test_a_semicolon_too_many_is_told(tmp_path: Path) -> None:
    words, problems = read(
        tmp_path, "klubbman;;S101;;medlem;;;Vi säger medlem; inte man.\ndagis;;;off;;;;;;\n"
    )

    assert said(problems) == ["C146 2 Raden har 9 kolumner, men tabellen har 8."]
    assert term(words, "dagis").off


def test_a_form_that_could_never_be_found_is_told(tmp_path: Path) -> None:
    rows = "byaman;by…, bya...;S101;;bybo;;;\nbyag…;;S101;;bybo;;;\nbygdeman;bygd...;S101;;bybo;;;\n"
    words, problems = read(tmp_path, rows)

    assert said(problems) == [
        "C144 2 ”by…” hittas aldrig: den är för kort.",
        "C144 2 ”bya…” hittas aldrig: den är för kort.",
        "C144 3 ”byag…” hittas aldrig: tre punkter räknas bara i kolumnen forms.",
    ]
    assert term(words, "bygdeman").stems == ("bygd",)


def test_silencing_what_no_list_has_is_told_with_what_was_meant(tmp_path: Path) -> None:
    rows = "finnsinte;;;off;;;;\ntjänstman;;;off;;;;\nLAG;;;off;;;;\n"
    _, problems = read(tmp_path, rows)

    assert [(one.code, one.severity, one.location.line, str(one.hint)) for one in problems] == [
        ("C147", Severity.WARNING, 2, "Ta bort raden."),
        ("C147", Severity.WARNING, 3, "Menade du ”tjänsteman”?"),
        (
            "C147",
            Severity.WARNING,
            4,
            "Är det en förkortning: skriv den i abbreviations.csv, utan betydelse.",
        ),
    ]


def test_silencing_a_form_a_compound_or_a_longer_phrase_is_no_fault(tmp_path: Path) -> None:
    rows = "tjänstemännen;;;off;;;;\ntjänstemannaförbundet;;;off;;;;\nvår egen tjänsteman;;;off;;;;\n"

    assert read(tmp_path, rows)[1] == []


def test_an_abbreviation_that_is_never_sought_is_told(tmp_path: Path) -> None:
    (tmp_path / "abbreviations.csv").write_text(
        "abbreviation;meaning\nÖSK;\nt.ex.;\nLag;\n", encoding="utf-8"
    )

    problems = load_words(tmp_path)[2]

    assert said(problems) == [
        "C148 3 ”t.ex.” söks aldrig som förkortning.",
        "C148 4 ”Lag” söks aldrig som förkortning.",
    ]


def test_an_abbreviation_tells_where_it_stands(tmp_path: Path) -> None:
    (tmp_path / "abbreviations.csv").write_text("abbreviation;meaning\nÖSK;\n", encoding="utf-8")

    places = {short: (path, line) for short, path, line in load_words(tmp_path)[0].places}

    assert places["ÖSK"] == ("abbreviations.csv", 2)
    assert places["LAG"][0] == "comms/content/words/abbreviations.csv"


def test_a_table_from_a_spreadsheet_with_a_byte_order_mark_is_read(tmp_path: Path) -> None:
    (tmp_path / "terms.csv").write_bytes(b"\xef\xbb\xbf" + f"{HEAD}dagis;;;off;;;;\r\n".encode())

    words, _digests, problems = load_words(tmp_path)

    assert term(words, "dagis").off
    assert problems == []


def test_a_table_in_another_encoding_is_named_and_the_shipped_words_are_in_force(tmp_path: Path) -> None:
    (tmp_path / "terms.csv").write_bytes(f"{HEAD}börda;;;off;;;;\n".encode("cp1252"))

    words, _digests, problems = load_words(tmp_path)

    assert (words, [problem.code for problem in problems]) == (shipped_words(), ["C101"])


def test_own_abbreviations_stand_beside_the_shipped_ones_and_win_over_them(tmp_path: Path) -> None:
    (tmp_path / "abbreviations.csv").write_text(
        "abbreviation;meaning\nLAG;vår styrelse\nÖSK;\n", encoding="utf-8"
    )

    words, digests, problems = load_words(tmp_path)

    known = dict(words.abbreviations)
    assert (known["LAG"], known["ÖSK"], "EJFLU" in known) == ("vår styrelse", "", True)
    assert (list(digests), problems) == (["abbreviations.csv"], [])
