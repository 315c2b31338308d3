"""Schyst in words: marked roles, pronouns for anybody, and what is counted over an item or issue.

Schyst is Region Värmland's handbook for inclusive communication: https://regionvarmland.se/schyst
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from comms.check.contexts import in_statistics, sentence_around
from comms.check.reading import Reading
from comms.check.roles import is_role
from comms.check.rule import Finding
from comms.errors import say
from comms.text.swedish import Piece, sentences, word_set, words

MAN_WORDS = 60
MAN_LEAST = 3
"""The pronoun "man" is frequent when there is more than one in `MAN_WORDS` words, and at least this many."""

_MARKED = re.compile(
    r"\b(?P<marked>(?:kvinnlig|manlig)(?:a|t)?) +(?P<first>[^\W\d_][\w-]*)(?: +(?P<second>[^\W\d_][\w-]*))?",
    re.IGNORECASE,
)
_BOTH = re.compile(
    r"\b(?:kvinnlig|kvinnor)\w*\b.*\b(?:manlig|män)\w*\b|\b(?:manlig|män)\w*\b.*\bkvinn\w+", re.IGNORECASE
)
_SLASH = re.compile(
    r"\b(?:han|hon|honom|henne|hans|hennes|den)[ \u00a0]?/[ \u00a0]?"
    r"(?:han|hon|hen|honom|henne|hans|hennes)\b",
    re.IGNORECASE,
)
_OWN_PRONOUNS = re.compile(r"(?:\b[A-ZÅÄÖ][\wéü-]+,? ?\(|\b[Pp]ronomen:? )$")  # "Karin Ek (hon/hen)"
_JUST_BEFORE = 40
_GENDERED = word_set("han honom hans hon henne hennes")
_PRONOUN = re.compile(r"\b(?:[Hh]an|[Hh]on|[Hh]ennes|honom|hans|henne)\b(?! ?/)")  # Hans is a name
_ANYBODY = re.compile(
    r"\b(?:den som|den (?:enskilde|enskilda|sökande|anställde|anställda|studerande|drabbade|boende|ansvarige"
    r"|ansvariga)|(?:varje|vilken|någon) (?P<every>[a-zåäö-]+)"
    r"|en (?P<one>[a-zåäö-]+)|sökanden|var och en|någon som|den person som"
    r"|ingen (?=ska|får|kan|behöver|måste))\b",
    re.IGNORECASE,
)
_PAIR = re.compile(r" (?:och|eller) (?:han|hon|hen|honom|henne|hans|hennes|hens)\b", re.IGNORECASE)
_IN_GENERAL = re.compile(
    r"\b(?:ska|skall|kan|måste|får|bör|behöver|vill|brukar|har rätt|har ansvar|ansvarar|om|när)\b",
    re.IGNORECASE,
)
_TOLD = re.compile(
    r"\b(?:säger|sade|sa|berätta\w+|menar|menade|tyckte|förklara\w+|startade|köpte|byggde|flyttade|började|blev|fick"
    r"|var|hade|gick|kom|såg|gjorde|tog|gav|ville|kunde|heter|hette)\b",
    re.IGNORECASE,
)
_ROLE_FIRST = re.compile(
    r"(?:Stöd|Mark|Fastighets|Hund|Firma)?(?:[Ff]öretagaren|[Ll]antbrukaren|[Jj]ordbrukaren|[Ss]ökanden|[Dd]eltagaren"
    r"|[Pp]rojektledaren|[Pp]rojektägaren|[Aa]rrangören|[Mm]edlemmen|[Kk]unden|[Bb]esökaren|[Aa]nvändaren|[Ää]garen"
    r"|[Aa]rbetsgivaren|[Aa]rbetstagaren|[Ee]leven|[Ee]ntreprenören|[Mm]ottagaren|[Ll]äsaren|[Kk]assören|[Rr]evisorn"
    r"|[Hh]andläggaren|[Vv]innaren|[Ii]nnehavaren|[Vv]årdnadshavaren|[Hh]yresgästen|[Ff]öraren)\b"
)
_HAS_TO = re.compile(
    r"(?:,| och| eller| men| så| då) (?:ska|måste|får|bör) (?P<after>han|hon)\b"
    r"|(?:,| och| eller| men| så| då) (?P<before>han|hon) (?:ska|måste|får|bör)\b"
    r"|,? (?:att|om|när|som|vad) (?P<under>han|hon) (?:ska|måste|kan|får|bör)\b"
)
_SPEAKING = word_set("säger sade sa berättar berättade menar tycker förklarar konstaterar")
_NO_RULE = re.compile(
    r"\b(?:nu|i ?dag|i år|just|har|hittills|äntligen|snart|igen"
    r"|i (?:filmen|boken|sagan|pjäsen|serien|romanen)|\w{3,}ades?)\b",
    re.IGNORECASE,
)
_SOMEBODY = word_set(
    "man mannen kvinna kvinnan pojke pojken flicka flickan kille killen tjej tjejen pappa pappan "
    "mamma mamman far fadern mor modern bror brodern syster systern son sonen dotter dottern herr herre "
    "herren fru frun kung kungen drottning drottningen prins prinsen prinsessan farfar morfar farmor mormor "
    "gubbe gubben gumma gumman make maken maka makan karl karlen dam damen jesus gud"
)
_PLACE = word_set("i på från till vid i kring genom norr söder öster väster kommun runt mellan")
_NOT_PRONOUN = word_set(
    "en den denne denna ung gammal vuxen äldre yngre min din sin hans hennes vår gift åt ingen varje "
    "annan god gemene och eller vit svart svensk norsk till"
)
_MEN = r"(?:män(?:nen)?|pojkar(?:na)?|killar(?:na)?|herrar|han|honom|hans|bröder|far|pappa)"
_WOMEN = r"(?:kvinnor(?:na)?|flickor(?:na)?|tjejer(?:na)?|damer|hon|henne|hennes|systrar|mor|mamma)"
_MEN_FIRST = re.compile(rf"\b{_MEN} (?:och|eller) {_WOMEN}\b", re.IGNORECASE)
_WOMEN_FIRST = re.compile(rf"\b{_WOMEN} (?:och|eller) {_MEN}\b", re.IGNORECASE)


def role_with_gender(reading: Reading) -> Iterator[Finding]:
    """Find "kvinnlig chef", not "manliga och kvinnliga deltagare", "kvinnlig rösträtt" or figures."""
    if "kvinnlig" not in reading.folded_prose and "manlig" not in reading.folded_prose:
        return
    for match in reading.search(_MARKED, prose=True):
        group = next((name for name in ("first", "second") if match[name] and is_role(match[name])), "")
        if not group or reading.is_name(match.start(), match.end("marked")):
            continue
        if _BOTH.search(sentence_around(reading, match.start())) or in_statistics(reading, match.start()):
            continue
        role = match.string[match.start("first") : match.end(group)]
        message = say("”{words}” gör könet till det ovanliga.", words=f"{match['marked']} {role}")
        hint = say("Skriv ”{role}”. Nämn könet bara om saken handlar om kön.", role=role)
        yield Finding(reading.location(match.start()), message, hint)


def slash_pronouns(reading: Reading) -> Iterator[Finding]:
    """Find "han/hon" and its like."""
    if "/" not in reading.prose:
        return
    for match in reading.search(_SLASH, prose=True):
        if _OWN_PRONOUNS.search(reading.prose, max(match.start() - _JUST_BEFORE, 0), match.start()):
            continue
        message = say("”{words}” är tungt att läsa och räknar bara två kön.", words=match.group())
        hint = say("Skriv hen, den eller personen, eller skriv om med du eller de.")
        yield Finding(reading.location(match.start()), message, hint)


def pronoun_for_anybody(reading: Reading) -> Iterator[Finding]:
    """Find "den sökande … han": a pronoun of one gender for whoever it may be."""
    if _GENDERED.isdisjoint(reading.vocabulary):
        return
    for passage in reading.passages:
        prose = reading.prose[passage.start : passage.end]
        if not (_PRONOUN.search(prose) and (_ANYBODY.search(prose) or _HAS_TO.search(prose))):
            continue
        before = ""
        for sentence in sentences(prose):
            earlier = prose[: sentence.start]
            word = _for_anybody(reading, before, sentence.text) or _of_the_role(
                reading, earlier, sentence.text
            )
            before = sentence.text
            if word is None:
                continue
            message = say("”{word}” syftar på vem som helst, men nämner bara ett kön.", word=word.text)
            hint = say("Skriv hen, den eller personen, eller skriv om med du eller de.")
            at = passage.start + sentence.start + word.start
            yield Finding(reading.location(at), message, hint)


def generic_man(reading: Reading) -> Iterator[Finding]:
    """Find the pronoun "man" when it is frequent: once a text, at the first."""
    pieces = reading.words
    if "man" not in reading.vocabulary:
        return
    found = [n for n, word in enumerate(pieces) if word.text in {"man", "Man"} and _is_pronoun(pieces, n)]
    if len(found) < MAN_LEAST or len(found) * MAN_WORDS <= len(pieces):
        return
    message = say("Ordet ”man” står {count} gånger: läsaren får gissa vem som menas.", count=len(found))
    hint = say("Skriv vem det gäller: du, vi, föreningen, den som söker.")
    yield Finding(reading.location(pieces[found[0]].start), message, hint)


def order_of_mention(reading: Reading) -> Iterator[Finding]:
    """Find an issue in which men and women are always named in the same order."""
    men = list(reading.search(_MEN_FIRST, prose=True))
    women = list(reading.search(_WOMEN_FIRST, prose=True))
    if len(men) + len(women) == 1 or bool(men) == bool(women):  # one pair cannot alternate
        return
    pairs = ", ".join(
        f"”{pair}”" for pair in dict.fromkeys(match.group().casefold() for match in men or women)
    )
    heading, count = reading.heading, len(men or women)
    if men:
        message = say(
            "I {issue} står männen först alla {count} gånger: {pairs}.",
            issue=heading,
            count=count,
            pairs=pairs,
        )
    else:
        message = say(
            "I {issue} står kvinnorna först alla {count} gånger: {pairs}.",
            issue=heading,
            count=count,
            pairs=pairs,
        )
    hint = say("Växla ordningen, eller skriv alla, deltagarna eller invånarna.")
    yield Finding(reading.location((men or women)[0].start()), message, hint)


def _for_anybody(reading: Reading, before: str, sentence: str) -> Piece | None:
    """The first pronoun of the sentence that takes up somebody unnamed, here or in the sentence before."""
    at = _PRONOUN.search(sentence)
    if at is None or _PAIR.match(sentence, at.end()):
        return None
    head = sentence[: at.start()]
    here = _general(head, sentence)
    earlier = _general(before, before) and not _TOLD.search(sentence)
    if not (here or earlier):
        return None
    return None if _somebody(reading, f"{before} {head}") else Piece(at.start(), at.group())


def _of_the_role(reading: Reading, earlier: str, sentence: str) -> Piece | None:
    """The pronoun of "Företagaren söker själv, och han måste …": a role that stands for whoever has it.

    Where somebody speaks in the text, the role is more likely somebody's.
    """
    role, has_to = _ROLE_FIRST.match(sentence), _HAS_TO.search(sentence)
    if role is None or has_to is None or not _SPEAKING.isdisjoint(reading.vocabulary):
        return None
    if (
        _TOLD.search(sentence)
        or _NO_RULE.search(sentence)
        or _somebody(reading, f"{earlier}{sentence[: has_to.start()]}")
    ):
        return None
    group = str(has_to.lastgroup)
    return None if _PAIR.match(sentence, has_to.end(group)) else Piece(has_to.start(group), has_to[group])


def _general(text: str, sentence: str) -> bool:
    """Whether the text speaks of anybody, in a sentence that tells of no one event."""
    for match in _ANYBODY.finditer(text):
        noun = match["every"] or match["one"]
        if noun and not is_role(noun):
            continue
        if match["one"] and not _IN_GENERAL.search(sentence):
            continue
        if not _TOLD.search(sentence):
            return True
    return False


def _somebody(reading: Reading, text: str) -> bool:
    """Whether the text names a person, or holds a word for somebody of one gender."""
    pieces = words(text)
    starts = {piece.start for piece in sentences(text)}
    for number, word in enumerate(pieces):
        if word.text.casefold() in _SOMEBODY or word.text.casefold() in _GENDERED:
            return True
        capital = word.text[:1].isupper() and word.text[1:].islower() and word.start not in starts
        previous = pieces[number - 1].text.casefold() if number else ""
        if capital and previous not in _PLACE and word.text not in reading.context.places:
            return True
    return False


def _is_pronoun(pieces: Sequence[Piece], number: int) -> bool:
    before = pieces[number - 1].text.casefold() if number else ""
    after = [word.text.casefold() for word in pieces[number + 1 : number + 3]]
    return before not in _NOT_PRONOUN and after[1:] != ["kvinna"]
