r"""MJML -> HTML: the one guarded call of mjml-python.

The compiler writes some characters of attributes as `\u{a0}`, accepts tags that do not match, drops parts
that stand in the wrong place and attributes that it does not know, dies of deep nesting and raises what is no
`Exception`. So it is given only what is MJML: a skeleton of parts in plain ASCII, with a mark where a part
holds HTML. The HTML does not pass through it: expat finds it well-formed, and it takes the place of its mark
in what comes out. MJML passes HTML on as it is, so nothing is lost, and the compiler has a tenth to read.

What is wrong is said by comms/render/mjml_faults.py, which reads the letter again, slowly, when something is.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache
from itertools import accumulate
from typing import NamedTuple, NoReturn
from xml.parsers import expat

from mjml import mjml2html

from comms.errors import Location, say
from comms.render.mjml_faults import LOST, MAX_DEPTH, Fault, faults_of, lines_of, refused
from comms.render.mjml_parts import (
    ATTRIBUTES,
    HOLD_HTML,
    HOLD_TEXT,
    PLACES,
    REMOTE,
    UNWRITABLE,
    VALUES,
)

MAX_PARTS = 1024
"""How many parts that were found sound are remembered; an issue has some 200 in all its editions."""

_REMARK = re.compile(r"<!--(?!\[if|<!\[endif).*?-->", re.DOTALL)
_START = re.compile(rf"([\w:.-]*+)({VALUES})>")
_END = re.compile(r"</(mj[\w:.-]*+)\s*>")
_ENDS = re.compile(rf"(?:{_END.pattern}\s*)*+")
_ATTRIBUTE = re.compile(r"""([^\s=<>"'/]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_TOUCHED = re.compile(rf"<(?:!--(?!\[if|<!\[endif).*?--|(img|mj-image)\b({VALUES}))>", re.DOTALL)
_ODD = re.compile(r"[\x00-\x1f\\']")
_UNSAFE = re.compile(r"""[^ -~]|[\\"<>]""")
_LEAK = re.compile(r'<[A-Za-z][^<>]*="[^"]*\\')
_REMOTE = re.compile(r"https://(?:i\.imgur\.com|www\.mailjet\.com/images)/")
_POSITION = re.compile(r"position (\d+)")
_DELETE = "\x7f"

_LONE_AMPERSAND = re.compile(r"&(?!#?\w+;)")
_OPEN_VOID = re.compile(rf"<((?:br|hr|img|meta|link|input|col|wbr)\b{VALUES})(?<!/)>")
_WORD = re.compile(r"\S")

_MEND = say("Se efter i mallen, eller ta bort den del som ni ändrade sist.")
_HIDDEN = say("Något är inte rätt skrivet.")
_EMPTY = Fault(
    0,
    say("Mallen är tom: den ska börja med <mjml>."),
    say("Kopiera en mall som följer med och ändra i den. Hur står i docs/mallar.md."),
)


class _Unsound(Exception):
    """The letter is not one that the compiler may see; where is for the slow reading to say."""


class _Empty(Exception):
    """There is no part at all, so nothing that a place could be told from."""


class _Broken(Exception):
    """The compiler refuses a letter that seems sound, or loses some of it; `fault` says where."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.reason)
        self.fault = fault


class _Part(NamedTuple):
    """A part of MJML up to where the next one begins: what the compiler reads of it, and what it holds."""

    name: str
    opens: bool
    start: str
    held: str
    end: str
    closes: tuple[str, ...]


class _Skeleton(NamedTuple):
    """What the compiler reads, and what it does not: HTML by the number of its mark, and whose it is.

    `offsets` says where each part begins in the letter, `owners` which part each held text stands in.
    """

    chunks: list[str]
    written: list[str]
    held: list[str]
    owners: list[int]

    def offset(self, number: int) -> int:
        """Where a part begins in the letter."""
        return len("<mj".join(self.chunks[:number]))

    def offset_of(self, position: int) -> int:
        """Where in the letter the part begins that has a position in the skeleton."""
        ends = accumulate(map(len, self.written))
        return self.offset(next((number for number, end in enumerate(ends) if end > position), 0))


def compile_mjml(source: str, *, template: str, place: Callable[[int], Location] | None = None) -> str:
    """Compile one letter; `template` is its path, `place` says where an offset of the source was written.

    Raises TemplateError with all that is wrong, each with its place: a line of `source`, without `place`.
    """
    source = normalised(source)
    try:
        return _guarded(source)
    except _Empty:
        raise refused([_EMPTY], lines_of("", template)) from None
    except _Unsound:
        faults = faults_of(source) or [Fault(0, _HIDDEN, _MEND)]
    except _Broken as broken:
        faults = [broken.fault]
    raise refused(faults, place or lines_of(source, template)) from None


def normalised(source: str) -> str:
    """A letter's MJML as offsets count in it: line ends as in Unix, no sign that is the guard's own."""
    if "\r" in source:
        source = source.replace("\r\n", "\n").replace("\r", "\n")
    if _DELETE in source:
        source = source.replace(_DELETE, f"&#{ord(_DELETE)};")
    return source


def forget_parts() -> None:
    """Let go of the parts that were found sound: a bench compiles each issue as for the first time."""
    _read.cache_clear()
    _safe_tag.cache_clear()


def _guarded(source: str) -> str:
    """The letter's HTML; raises _Unsound, _Empty or _Broken."""
    skeleton = _divided(source)
    if not skeleton.owners and len(skeleton.written) == 1:
        raise _Empty
    mjml = "".join(skeleton.written)
    html = _compiled(skeleton, mjml)
    if "\\" in html and (leak := _LEAK.search(html)):
        reason = say(
            "Nära ”{place}” står ett tecken som inte går att skriva i ett brev.", place=leak[0][-60:]
        )
        raise _Broken(Fault(0, reason, _MEND))
    for part, attributes in REMOTE.items():
        if f"<{part}" in mjml and _REMOTE.search(html) and not _REMOTE.search(mjml):
            raise _Broken(_fetched(part, attributes, source))
    return _filled(html, skeleton)


def _compiled(skeleton: _Skeleton, mjml: str) -> str:
    try:
        return str(mjml2html(mjml, fonts={}))
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # noqa: BLE001 -- the compiler's panics are no `Exception`
        found = _POSITION.search(str(error))
        offset = skeleton.offset_of(int(found[1])) if found else 0
        reason = say("Brevet går inte att göra: {reason}.", reason=error)
        raise _Broken(Fault(offset, reason, _MEND)) from None


def _fetched(part: str, attributes: tuple[str, ...], source: str) -> Fault:
    reason = say("<{part}> hämtar en bild från en annan server, som då ser vem som läser.", part=part)
    hint = say("Lägg bilden hos er, och skriv dess adress i {names}.", names=", ".join(attributes))
    return Fault(max(source.find(f"<{part}"), 0), reason, hint)


def _filled(html: str, skeleton: _Skeleton) -> str:
    """HTML with what the parts held; raises _Broken when the compiler has dropped a part."""
    pieces = html.split(_DELETE)
    marks = [int(mark) for mark in pieces[1::2]]
    held = skeleton.held
    if len(set(marks)) < len(held):
        lost = min(set(range(len(held))).difference(marks))
        reason = say("Den del som börjar ”{start}” kommer inte med i brevet.", start=held[lost].strip()[:60])
        hint = say("Ta bort den, eller ta bort den som står i dess ställe.")
        raise _Broken(Fault(skeleton.offset(skeleton.owners[lost]), reason, hint))
    pieces[1::2] = [held[mark] for mark in marks]
    return "".join(pieces)


def _divided(source: str) -> _Skeleton:
    """The skeleton of a sound letter; raises _Unsound."""
    try:
        return _joined(source)
    except _Unsound:
        # Remarks may hold parts; a letter without remarks is not searched for them.
        bare = _REMARK.sub(_empty_lines, source)
        if bare == source:
            raise
        return _joined(bare)


def _joined(source: str) -> _Skeleton:
    """Read each chunk but the first, which is empty in a letter, and keep count of what is open."""
    chunks = source.split("<mj")
    written = [""]
    held: list[str] = []
    owners: list[int] = []
    open_parts = [""]
    _refuse_words(chunks[0], 0, len(chunks[0]))
    for chunk in chunks[1:]:
        name, opens, start, inside, end, closes = _read(chunk)
        if (open_parts[-1], name) not in PLACES:
            raise _Unsound
        if opens:
            open_parts.append(name)
        for closed in closes:
            if open_parts.pop() != closed:
                raise _Unsound
        if inside:
            owners.append(len(written))
            written.append(f"{start}{_DELETE}{len(held)}{_DELETE}{end}")
            held.append(inside)
        else:
            written.append(start + end)
    if len(open_parts) > 1:
        raise _Unsound
    return _Skeleton(chunks, written, held, owners)


@lru_cache(maxsize=MAX_PARTS)
def _read(chunk: str) -> _Part:
    """A part, given from behind its `<mj` up to the next `<mj`; raises _Unsound.

    Sound parts are remembered, for the editions of an issue share most of theirs.
    """
    try:
        return _part(chunk)
    except _Unsound:
        # What HTML allows and XML does not: tags that nothing closes, and an ampersand by itself.
        tidied = _LONE_AMPERSAND.sub("&amp;", _OPEN_VOID.sub(r"<\1 />", chunk))
        if tidied == chunk:
            raise
        return _part(tidied)


def _part(chunk: str) -> _Part:
    start = _START.match(chunk)
    if not start:
        raise _Unsound
    name, opens, begin = f"mj{start[1]}", start[2][-1:] != "/", start.end()
    if name not in ATTRIBUTES:
        raise _Unsound
    cut = chunk.rfind(f"</{name}>", begin) if opens else -1
    if cut < 0:
        other = chunk.find("</mj", begin)
        cut = len(chunk) if other < 0 else other
    tag, content, end = f"<mj{chunk[:begin]}", chunk[begin:cut], chunk[cut:]
    text = held = ""
    if opens and name in HOLD_HTML and content and not content.isspace():
        _check(f"{tag}{content}</{name}>")
        held = _TOUCHED.sub(_touch, unicodedata.normalize("NFC", content))
    else:
        _check(f"{tag}</{name}>" if opens else tag)
        if opens and name in HOLD_TEXT:
            text, held = _text(name, content)
        else:
            _refuse_words(chunk, begin, cut)
    if (ends := _ENDS.match(chunk, cut)) and ends.end() < len(chunk):
        _refuse_words(chunk, ends.end(), len(chunk))
    return _Part(name, opens, _safe_tag(tag, name) + text, held, end, tuple(_END.findall(end)))


def _text(name: str, content: str) -> tuple[str, str]:
    """A title, as the compiler may read it, or CSS, which it does not see; raises _Unsound."""
    if "<" in content or UNWRITABLE.search(content):
        raise _Unsound
    content = unicodedata.normalize("NFC", content)
    if name == "mj-style":
        return "", content
    if LOST.search(content):
        raise _Unsound
    return _references(content), ""


def _refuse_words(chunk: str, begin: int, end: int) -> None:
    """Raises _Unsound if anything stands between parts: the compiler drops it, or names a byte."""
    if _WORD.search(chunk, begin, end):
        raise _Unsound


def _empty_lines(found: re.Match[str]) -> str:
    return "\n" * found[0].count("\n")


@lru_cache(maxsize=MAX_PARTS)
def _safe_tag(tag: str, name: str) -> str:
    """A tag in characters that survive in attributes, a picture with alt; raises _Unsound.

    Remembered, for the parts of a letter differ in what they hold more than in how they look.
    """
    known = ATTRIBUTES[name]
    if any(key not in known for key, _, _ in _ATTRIBUTE.findall(tag)):
        raise _Unsound
    if name == "mj-image":
        tag = _TOUCHED.sub(_touch, tag)
    if not tag.isascii():
        if LOST.search(tag):
            raise _Unsound
        tag = unicodedata.normalize("NFC", tag).encode("ascii", "xmlcharrefreplace").decode("ascii")
    if not _ODD.search(tag):
        return tag
    return _ATTRIBUTE.sub(lambda found: f'{found[1]}="{_references(found[2] or found[3] or "")}"', tag)


def _touch(found: re.Match[str]) -> str:
    """Without a remark; a picture with alt, for one without is decoration, and the compiler writes none."""
    name, attributes = found.groups()
    if not name:
        return ""
    named = any(key == "alt" for key, _, _ in _ATTRIBUTE.findall(attributes))
    return found[0] if named else f'<{name} alt=""{attributes}>'


def _references(text: str) -> str:
    return _UNSAFE.sub(_reference, text)


def _reference(found: re.Match[str]) -> str:
    return f"&#{ord(found[0])};"


def _parser() -> expat.XMLParserType:
    """A parser for HTML as XML: any named character is known, any other language refused."""
    parser = expat.ParserCreate()
    parser.UseForeignDTD()

    def refuse(*_given: object) -> NoReturn:
        raise _Unsound

    parser.StartCdataSectionHandler = refuse
    parser.ProcessingInstructionHandler = refuse
    return parser


def _check(element: str) -> None:
    """Raises _Unsound unless tags match, nest to MAX_DEPTH, and are rightly written; all in C if so."""
    try:
        _parser().Parse(element, True)  # noqa: FBT003 -- expat takes it by position
    except (expat.ExpatError, UnicodeEncodeError):
        raise _Unsound from None
    if element.count("<") > 2 * MAX_DEPTH:
        _refuse_depth(element)


def _refuse_depth(element: str) -> None:
    """Raises _Unsound below MAX_DEPTH."""
    parser, depth = expat.ParserCreate(), 0

    def opened(_name: str, _attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > MAX_DEPTH:
            raise _Unsound

    def closed(_name: str) -> None:
        nonlocal depth
        depth -= 1

    parser.UseForeignDTD()
    parser.StartElementHandler, parser.EndElementHandler = opened, closed
    parser.Parse(element, True)  # noqa: FBT003 -- the same
