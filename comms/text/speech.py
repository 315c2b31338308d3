"""Who is quoted: lines of speech and quotations in Swedish news, with the name of whoever said it.

Made for precision: only names that are given, only words in quotation marks or after a dash, and only a
name that stands where the speaker's stands. "säger hon" names nobody, and a pronoun is never resolved.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from comms.model.document import Block, BlockKind, Document
from comms.text.swedish import word_set

SAYS = (
    "säger|sade|sa|berättar|berättade|menar|menade|tycker|tyckte|förklarar|förklarade|konstaterar"
    "|konstaterade|tillägger|tillade|hälsar|hälsade|skriver|skrev|undrar|undrade|svarar|svarade|utbrister"
    "|utropar|påpekar|påpekade|fortsätter|fortsatte|lovar|lovade"
)
"""What news says that people do when it gives their words, as the alternatives of a pattern."""

_OPENS, _CLOSES = '”“"»«', '”“"»«'
_DASH = "–—"

# Before the verb there is a sign that ends what was said; a verb inside the speech has none.
_SAID = re.compile(rf"[,?!…{_CLOSES}]{{1,2}} ?[{_DASH}]? ?(?:{SAYS})\b")
_SAID_OF_QUOTE = re.compile(rf"[{_CLOSES}],? ?[{_DASH}]? ?(?:{SAYS})\b")
_COLON = re.compile(rf"\b(?:{SAYS})(?: [a-zåäö]+){{0,3}}:\s*(?=[{_OPENS}{_DASH}])")
_SPEECH = re.compile(rf"[{_DASH}-]\s")
_WORDS = re.compile(r"[^\s,]+|,")

_NOT_BEFORE_NAME = word_set(
    "till åt om efter med som när att mot av men hon han hen de vi jag ni du man det den utan än genom"
)
"""What follows is somebody else than the speaker: "säger hon till Karin Ek"."""

_PLACE = word_set("på i vid från hos för inom")
"""May be followed by a name that is no person's: "säger handläggaren på Leader, Karin Ek"."""

_FARTHEST = 8
"""How many words may stand between the verb and the name: "säger projektledaren på Bygdelaget i Sunne"."""

_LONGEST = 300
"""How many characters before "säger:" the name is sought."""


def quoted(document: Document, names: Sequence[str]) -> frozenset[str]:
    """Those of `names` whose own words the text gives, by line of speech or quotation marks."""
    if not names:
        return frozenset()
    spoken = _names([name.strip() for name in names])
    lines = list(_lines(document))
    found = {name for line, speech in lines for name in _after(line, speech=speech, names=spoken)}
    text = "\n".join(line for line, _ in lines)
    return frozenset(found | set(_before(text, spoken)) | set(_under(document, spoken)))


class _Names:
    """The names as one pattern; first and last names stand for their owner when only one has them."""

    def __init__(self, forms: dict[str, str]) -> None:
        longest_first = "|".join(map(re.escape, sorted(forms, key=len, reverse=True)))
        self._forms = forms
        # One more name after it makes it somebody else's: "Karin" in "Karin Larsson".
        self._pattern = re.compile(rf"(?<!\w)(?:{longest_first})(?![\w-])(?! [A-ZÅÄÖÉÜ])")

    def at(self, text: str, start: int) -> tuple[str, int] | None:
        """The owner of the name that begins at `start`, and where it ends."""
        match = self._pattern.match(text, start)
        return (self._forms[match.group()], match.end()) if match else None

    def all(self, text: str) -> Iterator[tuple[str, int]]:
        """Every name in a text, with its end."""
        return ((self._forms[m.group()], m.end()) for m in self._pattern.finditer(text))


def _names(names: Sequence[str]) -> _Names:
    owners: dict[str, set[str]] = {}
    for name in filter(None, names):
        parts = name.split()
        for form in {name, parts[0], parts[-1]}:
            owners.setdefault(form, set()).add(name)
    return _Names({form: owner for form, (owner, *others) in owners.items() if not others})


def _lines(document: Document) -> Iterator[tuple[str, bool]]:
    """Each line of the body, and whether it is a line of speech: one that begins with a dash.

    A hyphen makes a list in Markdown, so the points of such a list may be lines of speech.
    """
    for block, parent in _walk(document.blocks, None):
        if block.kind is BlockKind.CODE:
            continue
        in_list = parent is not None and parent.kind is BlockKind.LIST_ITEM
        for line in block.plain().split("\n"):
            stripped = line.strip()
            if stripped:
                yield stripped, in_list or block.kind is BlockKind.LIST_ITEM or bool(_SPEECH.match(stripped))


def _walk(blocks: Sequence[Block], parent: Block | None) -> Iterator[tuple[Block, Block | None]]:
    for block in blocks:
        yield block, parent
        yield from _walk(block.children, block)


def _after(line: str, *, speech: bool, names: _Names) -> Iterator[str]:
    """Those named after what they said: "– Vi är klara, säger Karin Ek"."""
    for verb in (_SAID if speech else _SAID_OF_QUOTE).finditer(line):
        yield from _speakers(line, verb.end(), names)


def _speakers(line: str, start: int, names: _Names) -> Iterator[str]:
    """The first name after the verb with what binds it to it, and those that "och" joins to it."""
    for number, word in enumerate(_WORDS.finditer(line, start)):
        named = names.at(line, word.start())
        if named:
            name, end = named
            yield name
            joined = re.compile(r" och ").match(line, end)
            other = names.at(line, joined.end()) if joined else None
            if other:
                yield other[0]
            return
        before = line[start : word.start()].split()[-1:]
        if number >= _FARTHEST or not _may_stand_between(word.group(), before[0] if before else ""):
            return


def _may_stand_between(word: str, before: str) -> bool:
    """Whether a word between verb and name still speaks of the speaker."""
    if word in _NOT_BEFORE_NAME or word[-1] in ".?!:;":
        return False
    return not word[:1].isupper() or before in _PLACE or before[:1].isupper()


def _before(text: str, names: _Names) -> Iterator[str]:
    """Those named before what they said: "Karin Ek, ordförande, säger: ”Vi är klara.”"."""
    for verb in _COLON.finditer(text):
        earliest = max(verb.start() - _LONGEST, 0)
        begin = max(text.rfind(mark, earliest, verb.start()) for mark in "\n.?!") + 1 or earliest
        for name, end in names.all(text[begin : verb.start()]):
            between = text[begin + end : verb.start()].strip()
            if not between or re.fullmatch(r",[^,]{1,80},", between):
                yield name


def _under(document: Document, names: _Names) -> Iterator[str]:
    """Those named under a block of quotation: a line of its own with a dash and the name."""
    for block in document.walk():
        if block.kind is not BlockKind.QUOTE:
            continue
        lines = "\n".join(inner.plain() for inner in block.walk()).strip().split("\n")
        last = re.match(rf"[{_DASH}-]+ ?", lines[-1])
        named = names.at(lines[-1], last.end()) if last else None
        if named and lines[-1][named[1] : named[1] + 1] in {"", ",", "."}:
            yield named[0]
