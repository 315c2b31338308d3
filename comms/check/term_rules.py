"""Rules that are word lists: a sentence that names the author's word, and what to write instead."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from comms.check.contexts import is_before_a_name, is_meant
from comms.check.lexicon import Hit
from comms.check.reading import Reading
from comms.check.rule import Find, Finding
from comms.errors import Severity, Text, say

_FEMALE_TITLES = "S102"


def alternatives(words: Sequence[str]) -> Text:
    """The alternatives as a Swedish row: "a, b eller c"."""
    if len(words) == 1:
        return say("{word}", word=words[0])
    return say("{first} eller {last}", first=", ".join(words[:-1]), last=words[-1])


def term_finding(reading: Reading, hit: Hit, sentence: Text) -> Finding:
    """A term as a finding: the rule's sentence with the author's word, and what to write instead."""
    message = Text(sentence.template, (("word", hit.text),))
    hint = say("Skriv {instead}.", instead=alternatives(hit.term.instead))
    severity = hit.term.severity
    if hit.term.rule == _FEMALE_TITLES and is_before_a_name(reading, hit):
        severity = Severity.NOTICE  # what somebody is known as, she may have chosen
    return Finding(reading.location(hit.start), message, hint, severity)


def terms_of(code: str, sentence: Text) -> Find:
    """The function of a rule that is a word list: `sentence` names the word as {word}."""

    def find(reading: Reading) -> Iterator[Finding]:
        for hit in reading.hits.get(code, ()):
            if is_meant(reading, hit):
                yield term_finding(reading, hit, sentence)

    return find
