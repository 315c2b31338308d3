"""The handbook's thought experiment, ”think the opposite”: gendered words swapped, names masked.

Only words in the table are touched, each with one opposite, so that swapping twice gives the text back. Left
alone: hen; sin, sitt and sina, which follow whoever the sentence is about; adjectives (den unge). Words that
are also something else are swapped where a word beside them shows a person: en man, hennes far.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from comms.text.swedish import word_set

_BARE = """
hon henne hennes = han honom hans
kvinnlig kvinnligt kvinnliga = manlig manligt manliga
"""

# Singular and plural, indefinite and definite; each also with the -s of possession.
_PEOPLE = """
kvinna kvinnan kvinnor kvinnorna = man mannen män männen
flicka flickan flickor flickorna = pojke pojken pojkar pojkarna
tjej tjejen tjejer tjejerna = kille killen killar killarna
dam damen damer damerna = herre herren herrar herrarna
gumma gumman gummor gummorna = gubbe gubben gubbar gubbarna
mamma mamman mammor mammorna = pappa pappan pappor papporna
mor mödrar mödrarna = far fäder fäderna
dotter dottern döttrar döttrarna = son sonen söner sönerna
syster systern systrar systrarna = bror brodern bröder bröderna
maka makan = make maken
mormor mormodern mormödrar = morfar morfadern morfäder
farmor farmodern farmödrar = farfar farfadern farfäder
moster mostern mostrar mostrarna = morbror morbrodern morbröder morbröderna
faster fastern fastrar fastrarna = farbror farbrodern farbröder farbröderna
svärmor svärmodern svärmödrar = svärfar svärfadern svärfäder
sondotter sondottern sondöttrar = sonson sonsonen sonsöner
dotterdotter dotterdottern dotterdöttrar = dotterson dottersonen dottersöner
änka änkan änkor änkorna = änkling änklingen änklingar änklingarna
"""

_PARENTS = "småbarns ettbarns tvåbarns trebarns fyrabarns fembarns flerbarns bonus plast"
_ROLES = "affärs idrotts tales yrkes"

_Row = tuple[list[str], list[str]]


def _rows(table: str) -> Iterator[_Row]:
    for row in table.strip().splitlines():
        first, second = row.split(" = ")
        yield first.split(), second.split()


def _compounds() -> Iterator[_Row]:
    """`tvåbarnsmamma` with `tvåbarnspappa`, `affärskvinna` with `affärsman`, in every form."""
    forms = {first[0]: (first, second) for first, second in _rows(_PEOPLE)}
    for prefixes, word in ((_PARENTS, "mamma"), (_ROLES, "kvinna")):
        first, second = forms[word]
        for prefix in prefixes.split():
            yield [prefix + one for one in first], [prefix + one for one in second]


def _pairs() -> Iterator[tuple[str, str]]:
    for first, second in _rows(_BARE):
        yield from zip(first, second, strict=True)
    for first, second in chain(_rows(_PEOPLE), _compounds()):
        for one, other in zip(first, second, strict=True):
            yield one, other
            yield f"{one}s", f"{other}s"


OPPOSITES = {word: other for one, two in _pairs() for word, other in ((one, two), (two, one))}
"""Each word with its opposite, both ways."""

_OWNERS = word_set("min din sin vår hans hennes hens deras vars")
_DESCRIBING = word_set("ung unge unga gammal gamle gamla vuxen äldre yngre ensamstående blivande gift okänd")
_ONE = word_set("en denna denne någon ingen varje annan")

NEEDS_COMPANY = dict.fromkeys(("man", "mans"), _OWNERS | _DESCRIBING | _ONE) | dict.fromkeys(
    ("mor", "mors", "far", "fars"), _OWNERS | _DESCRIBING
)
"""Words that are also something else (man kan söka, vi far dit) -> the words before that make them people."""

_WORD = re.compile(r"\w+(?:-\w+)*")
_NEAR = 40
"""How many characters before and after a word tell what it is."""

_LETTERS = 26


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a swapped text. `before`: what stood there, "" when nothing changed; `masked`: a name."""

    text: str
    before: str = ""
    masked: bool = False


def swap(text: str, names: Sequence[str] = ()) -> list[Part]:
    """The text in parts, gendered words swapped and the named people masked: Person A, Person B."""
    return list(_joined(chain.from_iterable(_masked(text, _masks(names)))))


def is_gendered(text: str) -> bool:
    """Whether there is anything in the text to swap."""
    return any(part.before for part in swap(text))


def opposite(word: str) -> str:
    """The word's opposite with the same capitals; the word itself when it has none."""
    return _same_case(word, OPPOSITES.get(word.lower(), word))


def _masked(text: str, masks: dict[str, str]) -> Iterator[list[Part]]:
    """Names first: a part of a name is no word of ours (Hans Berg)."""
    if not masks:
        yield list(_swapped(text, text, 0))
        return
    known = "|".join(re.escape(name) for name in sorted(masks, key=len, reverse=True))
    end = 0
    for found in re.finditer(rf"\b({known})(s?)\b", text):
        yield list(_swapped(text, text[end : found.start()], end))
        possession = ":s" if found[2] else ""
        yield [Part(f"{masks[found[1]]}{possession}", found[0], masked=True)]
        end = found.end()
    yield list(_swapped(text, text[end:], end))


def _swapped(whole: str, piece: str, start: int) -> Iterator[Part]:
    """A piece of the whole that no name is in; `start` is where it begins."""
    end = 0
    for found in _WORD.finditer(piece):
        other = opposite(found[0])
        if other == found[0] or not _is_meant(whole, start + found.start(), found[0]):
            continue
        yield Part(piece[end : found.start()])
        yield Part(other, found[0])
        end = found.end()
    yield Part(piece[end:])


def _is_meant(text: str, at: int, word: str) -> bool:
    """Whether the word is the one in the table: not ”man kan söka”, not Hans Ek whom nobody has listed."""
    before, after = text[max(0, at - _NEAR) : at], text[at + len(word) : at + len(word) + _NEAR]
    if word in {"Hans", "Hennes"}:
        return not re.match(r"\s+[^\W\d_a-zåäö]", after)
    company = NEEDS_COMPANY.get(word.lower())
    if company is None:
        return True
    previous = re.search(r"(\w+)\s+$", before)
    other = OPPOSITES[word.lower()]
    beside = re.search(rf"(?i)\b{other}\s+(?:och|eller)\s+$", before)
    return bool(
        (previous and previous[1].lower() in company)
        or beside
        or re.match(rf"(?i)\s+(?:och|eller)\s+{other}\b", after)
    )


def _masks(names: Sequence[str]) -> dict[str, str]:
    """Each name, and each part of one, with its mask; a part that several share has all of theirs."""
    people: dict[str, list[str]] = {}
    for number, name in enumerate(dict.fromkeys(names)):
        mask = f"Person {chr(ord('A') + number)}" if number < _LETTERS else f"Person {number + 1}"
        for part in {name, *name.split()}:
            if part[:1].isupper():
                people.setdefault(part, []).append(mask)
    return {part: " eller ".join(masks) for part, masks in people.items()}


def _same_case(word: str, other: str) -> str:
    if word.islower():
        return other
    if word.isupper():
        return other.upper()
    return other.capitalize() if word == word.capitalize() else word


def _joined(parts: Iterator[Part]) -> Iterator[Part]:
    """Without empty parts, and neighbours that were left alone as one."""
    kept = ""
    for part in parts:
        if not part.before:
            kept += part.text
            continue
        if kept:
            yield Part(kept)
        yield part
        kept = ""
    if kept:
        yield Part(kept)
