"""Word lists: the tables that ship with comms, and the organisation's own terms.csv over them.

A table with semicolons, as Swedish spreadsheets write it, so that nobody needs to program to add a word.
The columns are told in docs/ordlistor.md; the same reader, with the same faults, reads both.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from difflib import get_close_matches
from functools import cache
from pathlib import Path

from comms.content.files import SourceText, problem, read_text
from comms.content.schema import suggestion
from comms.content.table import AS_SPREADSHEETS_DO, Rows
from comms.errors import Location, Problem, Severity, say
from comms.model.term import WORD_RULES, Term, When, WordList, WordSource

FILE = "terms.csv"
"""The organisation's own list, at the top of the workspace; it need not exist."""

ABBREVIATIONS = "abbreviations.csv"
"""The organisation's own abbreviations, likewise."""

OFF = "off"
"""The severity of a term that is let through."""

INFLECTIONS: dict[str, str] = {
    "MAN": "man mans mannen mannens män mäns männen männens",
    "INNA": "a as an ans or ors orna ornas",
    "ARE": "e es en ens na nas",
    "AR": "- s en ens ar ars arna arnas",
    "ER": "- s en ens er ers erna ernas",
    "OR": "- s n ns er ers erna ernas",
    "EN": "- s en ens",
    "ETT": "- s et ets en ens",
    "ADJ": "- t a",
    "PARTICIP": "d t de des",
    "VERB-AR": "a ar as ade ades at ats ad ande",
}
"""What is added to the part of a term before its bar; "-" adds nothing."""

_WORDS = Path(__file__).resolve().parent / "words"
_SHIPPED = ("schyst.csv", "plain.csv")
_COLUMNS = ("term", "forms", "rule", "severity", "instead", "when", "source", "note")
_SEVERITIES: dict[str, Severity | None] = {"": None, OFF: None, **{s.value: s for s in Severity}}
_LINKED, _DOTS = "…", "..."
_LINKED_LEAST = 4
"""How many letters a linking form has at least: fewer begin too many words that nobody meant."""

_ABBREVIATION = re.compile("[A-ZÅÄÖ]{2,6}")
"""What P207 takes for an abbreviation."""

_OWN_CHOICE = WordSource("egen", "Vårt eget val", "")


def load_words(root: Path) -> tuple[WordList, dict[str, str], list[Problem]]:
    """The list in force, the digests of the organisation's own files, and what is wrong in them."""
    shipped, problems, digests = shipped_words(), list[Problem](), dict[str, str]()
    terms, abbreviations = shipped.terms, dict(shipped.abbreviations)
    places = {short: (path, line) for short, path, line in shipped.places}
    for name in (FILE, ABBREVIATIONS):
        if not (root / name).exists():
            continue
        source, found = read_text(root, name)
        problems += [one for one in found if one.code not in AS_SPREADSHEETS_DO]
        if source is None:
            continue
        digests[name] = source.sha256
        if name == FILE:
            own, found = read_terms(source, {term.lemma.casefold(): term for term in terms})
            found += _idle(own, terms, abbreviations)
            replaced = {term.lemma.casefold() for term in own}
            terms = (*own, *(term for term in terms if term.lemma.casefold() not in replaced))
        else:
            read, lines, found = read_abbreviations(source)
            found += [_never_found(source, short, lines[short]) for short in read if not _is_read(short)]
            abbreviations |= read
            places |= {short: (name, line) for short, line in lines.items()}
        problems += found
    return _word_list(terms, abbreviations, places), digests, problems


def _word_list(
    terms: Iterable[Term], abbreviations: Mapping[str, str], places: Mapping[str, tuple[str, int]]
) -> WordList:
    where = tuple((short, *place) for short, place in sorted(places.items()))
    return WordList(tuple(terms), tuple(sorted(abbreviations.items())), where)


def _idle(own: Iterable[Term], shipped: Iterable[Term], abbreviations: Collection[str]) -> Iterator[Problem]:
    """The rows that silence what no list has: neither the word, nor anything in it."""
    own = list(own)
    listed = [term for term in (*own, *shipped) if not term.off]
    known = {term.lemma.casefold() for term in shipped}
    forms = {form for term in listed for form in (*term.forms, *term.stems)}
    for term in own:
        if (
            not term.off
            or term.lemma.casefold() in known
            or any(form in one for one in term.forms for form in forms)
        ):
            continue
        message = say("”{word}” tystas, men står inte i någon lista.", word=term.lemma)
        near = get_close_matches(term.lemma.casefold(), known, n=1, cutoff=0.75)
        hint = say("Menade du ”{near}”?", near=near[0]) if near else say("Ta bort raden.")
        if term.lemma.upper() in abbreviations or _is_read(term.lemma):
            hint = say("Är det en förkortning: skriv den i abbreviations.csv, utan betydelse.")
        yield problem("C147", Severity.WARNING, message, hint, Location(term.path, term.line, 1))


def _is_read(short: str) -> bool:
    return _ABBREVIATION.fullmatch(short) is not None


def _never_found(source: SourceText, short: str, line: int) -> Problem:
    message = say("”{short}” söks aldrig som förkortning.", short=short)
    hint = say("Skriv två till sex stora bokstäver, utan punkt, siffror och böjning.")
    return problem("C148", Severity.WARNING, message, hint, Location(source.path, line, 1))


@cache
def shipped_words() -> WordList:
    """The words that ship with comms. Raises `ValueError` when they are damaged, which tests rule out."""
    terms: list[Term] = []
    problems: list[Problem] = []
    for name in _SHIPPED:
        read, found = read_terms(_shipped(name), {})
        terms += read
        problems += found
    source = _shipped(ABBREVIATIONS)
    abbreviations, lines, found = read_abbreviations(source)
    if [*problems, *found]:
        raise ValueError(str([*problems, *found][0]))
    return _word_list(terms, abbreviations, {short: (source.path, line) for short, line in lines.items()})


def _shipped(name: str) -> SourceText:
    source, problems = read_text(_WORDS, name)
    if source is None or problems:
        raise ValueError(name)
    return replace(source, path=f"comms/content/words/{name}")


@cache
def _sources() -> dict[str, WordSource]:
    rows = Rows(_shipped("sources.csv"), ("source", "name", "address"))
    return {row["source"]: WordSource(row["source"], row["name"], row["address"]) for _line, row in rows}


def read_abbreviations(source: SourceText) -> tuple[dict[str, str], dict[str, int], list[Problem]]:
    """Abbreviation -> what it stands for, "" when everybody knows it; and the line of each."""
    rows = Rows(source, ("abbreviation", "meaning"))
    read = [(line, row) for line, row in rows if row["abbreviation"]]
    meanings = {row["abbreviation"]: row["meaning"] for _line, row in read}
    return meanings, {row["abbreviation"]: line for line, row in read}, rows.problems


def read_terms(source: SourceText, shipped: Mapping[str, Term]) -> tuple[list[Term], list[Problem]]:
    """Read one table. A row that names a term of `shipped` changes it: what it leaves empty stays."""
    rows = Rows(source, _COLUMNS)
    terms: dict[str, Term] = {}
    for line, row in rows:
        lemma = row["term"].replace("|", "")
        if lemma.casefold() in terms:
            message = say(
                "Ordet ”{word}” står redan på rad {line}.", word=lemma, line=terms[lemma.casefold()].line
            )
            rows.fault("C142", line, message, say("Ta bort en av raderna."))
            continue
        term = _term(rows, line, row, shipped.get(lemma.casefold()))
        if term is not None:
            terms[lemma.casefold()] = term
    return list(terms.values()), rows.problems


def _term(rows: Rows, line: int, row: Mapping[str, str], changed: Term | None) -> Term | None:
    """One row as a term; None when it has a fault, which is told."""
    lemma = row["term"].replace("|", "")
    off = row["severity"] == OFF
    wrong = [
        _unknown(rows, line, row, "severity", _SEVERITIES),
        _unknown(rows, line, row, "rule", ("", *WORD_RULES)),
        _unknown(rows, line, row, "when", ("", *When)),
        _unknown_forms(rows, line, row),
        _never_found_forms(rows, line, row),
    ]
    if any(wrong):
        return None
    forms, stems = _forms(row["term"], row["forms"])
    instead = tuple(part.strip() for part in row["instead"].split(" / ") if part.strip())
    if changed is not None:
        forms, stems = (forms, stems) if row["forms"] else (changed.forms, changed.stems)
    term = Term(
        lemma=changed.lemma if changed else lemma,
        forms=forms,
        rule=row["rule"] or (changed.rule if changed else ""),
        instead=instead or (changed.instead if changed else ()),
        source=_source(row["source"]) or (changed.source if changed else _OWN_CHOICE),
        severity=_SEVERITIES[row["severity"]] or (changed.severity if changed else None),
        off=off,
        when=When(row["when"]) if row["when"] else (changed.when if changed else None),
        note=row["note"] or (changed.note if changed else ""),
        stems=stems,
        path=rows.source.path,
        line=line,
    )
    missing = "term" if not lemma else "rule" if not (term.rule or off) else ""
    missing = missing or ("instead" if not (term.instead or off) else "")
    if missing:
        message = say("Raden saknar {column}.", column=missing)
        hint = say("Fyll i kolumnen. En rad som tystar ett ord behöver bara term och severity: off.")
        rows.fault("C143", line, message, hint)
        return None
    return term


def _unknown(rows: Rows, line: int, row: Mapping[str, str], column: str, known: Collection[str]) -> bool:
    if row[column] in known:
        return False
    message = say("”{value}” går inte att använda i kolumnen {column}.", value=row[column], column=column)
    rows.fault("C141", line, message, suggestion(row[column], [word for word in known if word]))
    return True


def _unknown_forms(rows: Rows, line: int, row: Mapping[str, str]) -> bool:
    written = [part.strip() for part in row["forms"].split(",")]
    strange = [part for part in written if _is_pattern(part) and part not in INFLECTIONS]
    for name in strange:
        message = say("Böjningen ”{name}” finns inte.", name=name)
        rows.fault("C141", line, message, suggestion(name, INFLECTIONS))
    return bool(strange)


def _never_found_forms(rows: Rows, line: int, row: Mapping[str, str]) -> bool:
    """Whether something could never be found: three dots in the wrong column, or after too few letters."""
    if row["term"].endswith((_LINKED, _DOTS)):
        message = say("”{word}” hittas aldrig: tre punkter räknas bara i kolumnen forms.", word=row["term"])
        hint = say("Skriv ordet i term och formen med tre punkter i forms.")
        rows.fault("C144", line, message, hint)
        return True
    _, stems = _forms("", row["forms"])
    short = [stem for stem in stems if len(stem) < _LINKED_LEAST]
    for stem in short:
        message = say("”{stem}…” hittas aldrig: den är för kort.", stem=stem)
        hint = say("Skriv minst {count} bokstäver före punkterna, eller hela ord.", count=_LINKED_LEAST)
        rows.fault("C144", line, message, hint)
    return bool(short)


def _is_pattern(part: str) -> bool:
    return len(part) > 1 and part.isupper()


def _forms(term: str, written: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The forms and linking forms of a row; without any, the term as it stands."""
    stem = term.split("|", 1)[0]
    forms: list[str] = []
    stems: list[str] = []
    for part in (part.strip().replace(_DOTS, _LINKED) for part in written.split(",")):
        if part.endswith(_LINKED):
            stems.append(part.removesuffix(_LINKED).casefold())
        elif part in INFLECTIONS:
            forms += [(stem + ending.removeprefix("-")).casefold() for ending in INFLECTIONS[part].split()]
        elif part:
            forms.append(part.casefold())
    return tuple(dict.fromkeys(forms or [term.replace("|", "").casefold()])), tuple(stems)


def _source(written: str) -> WordSource | None:
    """A source by its key, or by its address or name as the organisation writes it."""
    if not written:
        return None
    is_address = written.startswith(("http://", "https://"))
    return _sources().get(written) or WordSource("", written, written if is_address else "")
