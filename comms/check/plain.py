"""Plain Swedish: short sentences, active verbs, everyday words, links and headings that say something.

Språklagen (2009:600), section 11, asks for language that is cared for, simple and understandable;
Myndigheternas skrivregler says how.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from comms.check.reading import BODY, RUNNING, PassageKind, Reading
from comms.check.rule import Finding
from comms.check.term_rules import term_finding
from comms.errors import Location, say
from comms.model.document import BlockKind, Span, SpanKind
from comms.text.swedish import count_words, lix, longest, word_set, words

LIX_HARD = 45
LIX_VERY_HARD = 55
LIX_LEAST_WORDS = 100
"""Readability is told from this many words; fewer say nothing."""

LONG_SENTENCE = 25
VERY_LONG_SENTENCE = 35
AVERAGE_SENTENCE = 18
AVERAGE_LEAST = 5
"""Words in a sentence, the most in the mean, and how many sentences make a mean."""

WALL = 90
"""Words in a paragraph before it is a wall."""

IN_A_ROW = 2
"""How many words apart two passives may stand and still be in a row."""

LONG_TITLE = 70
LONG_HEADING = 60
"""Characters of a title (inboxes cut about there) and of a heading in the body."""

_GENERIC_LINKS = word_set("här hit länk länken mer vidare klicka klicka_här läs_mer läs_mer_här läs_vidare")
_GENERIC_LINKS |= word_set(
    "klicka_på_länken denna_länk den_här_länken mer_information se_här se_mer webbplats"
)
_PASSIVE = re.compile(
    r"[a-zåäö]{2,}(?:[^aeiouyåäö]as|[^aeiouyåäö]ades|ats|ås|[^aeiouyåäö]des|[kpsx]tes|[öäy]rs|tts)"
)
_PASSIVES = word_set(
    "används bedrivs beskrivs bestäms byggs drivs fylls ges görs hålls höjs köps leds läggs löses nås "
    "sägs säljs sänds sänks sköts skrivs stängs stöds ställs tas väljs ägs"
)
_NOT_PASSIVE = word_set(
    "finnas hoppas trivas lyckas misslyckas andas umgås träffas mötas kännas behövas krävas synas höras "
    "låtsas svettas skämmas tyckas kallas vistas samlas enas hjälpas skiljas fattas saknas färdas kämpas "
    "minnas åldras turas brottas hoppades lyckades träffades möttes saknades fattades kändes behövdes "
    "krävdes syntes tycktes samlades enades träffats lyckats samlats mötts saknats krets deras allas bådas "
    "andras ungas vuxnas våras alldeles särdeles således mestadels stads jämförelses dags lördags söndags "
    "fredags torsdags onsdags tisdags måndags gås lås förlås därs nyss närs lärs plats insats sats"
)
_APART = re.compile(r"[.,:;!?–]| (?:och|eller|men|samt) ")
_GENITIVE = ("ornas", "arnas", "ernas", "enas", "onas", "plats", "insats", "dagas")
_MAKE = re.compile(
    r"\b(?:gör(?:a|s|as)?|gjorde|gjort) (?:en|ett)(?: ny| nytt| första)? "
    r"(?P<noun>redogörelse|bedömning|kartläggning|granskning|prövning|sammanställning|uppföljning"
    r"|undersökning|genomgång|beräkning|ändring|förändring|anmälan|\w{4,}ering)\b",
    re.IGNORECASE,
)
_CARRY_OUT = re.compile(
    r"\b(?:(?:genomför|utför)(?:a|s|as|de|des|t|ts)?|vidta(?:r|s)?|vidtog|företa(?:r|s)?)"
    r" (?:en|ett|någon|vissa)(?: ny| nytt| första)? (?P<noun>\w{3,}(?:ning|tion|ering|ande))\b",
    re.IGNORECASE,
)
_THINGS = word_set(
    "utbildning tävling utställning vandring invigning mening anläggning tidning lösning satsning "
    "föreställning stadsvandring guidning övning investering aktion produktion funktion station "
    "förening räddning dragning"
)
_CAPITALS = re.compile(r"(?<![\w.])[A-ZÅÄÖ]{2,6}(?![\w.]*[a-zåäö]{3})(?=[\W_]|s\b|$)")
# The words stand beside the abbreviation: "(LAG)" or "LAG (den lokala …)".
_EXPLAINED = re.compile(r"\((?P<inside>[A-ZÅÄÖ]{2,6})\)|\b(?P<before>[A-ZÅÄÖ]{2,6}) \(")
_ROMAN = re.compile(r"[IVXLCM]+")
_CAPITAL_YOU = re.compile(r"\b(?:Du|Dig|Din|Ditt|Dina|Ni|Er|Ert|Era)\b(?! [A-ZÅÄÖ])")
_EXCLAMATION = re.compile(r"!+")


def hard_to_read(reading: Reading) -> Iterator[Finding]:
    """Find a body whose LIX is over the line."""
    text = "\n".join(passage.text for passage, _ in reading.running)
    value = lix(text) if count_words(text) >= LIX_LEAST_WORDS else 0.0
    if value <= LIX_HARD:
        return
    place = reading.running[0][0]
    message = say(
        "Texten är svår att läsa: lix {lix}, önskat är högst {limit}.", lix=round(value), limit=LIX_HARD
    )
    if value > LIX_VERY_HARD:
        message = say(
            "Texten är mycket svår att läsa: lix {lix}, önskat är högst {limit}.",
            lix=round(value),
            limit=LIX_HARD,
        )
    hint = say(
        "Korta meningarna och byt långa ord. Längst är: {words}.", words=", ".join(longest(words(text), 5))
    )
    yield Finding(place.location(place.start), message, hint)


def long_sentences(reading: Reading) -> Iterator[Finding]:
    """Find sentences with too many words."""
    for passage, sentences in reading.running:
        for sentence in sentences:
            count = count_words(sentence.text) if len(sentence.text) > LONG_SENTENCE * 2 else 0
            if count <= LONG_SENTENCE:
                continue
            message = say("Meningen har {count} ord.", count=count)
            hint = say("Dela den i två, med en tanke i varje.")
            if count > VERY_LONG_SENTENCE:
                message = say("Meningen har {count} ord: läsaren tappar tråden.", count=count)
                hint = say("Dela den i flera, med en tanke i varje, eller gör en punktlista.")
            yield Finding(passage.location(passage.start + sentence.start), message, hint)


def long_on_average(reading: Reading) -> Iterator[Finding]:
    """Find a body whose sentences are long throughout."""
    counts = [count_words(s.text) for _, sentences in reading.running for s in sentences]
    if len(counts) < AVERAGE_LEAST or sum(counts) <= AVERAGE_SENTENCE * len(counts):
        return
    place = reading.running[0][0]
    mean = round(sum(counts) / len(counts))
    message = say("Meningarna är långa: {mean} ord i snitt.", mean=mean)
    hint = say("Sikta på 15 ord i snitt. Blanda korta meningar med längre.")
    yield Finding(place.location(place.start), message, hint)


def passives_in_a_row(reading: Reading) -> Iterator[Finding]:
    """Find two passive verbs within three words: "föreslås inrättas"."""
    found = reading.words
    last = -IN_A_ROW - 1
    for number, word in enumerate(found):
        if not word.text.endswith("s") or not _is_passive(word.text):
            continue
        first = found[last] if 0 < number - last <= IN_A_ROW else None
        if first and reading.passage_at(first.start).end > word.start:
            between = reading.prose[first.start : word.end]
            if not _APART.search(between):
                message = say("”{words}” är två passiva verb i rad.", words=between)
                hint = say("Skriv vem som gör vad: ”styrelsen föreslår”, ”vi öppnar”.")
                yield Finding(reading.location(first.start), message, hint)
        last = number


def nominal_style(reading: Reading) -> Iterator[Finding]:
    """Find verbs that hide in nouns: "genomföra en kartläggning", and listed phrases."""
    sentence = say("”{word}” gömmer verbet i ett substantiv.")
    for hit in reading.hits.get("P205", ()):
        yield term_finding(reading, hit, sentence)
    for match in (*reading.search(_MAKE, prose=True), *reading.search(_CARRY_OUT, prose=True)):
        if match["noun"].casefold() in _THINGS:
            continue
        message = say("”{words}” gömmer verbet i ett substantiv.", words=match.group())
        hint = say("Gör verb av ”{noun}”.", noun=match["noun"])
        yield Finding(reading.location(match.start()), message, hint)


def unexplained_abbreviations(reading: Reading) -> Iterator[Finding]:
    """Find abbreviations that the item never explains: each once, where it first stands."""
    seen: set[str] = set()
    folded = reading.text.casefold()
    shouted = {passage.start for passage in reading.passages if passage.text.isupper()}
    explained = {match["inside"] or match["before"] for match in reading.search(_EXPLAINED)}
    for match in reading.search(_CAPITALS, prose=True):
        short = match.group()
        passage = reading.passage_at(match.start())
        if short in seen or passage.kind not in BODY | {PassageKind.TITLE, PassageKind.SUMMARY}:
            continue
        seen.add(short)
        meaning = reading.context.abbreviations.get(short)
        told = meaning == "" or (meaning and meaning.casefold() in folded) or short in explained
        if told or _ROMAN.fullmatch(short) or passage.start in shouted or reading.names_at(*match.span()):
            continue
        message = say("Förkortningen ”{short}” är inte förklarad.", short=short)
        hint = say("Skriv ut orden första gången och förkortningen inom parentes efter.")
        if meaning:
            hint = say("Skriv ”{meaning} ({short})” första gången.", meaning=meaning, short=short)
        yield Finding(reading.location(match.start()), message, hint)


def generic_links(reading: Reading) -> Iterator[Finding]:
    """Find links whose text says nothing of where they go."""
    for path, span in links(reading):
        shown = re.sub(r"[^\w ]", "", span.plain()).strip().casefold()
        if shown.replace(" ", "_") in _GENERIC_LINKS:
            message = say("Länktexten ”{text}” säger inte vart länken leder.", text=span.plain().strip())
            hint = say("Skriv vad läsaren kommer till, till exempel ”Anmäl dig till träffen”.")
            yield Finding(Location(path, span.line, span.column), message, hint)


def capital_you(reading: Reading) -> Iterator[Finding]:
    """Find Du, Ni and Er with a capital inside a sentence."""
    for match in reading.search(_CAPITAL_YOU, prose=True):
        if reading.begins_sentence(match.start()) or reading.names_at(*match.span()):
            continue
        message = say("”{word}” har stor bokstav mitt i meningen.", word=match.group())
        hint = say("Skriv ”{word}”.", word=match.group().lower())
        yield Finding(reading.location(match.start()), message, hint)


def exclamation_marks(reading: Reading) -> Iterator[Finding]:
    """Find more than one exclamation mark in an item, or in one of its posts."""
    groups: dict[object, list[int]] = {}
    for match in reading.search(_EXCLAMATION, prose=True):
        passage = reading.passage_at(match.start())
        group = passage.start if passage.kind is PassageKind.POST else "item"
        groups.setdefault(group, []).extend([match.start()] * len(match.group()))
    for found in groups.values():
        if len(found) > 1:
            message = say("Texten har {count} utropstecken.", count=len(found))
            hint = say("Behåll högst ett: orden får bära känslan.")
            yield Finding(reading.location(found[1]), message, hint)


def long_titles(reading: Reading) -> Iterator[Finding]:
    """Find titles that inboxes cut."""
    yield from _too_long(reading, PassageKind.TITLE, LONG_TITLE)


def long_headings(reading: Reading) -> Iterator[Finding]:
    """Find headings in the body that run on."""
    yield from _too_long(reading, PassageKind.HEADING, LONG_HEADING)


def walls_of_text(reading: Reading) -> Iterator[Finding]:
    """Find paragraphs that nobody begins to read."""
    for passage in reading.of(*RUNNING):
        count = count_words(passage.text) if len(passage.text) > WALL * 2 else 0
        if count > WALL:
            message = say("Stycket har {count} ord.", count=count)
            hint = say("Dela det efter varje tanke, helst vid 60 ord eller tidigare.")
            yield Finding(passage.location(passage.start), message, hint)


def links(reading: Reading) -> Iterator[tuple[str, Span]]:
    """Every link of the bodies, with the path of its file."""
    paths: Iterable[str] = [item.path for item in reading.items] or [reading.path]
    for path, document in zip(paths, reading.documents, strict=True):
        for block in document.walk():
            if block.kind is not BlockKind.CODE:
                yield from (
                    (path, span)
                    for outer in block.spans
                    for span in outer.walk()
                    if span.kind is SpanKind.LINK
                )


def _too_long(reading: Reading, kind: PassageKind, limit: int) -> Iterator[Finding]:
    for passage in reading.of(kind):
        if len(passage.text) > limit:
            message = say("Rubriken har {count} tecken.", count=len(passage.text))
            hint = say("Korta den till högst {limit}, med det viktigaste först.", limit=limit)
            yield Finding(passage.location(passage.start), message, hint)


def _is_passive(word: str) -> bool:
    if word in _PASSIVES:
        return True
    usual = word.islower() and word not in _NOT_PASSIVE and not word.endswith(_GENITIVE)
    return usual and bool(_PASSIVE.fullmatch(word))
