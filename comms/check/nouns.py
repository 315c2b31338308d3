"""Verbs that hide in nouns: "genomföra en kartläggning" for "kartlägga".

Only nouns of a table that names the verb, so that an auction, a course and a walk are left alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from comms.check.reading import Reading
from comms.check.rule import Finding
from comms.check.term_rules import term_finding
from comms.errors import say
from comms.text.swedish import word_set

_TABLE = """
analys:analysera anmälan:anmäla anpassning:anpassa avgränsning:avgränsa avstämning:stämma_av
bearbetning:bearbeta bedömning:bedöma begränsning:begränsa beräkning:beräkna besiktning:besiktiga
beställning:beställa betalning:betala bokning:boka dokumentation:dokumentera
dokumentering:dokumentera effektivisering:effektivisera fördelning:fördela fördjupning:fördjupa
förbättring:förbättra förenkling:förenkla förhandling:förhandla förstärkning:förstärka förändring:förändra
genomgång:gå_igenom granskning:granska identifiering:identifiera installation:installera inventering:inventera
jämförelse:jämföra justering:justera kartläggning:kartlägga komplettering:komplettera kontroll:kontrollera
konvertering:konvertera kvalitetssäkring:kvalitetssäkra mätning:mäta nedskärning:skära_ned ombyggnad:bygga_om
ombyggnation:bygga_om omprövning:ompröva omvandling:omvandla planering:planera prioritering:prioritera
prövning:pröva redogörelse:redogöra redovisning:redovisa registrering:registrera rekrytering:rekrytera
renovering:renovera reparation:reparera restaurering:restaurera revidering:revidera röjning:röja
rengöring:rengöra sammanställning:sammanställa samordning:samordna sortering:sortera städning:städa
sänkning:sänka undersökning:undersöka upphandling:upphandla uppdatering:uppdatera uppföljning:följa_upp
upprustning:rusta_upp uppskattning:uppskatta utbetalning:betala_ut utbyggnad:bygga_ut utlämning:lämna_ut
utredning:utreda utvärdering:utvärdera värdering:värdera ändring:ändra översyn:se_över
översättning:översätta överföring:överföra höjning:höja minskning:minska ökning:öka
försäljning:sälja inköp:köpa
"""
NOUNS: dict[str, str] = {
    noun: verb.replace("_", " ") for noun, verb in (row.split(":") for row in _TABLE.split())
}
"""A noun and the verb that hides in it."""

_COMPOUNDS = ("kartläggning", "inventering", "utvärdering")
"""What is as hidden at the end of a compound: "energikartläggning"."""

_DO = word_set("göra gör göras görs gjorde gjordes gjort gjorts sker ske skedde skett")
_CARRY_OUT = word_set(
    "genomföra genomför genomföras genomförs genomförde genomfördes genomfört genomförts utföra utför "
    "utföras utförs utförde utfördes utfört utförts vidta vidtar vidtas vidtog vidtogs vidtagit vidtagits "
    "företa företar företas företog företogs företagit"
)
_BECOMES = word_set(
    "görs göras gjordes gjorts genomförs genomföras genomfördes genomförts utförs utföras utfördes "
    "utförts sker ske skedde skett"
)
_VERBS = _DO | _CARRY_OUT | _BECOMES
_AUXILIARY = word_set("har hade ska kommer att kan bör måste skulle nu också även inte ha fått ska")
_BETWEEN = word_set(
    "en ett någon något några viss vissa ny nytt nya egen första nu även också sedan årlig årligen"
)
_NEVER_BETWEEN = word_set(
    "och men eller som att om av till i på för med från vid under efter utan när där så vi ni de du han "
    "hon hen det den sin sitt sina er ert era vår vårt våra alla allt"
)
_FARTHEST = 4
"""How many words after its verb the noun may stand: "genomföra en ny grundlig kartläggning"."""


_SUBJECTS = word_set("det den de vi ni jag du han hon hen man")
"""What follows the verb when the noun before it is something else: "tack vare försäljningen görs det …"."""

_OBJECT = 5
"""How many words before the verb "av" may stand: "en kartläggning av tomma lokaler i Eda sker"."""


def nominal_style(reading: Reading) -> Iterator[Finding]:
    """Find verbs that hide in nouns: listed phrases, "göra en bedömning", "bedömning sker"."""
    sentence = say("”{word}” gömmer verbet i ett substantiv.")
    for hit in reading.hits.get("P205", ()):
        yield term_finding(reading, hit, sentence)
    folded = reading.folded
    for number in [n for n, word in enumerate(folded) if word in _VERBS]:
        word, at = folded[number], None
        if word in _DO or word in _CARRY_OUT:
            at = _noun_after(reading, number)
        if at is None and word in _BECOMES:
            at = _noun_before(reading, number)
        if at is not None:
            yield _finding(reading, *sorted((number, at)), noun=folded[at])


def verb_of(noun: str) -> str:
    """The verb that hides in a noun, in singular or plural without article; "" if none does."""
    for ending in ("", "ar", "er"):
        if noun.endswith(ending) and (verb := NOUNS.get(noun.removesuffix(ending))):
            return verb
    tail = next((tail for tail in _COMPOUNDS if noun.endswith(tail)), "")
    return NOUNS.get(tail, "")


def _finding(reading: Reading, first: int, last: int, *, noun: str) -> Finding:
    start = reading.words[first].start
    message = say(
        "”{words}” gömmer verbet i ett substantiv.", words=reading.prose[start : reading.words[last].end]
    )
    hint = say("Använd verbet: {verb}.", verb=verb_of(noun) or _verb_of_known(noun))
    return Finding(reading.location(start), message, hint)


def _noun_after(reading: Reading, number: int) -> int | None:
    """The noun that a verb carries out, if nothing but an article and what describes it stands between."""
    folded = reading.folded
    for at in range(number + 1, min(number + 1 + _FARTHEST, len(folded))):
        if not _joined(reading, at - 1, at):
            return None
        if verb_of(folded[at]):
            plain = folded[at] in NOUNS or folded[number] in _CARRY_OUT or folded[at].endswith(_COMPOUNDS)
            return at if plain else None
        if folded[at] in _NEVER_BETWEEN:
            return None
    return None


def _noun_before(reading: Reading, number: int) -> int | None:
    """The noun that is said to happen: "bedömning har gjorts", "en kartläggning av lokaler sker"."""
    folded = reading.folded
    at = number - 1
    while at >= 0 and folded[at] in _AUXILIARY:
        at -= 1
    if at >= 0 and not _verb_of_known(folded[at]):
        of = next((n for n in range(at, max(at - _OBJECT, 0), -1) if folded[n] == "av"), 0)
        at = of - 1
    after = folded[number + 1] if number + 1 < len(folded) else ""
    if at < 0 or not _verb_of_known(folded[at]) or after in _SUBJECTS or not _joined(reading, at, number):
        return None
    return at


def _joined(reading: Reading, first: int, last: int) -> bool:
    """Whether nothing but blanks stands between the words."""
    words = reading.words[first : last + 1]
    gaps = (reading.prose[one.end : two.start] for one, two in pairwise(words))
    return all(gap in {" ", "\u00a0"} for gap in gaps)


def _verb_of_known(noun: str) -> str:
    """The verb that hides in a noun with or without its article: "kartläggningen"."""
    found = (NOUNS.get(noun.removesuffix(ending)) for ending in ("", "en", "et", "n", "arna", "erna"))
    return next(filter(None, found), "")
