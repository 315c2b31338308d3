"""What `comms check --explain` says: what a rule is and why, or where a word of the lists comes from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from comms.app.language import shown
from comms.check import engine
from comms.check.lexicon import Lexicon
from comms.check.rule import Rule
from comms.check.term_rules import alternatives
from comms.errors import Location, Severity, Text, UsageError, say
from comms.model.term import Term, WordList

SEVERITY = {Severity.ERROR: say("fel"), Severity.WARNING: say("varning"), Severity.NOTICE: say("notis")}
"""How weighty a problem is, in words."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """A heading and the sentences below it."""

    heading: Text
    sentences: tuple[Text, ...]


def explain(asked: str, words: WordList) -> Explanation:
    """The explanation of a rule by its code, or of a word of the lists. Raises `UsageError`."""
    rule = engine.explain(asked)
    if rule is not None:
        return Explanation(say("{code}  {title}", code=rule.code, title=rule.title), tuple(_of_rule(rule)))
    found = Lexicon.of(words.terms).named(asked)
    if found:
        return Explanation(say("{word}", word=found[0].lemma), tuple(_of_term(found[0])))
    raise UsageError(
        say(
            "”{asked}” är varken en regel eller ett ord i listorna. Koderna står i docs/rules/README.md.",
            asked=asked,
        )
    )


def _of_rule(rule: Rule) -> Iterator[Text]:
    yield rule.why
    if rule.source:
        yield say("Källa: {source}", source=rule.source)
    yield say("Mer: docs/rules/{code}.md", code=rule.code)


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
