"""Signs: quotation marks, dashes, slashes, apostrophes, abbreviations and hyphens of compounds.

Myndigheternas skrivregler, 8th edition: https://www.isof.se/utforska/vagledningar/myndigheternas-skrivregler
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from comms.check.figures import at_figures, figures
from comms.check.moments import MONTHS, WEEKDAYS
from comms.check.reading import PassageKind, Reading
from comms.check.slip import Edit, Slip, in_name
from comms.errors import Severity, say
from comms.text.swedish import word_set

_BACK = 40
"""How many characters before a sign tell what it belongs to."""

_BLANKS = frozenset(" \u00a0")
_STRAIGHT = re.compile(r'"[^"\n]*"')
_OPENS_AFTER = frozenset(" \u00a0\n([–—/")
_CLOSES_BEFORE = frozenset(" \u00a0\n.,:;!?)]–—/-")
_SPEECH = ("– ", "— ", "- ")


def straight_quotes(reading: Reading) -> Iterator[Slip]:
    """Find typewriter quotation marks: one problem for each passage."""
    text = reading.text
    if '"' not in text:
        return
    for passage in reading.passages:
        first = text.find('"', passage.start, passage.end)
        if first >= 0:
            pairs = [match.span() for match in _STRAIGHT.finditer(text, passage.start, passage.end)]
            paired = 2 * len(pairs) == text.count('"', passage.start, passage.end)
            mixed = any(text.find(sign, passage.start, passage.end) >= 0 for sign in "“„‘")
            curly = [text.count("”", start, end) for start, end in (*pairs, (passage.start, passage.end))]
            mixed = mixed or any(curly[:-1]) or curly[-1] % 2 == 1  # then other marks would pair up anew
            sound = paired and not mixed and all(_is_pair(reading, start, end) for start, end in pairs)
            edits = tuple(_curly(at) for pair in pairs for at in (pair[0], pair[1] - 1)) if sound else ()
            message = say('Här står raka citattecken (").')
            yield Slip(first, first + 1, message, say("Skriv ”…” före och efter."), edits, marks=True)


def foreign_quotes(reading: Reading) -> Iterator[Slip]:
    """Find marks that open a quotation in English or German: one problem for each passage."""
    text = reading.text
    if "“" not in text and "„" not in text and "‘" not in text:
        return
    for passage in reading.passages:
        pairs = list(_foreign_pairs(text, passage.start, passage.end))
        if pairs:
            first = pairs[0][0]
            # Whatever marks are left over would otherwise pair up anew.
            spare = text.count("”", passage.start, passage.end) - sum(
                text[end - 1] == "”" for _, end in pairs
            )
            mixed = spare % 2 == 1 or text.find('"', passage.start, passage.end) >= 0
            sound = not mixed and all(end and _is_pair(reading, start, end) for start, end in pairs)
            edits = tuple(
                Edit(at, at + 1, "’" if text[start] == "‘" else "”")
                for start, end in pairs
                for at in (start, end - 1)
                if text[at] in _FOREIGN
            )
            message = say("”{sign}” är inget svenskt citattecken.", sign=text[first])
            hint = say("Skriv ”…” före och efter, och ’…’ för ett citat i citatet.")
            yield Slip(first, first + 1, message, hint, edits if sound else (), marks=True)


_FOREIGN = frozenset("“„‘")


def _foreign_pairs(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Each mark that opens, with the offset after the one that closes it; 0 when another opens before.

    A “ opens after a blank and closes before one: German „so“ has it at its end. A ‘ counts with its ’.
    """
    at = start
    while at < end:
        sign = text[at]
        opens = sign == "„" or (sign in _FOREIGN and (at == start or text[at - 1] in _OPENS_AFTER))
        closed = _closing(text, at, end) if opens else 0
        if closed or (opens and sign != "‘"):
            yield at, closed
        at = closed or at + 1


def _closing(text: str, at: int, end: int) -> int:
    """The offset after the mark that closes the one at `at`; 0 when another opens before, or none closes."""
    ends = "’" if text[at] == "‘" else "“”"
    for place in range(at + 1, end):
        if text[place] in ends and (place + 1 == end or text[place + 1] in _CLOSES_BEFORE):
            return place + 1
        if text[place] in "„“”‘":
            return 0
    return 0


def _is_pair(reading: Reading, start: int, end: int) -> bool:
    """Whether the marks open and close as a pair does, and stand in no quotation or line of speech."""
    text, prose = reading.text, reading.prose
    passage = reading.passage_at(start)
    if passage.kind is PassageKind.QUOTE or passage.text.startswith(_SPEECH) or end - start <= len('""'):
        return False
    before, after = start - 1, end
    outside = (before < passage.start or prose[before] == text[before]) and (
        after >= passage.end or prose[after] == text[after]
    )
    opens = before < passage.start or text[before] in _OPENS_AFTER
    closes = after >= passage.end or text[after] in _CLOSES_BEFORE
    inner = text[start + 1] not in _BLANKS and text[end - 2] not in _BLANKS
    return outside and opens and closes and inner


def _curly(at: int) -> Edit:
    return Edit(at, at + 1, "”")


_DASH = re.compile(r"[ \u00a0]--?[ \u00a0]")
_SPANS = frozenset(MONTHS + WEEKDAYS)
_WORD = re.compile(r"[^\W_]+")
_LAST_WORD = re.compile(r"[^\W_]+$")


def hyphen_as_dash(reading: Reading) -> Iterator[Slip]:
    """Find a hyphen that does the work of a dash."""
    text = reading.text
    if " -" not in text and "\u00a0-" not in text:
        return
    for match in reading.search(_DASH):
        start, end = match.span()
        passage = reading.passage_at(start)
        before, after = text[max(start - 1, 0) : start], text[end : end + 1]
        if not before.strip("\n -") or not after.strip("\n -") or (before.isdigit() and after.isdigit()):
            continue
        first = _LAST_WORD.search(text[max(start - _BACK, 0) : start])
        last = _WORD.match(text, end)
        words = (first.group() if first else "", last.group() if last else "")
        if passage.raw[start - passage.start] == "\n" or in_name(
            reading, start - len(words[0]), end + len(words[1])
        ):
            continue
        message = say("Bindestreck används som tankstreck.")
        hint = say("Skriv ” – ” (kort tankstreck med mellanslag), eller dela meningen.")
        edits: tuple[Edit, ...] = (Edit(start + 1, end - 1, "–"),)
        if {word.casefold() for word in words} <= _SPANS:
            hint = say("Skriv ”{first}–{last}”.", first=words[0], last=words[1])
            edits = (Edit(start, end, "–"),)
        elif words[1][:1].isupper() and words[0][:1].isupper():
            hint = say(
                "Skriv ”{first}–{last}” om det är från och till, annars ” – ”.", first=words[0], last=words[1]
            )
            edits = ()
        yield Slip(start + 1, end - 1, message, hint, edits)


def long_dashes(reading: Reading) -> Iterator[Slip]:
    """Find the long dash of English."""
    text = reading.text
    at = text.find("—")
    while at >= 0:
        before, after = text[at - 1 : at], text[at + 1 : at + 2]
        edits: tuple[Edit, ...] = ()
        if before in _BLANKS and after in _BLANKS:
            edits = (Edit(at, at + 1, "–"),)
        elif before.isalpha() and after.isalpha():
            edits = (Edit(at, at + 1, " – "),)
        message = say("Här står ett långt tankstreck (—).")
        hint = say("Skriv ” – ” (kort tankstreck med mellanslag), eller dela meningen.")
        yield Slip(at, at + 1, message, hint, edits)
        at = text.find("—", at + 1)


_AND_OR = re.compile(r"\boch[ \u00a0]?/[ \u00a0]?eller\b", re.IGNORECASE)
_LOWER_BEFORE = re.compile(r"(?<![\w./–-])[a-zåäöé]{3,}$")
_LOWER_AFTER = re.compile(r"[a-zåäöé]{3,}(?![\w/–-]|[.][a-z])")
_PER = word_set(
    "kronor och hög låg mil km min tim gånger dagar timmar dag dygn natt månad vecka vardag år "
    "timme minut hektar tillfälle kvadratmeter gång meter liter eller"
)


def and_or(reading: Reading) -> Iterator[Slip]:
    """Find "och/eller"."""
    if "/" not in reading.text:
        return
    for match in reading.search(_AND_OR):
        message = say("”{words}” är svårt att läsa och att läsa upp.", words=match.group())
        hint = say("Skriv ”och” eller ”eller”; behövs båda, skriv ”a eller b, eller båda”.")
        yield Slip(*match.span(), message, hint)


_PRONOUNS = word_set("han hon hen honom henne hans hennes den dens")
"""S111 speaks of these."""


def slashes(reading: Reading) -> Iterator[Slip]:
    """Find a slash between two words."""
    text = reading.text
    at = text.find("/")
    while at >= 0:
        first = _LOWER_BEFORE.search(text[max(at - _BACK, 0) : at])
        last = _LOWER_AFTER.match(text, at + 1) if first else None
        if first and last and not {first.group(), last.group()} & (_PER | _PRONOUNS):
            words = f"{first.group()}/{last.group()}"
            message = say("Snedstrecket i ”{words}” säger inte om det är och eller eller.", words=words)
            hint = say(
                "Skriv ”{first} och {last}” eller ”{first} eller {last}”.",
                first=first.group(),
                last=last.group(),
            )
            yield Slip(at - len(first.group()), last.end(), message, hint)
        at = text.find("/", at + 1)


_GENITIVE = re.compile(r"['’]s(?!\w)")
_BASE = re.compile(r"[\w-]+$")
_ENGLISH = word_set(
    "Let It That What Here There He She Who Where How Valentine Mother Father Women Men Children People "
    "Today World McDonald Levi Domino Lay Kellogg Wendy Lloyd Moody Sotheby Christie Reader King Queen "
    "Saint Hershey Denny Ben Master Bachelor Player Girl Boy Year Schindler Ocean Pan Murphy Parkinson "
    "Alzheimer Hobson Rubik"
)


def apostrophes(reading: Reading) -> Iterator[Slip]:
    """Find the apostrophe that English has in its genitive: "Karin's", "EU's"."""
    text = reading.text
    if "'s" not in text and "’s" not in text:
        return
    for match in reading.search(_GENITIVE):
        base = _BASE.search(text[max(match.start() - _BACK, 0) : match.start()])
        if not base or not (base.group()[0].isupper() or base.group()[0].isdigit()):
            continue
        yield from _genitive(reading, base.group(), match.start())


def _genitive(reading: Reading, base: str, at: int) -> Iterator[Slip]:
    start, end = at - len(base), at + 2
    last = (_WORD.findall(base) or [""])[-1]
    known = reading.names.by_word.get(last) or reading.context.names.by_word.get(last)
    message = say("”{word}” har apostrof: svensk genitiv har ingen.", word=f"{base}{reading.text[at:end]}")
    if base.isupper() and base.isalpha() and len(base) > 1:
        yield Slip(start, end, message, say("Skriv ”{word}:s”.", word=base), (Edit(at, at + 1, ":"),))
    elif known and base[-1] not in "sxz":
        yield Slip(start, end, message, say("Skriv ”{word}s”.", word=base), (Edit(at, at + 1, ""),))
    elif base.isalpha() and base not in _ENGLISH and not reading.text[end + 1 : end + 2].isupper():
        right = base if base[-1] in "sxz" else f"{base}s"
        yield Slip(start, end, message, say("Skriv ”{word}”.", word=right), severity=Severity.NOTICE)


# Where such an abbreviation may begin: one cheap search, after which the whole is looked at.
_MAY_BE_SHORT = re.compile(r"[ (\n\u00a0](?:[TtBbMmSsFfPp][lr]?[. \u00a0]|osv|dvs|etc)")
_GAP = r"(?:\.[ \u00a0]?|[ \u00a0])"
_ABBREVIATION = re.compile(
    rf"(?<![\w.,/-])(?:(?P<example>[Tt]{_GAP}ex)|(?P<among>[Bb]l{_GAP}a)|(?P<more>m{_GAP}m)|(?P<others>m{_GAP}fl)"
    rf"|(?P<called>s{_GAP}k)|(?P<from>[Ff]r{_GAP}o{_GAP}m)|(?P<until>[Tt]{_GAP}o{_GAP}m)|(?P<because>[Pp]{_GAP}g{_GAP}a)"
    rf"|(?P<former>[Ff]{_GAP}d))(?:\.|(?![\w:/’'-]))"
)
_RIGHTLY = {
    "example": "t.ex.", "among": "bl.a.", "more": "m.m.", "others": "m.fl.", "called": "s.k.",
    "from": "fr.o.m.", "until": "t.o.m.", "because": "p.g.a.", "former": "f.d.",
}  # fmt: skip
_STOPPED = re.compile(r"(?:osv|dvs|etc)(?![\w.!?…:-])")
_STOP_TOO_MUCH = re.compile(r"(?<![\w.])(?:[Cc]a|[Nn]r|[Tt]fn)\.[ \u00a0]?$")
_UNIT_STOPPED = re.compile(r"[ \u00a0](?P<unit>kr|km|min|tim|kg|cm|mm)(?P<stop>\.)(?=[ \u00a0][a-zåäö])")
_SECOND_LETTER = 2
_UNTIL_BEFORE = re.compile(
    r"(?<![\w.-])(?<!\bvar )(?<!\bär )(?<!\bblev )(?<!\bstod )(?<!\bstår )(?<!\bblir )"
    r"(?P<word>[Tt]om|[Ff]r?om)[ \u00a0](?P<kind>kl\.?[ \u00a0]|v\.?[ \u00a0]?|vecka[ \u00a0]|den[ \u00a0])?$"
)
_DAY_AFTER = re.compile(rf"[ \u00a0](?:{'|'.join(MONTHS)}|jan|feb|apr|aug|sept?|okt|nov|dec)\b|/\d")


def abbreviations(reading: Reading) -> Iterator[Slip]:
    """Find "t. ex.", "bl a", "osv" without its full stop, "tom 31 mars", and "ca." or "kr." with one."""
    text = reading.text
    for place in (0, *(begun.start() + 1 for begun in _MAY_BE_SHORT.finditer(text))):
        slip = _pointed(text, place) or _unstopped(text, place)
        if slip:
            yield slip
    for start, end in figures(text):
        stopped = "." in text[max(start - 2, 0) : start]
        before = _STOP_TOO_MUCH.search(text, max(start - len("tfn. "), 0), start) if stopped else None
        if before:
            first = before.start()
            stop = text.index(".", first)
            word = text[first:stop]
            gap = "\u00a0" if word.casefold() == "nr" else " "
            yield _abbreviation(text, first, start, word, Edit(stop, start, gap))
        joined = _joined(text, start, end)
        if joined:
            yield joined
        after = _UNIT_STOPPED.match(text, end) if text[end : end + 1] in _BLANKS else None
        if after:
            yield _abbreviation(
                text, after.start("unit"), after.end(), after["unit"], Edit(*after.span("stop"), "")
            )


def _pointed(text: str, place: int) -> Slip | None:
    match = _ABBREVIATION.match(text, place)
    if match is None:
        return None
    start, end = match.span()
    right = text[start] + _RIGHTLY[str(match.lastgroup)][1:]
    after_figure = text[max(start - _SECOND_LETTER, 0) : start].strip().isdigit()  # "5 m m": metres
    if match.group() == right or after_figure:
        return None
    return _abbreviation(text, start, end, right, Edit(start, end, right))


def _joined(text: str, start: int, end: int) -> Slip | None:
    """Find "tom v. 50" and "from 1 mars"; "tom" is a word of its own, unless a day or week follows."""
    if text[start - 1 : start] not in {" ", "\u00a0", "v", "."}:
        return None
    match = _UNTIL_BEFORE.search(text, max(start - len("stod from vecka  "), 0), start)
    if match is None or not ((match["kind"] or "d")[0] != "d" or _DAY_AFTER.match(text, end)):
        return None
    first, last = match.span("word")
    right = text[first] + ("r.o.m." if text[first] in "Ff" else ".o.m.")
    return _abbreviation(text, first, last, right, Edit(first, last, right))


def _unstopped(text: str, place: int) -> Slip | None:
    match = _STOPPED.match(text, place)
    if match is None:
        return None
    start, end = match.span()
    return _abbreviation(text, start, end, f"{match.group()}.", Edit(end - 1, end, f"{text[end - 1]}."))


def _abbreviation(text: str, start: int, end: int, right: str, edit: Edit) -> Slip:
    message = say("Förkortningen ”{words}” skrivs ”{right}”.", words=text[start:end].strip(), right=right)
    return Slip(start, end, message, say("Skriv ”{right}”, eller skriv ut orden.", right=right), (edit,))


_PARTS = word_set(
    "stöd stödet stödets stöden medel medlen medlens pengar pengarna projekt projektet projekten "
    "projektets möte mötet möten mötena bidrag bidraget bidragen kontor kontoret program programmet fond "
    "fonden fonder fonderna medlem medlemmar medlemmen medlemmarna medlemskap flagga flaggan logotyp "
    "logotypen parlamentet kommissionen länder länderna grupp gruppen ledamot ledamöter ledamoten "
    "ordförande fil filen filer tjänst tjänsten system systemet utbildning utbildningen finansiering "
    "finansieringen budget budgeten ansökan nivå emblem emblemet"
)
_TOGETHER = re.compile(
    r"(?P<short>EU|LAG|IT|FN|TV|SMS|PDF|GPS|USB|LLU|ESF|LED)"
    r"(?P<blank>[ \u00a0])(?P<noun>[a-zåäö]+)(?![\w-])"
)
_GOVERNS = word_set("i inom från till av med för utanför hos genom mot enligt via om att")
_AFTER_FIGURE = re.compile(
    r"(?<![\w.,:/–-])(?P<figure>\d{1,4})(?P<blank>[ \u00a0])"
    r"(?P<rest>årig(?:a|t|e)?|åring(?:en|ens|ar|arna|s)?|procentig(?:a|t)?"
    r"|tal(?:et|ets|s))(?!\w)"
)


def loose_compounds(reading: Reading) -> Iterator[Slip]:
    """Find compounds in two words: "EU stöd", "10 årig", "1900 talet"."""
    text = reading.text
    for match in reading.search(_TOGETHER):
        before = text[max(match.start() - _BACK, 0) : match.start()]
        if match["noun"] not in _PARTS or before[-1:].isalnum() or before[-1:] in {"-", "–", "/"}:
            continue
        before = before.rstrip()
        word = _LAST_WORD.search(before)
        governed = bool(word and word.group().casefold() in _GOVERNS)
        edits = () if governed else (Edit(*match.span("blank"), "-"),)
        yield _together(match, f"{match['short']}-{match['noun']}", edits)
    for match in at_figures(_AFTER_FIGURE, text, " "):
        if not match["rest"].startswith("tal") or match["figure"].endswith("0"):
            right = f"{match['figure']}-{match['rest']}"
            yield _together(match, right, (Edit(*match.span("blank"), "-"),))


def _together(match: re.Match[str], right: str, edits: tuple[Edit, ...]) -> Slip:
    message = say("”{words}” är ett ord och skrivs med bindestreck.", words=match.group())
    severity = None if edits else Severity.NOTICE
    return Slip(*match.span(), message, say("Skriv ”{right}”.", right=right), edits, severity)
