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

_BESIDE = 24
"""How many characters before a word another people may be named beside it."""

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
_NAMED_BESIDE = word_set(
    "svenskar svenskarna finnar finnarna norrmän norrmännen kväner kvänerna romer romerna samer samerna"
)
_BESIDE_BEFORE = re.compile(r"(?P<word>\w+)(?:,| och| eller) $")
_BESIDE_AFTER = re.compile(r"(?:,| och| eller) (?P<word>\w+)")
_OWNERS = word_set("min din sin hans hennes hens vår er deras mina dina sina våra era")
_READERS = word_set("din dina ditt er era")
_THEIR_OWN = word_set("sin sina")
_INVITED = word_set("alla varje många får ska kan bör måste vill")
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
    r"[ \u00a0](?:med )?(?:(?:\d+[ \u00a0]?(?:kap|st|§)|§|kap\b)|(?:artikel|art\.|punkt) \d"
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
_SPORT = re.compile(
    r"\b(?:speedway|match|turnering|tävl|seger|seri|elitseri|heat|poäng|lag(?:et|en)?\b|spelar?\b|vann\b|vinn|förlora"
    r"|möter\b|cup|derby|mästerskap|klass(?:er|erna|en)?\b|lopp(?:et)?\b|åkare|hemmalag|idrott|fotboll|bandy|hockey"
    r"|golf|tennis|skid)|\b\d+[–-]\d+\b",
    re.IGNORECASE,
)
_DATED_RULES = frozenset({"S101", "S102", "S106", "S116"})
"""The rules that let history use its own words: titles, families and ages as they were called then."""

_NO_YEAR = (
    r"(?! ?(?:kronor|kr|euro|meter|m|km|kg|kilo|hektar|liter|personer|invånare|besökare|deltagare|medlemmar"
    r"|anställda|elever|människor|kvadratmeter|platser|\w+män)\b)"
)
# "Sedan 1952" tells of today, "(1949:381)" of a law, "1 500 kronor" of money.
_HISTORY = re.compile(
    rf"(?<!sedan )(?<![\d.,:-])(?<!\d )1(?:[5-8]\d|9[0-7])\d(?![\d:]|[.,]\d| \d{{3}}|-tal){_NO_YEAR}"
    r"|(?<!sedan )\b(?:1(?:[0-8]\d|9[0-7])0|[2-7]0|tjugo|trettio|fyrtio|femtio|sextio|sjuttio)-?talets?\b"
    r"|\b1[0-9]00-tal\b|\b(?:medeltid|forntid|stormaktstid|vikingatid|sekelskifte)\w*"
    r"|\b(?:rallar(?:e|en|na)|flottar(?:e|en|na)|torpar(?:e|en|na)|statar(?:e|en|na)|dräng(?:en|ar|arna)?|pigor(?:na)?|pigan?|backstugusittare|soldattorp\w*)\b",
    re.IGNORECASE,
)
_SPOKEN_OF = re.compile(
    r" (?:är|var|blev|räknas som) (?:ett|inget)(?: [\w-]+){0,3}? \w*(?:ord|begrepp|uttryck|öknamn)\b"
)
_THE_WORD = word_set("ordet orden begreppet begreppen benämningen benämningarna termen uttrycket")
_FULL_NAME = re.compile(r"\b[A-ZÅÄÖ][a-zåäöéü]+(?:-[A-ZÅÄÖ][a-zåäöéü]+)? [A-ZÅÄÖ][a-zåäöéü]+")
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
    """Whether the sentence speaks of Sámi, reindeer, the mountains, or names another people beside."""
    around = (word.text.casefold() for word in _sentence_words(reading, hit.start) if word.start != hit.start)
    if any(word in _PEOPLES for word in around):
        return True
    beside = (
        _BESIDE_BEFORE.search(reading.prose, max(hit.start - _BESIDE, 0), hit.start),
        _BESIDE_AFTER.match(reading.prose, hit.start + len(hit.text)),
    )
    return any(match is not None and match["word"].casefold() in _NAMED_BESIDE for match in beside)


def is_a_spouse(reading: Reading, hit: Hit) -> bool:
    """Whether the reader's or anybody's: "ta med din make". What is told of somebody is a fact about them."""
    if " " in hit.text:
        owner = hit.text.split()[0].casefold()
    else:
        owner = next((word.text.casefold() for word in _before(reading, hit, 1)), "")
    if owner in _READERS:
        return True
    sentence = [word.text.casefold() for word in _sentence_words(reading, hit.start)]
    return (
        owner in _THEIR_OWN
        and not _INVITED.isdisjoint(sentence)
        and PRONOUNS.isdisjoint(sentence)
        and not _names_somebody(reading, hit)
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


def not_in_sport(reading: Reading, hit: Hit) -> bool:
    """Whether the passage is about something else than matches, classes and results."""
    return _SPORT.search(reading.passage_at(hit.start).text) is None


def in_history(reading: Reading, hit: Hit) -> bool:
    """Whether the sentence tells of a time before about 1980, when things were called what they were."""
    return _HISTORY.search(sentence_around(reading, hit.start)) is not None


def is_spoken_of(reading: Reading, hit: Hit) -> bool:
    """Whether the sentence is about the word itself: "ordet tattare", "tattare är ett ord som …"."""
    if any(word.text.casefold() in _THE_WORD for word in _before(reading, hit, 1)):
        return True
    return _SPOKEN_OF.match(reading.prose, hit.start + len(hit.text)) is not None


def is_before_a_name(reading: Reading, hit: Hit) -> bool:
    """Whether the first name and surname of somebody follow: a title that a person may have chosen."""
    return _FULL_NAME.match(reading.prose, hit.start + len(hit.text) + 1) is not None


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
    When.NOT_SPORT: not_in_sport,
}


def is_meant(reading: Reading, hit: Hit) -> bool:
    """Whether the term is meant where it stands."""
    if hit.term.when is not None and not CONTEXTS[hit.term.when](reading, hit):
        return False
    if hit.term.rule in _DATED_RULES and in_history(reading, hit):
        return False
    return not (hit.term.rule.startswith("S") and is_spoken_of(reading, hit))


def _names_somebody(reading: Reading, hit: Hit) -> bool:
    """Whether the sentence holds a person of the item, or what looks like a first name and a surname."""
    names = _people(reading)
    return _FULL_NAME.search(sentence_around(reading, hit.start)) is not None or any(
        word.text.removesuffix("s") in names for word in _sentence_words(reading, hit.start)
    )


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
