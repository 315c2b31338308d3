"""Plain Swedish: everyday words, links that say something, a voice that is not raised.

Språklagen (2009:600), section 11, asks for language that is cared for, simple and understandable;
Myndigheternas skrivregler says how. How heavy a text is to read is measured in `readability`.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator

from comms.check.contexts import is_meant
from comms.check.lexicon import Hit
from comms.check.reading import RUNNING, PassageKind, Reading
from comms.check.rule import Finding
from comms.check.term_rules import term_finding
from comms.errors import Location, say
from comms.model.document import BlockKind, Span, SpanKind
from comms.model.strategy import Strategy
from comms.text.swedish import word_set

FASHION_LEAST = 3
FASHION_WORDS = 80
"""Fashion words are told of from so many, when there is more than one in so many words."""

_GENERIC_LINKS = word_set(
    "här hit länk länken mer vidare klicka klicka_här läs_mer läs_mer_här läs_vidare klicka_på_länken "
    "denna_länk den_här_länken mer_information se_här se_mer webbplats webbplatsen webbsida webbsidan "
    "mer_info info information läs_här läs_hela läs_allt tryck_här gå_hit se_länk se_länken följ_länken "
    "denna_sida den_här_sidan hemsida hemsidan mer_här läs_mera ladda_ner ladda_ned fortsätt "
    "fortsätt_läsa via_länken via_denna_länk"
)
_CAPITAL_YOU = re.compile(
    r"[DNE](?<!\w.)(?:u|ig|in|itt|ina|i|r|rt|ra)\b(?![-‑]|\.? [A-ZÅÄÖ]| (?:gamla|fria)\b)"
)
_STEP = re.compile(r"(?:^|\s)\(?[\da-z]{1,2}[).]\s?$")
_EXCLAMATION = re.compile(r"!+")

_ABOUT = word_set(
    "fråga frågan frågor frågorna information beslut beslutet besluten regler reglerna råd ansökan "
    "ansökningar avtal avtalet ärende ärendet ärenden synpunkter synpunkterna uppgifter uppgifterna "
    "diskussion diskussionen diskussioner förslag förslaget förslagen dialog dialogen samtal samtalet "
    "samtalen utredning utredningen nyheter nyhet möte mötet rapport rapporten krav kraven villkor "
    "villkoren bestämmelser bestämmelserna överenskommelse statistik artikel tips kontakt undersökning "
    "handlingar underlag bidrag stöd medel faktura fakturan kostnad kostnader kostnaden kostnaderna "
    "riktlinjer riktlinjerna brev brevet mejl mejlet yttrande remiss remissen motion motionen protokoll "
    "utbetalning projektet projekt planer planerna klagomål anmälan"
)
"""What may be "gällande" something; an adjective never stands after these: "enligt gällande regler"."""

_POINTING = word_set("detta det den de denna er ert era vår vårt våra hur vad")
_DEFINITE, _SHORT = ("en", "et", "na"), 4
"""How a word ends that "Gällande" is about: "gällande stödet"; not "gällande regler"."""

_BARKS = word_set("ett högt ilsket hest dovt glatt detta dess hans hennes deras hundens hundarnas och")
_NOT_INFINITIVE = word_set("från i på över genom hördes hörs ekade ekar var är mot när som utanför")


def bureaucratic_words(reading: Reading) -> Iterator[Finding]:
    """Find words of the chancellery; those with another sense only where they are meant."""
    sentence = say("”{word}” är kanslisvenska.")
    for hit in reading.hits.get("P206", ()):
        if is_meant(reading, hit) and _IS_MEANT.get(hit.term.lemma, _always)(reading, hit):
            yield term_finding(reading, hit, sentence)


def fashion_words(reading: Reading) -> Iterator[Finding]:
    """Find a text full of vague words; those of the strategy itself are never counted."""
    found = reading.hits.get("P216", ())
    if len(found) < FASHION_LEAST:
        return
    own = _words_of(reading.context.strategy)
    found = [hit for hit in found if is_meant(reading, hit) and own.isdisjoint(hit.term.forms)]
    if len(found) < FASHION_LEAST or len(found) * FASHION_WORDS <= len(reading.words):
        return
    shown = ", ".join(dict.fromkeys(hit.text.lower() for hit in found))
    message = say("Texten har {count} modeord: {words}.", count=len(found), words=shown)
    hint = say("Skriv vad ni gör och vad som blir annorlunda, med ord som går att se framför sig.")
    yield Finding(reading.location(found[0].start), message, hint)


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
        if reading.prose[match.start() - 1 : match.end() + 1] == f"({match.group()})":
            continue  # nickel
        before = reading.prose[max(match.start() - 24, 0) : match.start()].rsplit("\n", 1)[-1]
        if _STEP.search(before) or _is_after_name(before) or reading.passage_at(match.start()).text.isupper():
            continue
        message = say("”{word}” har stor bokstav mitt i meningen.", word=match.group())
        hint = say("Skriv ”{word}”.", word=match.group().lower())
        yield Finding(reading.location(match.start()), message, hint)


def exclamation_marks(reading: Reading) -> Iterator[Finding]:
    """Find more than one exclamation mark in an item, or in one of its posts."""
    if "!" not in reading.prose:
        return
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


def _always(_reading: Reading, _hit: Hit) -> bool:
    return True


def _is_in_a_sentence(reading: Reading, hit: Hit) -> bool:
    """Whether "ej" stands in running text: on signs, in headings and in tables it is short and right."""
    running = reading.passage_at(hit.start).kind in RUNNING
    return running and not hit.text.isupper() and not reading.begins_sentence(hit.start)


def _is_preposition(reading: Reading, hit: Hit) -> bool:
    """Whether "gällande" means "om": after what is about something, or first before something definite."""
    if reading.begins_sentence(hit.start):
        after = _after(reading, hit)
        return after in _POINTING or (len(after) > _SHORT and after.endswith(_DEFINITE))
    return _before(reading, hit) in _ABOUT


def _is_verb(reading: Reading, hit: Hit) -> bool:
    """Whether "skall" is "ska" and no dog's."""
    before, after = _before(reading, hit), _after(reading, hit)
    if before in _BARKS or (before.endswith("ns") and not after.endswith("a")):
        return False
    return bool(after) and after not in _NOT_INFINITIVE


def _is_money(reading: Reading, hit: Hit) -> bool:
    """Whether money is paid out: "stödet utgår från behovet" is another verb."""
    return _after(reading, hit) not in {"från", "ifrån", "ur"}


_IS_MEANT: dict[str, Callable[[Reading, Hit], bool]] = {
    "ej": _is_in_a_sentence,
    "gällande": _is_preposition,
    "rörande": _is_preposition,
    "avseende": _is_preposition,
    "skall": _is_verb,
    "utgå": _is_money,
}
"""Words with another, everyday sense, by their lemma in plain.csv."""


def _before(reading: Reading, hit: Hit) -> str:
    """The word before with nothing but a blank between, without regard to case; "" if there is none."""
    at = bisect_left(reading.words, hit.start, key=lambda word: word.start) - 1
    blank = at >= 0 and reading.prose[reading.words[at].end : hit.start] in {" ", "\u00a0"}
    return reading.folded[at] if blank else ""


def _after(reading: Reading, hit: Hit) -> str:
    """The word after, likewise."""
    end = hit.start + len(hit.text)
    at = bisect_left(reading.words, end, key=lambda word: word.start)
    blank = at < len(reading.words) and reading.prose[end : reading.words[at].start] in {" ", "\u00a0"}
    return reading.folded[at] if blank else ""


def _is_after_name(before: str) -> bool:
    """Whether a name stands before, so that "Ni" may be one too: "Kim Ni"."""
    words = before.split()
    return len(words) > 1 and words[-1][:1].isupper() and words[-1].isalpha() and words[-2][-1] not in ".!?:"


def _words_of(strategy: Strategy) -> frozenset[str]:
    """Every word that the strategy uses."""
    areas = strategy.focus_areas.values()
    rows = [strategy.vision, *strategy.goals.values(), *strategy.indicators.values()]
    rows += [text for area in areas for text in (area.name, area.title, *area.activities.values())]
    return frozenset(re.findall(r"[^\W\d_]+", " ".join(rows).casefold()))
