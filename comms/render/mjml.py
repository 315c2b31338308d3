r"""MJML -> HTML: the one guarded call of mjml-python.

The compiler writes some characters of attributes as `\u{a0}`, accepts tags that do not match, drops parts
that stand in the wrong place, dies of deep nesting and raises what is no `Exception`. So it is given only
what is MJML: a skeleton of parts in plain ASCII, with a mark where a part holds HTML. The HTML does not pass
through it: expat finds it well-formed, and it takes the place of its mark in what comes out. MJML passes
HTML on as it is, so nothing is lost, and the compiler has a tenth to read.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple, NoReturn
from xml.parsers import expat

from mjml import mjml2html

from comms.errors import TemplateError, Text, say

MAX_DEPTH = 200
"""How deep tags may nest; the compiler survives 3,000 and kills the process at 10,000."""

MAX_PARTS = 1024
"""How many parts that were found sound are remembered; an issue has some 200 in all its editions."""

_BODY = ("mj-body", "mj-wrapper")
_CONTENT = ("mj-column", "mj-hero")
_PARENTS = {
    "mjml": ("",),
    "mj-head": ("mjml",),
    "mj-body": ("mjml",),
    "mj-attributes": ("mj-head",),
    "mj-breakpoint": ("mj-head",),
    "mj-font": ("mj-head",),
    "mj-preview": ("mj-head",),
    "mj-style": ("mj-head",),
    "mj-title": ("mj-head",),
    "mj-wrapper": ("mj-body",),
    "mj-section": _BODY,
    "mj-hero": _BODY,
    "mj-group": ("mj-section",),
    "mj-column": ("mj-section", "mj-group"),
    "mj-raw": ("mj-head", "mj-section", "mj-group", *_BODY, *_CONTENT),
    "mj-button": _CONTENT,
    "mj-divider": _CONTENT,
    "mj-image": _CONTENT,
    "mj-navbar": _CONTENT,
    "mj-social": _CONTENT,
    "mj-spacer": _CONTENT,
    "mj-table": _CONTENT,
    "mj-text": _CONTENT,
    "mj-navbar-link": ("mj-navbar",),
    "mj-social-element": ("mj-social",),
}
"""Where each part of MJML may stand. `mj-include` is missing: templates include by Jinja."""

_PLACES = frozenset((parent, part) for part, parents in _PARENTS.items() for parent in parents)
_KNOWN = _PARENTS.keys() | {"mj-all", "mj-class"}
_HOLD_HTML = frozenset(
    {"mj-button", "mj-navbar-link", "mj-preview", "mj-raw", "mj-social-element", "mj-table", "mj-text"}
)
_HOLD_TEXT = frozenset({"mj-style", "mj-title"})

_REMARK = re.compile(r"<!--(?!\[if|<!\[endif).*?-->", re.DOTALL)
_VALUES = r"""(?:[^<>"']++|"[^"]*+"|'[^']*+')*+"""
_START = re.compile(rf"([\w:.-]*+)({_VALUES})>")
_END = re.compile(r"</(mj[\w:.-]*+)\s*>")
_ENDS = re.compile(rf"(?:{_END.pattern}\s*)*+")
_ATTRIBUTE = re.compile(r"""([^\s=<>"'/]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_TOUCHED = re.compile(rf"<(?:!--(?!\[if|<!\[endif).*?--|(img|mj-image)\b({_VALUES}))>", re.DOTALL)
_ODD = re.compile(r"[\x00-\x1f\\']")
_UNSAFE = re.compile(r"""[^ -~]|[\\"<>]""")
_LEAK = re.compile(r'<[A-Za-z][^<>]*="[^"]*\\')
_DELETE = "\x7f"

_LONE_AMPERSAND = re.compile(r"&(?!#?\w+;)")
_OPEN_VOID = re.compile(rf"<((?:br|hr|img|meta|link|input|col|wbr)\b{_VALUES})(?<!/)>")
_WORD = re.compile(r"\S")
_HTML_TAG = re.compile(r"</?((?!mj)[A-Za-z][\w:.-]*)")
_NAME = re.compile(rb"[^\s<>/]*")

_LONE = say("ett ensamt < eller en tagg som inte är rätt skriven")
_STRAY = say("text som inte står i någon del")
_TOO_DEEP = say("fler än {count} taggar i varandra", count=MAX_DEPTH)
_UNWRITABLE = say("ett tecken som inte går att skriva")
_CODES = expat.errors.codes
_MISMATCH = _CODES[expat.errors.XML_ERROR_TAG_MISMATCH]
_REASONS = {
    _CODES[expat.errors.XML_ERROR_DUPLICATE_ATTRIBUTE]: say("samma attribut två gånger i en tagg"),
    _CODES[expat.errors.XML_ERROR_BAD_CHAR_REF]: _UNWRITABLE,
}


class _Fault(Exception):
    """What is wrong, and how many lines down in the text at hand."""

    def __init__(self, reason: Text, lines: int = 0) -> None:
        super().__init__(reason)
        self.reason = reason
        self.lines = lines


class _Part(NamedTuple):
    """A part of MJML up to where the next one begins: what the compiler reads of it, and what it holds."""

    name: str
    opens: bool
    start: str
    held: str
    end: str
    closes: tuple[str, ...]


def compile_mjml(source: str, *, template: str) -> str:
    """Compile one letter; `template` names it in messages.

    Raises TemplateError with the line of the filled-in template where there is one.
    """
    if "\r" in source:
        source = source.replace("\r\n", "\n").replace("\r", "\n")
    if _DELETE in source:
        source = source.replace(_DELETE, f"&#{ord(_DELETE)};")
    try:
        skeleton, held = _divided(source)
    except _Fault as fault:
        message = say(
            "Mallen {path} går inte att göra till ett brev. Rad {line} i den ifyllda mallen: {reason}.",
            path=template,
            line=fault.lines + 1,
            reason=fault.reason,
        )
        raise TemplateError(message) from None
    html = _compiled(skeleton, template)
    if "\\" in html and (leak := _LEAK.search(html)):
        message = say(
            "Mallen {path} ger ett tecken som inte går att skriva i ett brev, nära ”{place}”.",
            path=template,
            place=leak[0][-60:],
        )
        raise TemplateError(message)
    return _filled(html, held, template)


def forget_parts() -> None:
    """Let go of the parts that were found sound: a bench compiles each issue as for the first time."""
    _read.cache_clear()


def _compiled(skeleton: str, template: str) -> str:
    try:
        return str(mjml2html(skeleton, fonts={}))
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # noqa: BLE001 -- the compiler's panics are no `Exception`
        message = say("Mallen {path} går inte att göra till ett brev: {reason}.", path=template, reason=error)
        raise TemplateError(message) from None


def _filled(html: str, held: list[str], template: str) -> str:
    """HTML with what the parts held; raises TemplateError when the compiler has dropped a part."""
    pieces = html.split(_DELETE)
    marks = [int(mark) for mark in pieces[1::2]]
    if missing := set(range(len(held))).difference(marks):
        message = say(
            "Mallen {path}: en del kommer inte med i brevet, den som börjar ”{start}”.",
            path=template,
            start=held[min(missing)].strip()[:60],
        )
        raise TemplateError(message)
    pieces[1::2] = [held[mark] for mark in marks]
    return "".join(pieces)


def _divided(source: str) -> tuple[str, list[str]]:
    """The skeleton, and the HTML that its parts hold, each at the number of its mark; raises _Fault."""
    try:
        return _joined(source)
    except _Fault:
        # Remarks may hold parts; a letter without remarks is not searched for them.
        bare = _REMARK.sub(_empty_lines, source)
        if bare == source:
            raise
        return _joined(bare)


def _joined(source: str) -> tuple[str, list[str]]:
    chunks = source.split("<mj")
    written: list[str] = []
    held: list[str] = []
    try:
        _join(chunks, written, held)
    except _Fault as fault:
        lines = sum(chunk.count("\n") for chunk in chunks[: len(written)])
        raise _Fault(fault.reason, fault.lines + lines) from None
    return "".join(written), held


def _join(chunks: list[str], written: list[str], held: list[str]) -> None:
    """Read each chunk but the first, which is empty in a letter, and keep count of what is open."""
    open_parts = [""]
    _refuse_words(chunks[0], 0, len(chunks[0]))
    written.append("")
    for chunk in chunks[1:]:
        name, opens, start, inside, end, closes = _read(chunk)
        if (open_parts[-1], name) not in _PLACES and "mj-attributes" not in open_parts:
            raise _Fault(_misplaced(name, open_parts[-1]))
        if opens:
            open_parts.append(name)
        for closed in closes:
            if open_parts.pop() != closed:
                raise _Fault(_mismatched(closed), chunk.count("\n", 0, chunk.rfind(f"</{closed}")))
        if inside:
            written.append(f"{start}{_DELETE}{len(held)}{_DELETE}{end}")
            held.append(inside)
        else:
            written.append(start + end)
    if len(open_parts) > 1:
        raise _Fault(_unclosed(open_parts[-1]))


@lru_cache(maxsize=MAX_PARTS)
def _read(chunk: str) -> _Part:
    """A part, given from behind its `<mj` up to the next `<mj`; raises _Fault.

    Sound parts are remembered, for the editions of an issue share most of theirs.
    """
    try:
        return _part(chunk)
    except _Fault:
        # What HTML allows and XML does not: tags that nothing closes, and an ampersand by itself.
        tidied = _LONE_AMPERSAND.sub("&amp;", _OPEN_VOID.sub(r"<\1 />", chunk))
        if tidied == chunk:
            raise
        return _part(tidied)


def _part(chunk: str) -> _Part:
    start = _START.match(chunk)
    if not start:
        raise _Fault(_LONE)
    name, opens, begin = f"mj{start[1]}", start[2][-1:] != "/", start.end()
    if name not in _KNOWN:
        raise _Fault(_unknown(name))
    cut = chunk.rfind(f"</{name}>", begin) if opens else -1
    if cut < 0:
        other = chunk.find("</mj", begin)
        cut = len(chunk) if other < 0 else other
    tag, content, end = f"<mj{chunk[:begin]}", chunk[begin:cut], chunk[cut:]
    text = held = ""
    if opens and name in _HOLD_HTML and content and not content.isspace():
        _check(f"{tag}{content}</{name}>")
        held = _TOUCHED.sub(_touch, unicodedata.normalize("NFC", content))
    else:
        _check(f"{tag}</{name}>" if opens else tag)
        if opens and name in _HOLD_TEXT:
            text, held = _text(name, chunk, begin, cut)
        else:
            _refuse_words(chunk, begin, cut)
    if (ends := _ENDS.match(chunk, cut)) and ends.end() < len(chunk):
        _refuse_words(chunk, ends.end(), len(chunk))
    return _Part(name, opens, _safe_tag(tag, name) + text, held, end, tuple(_END.findall(end)))


def _text(name: str, chunk: str, begin: int, end: int) -> tuple[str, str]:
    """A title, as the compiler may read it, or CSS, which it does not see; raises _Fault."""
    lone = chunk.find("<", begin, end)
    if lone >= 0:
        raise _Fault(_LONE, chunk.count("\n", 0, lone))
    content = unicodedata.normalize("NFC", chunk[begin:end])
    return (_references(content), "") if name == "mj-title" else ("", content)


def _refuse_words(chunk: str, begin: int, end: int) -> None:
    """Raises _Fault if anything stands between parts: the compiler drops it, or names a byte."""
    if word := _WORD.search(chunk, begin, end):
        tag = _HTML_TAG.match(chunk, word.start())
        lone = word[0] == "<" and not chunk.startswith("<!--", word.start())
        reason = _stray(tag[1]) if tag else _LONE if lone else _STRAY
        raise _Fault(reason, chunk.count("\n", 0, word.start()))


def _empty_lines(found: re.Match[str]) -> str:
    return "\n" * found[0].count("\n")


def _safe_tag(tag: str, name: str) -> str:
    """A tag in characters that survive in attributes, a picture with alt."""
    if name == "mj-image":
        tag = _TOUCHED.sub(_touch, tag)
    if not tag.isascii():
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
        raise _Fault(_LONE, parser.CurrentLineNumber - 1)

    parser.StartCdataSectionHandler = refuse
    parser.ProcessingInstructionHandler = refuse
    return parser


def _check(element: str) -> None:
    """Raises _Fault unless tags match, nest to MAX_DEPTH, and are rightly written; all in C if so."""
    try:
        _parser().Parse(element, True)  # noqa: FBT003 -- expat takes it by position
    except (expat.ExpatError, UnicodeEncodeError):
        raise _fault(element) or _Fault(_LONE) from None
    if element.count("<") > 2 * MAX_DEPTH and (fault := _fault(element)):
        raise fault


def _fault(element: str) -> _Fault | None:
    """What is wrong in an element: the slow reading, which knows what is open."""
    reading = _Reading()
    try:
        reading.parser.Parse(element, True)  # noqa: FBT003 -- expat takes it by position
    except _Fault as fault:
        return fault
    except UnicodeEncodeError as error:
        return _Fault(_UNWRITABLE, element.count("\n", 0, error.start))
    except expat.ExpatError as error:
        found = _NAME.match(element.encode(), reading.parser.ErrorByteIndex)
        return reading.fault(error, found[0].decode() if found else "")
    return None


class _Reading:
    """An element read tag by tag."""

    def __init__(self) -> None:
        self.parser = _parser()
        self.parser.StartElementHandler = self.opened
        self.parser.EndElementHandler = self.closed
        self.root = ""
        self.open: list[tuple[str, int]] = []

    def opened(self, name: str, _attributes: dict[str, str]) -> None:
        """Raises _Fault below MAX_DEPTH."""
        self.root = self.root or name
        self.open.append((name, self.parser.CurrentLineNumber - 1))
        if len(self.open) > MAX_DEPTH:
            raise _Fault(_TOO_DEEP, self.parser.CurrentLineNumber - 1)

    def closed(self, _name: str) -> None:
        """An end tag that matches."""
        self.open.pop()

    def fault(self, error: expat.ExpatError, name: str) -> _Fault:
        """What expat means, in the author's words; `name` stands where it stopped."""
        if self.root and not self.open:
            return _Fault(_mismatched(self.root), error.lineno - 1)
        if error.code != _MISMATCH:
            return _Fault(_REASONS.get(error.code, _LONE), error.lineno - 1)
        if name == self.root:
            unclosed, lines = self.open[-1]
            return _Fault(_unclosed(unclosed), lines)
        return _Fault(_mismatched(name), error.lineno - 1)


def _unknown(name: str) -> Text:
    return say("<{name}> finns inte", name=name)


def _mismatched(name: str) -> Text:
    return say("</{name}> stänger något annat än det som är öppet", name=name)


def _unclosed(name: str) -> Text:
    return say("<{name}> stängs aldrig", name=name)


def _stray(name: str) -> Text:
    return say("<{name}> får inte stå mellan brevets delar", name=name)


def _misplaced(name: str, parent: str) -> Text:
    if not parent:
        return say("<{name}> får inte stå utanför <mjml>", name=name)
    return say("<{name}> får inte stå i <{parent}>", name=name, parent=parent)
