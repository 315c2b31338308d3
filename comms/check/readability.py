"""How heavy a text is to read: LIX, sentences, paragraphs, titles and headings, by what its readers want.

An audience sets its own limits in audiences.yaml; an item for several must suit the strictest of them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from comms.check.reading import Passage, PassageKind, Reading
from comms.check.rule import Finding
from comms.errors import Location, Severity, Text, say
from comms.model.audience import Limits, strictest
from comms.text.swedish import LONG_WORD, is_long, lix_of, sentences, word_texts

LIX_LEAST_WORDS = 100
"""Readability is told from this many words; fewer say nothing."""

LIX_POST = 40
"""The most in a post: it is read in passing."""

MUCH_OVER = 10
"""So far over a limit the words are sharper, of LIX and of words in a sentence. LIX is blunt: up to there it
is a notice."""

AVERAGE_LEAST = 5
"""How many sentences make a mean."""

WALL = 90
"""Words in a paragraph before it is a wall."""

LONG_TITLE = 70
LONG_HEADING = 60
"""Characters of a title (inboxes cut about there) and of a heading in the body."""

_COMPOUND = 11
"""Letters from which a word is most often a compound, which can be taken apart or said otherwise."""

_HEAVIEST = 5
"""How many heavy words a hint names."""


def limits_of(reading: Reading) -> Limits:
    """What the readers want: an item's audiences; of an issue's own words everybody."""
    audiences = reading.context.audiences.audiences
    slugs = {slug for item in reading.items for slug in item.audiences} or set(audiences)
    return strictest(audiences[slug].limits for slug in slugs if slug in audiences)


def hard_to_read(reading: Reading) -> Iterator[Finding]:
    """Find a body, or a long post, whose LIX is over the line."""
    found = [words for passage in reading.running_words for words in passage]
    limit = limits_of(reading).lix
    if reading.running:
        place = reading.running[0][0]
        yield from _too_heavy(found, limit, place.location(place.start))
    for post in reading.of(PassageKind.POST):
        if len(post.text) > LIX_LEAST_WORDS * 2:
            lines = [word_texts(sentence.text) for sentence in sentences(post.text)]
            yield from _too_heavy(lines, min(limit, LIX_POST), post.location(post.start))


def heaviest(found: Iterable[Sequence[str]]) -> list[str]:
    """The compounds that drive LIX up the most, with how often; names, which nobody can change, left out.

    `found` has the words of each sentence. A word weighs by its letters over six, each time it stands.
    """
    counts: Counter[str] = Counter()
    for words in found:
        for number, word in enumerate(words):
            if len(word) >= _COMPOUND and is_long(word) and (word.islower() or not number):
                counts[word.casefold()] += 1
    heavy = sorted(counts, key=lambda word: (-counts[word] * (len(word) - LONG_WORD + 1), word))[:_HEAVIEST]
    return [word if counts[word] == 1 else f"{word} ({counts[word]})" for word in heavy]


def long_sentences(reading: Reading) -> Iterator[Finding]:
    """Find sentences with too many words."""
    limit = limits_of(reading).sentence
    for (passage, found), counted in zip(reading.running, reading.running_words, strict=True):
        for sentence, words in zip(found, counted, strict=True):
            if len(words) <= limit:
                continue
            message = say("Meningen har {count} ord.", count=len(words))
            hint = say("Dela den i två, med en tanke i varje.")
            if len(words) > limit + MUCH_OVER:
                message = say("Meningen har {count} ord: läsaren tappar tråden.", count=len(words))
                hint = say("Dela den i flera, med en tanke i varje, eller gör en punktlista.")
            yield Finding(passage.location(passage.start + sentence.start), message, hint)


def long_on_average(reading: Reading) -> Iterator[Finding]:
    """Find a body whose sentences are long throughout."""
    counts = [len(words) for passage in reading.running_words for words in passage if words]
    limit = limits_of(reading).average
    if len(counts) < AVERAGE_LEAST or sum(counts) <= limit * len(counts):
        return
    place = reading.running[0][0]
    mean = -(-sum(counts) // len(counts))  # rounded up, so that it is over the limit in the sentence too
    message = say("Meningarna är långa: {mean} ord i snitt, önskat är högst {limit}.", mean=mean, limit=limit)
    hint = say("Sikta på 15 ord i snitt. Blanda korta meningar med längre.")
    yield Finding(place.location(place.start), message, hint)


def walls_of_text(reading: Reading) -> Iterator[Finding]:
    """Find paragraphs that nobody begins to read."""
    for (passage, _sentences), counted in zip(reading.running, reading.running_words, strict=True):
        count = sum(map(len, counted))
        if count > WALL:
            message = say("Stycket har {count} ord.", count=count)
            hint = say("Dela det efter varje tanke, helst vid 60 ord eller tidigare.")
            yield Finding(passage.location(passage.start), message, hint)


def long_titles(reading: Reading) -> Iterator[Finding]:
    """Find titles that inboxes cut."""
    yield from _too_long(reading.of(PassageKind.TITLE), LONG_TITLE)


def long_headings(reading: Reading) -> Iterator[Finding]:
    """Find headings in the body that run on."""
    yield from _too_long(reading.of(PassageKind.HEADING), LONG_HEADING)


def _too_long(passages: Iterable[Passage], limit: int) -> Iterator[Finding]:
    for passage in passages:
        if len(passage.text) > limit:
            message = say("Rubriken har {count} tecken.", count=len(passage.text))
            hint = say("Korta den till högst {limit}, med det viktigaste först.", limit=limit)
            yield Finding(passage.location(passage.start), message, hint)


def _too_heavy(found: Sequence[Sequence[str]], limit: int, place: Location) -> Iterator[Finding]:
    count = sum(map(len, found))
    value = lix_of(found) if count >= LIX_LEAST_WORDS else 0.0
    if value <= limit:
        return
    shown = max(round(value), limit + 1)
    if value > limit + MUCH_OVER:
        much = say(
            "Texten är mycket svår att läsa: lix {lix}, önskat är högst {limit}.", lix=shown, limit=limit
        )
        yield Finding(place, much, _lighter(found, count))
    else:
        message = say("Texten är svår att läsa: lix {lix}, önskat är högst {limit}.", lix=shown, limit=limit)
        yield Finding(place, message, _lighter(found, count), Severity.NOTICE)


def _lighter(found: Sequence[Sequence[str]], count: int) -> Text:
    """What to change: how long the sentences are, and which words weigh most."""
    mean = round(count / sum(1 for words in found if words))
    words = heaviest(found)
    if not words:
        return say("Korta meningarna: de har {mean} ord i snitt.", mean=mean)
    return say(
        "Meningarna har {mean} ord i snitt: dela de längsta. Byt långa ord, de som väger tyngst är: {words}.",
        mean=mean,
        words=", ".join(words),
    )
