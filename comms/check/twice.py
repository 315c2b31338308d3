"""A word that stands twice in a row, by a slip of the hand: "Vi har har"."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from comms.check.reading import Reading
from comms.check.slip import Slip
from comms.errors import say
from comms.text.swedish import word_set

_NEVER_TWICE = word_set(
    "och att i en ett eller men inte vi jag ni du han hon man sig kan ska skulle vår vårt våra"
)
"""Words of which the second is always one too many, whatever stands before."""

_MAY_BE_TWICE = word_set(
    "det den de dem som är var där här när då om på av till med för in ut upp ner ned över under från förbi "
    "igenom genom efter hos mot kring runt bort hem fram ja nej jo hej tack hurra ha he så nu mycket mer "
    "väldigt jätte lång långt långa långe länge stor stort stora liten litet små många få bra fin fint fina "
    "aldrig alltid sakta snabbt högt djupt kom klapp tick tack hå blå röd knack dag år steg gång hela helt "
    "lite bara riktigt verkligen igen samma nära hur vad"
)
"""Words that may rightly meet: "det som är är bra", "tycka om om", "många många"."""

_BEGINS_A_CLAUSE = word_set(
    "som det den de dem vad allt allting mycket när om där då så hur medan eftersom innan ju vem vilka "
    "vilket vilken ingen inget alla något någon annat"
)
"""After these a verb may end one clause and begin the next: "det vi har har vi tillsammans"."""

_BEFORE = 8
"""How many words before tell whether a clause has begun."""


def doubled_words(reading: Reading) -> Iterator[Slip]:
    """Find a word that stands twice with only a blank between."""
    folded, words, prose = reading.folded, reading.words, reading.prose
    for number, (one, next_one) in enumerate(pairwise(folded)):
        if one != next_one or one in _MAY_BE_TWICE or not one.isalpha():
            continue
        first, second = words[number], words[number + 1]
        end = first.start + len(first.text)
        if prose[end : second.start] not in {" ", "\u00a0"} or not second.text.islower():
            continue
        before = set(folded[max(number - _BEFORE, 0) : number])
        if one not in _NEVER_TWICE and before & _BEGINS_A_CLAUSE:
            continue
        message = say("”{word}” står två gånger i rad.", word=first.text)
        hint = say("Ta bort det ena om det inte ska vara så.")
        yield Slip(first.start, second.start + len(second.text), message, hint)
