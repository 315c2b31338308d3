"""What must stand around a term for it to be meant: words with another, harmless sense.

Each is a pure function of the reading and the hit; a term names one in its column `when`. When in
doubt a context says no: a word that is let through costs less than a warning that is wrong.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable

from comms.check.lexicon import Hit
from comms.check.reading import Reading
from comms.check.roles import PRONOUNS, is_person
from comms.model.term import When
from comms.text.swedish import Piece, word_set

NEAR = 6
"""How many words away a person may stand for a word to be about them."""

_AROUND = 300
"""How many characters before and after a word its sentence is sought in."""

_LINKING = word_set("är var blev blir vara bli varit verkar verkade känns kallas kallades anses ansågs")
_DEGREE = word_set("en ett den de så mycket lite ganska väldigt riktigt verkligen både alltid inte lika som")
_AFTER = word_set(
    "och men eller som när i på av för med att än om så efter trots nu redan innan medan till från"
)
_ADJECTIVE = re.compile(r"(?:a|ig|sk|en|ung|ny|glad|snäll)$")
_HOLDING = word_set(
    "har hade ha haft med utan får fick fått sitt sina sin hennes hans hens deras ditt dina mitt "
    "mina dolt dolda fysiskt fysiska psykiskt psykiska svårt svåra lätt lätta medfött"
)
_LABELLING = word_set("är var blev blir vara kallas kallade kallar som en ett den lite så vår en jävla")
_PEOPLES = word_set(
    "same samer samen samerna samisk samiska sameby urfolk ursprungsbefolkning renar renarna renhjord "
    "rennäring renskötsel renskötare nomad nomader kåta kåtor nybyggare skogsfinnar svenskar"
)
_OWNERS = word_set("min din sin hans hennes hens vår er deras mina dina sina våra era")
_SCHOOL = re.compile(
    r"skol|klass|elev|lärar|fritids|barngrupp|lektion|rast|pedagog|magister|undervis", re.IGNORECASE
)
_DIAGNOSIS = re.compile(
    r"\b(?:\w*(?:sjukdom|syndrom|depression|allergi|nedsättning|demens|psykos|fobi)(?:en|er|ar)?|autism|adhd|add|npf"
    r"|asperger\w*|epilepsi|diabetes|ms|als|parkinsons?|alzheimers?|cp|astma|reumatism|artros|migrän|ångest"
    r"|cancer|anorexi|schizofreni|utmattning|psykisk ohälsa|dyslexi|tinnitus|afasi|kol|celiaki|downs)\b",
    re.IGNORECASE,
)
_YEARS = re.compile(
    r"\b(?:i|för|efter) (?:över |mer än |drygt |snart |nästan )?(?:\d+|två|tre|fyra|fem|sex|sju|åtta|nio|tio"
    r"|elva|tolv|femton|tjugo|trettio|många|flera) år\b|\bsedan (?:19|20)\d\d\b",
    re.IGNORECASE,
)
_LAW_AFTER = re.compile(
    r" (?:med )?(?:(?:\d+ ?(?:kap|st|§)|§|kap\b)|(?:artikel|art\.|punkt) \d"
    r"|(?:\w*(?:lagen|balken|förordningen|direktivet|stadgarna|avtalet|föreskrifterna))\b)"
)
_CITIZENS_OF = re.compile(
    r" (?:i|från) (?:(?:Sverige|Norge|Danmark|Finland|Island|Norden|EU|Europa|USA|Storbritannien|Ryssland"
    r"|Ukraina|Tyskland|Polen|Estland|Lettland|Litauen|Schweiz)\b|ett annat|andra|annat|ett land|tredje"
    r"|länder|unionen)"
)
_CITIZENSHIP = re.compile(
    r"\b(?:medborgarskap\w*|rösträtt\w*|rösta|röstar|pass|uppehållstillstånd\w*|uppehållsrätt\w*|unionens?|eu:s"
    r"|eu-land\w*|statslös\w*|utvis\w+|grundlag\w*|regeringsform\w*|folkomröstning\w*|riksdagsval\w*)\b",
    re.IGNORECASE,
)
_NATIONAL = re.compile(r"(?:(?<=\w\w)(?:sk|ska)|statliga?|lösa?)$")
_STATISTICS = re.compile(
    r"\b(?:procent\w*|procentenhet\w*|andel\w*|antal\w*|statistik\w*|medelvärde\w*|median\w*|genomsnitt\w*|scb"
    r"|könsfördelning\w*|könsuppdela\w+|hälften|tredjedel\w*|fjärdedel\w*|femtedel\w*|underrepresentera\w+"
    r"|överrepresentera\w+|av (?:tio|tre|fyra|fem))\b|%",
    re.IGNORECASE,
)
_ORGANISATION = re.compile(
    r"(?:förbund|förening|organisation|nätverk|stiftelse|kommitté|klubb|riksförbund|center|byrå)\w*"
    r"(?: för)?(?: [\w-]+(?:,| och)?){0,4} $",
    re.IGNORECASE,
)
_GOLF = re.compile(
    r"golf|\btee\b|\bslag\b|\bhål\b|\btävling|\bhcp\b|\bklubb|trav|\bgalopp|segling", re.IGNORECASE
)


def sentence_around(reading: Reading, offset: int) -> str:
    """The sentence of the prose that holds the character at `offset`, more or less."""
    start, end = _bounds(reading, offset)
    return reading.prose[start:end]


def in_statistics(reading: Reading, offset: int) -> bool:
    """Whether the sentence counts or compares: there a category is the point."""
    return _STATISTICS.search(sentence_around(reading, offset)) is not None


def about_a_person(reading: Reading, hit: Hit) -> bool:
    """Whether a named person or a pronoun stands near, in the same passage."""
    names = _people(reading)
    at = _index(reading, hit)
    passage = reading.passage_at(hit.start)
    return any(
        passage.start <= word.start < passage.end
        and (word.text.casefold() in PRONOUNS or word.text.removesuffix("s") in names)
        for word in reading.words[max(at - NEAR, 0) : at + NEAR + 1]
    )


def describes_a_person(reading: Reading, hit: Hit) -> bool:
    """Whether an adjective says something of somebody: "hon är söt", "en söt kollega", no boat."""
    names = _people(reading)
    following = _following(reading, hit, 2)
    if following:
        word = following[0]
        if is_person(word.text) or word.text.removesuffix("s") in names:
            return True
        if word.text.casefold() not in _AFTER:
            return len(following) > 1 and is_person(following[1].text) and bool(_ADJECTIVE.search(word.text))
    before = [
        word for word in reading.words[: _index(reading, hit)][-NEAR:] if word.start >= _start(reading, hit)
    ]
    while before and before[-1].text.casefold() in _DEGREE:
        before.pop()
    if not before or before.pop().text.casefold() not in _LINKING:
        return False
    return any(
        word.text.casefold() in PRONOUNS or is_person(word.text) or word.text.removesuffix("s") in names
        for word in before[-3:]
    )


def is_had(reading: Reading, hit: Hit) -> bool:
    """Whether somebody has it: "med funktionshinder", not "funktionshinder i miljön"."""
    return any(word.text.casefold() in _HOLDING for word in _before(reading, hit, 2))


def is_a_label(reading: Reading, hit: Hit) -> bool:
    """Whether the word says what somebody is: "han är cp", "en cp"; capitals are an abbreviation."""
    if hit.text.isupper():
        return False
    return any(word.text.casefold() in _LABELLING for word in _before(reading, hit, 1))


def is_a_people(reading: Reading, hit: Hit) -> bool:
    """Whether the sentence speaks of peoples: Sámi, reindeer, the mountains."""
    around = (word.text.casefold() for word in _sentence_words(reading, hit.start) if word.start != hit.start)
    return any(word in _PEOPLES for word in around)


def is_a_spouse(reading: Reading, hit: Hit) -> bool:
    """Whether somebody's: "hennes make", "Karins man", no "maka på sig", no English "make"."""
    before = _before(reading, hit, 1)
    if not before:
        return False
    owner = before[0].text
    return owner.casefold() in _OWNERS or (
        owner.endswith("s") and owner[:1].isupper() and owner.removesuffix("s") in _people(reading)
    )


def is_a_teacher(reading: Reading, hit: Hit) -> bool:
    """Whether the sentence is about school and no name follows: "fröken Ur" is a clock."""
    following = _following(reading, hit, 1)
    if following and following[0].text[:1].isupper():
        return False
    if any(word.text.casefold() in _OWNERS for word in _before(reading, hit, 1)):
        return True
    return _SCHOOL.search(sentence_around(reading, hit.start)) is not None


def has_a_diagnosis(reading: Reading, hit: Hit) -> bool:
    """Whether a diagnosis follows: "lider av adhd", not "lider av brist på pengar"."""
    end = hit.start + len(hit.text)
    after = reading.prose[end : min(end + 60, _bounds(reading, hit.start)[1])]
    return _DIAGNOSIS.search(" ".join(after.split()[:4])) is not None


def was_long_ago(reading: Reading, hit: Hit) -> bool:
    """Whether the sentence counts years: who came eight years ago has not just come."""
    return _YEARS.search(sentence_around(reading, hit.start)) is not None


def before_a_law(reading: Reading, hit: Hit) -> bool:
    """Whether a paragraph, a chapter or a law follows: "jämlikt 4 §" means "enligt"."""
    return _LAW_AFTER.match(reading.prose, hit.start + len(hit.text)) is not None


def not_in_law(reading: Reading, hit: Hit) -> bool:
    """Whether citizens are meant as people who live here, not as those who have a citizenship."""
    if _CITIZENS_OF.match(reading.prose, hit.start + len(hit.text)):
        return False
    if any(_NATIONAL.search(word.text.casefold()) for word in _before(reading, hit, 1)):
        return False
    return _CITIZENSHIP.search(sentence_around(reading, hit.start)) is None


def not_in_statistics(reading: Reading, hit: Hit) -> bool:
    """Whether the sentence neither counts nor compares."""
    return not in_statistics(reading, hit.start)


def not_an_organisation(reading: Reading, hit: Hit) -> bool:
    """Whether the word is no part of what an organisation is called."""
    before = reading.prose[max(hit.start - 60, 0) : hit.start].rsplit("\n", 1)[-1]
    match = _ORGANISATION.search(before)
    return match is None or not match.group()[:1].isupper()


def not_in_golf(reading: Reading, hit: Hit) -> bool:
    """Whether the passage is about something else than golf and its like."""
    return _GOLF.search(reading.passage_at(hit.start).text) is None


CONTEXTS: dict[When, Callable[[Reading, Hit], bool]] = {
    When.PERSON: about_a_person,
    When.DESCRIBES: describes_a_person,
    When.HAS: is_had,
    When.LABEL: is_a_label,
    When.PEOPLE: is_a_people,
    When.SPOUSE: is_a_spouse,
    When.TEACHER: is_a_teacher,
    When.DIAGNOSIS: has_a_diagnosis,
    When.LONG_AGO: was_long_ago,
    When.LAW: before_a_law,
    When.NOT_LAW: not_in_law,
    When.NOT_STATISTICS: not_in_statistics,
    When.NOT_ORGANISATION: not_an_organisation,
    When.NOT_GOLF: not_in_golf,
}


def is_meant(reading: Reading, hit: Hit) -> bool:
    """Whether the term is meant where it stands."""
    return hit.term.when is None or CONTEXTS[hit.term.when](reading, hit)


def _people(reading: Reading) -> set[str]:
    return {part for item in reading.items for person in item.people for part in person.name.split()}


def _index(reading: Reading, hit: Hit) -> int:
    return bisect_left(reading.words, hit.start, key=lambda word: word.start)


def _start(reading: Reading, hit: Hit) -> int:
    return _bounds(reading, hit.start)[0]


def _bounds(reading: Reading, offset: int) -> tuple[int, int]:
    passage = reading.passage_at(offset)
    first, last = max(passage.start, offset - _AROUND), min(passage.end, offset + _AROUND)
    starts = [reading.prose.rfind(stop, first, offset) + 2 for stop in (". ", "! ", "? ")]
    ends = [reading.prose.find(stop, offset, last) for stop in (". ", "! ", "? ")]
    return max(first, *starts), min((end for end in ends if end > 0), default=last)


def _sentence_words(reading: Reading, offset: int) -> list[Piece]:
    start, end = _bounds(reading, offset)
    first = bisect_left(reading.words, start, key=lambda word: word.start)
    last = bisect_left(reading.words, end, key=lambda word: word.start)
    return reading.words[first:last]


def _before(reading: Reading, hit: Hit, count: int) -> list[Piece]:
    """The words just before in the sentence, nearest last."""
    at, start = _index(reading, hit), _start(reading, hit)
    return [word for word in reading.words[max(at - count, 0) : at] if word.start >= start]


def _following(reading: Reading, hit: Hit, count: int) -> list[Piece]:
    """The words that follow with nothing but blanks between."""
    end, found = hit.start + len(hit.text), list[Piece]()
    at = bisect_left(reading.words, end, key=lambda word: word.start)
    for word in reading.words[at : at + count]:
        if reading.prose[end : word.start].strip(" \u00a0") or "\n" in reading.prose[end : word.start]:
            break
        found.append(word)
        end = word.end
    return found
