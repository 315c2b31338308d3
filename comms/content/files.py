"""Reading files of the workspace: bytes to clean text, within the folder, with every oddity named."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path

from comms.errors import Location, Problem, Severity, Text, say

MAX_BYTES = 1_000_000
_BOM = b"\xef\xbb\xbf"
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True, slots=True)
class SourceText:
    """A file as text: NFC, LF, without BOM; `sha256` is that of the bytes on disk."""

    path: str
    text: str
    sha256: str


def problem(code: str, severity: Severity, message: Text, hint: Text, location: Location) -> Problem:
    """Make a problem, its arguments in the order of a sentence."""
    return Problem(code, severity, message, hint, location)


def error(code: str, message: Text, hint: Text, location: Location) -> Problem:
    """Make a problem that stops what contains it."""
    return Problem(code, Severity.ERROR, message, hint, location)


def sha256(content: bytes) -> str:
    """The hash that manifests and names of frozen files use, in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def inside(root: Path, relative: str) -> Path | None:
    """The file `relative` below `root`, or None when the path leaves the folder (`..`, absolute, link)."""
    if not relative or "\x00" in relative or relative.startswith(("/", "\\")) or "\\" in relative:
        return None
    target = (root / relative).resolve()
    return target if target.is_relative_to(root.resolve()) else None


def read_text(root: Path, path: str) -> tuple[SourceText | None, list[Problem]]:
    """Read `path` (from `root`) as UTF-8. What can be mended is, and named; what cannot gives None."""
    here = Location(path)
    target = inside(root, path)
    if target is None:
        message = say("Filen ligger utanför arbetsytan (en länk pekar ut ur mappen).")
        return None, [error("C119", message, say("Lägg filen i mappen i stället för en länk."), here)]
    try:
        content = target.read_bytes()
    except OSError as cause:
        message = say("Filen går inte att läsa: {cause}.", cause=cause.strerror or "okänt fel")
        return None, [error("C101", message, say("Kontrollera att filen finns och får läsas."), here)]
    if len(content) > MAX_BYTES:
        message = say("Filen är för stor: {size} byte.", size=len(content))
        return None, [error("C105", message, say("Håll filen under en miljon byte; dela upp den."), here)]
    return _decoded(path, content)


def _decoded(path: str, content: bytes) -> tuple[SourceText | None, list[Problem]]:
    problems: list[Problem] = []
    digest = sha256(content)
    if content.startswith(_BOM):
        content = content[len(_BOM) :]
        message = say("Filen börjar med en osynlig markering (BOM).")
        problems.append(
            problem("C102", Severity.WARNING, message, say("Spara som UTF-8 utan BOM."), Location(path, 1, 1))
        )
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as cause:
        before = content[: cause.start].decode("utf-8")
        return None, [*problems, _encoding_problem(path, before, content)]
    text, found = _normalised(path, text)
    problems += found
    control = _CONTROL.search(text)
    if control:
        name = f"U+{ord(control.group()):04X}"
        message = say("Här står ett osynligt styrtecken ({name}).", name=name)
        place = _place(path, text[: control.start()])
        problems.append(
            error("C107", message, say("Ta bort tecknet; skriv om raden om det inte syns."), place)
        )
        return None, problems
    return SourceText(path, text, digest), problems


def _encoding_problem(path: str, before: str, content: bytes) -> Problem:
    utf16 = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    name = "UTF-16" if utf16 else "Windows-1252 (ANSI)"
    message = say("Filen är inte sparad som UTF-8; den ser ut att vara {name}.", name=name)
    return error("C101", message, say("Spara om filen med kodningen UTF-8."), _place(path, before))


def _normalised(path: str, text: str) -> tuple[str, list[Problem]]:
    problems: list[Problem] = []
    if "\r" in text:
        place = _place(path, text[: text.index("\r")])
        message = say("Filen har radslut från Windows (CRLF).")
        hint = say("Inget behöver göras; välj gärna radslut LF i redigeraren.")
        problems.append(problem("C103", Severity.NOTICE, message, hint, place))
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    composed = unicodedata.normalize("NFC", text)
    if composed != text:
        same = next((i for i, pair in enumerate(zip(text, composed, strict=False)) if pair[0] != pair[1]), 0)
        message = say("Å, ä eller ö är skrivet med löst accenttecken (NFD), vanligt i filer från Mac.")
        hint = say("Inget behöver göras: texten läses som vanliga bokstäver.")
        problems.append(problem("C104", Severity.NOTICE, message, hint, _place(path, text[:same])))
    return composed, problems


def _place(path: str, before: str) -> Location:
    """The place after `before`."""
    return Location(path, before.count("\n") + 1, len(before) - before.rfind("\n"))
