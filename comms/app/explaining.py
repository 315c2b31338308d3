"""What `comms check --explain` says: what a code is and why, or where a word of the lists comes from."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from comms.app.language import shown
from comms.app.wording import SEVERITY
from comms.check import engine
from comms.check.lexicon import Lexicon
from comms.check.rule import Rule
from comms.check.term_rules import alternatives
from comms.errors import Location, Text, UsageError, say
from comms.model.question import Question
from comms.model.term import Term, WordList
from comms.plan.questions import OF_ISSUES, OF_ITEMS

_KINDS: Mapping[str, Text] = {
    "C1": say("Fel i en fil i arbetsytan: en nyhet, ett brevs anteckningar, en ordlista eller en bild."),
    "K1": say("Fel i comms.yaml, eller mellan den och en annan fil."),
    "N1": say("Gräns hos ett socialt nätverk, för ett inlägg."),
    "O1": say("Fel i ett färdigt brev: rubriker, bilder, tabeller, länkar eller storlek."),
    "O2": say("Färger som är svåra att läsa mot varandra."),
    "O3": say("Något i ett brev som ett e-postprogram inte visar."),
    "T4": say("Fel i en mall för brev."),
}
"""What codes are about that are no rules: by letter and first digit."""

_MORE_OF_QUESTIONS = say("Mer: docs/fragor.md")
_QUESTIONS: Mapping[str, Question] = {
    question.code: question
    for question in (*(row.question for row in OF_ITEMS), *(row.question for row in OF_ISSUES))
}


@dataclass(frozen=True, slots=True)
class Explanation:
    """A heading and the sentences below it."""

    heading: Text
    sentences: tuple[Text, ...]


def explain(asked: str, words: WordList) -> Explanation:
    """The explanation of a code, or of a word or an abbreviation of the lists. Raises `UsageError`."""
    asked = asked.strip()
    if not asked:
        raise UsageError(say("Skriv en kod eller ett ord efter --explain, till exempel S101."))
    meanings = dict(words.abbreviations)
    found = Lexicon.of(words.terms).named(asked)
    short = asked if asked in meanings else asked.upper()
    explained = _of_code(asked.upper())
    if explained is None and found and asked not in meanings:
        explained = Explanation(say("{word}", word=found[0].lemma), tuple(_of_term(found[0])))
    if explained is None and short in meanings:
        explained = Explanation(say("{word}", word=short), tuple(_of_abbreviation(short, words)))
    if explained is None:
        raise UsageError(
            say(
                "”{asked}” är varken en kod eller ett ord i listorna. Reglernas koder står i "
                "docs/rules/README.md, de andra i docs/handbok.md.",
                asked=asked,
            )
        )
    return explained


def _of_code(code: str) -> Explanation | None:
    """What a code stands for: a rule, a question, or a problem of a file that the handbook tells of."""
    rule = engine.explain(code)
    if rule is not None:
        return Explanation(say("{code}  {title}", code=rule.code, title=rule.title), tuple(_of_rule(rule)))
    if code in _QUESTIONS:
        asked = _QUESTIONS[code]
        source = say("Källa: {source}", source=f"{asked.source}, {asked.address}")
        heading = say("{code}  {title}", code=code, title=asked.words)
        return Explanation(
            heading, (say("En fråga som ingen maskin kan svara på."), source, _MORE_OF_QUESTIONS)
        )
    if code[:2] not in _KINDS or not re.fullmatch(r"[A-Z]\d{3}", code):
        return None
    page = say("Vad {code} är och hur du rättar: docs/handbok.md, ”Problem i filerna”.", code=code)
    return Explanation(say("{word}", word=code), (_KINDS[code[:2]], page))


def _of_rule(rule: Rule) -> Iterator[Text]:
    yield rule.why
    if rule.source:
        yield say("Källa: {source}", source=rule.source)
    yield say("Mer: docs/rules/{code}.md", code=rule.code)


def _of_abbreviation(short: str, words: WordList) -> Iterator[Text]:
    meaning = dict(words.abbreviations)[short]
    if meaning:
        yield say("Förkortning för: {meaning}", meaning=meaning)
        yield say("P207 säger till när texten inte förklarar den.")
    else:
        yield say("En förkortning som alla känner. Den behöver inte förklaras (P207).")
    for path, line in ((path, line) for name, path, line in words.places if name == short):
        yield say("Står i {place}. Ändra den i abbreviations.csv.", place=Location(path, line))


def _of_term(term: Term) -> Iterator[Text]:
    rule = engine.explain(term.rule)
    if term.off:
        yield say("Ordet släpps igenom.")
    elif rule is not None:
        severity = shown(SEVERITY[term.severity or rule.severity])
        yield say("{code} {title} ({severity})", code=rule.code, title=rule.title, severity=severity)
        yield say("Skriv {instead}.", instead=alternatives(term.instead))
    if term.when is not None:
        yield say("Bara i sitt sammanhang: {when}. Se docs/ordlistor.md.", when=term.when.value)
    yield say("Former: {forms}", forms=", ".join((*term.forms, *(f"{stem}…" for stem in term.stems))))
    if term.note:
        yield say("Anmärkning: {note}", note=term.note)
    source = ", ".join(part for part in (term.source.name, term.source.address) if part)
    yield say("Källa: {source}", source=source)
    yield say("Står i {place}. Ändra eller tysta ordet i terms.csv.", place=Location(term.path, term.line))
